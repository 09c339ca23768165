"""Rotating identities (Eddystone-EID): which may be on the air now, and whose they are.

Holds temporary keys only, never a tag's own key. Deterministic: the time is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapreplace

from contract.identities import BLOCK_S, eids
from contract.messages import TrustedEid

AHEAD_WINDOWS = 8  # computed at a time: making a cipher costs as much as ten EIDs
AHEAD_S = 60  # and at least for so long, where windows are short
REFRESHED_AT_ONCE = 1_000  # tags a tick take 10 ms on a PC; 10,000 new ones are ready in 3 s

# A look-up must not wait for memory, so all it needs of a window is one number: from the lowest bit
# its beginning in seconds, the exponent, whose tag it is, and how unsure the tag's clock is.
_BEGINS, _EXPONENT, _TAG = (1 << 34) - 1, 15, (1 << 22) - 1
_EXPONENT_AT, _TAG_AT, _UNSURE_AT = 34, 38, 60
_BEFORE_S = 1 << 32  # beginnings count from here before 1970: a counter may have said 0 so early

_NOW, _NEVER = float("-inf"), float("inf")


class EidTable:
    """A look-up is one look in a table; `refresh` keeps it up to date, a little at a time."""

    def __init__(self) -> None:
        self._tags: dict[str, _Tag] = {}
        self._names: list[str] = []  # by number; who is known no more keeps that, and no EID
        self._windows: dict[bytes, int] = {}  # by EID; objects would cost the collector 0.1 s
        self._due: list[tuple[float, str]] = []  # a heap: when each tag needs its next windows
        self._refreshed_s = _NOW

    def __len__(self) -> int:
        return len(self._windows)

    def know(self, trusted: Sequence[TrustedEid]) -> None:
        """Know these tags and no others. What is computed stays, as long as its keys do."""
        named = {one.tag: one for one in trusted}
        for name, tag in [*self._tags.items()]:
            if name not in named or not _continues(tag.trusted, named[name]):
                self._forget(tag, len(tag.eids))
                del self._tags[name]
        for name, one in named.items():
            if name not in self._tags:
                self._tags[name] = _Tag(len(self._names))
                self._names.append(name)
            tag = self._tags[name]
            tag.trusted = one
            if tag.base != (base := tag.packed()):  # other words of its clock than before
                tag.base = base
                self._put(tag, tag.first, tag.eids)
        self._due = [(_NOW, name) for name in sorted(named)]  # sorted, so a heap already

    def refresh(self, unix_s: float, at_most: int = REFRESHED_AT_ONCE) -> None:
        """Compute what is needed soon, the most urgent first; call it at every tick."""
        if unix_s < self._refreshed_s:  # the clock was set back, and no tag is ready for that
            self._due = [(_NOW, name) for name in sorted(self._tags)]
        self._refreshed_s = unix_s
        while at_most > 0 and self._due and self._due[0][0] <= unix_s:
            name = self._due[0][1]
            heapreplace(self._due, (self._compute(self._tags[name], unix_s), name))
            at_most -= 1

    def find(self, eid: bytes, unix_s: float) -> tuple[str, int] | None:
        """Whose EID this is now, and by how many seconds the tag's clock is ahead of us at least.

        0 if both may be right. None for a stranger's, and for one that was recorded and is played
        again too late.
        """
        window = self._windows.get(eid)
        if window is None:
            return None
        size_s = 1 << (window >> _EXPONENT_AT & _EXPONENT)
        begins_s = (window & _BEGINS) - _BEFORE_S
        if 0 <= unix_s - begins_s < size_s:
            return self._names[window >> _TAG_AT & _TAG], 0
        ahead_s = begins_s - int(unix_s)
        if ahead_s <= 0:
            ahead_s += size_s - 1  # from its last second
        if abs(ahead_s) > size_s + (window >> _UNSURE_AT):
            return None  # not among `windows`
        return self._names[window >> _TAG_AT & _TAG], ahead_s

    def _compute(self, tag: _Tag, unix_s: float) -> float:
        """Bring one tag up to date; returns when it is due again."""
        said, exponent = tag.trusted, tag.trusted.exponent
        keys = said.keys
        per_block = BLOCK_S >> exponent
        keyed = said.first_block * per_block  # the first window that we have a key for
        first, last = tag.windows(unix_s)
        first = max(first, keyed)
        is_apart = not tag.first <= first <= tag.first + len(tag.eids)
        self._forget(tag, len(tag.eids) if is_apart else first - tag.first)
        tag.first = first
        start = first + len(tag.eids)
        stop = min(
            last + 1 + max(AHEAD_WINDOWS, AHEAD_S >> exponent), keyed + per_block * len(keys)
        )
        while start < stop:
            block, end = start // per_block, min(stop, (start // per_block + 1) * per_block)
            key = bytes.fromhex(keys[block - said.first_block])
            new = eids(key, exponent, range(start, end))
            tag.eids += new
            self._put(tag, start, new)
            start = end
        if stop <= last:
            return _NEVER  # no key for what comes; the next bundle brings it
        return said.started_s - said.unsure_s + float((stop - 1) << exponent)

    def _put(self, tag: _Tag, first: int, eids: Sequence[bytes]) -> None:
        """Have these windows of a tag, from the first on, found."""
        size_s = 1 << tag.trusted.exponent
        begins = range(tag.base + first * size_s, tag.base + (first + len(eids)) * size_s, size_s)
        self._windows.update(zip(eids, begins, strict=True))

    def _forget(self, tag: _Tag, count: int) -> None:
        """Take a tag's oldest EIDs out of the table."""
        for eid in tag.eids[:count]:
            self._windows.pop(eid, None)  # None: one in 10^13 was another tag's as well
        del tag.eids[:count]


class _Tag:
    """One tag, and the EIDs of its that stand in the table."""

    __slots__ = ("base", "eids", "first", "number", "trusted")

    trusted: TrustedEid

    def __init__(self, number: int) -> None:
        self.number = number
        self.base = 0  # what its window 0 was packed to
        self.first = 0  # the window of the first of `eids`; the others follow
        self.eids: list[bytes] = []

    def packed(self) -> int:
        """Its window 0, as the table has it."""
        said = self.trusted
        clock = said.unsure_s << _UNSURE_AT | said.exponent << _EXPONENT_AT
        return (clock | self.number << _TAG_AT) + said.started_s + _BEFORE_S

    def windows(self, unix_s: float) -> tuple[int, int]:
        """First and last window it may be in: one more to each side than its clock allows.

        One, because a tag changes at a random moment of its window (eid-computation.md,
        "Implementation guidelines"), and nobody ever learned more of its clock than a window.
        """
        said = self.trusted
        counter_s = int(unix_s) - said.started_s
        first = ((counter_s - said.unsure_s) >> said.exponent) - 1
        return first, ((counter_s + said.unsure_s) >> said.exponent) + 1


def _continues(old: TrustedEid, new: TrustedEid) -> bool:
    """Whether two bundles speak of the same identity key, so that its EIDs stay the same."""
    before = {old.first_block + at: key for at, key in enumerate(old.keys)}
    after = {new.first_block + at: key for at, key in enumerate(new.keys)}
    both = before.keys() & after.keys()
    is_same = all(before[block] == after[block] for block in both)
    return bool(both) and is_same and old.exponent == new.exponent

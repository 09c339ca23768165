"""What the kiosk itself can tell about a code held to its camera. It never decides who anybody is.

A code held up for ten seconds counts once; a wrong code never blocks the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from contract import passes
from contract.errors import ContractError
from contract.events import Verdict
from contract.passes import MemberPass
from kiosk.core.recognition import Recognition

MAX_USES = 1_000  # members remembered; at one scan every 3 s that is 50 minutes
MAX_HELD_UP = 16  # texts in front of the camera; a code must be dropped for a 17th to evict it

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class CodeRules:
    """How a kiosk treats codes."""

    store_no: int  # the store's number as it stands in a pass
    held_up_s: float = 2.5  # a code not read for this long was taken away; blur hides one for 1 s
    same_check_in_s: float = 90.0  # longer than any pass is valid, so a pass serves one check-in

    def __post_init__(self) -> None:
        if not 0 < self.store_no < 1 << 16:
            raise ValueError("store_no must be between 1 and 65535")


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on both clocks: passes carry the time of day, waiting is measured."""

    slots: range  # whose passes are in time; empty if nobody knows the time
    monotonic_s: float


@dataclass(frozen=True, slots=True)
class Use:
    """A member's newest good pass."""

    slot: int
    first_s: float  # monotonic


@dataclass(frozen=True, slots=True)
class CodeMemory:
    """What a kiosk remembers of codes: bounded, in memory only."""

    held_up: Mapping[str, float] = field(default_factory=dict, repr=False)  # last seen, by text
    uses: Mapping[str, Use] = field(default_factory=dict, repr=False)  # by member


@dataclass(frozen=True, slots=True)
class Checked:
    """The kiosk's word on one code. `member` is proven only if the verdict is good."""

    verdict: Verdict
    member: str = ""
    is_again: bool = False  # this very check-in was made here before; nothing new to record


def check(
    was: CodeMemory, rules: CodeRules, known: Recognition, text: str, now: Moment
) -> tuple[CodeMemory, Checked | None]:
    """Judge a code just read; None while it is still being held up since it was judged."""
    seen_s = was.held_up.get(text)
    memory = replace(was, held_up=_newest(was.held_up, text, now.monotonic_s, MAX_HELD_UP))
    if seen_s is not None and now.monotonic_s - seen_s <= rules.held_up_s:
        return memory, None
    checked, use = _judge(was, rules, known, text, now)
    if use is not None:
        memory = replace(memory, uses=_newest(was.uses, checked.member, use, MAX_USES))
    return memory, checked


def _judge(
    was: CodeMemory, rules: CodeRules, known: Recognition, text: str, now: Moment
) -> tuple[Checked, Use | None]:
    """The verdict, and what to remember of a pass that proved good."""
    try:
        shown = passes.read(text)
    except ContractError:
        return Checked(Verdict.UNREADABLE), None
    if shown.store_no not in (passes.ANY_STORE, rules.store_no):
        return Checked(Verdict.FOREIGN, shown.member), None
    late = _out_of_time(shown, now.slots)
    key = known.key(shown.member, shown.key_id)
    if key is None:
        return Checked(late or Verdict.UNVERIFIED, shown.member), None
    if not passes.is_genuine(shown, key):
        return Checked(Verdict.FORGED, shown.member), None
    if not now.slots:
        return Checked(Verdict.UNVERIFIED, shown.member), None  # the gateway knows the time
    # Only now, with the signature proven: a forger must not be able to use up a member's pass.
    use = was.uses.get(shown.member)
    if use is not None and use.slot == shown.slot:
        is_same = now.monotonic_s - use.first_s <= rules.same_check_in_s
        verdict = Verdict.GOOD if is_same else Verdict.REPLAYED
        return Checked(verdict, shown.member, is_again=is_same), None
    if late is not None:
        return Checked(late, shown.member), None
    if use is not None and shown.slot < use.slot:
        return Checked(Verdict.REPLAYED, shown.member), None
    return Checked(Verdict.GOOD, shown.member), Use(shown.slot, now.monotonic_s)


def _out_of_time(shown: MemberPass, slots: range) -> Verdict | None:
    if not slots or shown.slot in slots:
        return None
    return Verdict.EXPIRED if shown.slot < slots.start else Verdict.EARLY


def _newest(entries: Mapping[str, V], key: str, value: V, limit: int) -> dict[str, V]:
    """The entries with one set and moved to the end; the oldest go when there are too many."""
    others = [entry for entry in entries.items() if entry[0] != key]
    return dict(others[-(limit - 1) :]) | {key: value}

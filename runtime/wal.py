"""Whether SQLite's log ends where it was written to its end, or where it was damaged since.

SQLite reads a log up to the first frame whose checksum fails: that is how it finds the end after a
power cut, and so a flipped bit loses all that came later without a word. This tells the two apart.
It only reads. Format: https://www.sqlite.org/fileformat2.html#walformat
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from operator import mul

PAGE_BYTES = 1_024  # of our files (runtime.durable), for a log whose header may be wrong

_GROWS_BYTES = 1 << 20  # four times our logs; a page number beyond that is damaged itself
_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_SUMMED_HEADER_BYTES, _SUMMED_FRAME_BYTES = 24, 8  # of the headers; the rest is salt and sum
_MAGIC = 0x377F0682  # the last bit says in which order the checksum takes bytes
_WORD = 1 << 32

Sum = tuple[int, int]


class Ending(Enum):
    """How a log ends."""

    WHOLE = auto()  # as written, or as a power cut leaves it
    DOUBTFUL = auto()  # in the newest transaction one bit is wrong; rarely, a torn write looks so
    DAMAGED = auto()  # transactions that were synced follow one that nobody can read


def ending(log: bytes) -> Ending:
    """Read a log as SQLite does, and look at what comes where it would stop.

    Any single flipped bit is found. A transaction is begun only once the one before it is synced:
    so where a later one is whole, no power cut took the earlier.
    """
    header = log[:_HEADER_BYTES]
    if len(header) < _HEADER_BYTES or not any(header):
        return Ending.WHOLE  # it was being made
    order = ">" if header[3] & 1 else "<"
    page_bytes = int.from_bytes(header[8:12])
    is_header = int.from_bytes(header[:4]) >> 1 == _MAGIC >> 1 and page_bytes > 0
    before = _pair(header, _HEADER_BYTES - 8)
    if not is_header or _summed(header[:_SUMMED_HEADER_BYTES], (0, 0), order) != before:
        return Ending.DAMAGED  # it is one sector, and was synced before the first frame
    salt = header[16:24]
    frames = list(_frames(log, page_bytes))
    for number, frame in enumerate(frames):
        computed = _summed(frame.summed, before, order)
        if frame.salt == salt and frame.sum == computed:
            before = frame.sum
            continue
        return _broken_at(frame, frames[number + 1 :], salt, computed, order)
    return Ending.WHOLE


@dataclass(frozen=True, slots=True)
class _Frame:
    summed: bytes  # page number, whether a transaction ends here, page
    salt: bytes
    sum: Sum  # of all frames up to this

    @property
    def is_commit(self) -> bool:
        return any(self.summed[4:8])


def _frames(log: bytes, page_bytes: int) -> Iterator[_Frame]:
    size = _FRAME_HEADER_BYTES + page_bytes
    for at in range(_HEADER_BYTES, len(log) - size + 1, size):
        page = log[at + _FRAME_HEADER_BYTES : at + size]
        yield _Frame(
            log[at : at + _SUMMED_FRAME_BYTES] + page, log[at + 8 : at + 16], _pair(log, at + 16)
        )


def applied(database: bytes, log: bytes) -> bytes:
    """A database with every page of its log in it, whatever the sums say, up to the last commit.

    Not a sound one, if the log is damaged; for whoever can tell a good row from a bad one.
    """
    if len(log) < _HEADER_BYTES:
        return database
    pages, salt = bytearray(database), log[16:24]
    frames = list(_frames(log, PAGE_BYTES))
    if frames and all(frame.salt != salt for frame in frames):
        salt = frames[0].salt  # it is the header that is damaged
    newest = max(
        (n for n, one in enumerate(frames) if one.salt == salt and one.is_commit), default=-1
    )
    for frame in frames[: newest + 1]:  # behind that lies what was written before it began anew
        at = (int.from_bytes(frame.summed[:4]) - 1) * PAGE_BYTES
        if 0 <= at <= len(pages) + _GROWS_BYTES:
            pages[len(pages) :] = bytes(max(at - len(pages), 0))
            pages[at : at + PAGE_BYTES] = frame.summed[_SUMMED_FRAME_BYTES:]
    return bytes(pages)


def _broken_at(
    frame: _Frame, rest: Sequence[_Frame], salt: bytes, computed: Sum, order: str
) -> Ending:
    """What a log is whose first unreadable frame this is, with this sum if it were right."""
    later = max(_commits(rest, salt, one, order) for one in (frame.sum, computed))
    if frame.is_commit + later > 1:
        return Ending.DAMAGED
    salt_bits = (int.from_bytes(frame.salt) ^ int.from_bytes(salt)).bit_count()
    sum_bits = sum((a ^ b).bit_count() for a, b in zip(frame.sum, computed, strict=True))
    is_end = frame.is_commit or later > 0
    if salt_bits or sum_bits == 1:
        is_one_bit_off = salt_bits + sum_bits == 1
    else:
        wanted = ((frame.sum[0] - computed[0]) % _WORD, (frame.sum[1] - computed[1]) % _WORD)
        effects = list(_effects(frame.summed, order))
        is_one_bit_off = wanted in effects
        is_end = is_end or wanted in effects[-32:]  # the word that says so is the last of these
    # Where the transaction's end is missing, it was never synced: that was a power cut.
    return Ending.DOUBTFUL if is_one_bit_off and is_end else Ending.WHOLE


def _commits(frames: Sequence[_Frame], salt: bytes, before: Sum, order: str) -> int:
    """How many transactions end in frames that follow each other, and a sum, as they should."""
    commits = 0
    for frame in frames:
        if frame.salt != salt or _summed(frame.summed, before, order) != frame.sum:
            break
        commits, before = commits + frame.is_commit, frame.sum
    return commits


def _effects(summed: bytes, order: str) -> Iterator[Sum]:
    """By how much each bit, if it flipped, would change the checksum; the last word is first."""
    words = struct.unpack(f"{order}{len(summed) // 4}I", summed)
    firsts, seconds = _weights(len(words))
    for word, first, second in reversed([*zip(words, firsts, seconds, strict=True)]):
        for bit in range(32):
            change = -(1 << bit) if word >> bit & 1 else 1 << bit
            yield first * change % _WORD, second * change % _WORD


def _summed(data: bytes, before: Sum, order: str) -> Sum:
    """The checksum: for each pair of words, first += word + second, second += other word + first.

    It is linear, so each word counts a number of times that depends on its place only. Four times
    as fast as word by word.
    """
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    firsts, seconds = _weights(len(words))
    # What was summed before counts like the first word, and like one more before it.
    first = sum(map(mul, words, firsts)) + before[0] * firsts[0] + before[1] * seconds[0]
    last = sum(map(mul, words, seconds)) + before[0] * seconds[0]
    return first % _WORD, (last + before[1] * (firsts[0] + seconds[0])) % _WORD


@cache
def _weights(words: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How often each word counts in either sum: Fibonacci's numbers, counted from the end."""
    numbers = [0, 1]
    while len(numbers) <= words:
        numbers.append((numbers[-1] + numbers[-2]) % _WORD)
    return tuple(reversed(numbers[:-1])), tuple(reversed(numbers[1:]))


def _pair(data: bytes, at: int) -> Sum:
    first, second = struct.unpack_from(">II", data, at)
    return first, second

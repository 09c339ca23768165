"""Rotating identities: looking one up among a million, and computing the next for 100,000 tags."""

from __future__ import annotations

from itertools import cycle, islice
from random import Random

from bench.measure import Bench, Result, times
from contract.identities import BLOCK_S, eid, temporary_key
from contract.messages import TrustedEid
from kiosk.core.eids import AHEAD_WINDOWS, EidTable

TAGS = 100_000  # with ten windows each in the table: a million EIDs
EXPONENT = 10
STARTED_S = 1_790_000_000
LOOK_UPS = 100_000
WINDOWS = 8  # computed over, so that the work done ahead is counted in full


def run() -> list[Result]:
    """Both on the table a kiosk holds."""
    random = Random(9)
    keys = [random.randbytes(16) for _ in range(TAGS)]
    table = EidTable()
    table.know([_trusted(number, key) for number, key in enumerate(keys)])
    table.refresh(STARTED_S, at_most=TAGS)
    return [_look_up(table, keys, random), _windows(table, keys)]


def _trusted(number: int, key: bytes) -> TrustedEid:
    return TrustedEid(f"t-{number}", EXPONENT, STARTED_S, 0, 0, (temporary_key(key, 0).hex(),) * 2)


def _look_up(table: EidTable, keys: list[bytes], random: Random) -> Result:
    """Half of them known, half strangers', beside the bare dictionary."""
    assert len(table) >= 1_000_000, len(table)
    known = [eid(key, EXPONENT, 0) for key in keys[: LOOK_UPS // 2]]
    asked = [*known, *(random.randbytes(8) for _ in known)]
    random.shuffle(asked)
    bare = dict.fromkeys(known, "t-1") | dict.fromkeys(
        (random.randbytes(8) for _ in range(1_000_000 - len(known))), "t-2"
    )

    def ours() -> None:
        for one in asked:
            table.find(one, STARTED_S)

    def peer() -> None:
        for one in asked:
            bare.get(one)

    return times("eid_look_up", "us", 1e6 / LOOK_UPS, ours, peer)


def _windows(table: EidTable, keys: list[bytes]) -> Result:
    """What a window costs on average, beside computing every EID from the tag's own key."""
    now_s = islice(cycle(range(STARTED_S, STARTED_S + BLOCK_S, 1 << EXPONENT)), 1, None)

    def ours() -> None:
        for _ in range(WINDOWS):
            table.refresh(next(now_s), at_most=TAGS)

    def peer() -> None:
        for key in keys[: TAGS // 10]:
            eid(key, EXPONENT, 0)

    one = times("eid_window", "s", 1 / WINDOWS, ours, peer)
    beside = float(f"{(one.peer or 0) * WINDOWS * 10:.3g}")
    return Result(one.name, one.value, one.unit, beside, round(beside / one.value, 1))


BENCH = Bench(
    what=f"an EID among a million; a new window for 100,000 tags ({AHEAD_WINDOWS} at a time)",
    peer="a bare dictionary; every EID from its identity key",
    goal="at most 1 us a look-up and 0.2 s a window",
    run=run,
)

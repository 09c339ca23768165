"""A small dose of the flood; `hien bench flood` is the full one, in real time."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bench import flood
from bench.quiet_kiosk import kiosk
from kiosk.adapters.irk_ring import IrkRing
from kiosk.adapters.outbox import Outbox
from kiosk.core.inputs import Heard, Tick
from kiosk.core.resolving import Resolver

SECONDS = 8


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def utc(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.now_s)


def test_a_flood_of_new_addresses_leaves_no_trace_and_hides_nobody(tmp_path: Path) -> None:
    clock = Clock()
    outbox = Outbox(tmp_path / "outbox.db", "hue-1", "quay-1")
    app = kiosk(outbox, clock, flood.trust(), Resolver(IrkRing()))
    strangers = flood.strangers(1)
    held_bytes: list[int] = []
    for second in range(SECONDS):
        if second == 4:
            tracemalloc.start()
            held_bytes.append(tracemalloc.get_traced_memory()[0])
        app.handle(Heard(flood.known(), clock.now_s))
        for _ in range(4):
            clock.now_s += 0.25
            for stranger in islice(strangers, flood.PER_S // 8):
                app.handle(Heard(stranger, clock.now_s))
            app.handle(Tick())
        assert clock.now_s - app.near[flood.TAG].heard_s <= 1
    held_bytes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    outbox.close()

    assert app.near[flood.TAG].is_here
    assert set(app.near) == {flood.TAG}
    assert held_bytes[1] - held_bytes[0] < 1_000_000


def test_no_stranger_of_the_flood_comes_twice() -> None:
    some = list(islice(flood.strangers(2), 4_000))
    addresses = [one.address for one in some if one.address is not None]

    assert len(set(addresses)) == len(addresses) == 1_000
    assert all(address[0] >> 6 == 1 for address in addresses)

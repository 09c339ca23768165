"""Ten thousand new addresses a second for a minute, and one known tag among them."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import sleep
from uuid import UUID

from bench.measure import Bench, Result
from bench.quiet_kiosk import kiosk
from contract.messages import Trust, TrustedIrk, TrustedTag
from kiosk.adapters.irk_ring import IrkRing
from kiosk.adapters.outbox import Outbox
from kiosk.app import KioskApp
from kiosk.core.advertisement import from_ad_structures
from kiosk.core.inputs import Advertisement, Heard, Input, Tick
from kiosk.core.resolving import Resolver
from runtime.clock import Clock, SystemClock
from runtime.inbox import Inbox

PER_S = 10_000
SECONDS = 60
SLICE_S = 0.02  # as an event loop gets them: many at once, then none for a moment
KNOWN_EVERY_S = 1.0
TAG = "t-known"
INBOX = 2_000  # as in kiosk/main.py
TICK_S = 0.25
PHONES = 1_000  # whose keys are tried on the flood's private addresses

_UUID = UUID("fda50693-a4e2-4fb1-afcf-c6eb07647825")


def trust() -> Trust:
    """One tag and a thousand phones."""
    random = Random(3)
    return Trust(
        "hue-1",
        1,
        4_000_000_000_000,
        (TrustedTag(TAG, f"ibeacon:{_UUID}:1:1"),),
        irks=tuple(TrustedIrk(f"p-{one}", random.randbytes(16).hex()) for one in range(PHONES)),
    )


def known() -> Advertisement:
    """The tag that must not be missed."""
    data = b"\x02\x15" + _UUID.bytes + (1).to_bytes(2) + (1).to_bytes(2) + b"\xc5"
    return Advertisement({0x4C: data}, {}, -55)


def strangers(seed: int) -> Iterator[Advertisement]:
    """Never the same twice: beacons of every kind, phones, and what is no beacon at all."""
    random = Random(seed)
    for number in count():
        rssi_dbm = random.randrange(-100, -40)
        if number % 4 == 0:  # a phone; the two highest bits 01 make its address a resolvable one
            address = (random.getrandbits(46) | 1 << 46).to_bytes(6)
            yield Advertisement({0x4C: random.randbytes(9)}, {}, rssi_dbm, address)
            continue
        head = (b"\x1a\xff\x4c\x00\x02\x15", b"\x11\x16\xaa\xfe\x30\xee", b"\x0f\xff\x59\x00")
        raw = head[number % 3] + random.randbytes(21)
        yield from_ad_structures(raw, rssi_dbm) or Advertisement({}, {}, rssi_dbm)


def run(seconds: int = SECONDS) -> list[Result]:
    """In real time: a thread that hears, a bounded inbox, and the thread that owns the kiosk."""
    with TemporaryDirectory() as folder:
        clock = SystemClock()
        outbox = Outbox(Path(folder) / "outbox.db", "hue-1", "quay-1")
        app = kiosk(outbox, clock, trust(), Resolver(IrkRing()))
        try:
            return _flooded(app, clock, seconds)
        finally:
            outbox.close()


def _flooded(app: KioskApp, clock: Clock, seconds: int) -> list[Result]:
    inbox = Inbox[Input](INBOX)
    radio = threading.Thread(target=_hear, args=(inbox, clock, seconds), name="flood")
    before = memory_mb()
    began_s = clock.monotonic_s()
    radio.start()
    handled, longest_s = _own(app, inbox, clock, radio)
    lasted_s = clock.monotonic_s() - began_s
    radio.join()
    return [
        Result("flood_sightings", round(handled / lasted_s), "/s", PER_S, None),
        Result("flood_memory", round(memory_mb() - before, 1), "MB", None, None),
        Result("flood_known_tag_missed_for", round(longest_s, 2), "s", KNOWN_EVERY_S, None),
    ]


def _hear(inbox: Inbox[Input], clock: Clock, seconds: int) -> None:
    """Put the flood, as fast as it comes or as the inbox takes it."""
    flood, began_s = strangers(1), clock.monotonic_s()
    for piece in range(round(seconds / SLICE_S)):
        at_s = clock.monotonic_s()
        if piece % round(KNOWN_EVERY_S / SLICE_S) == 0:
            inbox.put(Heard(known(), at_s))
        for _ in range(round(PER_S * SLICE_S)):
            inbox.put(Heard(next(flood), at_s))
        sleep(max(0.0, began_s + (piece + 1) * SLICE_S - clock.monotonic_s()))


def _own(
    app: KioskApp, inbox: Inbox[Input], clock: Clock, radio: threading.Thread
) -> tuple[int, float]:
    """As kiosk/main.py does it; returns sightings, and how long the known tag was missed."""
    handled, ticked_s = 0, clock.monotonic_s()
    noticed_s, longest_s = ticked_s, 0.0
    while True:
        happened = inbox.take(TICK_S)
        now_s = clock.monotonic_s()
        if isinstance(happened, Heard):
            app.handle(happened)
            inbox.done()
            handled += 1
            if app.near and app.near[TAG].heard_s == happened.heard_s:
                longest_s, noticed_s = max(longest_s, now_s - noticed_s), now_s
        elif not radio.is_alive():
            return handled, max(longest_s, now_s - noticed_s - TICK_S)
        if now_s - ticked_s >= TICK_S:
            ticked_s = now_s
            app.handle(Tick())


def memory_mb() -> float:
    """What this process holds in memory."""
    gc.collect()
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1_024
    raise OSError("/proc/self/status says nothing of VmRSS")


BENCH = Bench(
    what=f"{PER_S:,} new addresses a second for {SECONDS} s, and one known tag among them",
    peer="what was on the air",
    goal="memory grows by less than 20 MB; the known tag is never missed for more than 2 s",
    run=run,
)

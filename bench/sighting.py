"""One sighting's whole way: from bleak's callback through the inbox to the presence step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from struct import Struct
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from uuid import UUID

from bench.measure import Bench, Result, times
from bench.quiet_kiosk import kiosk
from contract.messages import Trust, TrustedTag
from kiosk.adapters.outbox import Outbox
from kiosk.adapters.radio_bleak import BleakRadio
from kiosk.core.inputs import Input
from runtime.inbox import Inbox

MEMBERS = 10_000  # whose tags the kiosk would know
PRESENT = 50  # of them, all near this kiosk
SIGHTINGS = 2_000
WARM_UP = 20  # sightings of each tag: everybody has arrived

_UUID = UUID("fda50693-a4e2-4fb1-afcf-c6eb07647825")
_BEACON = Struct(">2x16sHHb")


class _Clock:
    """Goes on by itself: every tag is heard twice a second."""

    def __init__(self) -> None:
        self._now_s = 1_000.0

    def monotonic_s(self) -> float:
        self._now_s += 0.5 / PRESENT
        return self._now_s

    def utc(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self._now_s)


def run() -> list[Result]:
    """Fifty shoppers stand around one kiosk."""
    with TemporaryDirectory() as folder:
        outbox = Outbox(Path(folder) / "outbox.db", "hue-1", "quay-1")
        try:
            return [_measured(outbox)]
        finally:
            outbox.close()


def _measured(outbox: Outbox) -> Result:
    clock, inbox = _Clock(), Inbox[Input](1_000)
    app = kiosk(outbox, clock, _trust())
    radio = BleakRadio({}, inbox.put, clock)
    heard = [_callback_data(minor) for minor in range(PRESENT)]

    def sight(data: SimpleNamespace) -> None:
        _, props = data.platform_data
        props["ManufacturerData"] = dict(props["ManufacturerData"])  # BlueZ tells it anew each time
        radio._heard(data.device, data)  # type: ignore[arg-type]  # noqa: SLF001 - bleak calls this
        happened = inbox.take(0)
        assert happened is not None
        app.handle(happened)
        inbox.done()

    for data in heard * WARM_UP:
        sight(data)
    if len(app.near) != PRESENT or not all(one.is_here for one in app.near.values()):
        raise AssertionError("not everybody has arrived, so this would not be the usual way")

    def ours() -> None:
        for _ in range(SIGHTINGS // PRESENT):
            for data in heard:
                sight(data)

    radio.stop()
    return times("sighting", "us", 1e6 / SIGHTINGS, ours, _plainest(heard))


def _trust() -> Trust:
    tags = tuple(TrustedTag(f"t-{n}", f"ibeacon:{_UUID}:1:{n}") for n in range(MEMBERS))
    return Trust("hue-1", 1, 4_000_000_000_000, tags)


def _callback_data(minor: int) -> SimpleNamespace:
    """What bleak hands to its callback, as far as the radio looks at it."""
    data = b"\x02\x15" + _UUID.bytes + (1).to_bytes(2) + minor.to_bytes(2) + b"\xc5"
    battery = {"0000180f-0000-1000-8000-00805f9b34fb": b"\x64"}
    props = {"ManufacturerData": {0x4C: data}, "ServiceData": battery, "AddressType": "random"}
    device = SimpleNamespace(address=f"C2:00:00:00:00:{minor:02X}")
    return SimpleNamespace(rssi=-58, device=device, platform_data=("", props))


def _plainest(heard: list[SimpleNamespace]) -> Callable[[], None]:
    """A queue, struct, a dictionary and an average: what nobody could do without."""
    queue: Queue[tuple[bytes, int]] = Queue(1_000)
    tags = {(_UUID.bytes, 1, minor): minor for minor in range(MEMBERS)}
    levels = dict.fromkeys(tags.values(), -60.0)

    def peer() -> None:
        for _ in range(SIGHTINGS // PRESENT):
            for data in heard:
                queue.put((data.platform_data[1]["ManufacturerData"][0x4C], data.rssi))
                raw, rssi_dbm = queue.get()
                uuid, major, minor, _ = _BEACON.unpack_from(raw)
                tag = tags[uuid, major, minor]
                levels[tag] += 0.2 * (rssi_dbm - levels[tag])

    return peer


BENCH = Bench(
    what="a sighting from bleak's callback through the inbox to the presence step",
    peer="a queue, struct, a dictionary and an average",
    goal="at most 6 us",
    run=run,
)

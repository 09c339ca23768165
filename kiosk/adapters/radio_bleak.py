"""Bluetooth by bleak and BlueZ: puts what it hears, and says so when it cannot hear.

The only file that imports bleak. No address leaves the callback.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress

from bleak import BleakScanner
from bleak.args.bluez import BlueZDiscoveryFilters
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakDBusError, BleakError
from msgspec import Struct

from contract.events import Condition, Device
from kiosk.adapters import options as driver_options
from kiosk.core.inputs import Advertisement, DeviceChanged, Heard
from kiosk.ports import Put
from runtime.clock import Clock

ABSENT_DBM = -127  # BlueZ's word for "no reading"
START_WITHIN_S = 15.0  # StartDiscovery sometimes never answers, and bleak waits for ever
STOP_WITHIN_S = 5.0
FIRST_RETRY_S, LAST_RETRY_S = 2.0, 60.0  # an adapter that is being reset comes back in seconds

# Both always: without an RSSI filter BlueZ drops samples that differ by less than 8 dB, and after
# 5.87 it takes a scan without one for an inquiry and pauses it; without DuplicateData it is silent
# while a tag's bytes stay the same.
FILTERS: BlueZDiscoveryFilters = {"RSSI": ABSENT_DBM, "DuplicateData": True}

SHORT_UUID_TAIL = "-0000-1000-8000-00805f9b34fb"  # the Bluetooth base UUID


_TROUBLE = (BleakError, OSError, EOFError, TimeoutError)
_NO_SUCH_SERVICE = "org.freedesktop.DBus.Error.ServiceUnknown"
_RESTART = "run: sudo systemctl restart bluetooth"


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may tell this driver."""

    adapter: str = "hci0"


class BleakRadio:
    """A Radio in a thread named `radio`, which runs bleak's event loop."""

    def __init__(self, options: Mapping[str, object], put: Put, clock: Clock) -> None:
        self._options = driver_options.read(Options, "bleak", options)
        self._put = put
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self._listening: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="radio")

    def start(self) -> None:
        """Begin to listen and return at once; trouble is put as `DeviceChanged`."""
        self._listening = self._loop.create_task(self._listen_for_ever())
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, also while BlueZ owes an answer; safe to call twice."""
        if self._listening is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._listening.cancel)
            self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        if self._listening is not None:
            with suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._listening)
        self._loop.run_until_complete(_end_what_is_left())

    async def _listen_for_ever(self) -> None:
        retry_s = FIRST_RETRY_S
        while True:
            try:
                await self._listen()
            except _TROUBLE as error:
                detail = f"no Bluetooth on {self._options.adapter}: {_words(error)}"
                self._put(DeviceChanged(Device.RADIO, Condition.OUT, detail))
            await asyncio.sleep(retry_s)
            retry_s = min(2 * retry_s, LAST_RETRY_S)

    async def _listen(self) -> None:
        """Scan until cancelled; an exception if scanning cannot begin."""
        scanner = BleakScanner(
            self._heard,
            scanning_mode="active",  # passive scans lost 81 of 100 samples of a still tag
            bluez={"filters": FILTERS, "adapter": self._options.adapter},
        )
        async with asyncio.timeout(START_WITHIN_S):
            await scanner.start()
        self._put(DeviceChanged(Device.RADIO, Condition.OK))
        try:
            await asyncio.Event().wait()
        finally:
            with suppress(*_TROUBLE):  # what we leave anyway need not be well
                async with asyncio.timeout(STOP_WITHIN_S):
                    await scanner.stop()

    def _heard(self, _device: BLEDevice, data: AdvertisementData) -> None:
        if data.rssi == ABSENT_DBM:
            return
        service_data = {
            int(uuid[:8], 16): value
            for uuid, value in data.service_data.items()
            if uuid.startswith("0000") and uuid.endswith(SHORT_UUID_TAIL)
        }
        heard = Advertisement(data.manufacturer_data, service_data, data.rssi)
        self._put(Heard(heard, self._clock.monotonic_s()))


async def _end_what_is_left() -> None:
    """Bleak goes on to watch its bus, and would complain aloud when the loop closes."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _words(error: Exception) -> str:
    """What is wrong, and what to do about it."""
    match error:
        case TimeoutError():
            return f"BlueZ did not answer within {START_WITHIN_S:.0f} s; {_RESTART}"
        case FileNotFoundError() | ConnectionError() | EOFError():
            return "the system bus does not answer; run: sudo systemctl start dbus"
        case BleakDBusError() if error.dbus_error == _NO_SUCH_SERVICE:
            return f"BlueZ does not run; {_RESTART}"
    return str(error) or type(error).__name__

"""The kiosk's own beacon, sent by BlueZ for as long as the kiosk runs. Hears nothing.

BlueZ forgets it when it is restarted, and tells nobody; so it is asked now and then.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from dataclasses import dataclass

from kiosk.adapters.bluetooth_care import BLUEZ, adapter_path
from kiosk.adapters.system_bus import Properties, SystemBus, open_bus
from kiosk.core.own_beacon import OwnBeacon
from runtime.errors import DeviceError

PATH = "/vn/hien/beacon"
ADVERTISEMENT = "org.bluez.LEAdvertisement1"
MANAGER = "org.bluez.LEAdvertisingManager1"

# Apple asks for 100 ms; the same radio has to listen meanwhile, and a phone that wakes up for a
# region looks for seconds.
SLOWEST_MS, FASTEST_MS = 300, 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BeaconTiming:
    """How long BlueZ is given, and how often it is asked. Real seconds."""

    answer_s: float = 5.0
    look_s: float = 30.0  # a restart of BlueZ costs phones at most so much


class BluezBeacon:
    """A Beacon in a thread named `beacon`."""

    def __init__(self, adapter: str, own: OwnBeacon, timing: BeaconTiming = BeaconTiming()) -> None:
        self._where = adapter_path(adapter)
        self._properties = properties(own)
        self._timing = timing
        self._trouble = ""
        self._loop = asyncio.new_event_loop()
        self._sending: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="beacon")

    def start(self) -> None:
        """Begin to advertise and return at once; trouble is logged and retried."""
        self._sending = self._loop.create_task(self._send_for_ever())
        self._thread.start()

    def stop(self) -> None:
        """Advertise no more; safe to call twice."""
        if self._sending is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._sending.cancel)
            self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        if self._sending is not None:
            with suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._sending)

    async def _send_for_ever(self) -> None:
        while True:
            try:
                async with open_bus(self._timing.answer_s) as bus:
                    await self._send(bus)
            except DeviceError as error:
                if str(error) != self._trouble:  # once, not every half minute
                    self._trouble = str(error)
                    log.warning("this kiosk's own beacon is silent: %s", error)
            await asyncio.sleep(self._timing.look_s)

    async def _send(self, bus: SystemBus) -> None:
        """Advertise until BlueZ has forgotten it; closing the connection ends it too."""
        bus.serve(PATH, ADVERTISEMENT, self._properties)
        await bus.call(BLUEZ, self._where, f"{MANAGER}.RegisterAdvertisement", "oa{sv}", PATH, {})
        log.info("this kiosk's own beacon is on the air")
        self._trouble = ""
        instances = (BLUEZ, self._where, MANAGER), "ActiveInstances"
        while await bus.get(*instances):  # noqa: ASYNC110  # nothing tells us
            await asyncio.sleep(self._timing.look_s)
        raise DeviceError("BlueZ has forgotten it; it is asked again")


def properties(own: OwnBeacon) -> Properties:
    """The beacon in the words of LEAdvertisement1 (bluez, doc/org.bluez.LEAdvertisement.rst).

    A broadcast: nobody can connect to a kiosk.
    """
    told: dict[str, tuple[str, object]] = {
        "Type": ("s", "broadcast"),
        "MinInterval": ("u", FASTEST_MS),
        "MaxInterval": ("u", SLOWEST_MS),
    }
    if own.manufacturer_data:
        told["ManufacturerData"] = ("a{qv}", dict(own.manufacturer_data))
    if own.service_data:
        by_uuid = {f"{uuid:04x}": data for uuid, data in own.service_data.items()}
        told["ServiceData"] = ("a{sv}", by_uuid)
        told["ServiceUUIDs"] = ("as", list(by_uuid))
    return told

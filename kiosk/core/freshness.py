"""What is new in what is told of a device, where everything is told again and again.

BlueZ keeps what a device ever said, and bleak hands all of it on with every change: a change of
level brings the data of minutes ago along. Keeps no more than it must, and nothing for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kiosk.core.advertisement import from_manufacturer, from_service

DEVICES = 4_096  # remembered at once; a flood turns them over, which costs only this sifting

_SHORT_UUID_TAIL = "-0000-1000-8000-00805f9b34fb"  # the Bluetooth base UUID


class Told(NamedTuple):
    """All that is told of a device with one change; an object that was not told anew is the same.

    `service_data` by 128-bit UUID as text, as D-Bus has it.
    """

    manufacturer_data: Mapping[int, bytes] | None
    service_data: Mapping[str, bytes] | None
    rssi_dbm: int


class Parts(NamedTuple):
    """What an advertisement carried; service data by 16-bit UUID."""

    manufacturer_data: Mapping[int, bytes]
    service_data: Mapping[int, bytes]


class Freshness:
    """Remembers what each device said last. One thread owns it."""

    def __init__(self, devices: int = DEVICES) -> None:
        self._most = devices
        self._said: dict[str, tuple[Told, Parts]] = {}  # the longest silent first

    def __len__(self) -> int:
        return len(self._said)

    def sift(self, device: str, told: Told) -> Parts | None:
        """What the device has just sent; None if it sent nothing, and something else changed.

        Where only the level is new, the device has sent something we are not told: the level is
        worth having for who it is, so its static identities are repeated. A rotating identity, a
        counter or a temperature is not: it would say that a clock is late, or a button pressed.
        """
        before, parts = self._said.pop(device, (None, None))
        manufacturer_data, service_data = told.manufacturer_data, told.service_data
        if before is not None and manufacturer_data is before.manufacturer_data:
            manufacturer_data = None
        if before is not None and service_data is before.service_data:
            service_data = None
        is_fresh = bool(manufacturer_data or service_data)
        if is_fresh or parts is None:
            parts = Parts(manufacturer_data or {}, _short(service_data or {}))
        self._said[device] = told, parts if is_fresh is False else _lasting(parts)
        if len(self._said) > self._most:
            del self._said[next(iter(self._said))]
        if not is_fresh and before is not None and told.rssi_dbm == before.rssi_dbm:
            return None
        return parts


def _short(service_data: Mapping[str, bytes]) -> dict[int, bytes]:
    return {
        int(uuid[:8], 16): data
        for uuid, data in service_data.items()
        if uuid.startswith("0000") and uuid.endswith(_SHORT_UUID_TAIL)
    }


def _lasting(parts: Parts) -> Parts:
    """The parts with an identity that does not change from one advertisement to the next."""
    manufacturer_data = {
        company: data
        for company, data in parts.manufacturer_data.items()
        if (beacon := from_manufacturer(company, data)) is not None and beacon.identity
    }
    service_data = {
        uuid: data
        for uuid, data in parts.service_data.items()
        if (beacon := from_service(uuid, data)) is not None and beacon.identity
    }
    return Parts(manufacturer_data, service_data)

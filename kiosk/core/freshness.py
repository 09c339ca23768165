"""What is new in what is told of a device, where everything is told again and again.

BlueZ keeps what a device ever said, and bleak hands all of it on with every change: a change of
level brings the data of minutes ago along. Keeps no more than it must, and nothing for ever.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from kiosk.core.advertisement import from_manufacturer, from_service

DEVICES = 4_096  # remembered at once; a flood turns them over, which costs only this sifting

_SHORT_UUID_TAIL = "-0000-1000-8000-00805f9b34fb"  # the Bluetooth base UUID


class Told(Struct, frozen=True):
    """All that is told of a device with one change; an object that was not told anew is the same.

    `service_data` by 128-bit UUID as text, as D-Bus has it.
    """

    manufacturer_data: Mapping[int, bytes] | None
    service_data: Mapping[str, bytes] | None
    rssi_dbm: int


class Parts(Struct, frozen=True):
    """What an advertisement carried; service data by 16-bit UUID."""

    manufacturer_data: Mapping[int, bytes]
    service_data: Mapping[int, bytes]


_NOTHING = Parts({}, {})


class Freshness:
    """Remembers what each device said last. One thread owns it."""

    def __init__(self, devices: int = DEVICES) -> None:
        self._most = devices
        # By device, the longest silent first: what was told, what of it was sent last, and whether
        # of that only what lasts is left.
        self._said: dict[str, tuple[Told, Parts, bool]] = {}

    def __len__(self) -> int:
        return len(self._said)

    def sift(self, device: str, told: Told) -> Parts | None:
        """What the device has just sent; None if it sent nothing, and something else changed.

        Where only the level is new, the device has sent something we are not told: the level is
        worth having for who it is, so its static identities are repeated. A rotating identity, a
        counter or a temperature is not: it would say that a clock is late, or a button pressed.
        """
        manufacturer_data, service_data = told.manufacturer_data, told.service_data
        before = self._said.pop(device, None)
        if before is not None:
            was = before[0]
            if manufacturer_data is was.manufacturer_data:
                manufacturer_data = None
            if service_data is was.service_data:
                service_data = None
        if manufacturer_data or service_data:
            sent = Parts(manufacturer_data or {}, _short(service_data) if service_data else {})
            self._said[device] = told, sent, False
        elif before is None:
            sent = _NOTHING
            self._said[device] = told, sent, True
        else:
            was, sent, is_lasting = before
            sent = sent if is_lasting else _lasting(sent)
            self._said[device] = told, sent, True
            if told.rssi_dbm == was.rssi_dbm:
                return None
        if len(self._said) > self._most:
            del self._said[next(iter(self._said))]
        return sent


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

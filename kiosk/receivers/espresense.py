"""ESPresense boards: which tag, by its name, and how loud. They tell no advertisements.

Source: github.com/ESPresense/ESPresense, src/BleFingerprint.cpp, `setId` and `fill`; their topic is
`espresense/devices/{id}/{room}`. The signal is smoothed there already and sent every 5 s unless the
board is told `skip_ms` 1000, which a shop wants. Tags with an alias in the board's settings hide
what they are, and are nobody here.
"""

from __future__ import annotations

import re

from msgspec import Struct

from kiosk.receivers import translation
from kiosk.receivers.translation import ALTBEACON, IBEACON, Said

_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_BEACON = re.compile(rf"(iBeacon|altBeacon):({_UUID})-([0-9]{{1,5}})-([0-9]{{1,5}})")
_EDDYSTONE = re.compile("eddy:([0-9a-f]{20}|[0-9a-f]{22})-([0-9a-f]{12})")
_FEAA = 0xFEAA
_TWICE = slice(8, 10)  # digits of the byte that boards print twice, as many do until today


class _Message(Struct):
    id: str
    rssi: float
    mac: str = ""


def topic(room: str) -> str:
    """Where the board in a room tells of every device."""
    return f"espresense/devices/+/{room}"


def read(payload: bytes) -> Said:
    """What one message says; ContractError if it is not ESPresense's."""
    message = translation.decode(_Message, payload)
    manufacturer_data: dict[int, bytes] = {}
    service_data: dict[int, bytes] = {}
    if found := _BEACON.fullmatch(message.id):
        kind, uuid, major, minor = found.groups()
        sign = IBEACON if kind == "iBeacon" else ALTBEACON
        manufacturer_data = translation.beacon(sign, uuid, int(major), int(minor))
    elif found := _EDDYSTONE.fullmatch(message.id):
        namespace, instance = found.groups()
        if len(namespace) > 20:
            namespace = namespace[: _TWICE.stop] + namespace[_TWICE.stop + 2 :]
        service_data = {_FEAA: b"\0\0" + bytes.fromhex(namespace + instance)}
    address = translation.private(message.mac)
    return translation.advertisement(manufacturer_data, service_data, message.rssi, address)

"""Advertisements to beacons: bytes in, values out. Never raises on any bytes, keeps no address.

A new format is one class in `kiosk/core/formats/` and one line in `_MANUFACTURERS` or `_SERVICES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kiosk.core.formats import altbeacon, bthome, eddystone, ibeacon
from kiosk.core.formats.fields import Beacon
from kiosk.core.inputs import Advertisement

_MANUFACTURERS: dict[bytes, Callable[[int, bytes], Beacon | None]] = {
    altbeacon.SIGN: altbeacon.AltBeacon.decode,
    ibeacon.SIGN: ibeacon.IBeacon.decode,
}
"""By the first two bytes after the company: most that is heard is some other message of Apple's."""

_SERVICES: dict[int, Callable[[bytes], Beacon | None]] = {
    bthome.BTHOME: bthome.BtHome.decode,
    eddystone.EDDYSTONE: eddystone.decode,
}

# AD types; Bluetooth SIG Assigned Numbers, 2.3
_COMPLETE_LIST = 0x03  # of 16-bit service UUIDs
_SERVICE_DATA = 0x16  # begins with a 16-bit service UUID
_MANUFACTURER_DATA = 0xFF  # begins with a company identifier

_EDDYSTONE_LISTED = eddystone.EDDYSTONE.to_bytes(2, "little")

_LEGACY_BYTES = 31  # of an advertisement before Bluetooth 5; its scan response comes after it


def decode(advertisement: Advertisement) -> list[Beacon]:
    """All beacons in an advertisement; a tag may send several formats at once."""
    found = [from_manufacturer(*part) for part in advertisement.manufacturer_data.items()]
    found += [from_service(*part) for part in advertisement.service_data.items()]
    return [beacon for beacon in found if beacon is not None]


def from_manufacturer(company: int, data: bytes) -> Beacon | None:
    """The beacon in one company's data, if there is one."""
    sign = data[:2]
    return _MANUFACTURERS[sign](company, data) if sign in _MANUFACTURERS else None


def from_service(uuid: int, data: bytes) -> Beacon | None:
    """The beacon in one service's data, if there is one."""
    return _SERVICES[uuid](data) if uuid in _SERVICES else None


def decode_raw(data: bytes) -> list[Beacon]:
    """All beacons in the AD structures of an advertisement, in their order.

    An Eddystone frame beside a complete list of services that leaves Eddystone out is none
    (github.com/google/eddystone, protocol-specification.md, "Common Elements").

    This is the loop of `_structures` once more, without its tuples and copies: it runs for every
    stranger that passes by, and in this form three times as fast.
    """
    found: list[Beacon] = []
    services: bytes | None = None
    start, end = 0, len(data)
    while start + 3 < end:
        stop = start + 1 + data[start]
        kind = data[start + 1]
        if stop == start + 1:
            if not start < _LEGACY_BYTES < end:
                break
            stop = _LEGACY_BYTES
        elif kind == _MANUFACTURER_DATA:
            if (sign := data[start + 4 : start + 6]) in _MANUFACTURERS:
                company = data[start + 2] | data[start + 3] << 8
                beacon = _MANUFACTURERS[sign](company, data[start + 4 : stop])
                if beacon is not None:
                    found.append(beacon)
        elif kind == _SERVICE_DATA:
            if (uuid := data[start + 2] | data[start + 3] << 8) in _SERVICES:
                beacon = _SERVICES[uuid](data[start + 4 : stop])
                if beacon is not None:
                    found.append(beacon)
        elif kind == _COMPLETE_LIST:
            services = (services or b"") + data[start + 2 : stop]
        start = stop
    if not found or services is None or _EDDYSTONE_LISTED in services:
        return found
    return [beacon for beacon in found if not beacon.format.startswith("eddystone")]


def from_ad_structures(data: bytes, rssi_dbm: int) -> Advertisement | None:
    """Split a raw advertisement like BlueZ, where the later of two of a kind counts.

    None if nothing in it could hold a beacon.
    """
    manufacturer_data: dict[int, bytes] = {}
    service_data: dict[int, bytes] = {}
    found = {_MANUFACTURER_DATA: manufacturer_data, _SERVICE_DATA: service_data}
    for kind, value in _structures(data):
        if kind in found and len(value) >= 2:
            found[kind][int.from_bytes(value[:2], "little")] = value[2:]
    if not manufacturer_data and not service_data:
        return None
    return Advertisement(manufacturer_data, service_data, rssi_dbm)


def _structures(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The AD structures (type, value) of an advertisement and of a scan response behind it.

    Source: Core Specification 5.4, Vol 3, Part C, 11; Supplement, Part A, 1.4 and 1.11. A zero
    length ends the advertisement early. A structure that claims more than there is is read as far
    as it goes: tags state the length of the full Eddystone frame and leave out its reserved bytes.
    """
    start, end = 0, len(data)
    while start + 1 < end:
        stop = start + 1 + data[start]
        if stop > start + 1:
            yield data[start + 1], data[start + 2 : stop]
        elif start < _LEGACY_BYTES < end:
            stop = _LEGACY_BYTES
        else:
            return
        start = stop

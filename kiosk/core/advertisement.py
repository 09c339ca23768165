"""Advertisements to beacons: bytes in, values out. Never raises on any bytes, keeps no address.

A new format is one class and one row in `MANUFACTURER_FORMATS` or `SERVICE_FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Protocol, Self
from uuid import UUID

from kiosk.core.inputs import Advertisement

APPLE = 0x004C  # company identifier, Bluetooth SIG Assigned Numbers
EDDYSTONE = 0xFEAA  # 16-bit service UUID of Google LLC, same source

_IBEACON = Struct(">2s16sHHb")  # type and length, UUID, major, minor, power at 1 m
_IBEACON_PREFIX = b"\x02\x15"  # proximity beacon; 21 bytes follow
_EDDYSTONE_UID = Struct(">Bb10s6s")  # frame type, power at 0 m, namespace, instance
_UID_FRAME = 0x00

_SERVICE_DATA_16_BIT = 0x16
_MANUFACTURER_DATA = 0xFF
_KEY_BYTES = 2  # both begin with a little-endian 16-bit number: the UUID or the company


class Beacon(Protocol):
    """One decoded beacon, whatever its format."""

    @property
    def identity(self) -> str:
        """The name under which `contract.messages.TrustedTag` knows it."""


Decoder = Callable[[bytes], Beacon | None]


@dataclass(frozen=True, slots=True)
class IBeacon:
    """Apple's beacon: who transmits, and how loud it is at one metre.

    Source: Apple, Proximity Beacon Specification R1, section 2.
    """

    uuid: UUID
    major: int
    minor: int
    tx_power_dbm: int  # measured at 1 m

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read Apple manufacturer data; None if it is no iBeacon.

        The format states its own length, so bytes after it (some tags append their
        battery) belong to something else and are left alone.
        """
        if len(data) < _IBEACON.size or not data.startswith(_IBEACON_PREFIX):
            return None
        _, uuid, major, minor, tx_power_dbm = _IBEACON.unpack_from(data)
        return cls(UUID(bytes=uuid), major, minor, tx_power_dbm)

    @property
    def identity(self) -> str:
        """`ibeacon:{uuid}:{major}:{minor}`."""
        return f"ibeacon:{self.uuid}:{self.major}:{self.minor}"


@dataclass(frozen=True, slots=True)
class EddystoneUid:
    """Google's static beacon: a namespace (10 bytes) and an instance (6 bytes) in it.

    Source: github.com/google/eddystone, eddystone-uid/README.md, "Frame Specification".
    """

    namespace: bytes
    instance: bytes
    tx_power_dbm: int  # at 0 m: 41 dB louder than at 1 m, says the same page

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read Eddystone service data; None if it is no UID frame.

        The two reserved bytes at its end are missing in many tags and mean nothing.
        """
        if len(data) < _EDDYSTONE_UID.size or data[0] != _UID_FRAME:
            return None
        _, tx_power_dbm, namespace, instance = _EDDYSTONE_UID.unpack_from(data)
        return cls(namespace, instance, tx_power_dbm)

    @property
    def identity(self) -> str:
        """`eddystone-uid:{namespace}:{instance}`, both in hex."""
        return f"eddystone-uid:{self.namespace.hex()}:{self.instance.hex()}"


MANUFACTURER_FORMATS: dict[int, tuple[Decoder, ...]] = {APPLE: (IBeacon.decode,)}
SERVICE_FORMATS: dict[int, tuple[Decoder, ...]] = {EDDYSTONE: (EddystoneUid.decode,)}


def decode(advertisement: Advertisement) -> tuple[Beacon, ...]:
    """All beacons in an advertisement; a tag may send several formats at once."""
    return (
        *_decoded(MANUFACTURER_FORMATS, advertisement.manufacturer_data),
        *_decoded(SERVICE_FORMATS, advertisement.service_data),
    )


def from_ad_structures(data: bytes, rssi_dbm: int) -> Advertisement | None:
    """Split a raw advertisement; None if nothing in it could hold a beacon.

    As in BlueZ, reading ends at a zero length or at a structure that overruns the end,
    and what stood before it counts. Source: Core Specification 5.4, Vol 3, Part C, 11;
    Core Specification Supplement, Part A, 1.4 and 1.11.
    """
    manufacturer_data: dict[int, bytes] = {}
    service_data: dict[int, bytes] = {}
    found = {_MANUFACTURER_DATA: manufacturer_data, _SERVICE_DATA_16_BIT: service_data}
    for kind, value in _structures(data):
        if kind in found and len(value) >= _KEY_BYTES:
            found[kind][int.from_bytes(value[:_KEY_BYTES], "little")] = value[_KEY_BYTES:]
    if not manufacturer_data and not service_data:
        return None
    return Advertisement(manufacturer_data, service_data, rssi_dbm)


def _decoded(
    formats: dict[int, tuple[Decoder, ...]], parts: Mapping[int, bytes]
) -> Iterator[Beacon]:
    for key, data in parts.items():
        for decoder in formats.get(key, ()):
            if (beacon := decoder(data)) is not None:
                yield beacon


def _structures(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The AD structures (type, value) that lie whole within the data."""
    start = 0
    while start < len(data) and data[start] and start + data[start] < len(data):
        end = start + 1 + data[start]
        yield data[start + 1], data[start + 2 : end]
        start = end

"""The advertisements of the tags people carry, byte by byte as they would be on the air."""

from __future__ import annotations

from random import Random
from struct import pack
from typing import NamedTuple
from uuid import UUID

from contract import identities

FLAGS = bytes.fromhex("020106")  # Core Specification Supplement A 1.3: LE only, discoverable
INTERVAL_S = 1.0  # what key-fobs ship with; a battery then lasts about two years
JITTER_S = 0.010  # the advDelay of Core Specification Vol 6 B 4.4.2.2: 0 to 10 ms
SHOP_UUID = UUID("6d6b2a4e-2c1f-4d0e-9a5b-48c3a9c1e0d7")  # of our own, as the iBeacon rules ask
SHOP_NAMESPACE = bytes.fromhex("8ec76ea3ef1d4b0a9c55")

_POWER_AT_1M_DBM = -61  # what the radio model uses; iBeacon carries it, kiosks do not believe it
_EDDYSTONE_AT_0M_DBM = _POWER_AT_1M_DBM + 41  # its specification: 41 dB are lost over one metre


ROTATES_EXPONENT = 10  # a new identity every 2^10 s: a quarter of an hour, as phones do
PHONES_OF_TEN = 7  # the n-th of ten members carries the app and no key-fob


class Tag(NamedTuple):
    """A key-fob or an app: its identity as the contract writes it, and what it sends."""

    identity: str
    payload: bytes  # empty where it changes
    key: bytes = b""  # of a rotating identity, which only shop and phone know

    def payload_at(self, unix_s: float) -> bytes:
        """What it sends at that moment."""
        if not self.key:
            return self.payload
        return _eddystone(0x30, identities.eid(self.key, ROTATES_EXPONENT, int(unix_s)))


def ibeacon(uuid: UUID, major: int, minor: int) -> Tag:
    """An iBeacon (Apple, Proximity Beacon Specification R1): flags and manufacturer data."""
    frame = pack(">HBB16sHHb", 0x4C00, 0x02, 0x15, uuid.bytes, major, minor, _POWER_AT_1M_DBM)
    return Tag(f"ibeacon:{uuid}:{major}:{minor}", FLAGS + _structure(0xFF, frame))


def eddystone_uid(namespace: bytes, instance: bytes) -> Tag:
    """An Eddystone-UID (github.com/google/eddystone, eddystone-uid): 10 and 6 bytes."""
    payload = _eddystone(0x00, namespace + instance + bytes(2))
    return Tag(f"eddystone-uid:{namespace.hex()}:{instance.hex()}", payload)


def rotating(key: bytes) -> Tag:
    """An app with an identity that changes (Eddystone-EID), its counter the time of day."""
    return Tag(f"eddystone-eid:{ROTATES_EXPONENT}:0:{key.hex()}", b"", key)


def members_tag(number: int) -> Tag:
    """What the n-th member carries: an app, or an Eddystone or iBeacon that the shop gave them."""
    if number % 10 == PHONES_OF_TEN:
        return rotating(Random(number).randbytes(identities.KEY_BYTES))
    if number % 3 == 0:
        return eddystone_uid(SHOP_NAMESPACE, number.to_bytes(6))
    return ibeacon(SHOP_UUID, 1, number)


def strangers_tag(rng: Random) -> Tag:
    """Somebody else's: a car key, a suitcase; the shop must never learn of it."""
    return ibeacon(UUID(bytes=rng.randbytes(16), version=4), rng.randrange(65_536), 1)


def _eddystone(kind: int, rest: bytes) -> bytes:
    frame = pack(">Bb", kind, _EDDYSTONE_AT_0M_DBM) + rest
    return FLAGS + _structure(0x03, b"\xaa\xfe") + _structure(0x16, b"\xaa\xfe" + frame)


def _structure(kind: int, data: bytes) -> bytes:
    return bytes((len(data) + 1, kind)) + data

"""What all translators share: strict JSON in, advertisements out. Bounds come before any look.

A translator is pure. Addresses go no further than a radio's own do: only what a phone changes
every quarter of an hour, for as long as its key is tried.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeVar
from uuid import UUID

import msgspec

from contract.errors import ContractError
from contract.identities import is_resolvable
from kiosk.core.inputs import Advertisement

MAX_PAYLOAD_BYTES = (
    65_536  # a Minew gateway sends a second's hearing at once: 400 rows of 150 bytes
)
RSSI_DBM = (-127, 20)  # the range of RSSI in the Bluetooth HCI

APPLE, ANYBODY = 0x004C, 0xFFFF  # companies; AltBeacon is everybody's, and names vary by receiver
IBEACON, ALTBEACON = b"\x02\x15", b"\xbe\xac"

_ADDRESS = re.compile("[0-9a-f]{12}")
_POWER = b"\0"  # at one metre; kiosks go by their own calibration

T = TypeVar("T")


class Said(NamedTuple):
    """What a message says: advertisements, and how many of its parts could not be read."""

    heard: list[Advertisement]
    unread: int = 0


NOTHING = Said([])


def decode(kind: type[T], payload: bytes) -> T:
    """A message, or a part of it, as a Struct; ContractError says what is wrong with it."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise ContractError("payload", f"longer than {MAX_PAYLOAD_BYTES} bytes")
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ContractError("payload", str(error)) from error


def level(rssi_dbm: float) -> int:
    """A signal strength in dBm; ContractError if no receiver could have measured it."""
    least, most = RSSI_DBM
    if not least < rssi_dbm <= most:  # the least means "no reading"
        raise ContractError("rssi", f"{rssi_dbm:g} is not between {least} and {most} dBm")
    return round(rssi_dbm)


def beacon(sign: bytes, uuid: str, major: int, minor: int) -> dict[int, bytes]:
    """Manufacturer data of an iBeacon or an AltBeacon, put together again."""
    try:
        numbers = UUID(uuid).bytes + major.to_bytes(2) + minor.to_bytes(2)
    except (ValueError, OverflowError):
        raise ContractError("id", "no UUID and two numbers of 16 bits") from None
    return {APPLE if sign == IBEACON else ANYBODY: sign + numbers + _POWER}


def octets(field: str, text: str) -> bytes:
    """Hex digits as bytes."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ContractError(field, "not an even number of hex digits") from None


def private(address: str) -> bytes | None:
    """A phone's changing address; None of any other, which nobody needs to know."""
    digits = address.lower().replace(":", "").replace("-", "")
    if not _ADDRESS.fullmatch(digits):
        return None
    octet = bytes.fromhex(digits)
    return octet if is_resolvable(octet) else None


def advertisement(
    manufacturer_data: dict[int, bytes],
    service_data: dict[int, bytes],
    rssi_dbm: float,
    address: bytes | None,
) -> Said:
    """One advertisement, or nothing if it holds neither data nor an address to be tried."""
    dbm = level(rssi_dbm)
    if not (manufacturer_data or service_data or address):
        return NOTHING
    return Said([Advertisement(manufacturer_data, service_data, dbm, address)])

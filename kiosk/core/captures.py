"""Advertisements as people and programs write them down: hex digits, or JSON with hex in it.

Refuses what it cannot read with a ContractError, and guesses nothing.
"""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from contract.errors import ContractError
from kiosk.core.advertisement import decode, decode_raw
from kiosk.core.formats.fields import Beacon
from kiosk.core.inputs import Advertisement

MAX_LINE_BYTES = 16_384  # the longest advertisement has 1,650 bytes (Core Specification 5.4)

_BASE_UUID = re.compile(r"0000([0-9a-f]{4})-0000-1000-8000-00805f9b34fb")
_BETWEEN = re.compile(r"0x|\\x|[\s:,;.-]")  # all the ways in which tools set bytes apart


class _Hex(Struct):
    hex: str


class _Capture(Struct):
    """What a radio makes of an advertisement, as bleak and its relatives name the parts."""

    manufacturer_data: dict[str, str | _Hex] | None = None  # by company, in decimal or hex
    service_data: dict[str, str | _Hex] | None = None  # by UUID, 16-bit or in full


def beacons_in(line: bytes) -> list[Beacon]:
    """All beacons in one written advertisement; ContractError says what cannot be read."""
    if len(line) > MAX_LINE_BYTES:
        raise ContractError("line", f"longer than {MAX_LINE_BYTES} bytes")
    text = line.strip().removeprefix(b"\xef\xbb\xbf")  # the mark Windows puts before a text
    if text.startswith((b"{", b"[", b'"')):
        return decode(_from_json(text))
    return decode_raw(_bytes("line", text.decode("ascii", "replace")))


def _from_json(text: bytes) -> Advertisement:
    try:
        capture = msgspec.json.decode(text, type=_Capture)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ContractError("line", str(error)) from error
    manufacturer_data = {
        _company(key): _bytes("manufacturer_data", value)
        for key, value in (capture.manufacturer_data or {}).items()
    }
    service_data = {
        uuid: _bytes("service_data", value)
        for key, value in (capture.service_data or {}).items()
        if (uuid := _uuid(key)) is not None
    }
    return Advertisement(manufacturer_data, service_data, rssi_dbm=0)


def _company(key: str) -> int:
    base = 10 if key.isdecimal() else 16  # 76 is Apple, and so are 0x4C and 004c
    try:
        company = int(key, base)
    except ValueError:
        raise ContractError("manufacturer_data", f"{key[:40]!r} is no company number") from None
    if not 0 <= company <= 0xFFFF:
        raise ContractError("manufacturer_data", f"company {key[:40]} has more than 16 bits")
    return company


def _uuid(key: str) -> int | None:
    """The 16-bit UUID of a service; None if it has none, as any maker's own service may."""
    lower = key.strip().lower().removeprefix("0x")
    in_full = _BASE_UUID.fullmatch(lower)
    digits = in_full.group(1) if in_full else lower
    if re.fullmatch("[0-9a-f]{4}", digits):
        return int(digits, 16)
    if re.fullmatch("[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]{8}", digits):
        return None
    raise ContractError("service_data", f"{key[:40]!r} is no UUID")


def _bytes(field: str, value: str | _Hex) -> bytes:
    digits = _BETWEEN.sub("", (value.hex if isinstance(value, _Hex) else value).lower())
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise ContractError(field, "not an even number of hex digits") from None

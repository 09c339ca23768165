"""The kernel's Bluetooth management protocol, as far as hearing needs it: bytes in, values out.

Opens no socket and never raises on any bytes. Source: BlueZ, doc/mgmt-api.txt (now
doc/mgmt-protocol.rst); everything is little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from msgspec import Struct

_HEADER = struct.Struct("<HHH")  # command or event code, controller index, length of what follows
_FOUND = struct.Struct("<6sBbIH")  # address, its type, RSSI, flags, length of the data
_ANSWER = struct.Struct("<HB")  # the command's code, status
_HANDLE = struct.Struct("<H")
_PATTERN = struct.Struct("<BBB31s")  # AD type, offset, length, value padded with zeros

ADD_PATTERNS = 0x0052  # Add Advertisement Patterns Monitor
REMOVE_MONITOR = 0x0053  # Remove Advertisement Monitor; handle 0 would be everybody's

_COMPLETE, _STATUS = 0x0001, 0x0002
_DEVICE_FOUND, _MONITOR_FOUND = 0x0012, 0x002F

PERMISSION_DENIED = 0x14
LE_RANDOM = 2
NO_READING_DBM = 127


class Pattern(Struct, frozen=True):
    """Bytes at an offset of one kind of AD structure; an advertisement with one of them counts."""

    ad_type: int
    offset: int
    value: bytes  # at most 31


# A monitor without patterns is refused (status 0x0d, kernel 6.1); these are what we decode.
BEACONS = (
    Pattern(0xFF, 0, bytes.fromhex("4c000215")),  # iBeacon
    Pattern(0xFF, 2, bytes.fromhex("beac")),  # AltBeacon, any company's
    Pattern(0x16, 0, bytes.fromhex("aafe")),  # Eddystone
)


class Found(Struct, frozen=True):
    """An advertisement, as it was in the air."""

    controller: int
    address: bytes  # most significant byte first
    is_random: bool
    rssi_dbm: int | None
    data: bytes  # AD structures

    def __repr__(self) -> str:
        """How loud, and not who: this is what a log or a traceback would show."""
        return f"Found(rssi_dbm={self.rssi_dbm})"


class Answered(Struct, frozen=True):
    """The kernel's answer to one of our commands; status 0 is success."""

    command: int
    status: int
    handle: int | None = None  # of a monitor that was added


def add_patterns(controller: int, patterns: Sequence[Pattern]) -> bytes:
    """The command to report advertisements with one of these patterns, also between scans."""
    packed = [_PATTERN.pack(p.ad_type, p.offset, len(p.value), p.value) for p in patterns]
    return _command(ADD_PATTERNS, controller, bytes([len(packed)]) + b"".join(packed))


def remove_monitor(controller: int, handle: int) -> bytes:
    """The command to end what `add_patterns` began."""
    return _command(REMOVE_MONITOR, controller, _HANDLE.pack(handle))


def read(packet: bytes) -> Found | Answered | None:
    """One packet of the kernel's; None if it is no concern of ours, or cut short."""
    if len(packet) < _HEADER.size:
        return None
    code, controller, length = _HEADER.unpack_from(packet)
    body = packet[_HEADER.size : _HEADER.size + length]
    if len(body) < length:
        return None
    if code == _DEVICE_FOUND:
        return _found(controller, body)
    if code == _MONITOR_FOUND:
        return _found(controller, body[_HANDLE.size :])
    if code in (_COMPLETE, _STATUS) and len(body) >= _ANSWER.size:
        return _answered(code, body)
    return None


def _command(code: int, controller: int, body: bytes) -> bytes:
    return _HEADER.pack(code, controller, len(body)) + body


def _found(controller: int, body: bytes) -> Found | None:
    if len(body) < _FOUND.size:
        return None
    address, kind, rssi_dbm, _flags, length = _FOUND.unpack_from(body)
    data = body[_FOUND.size : _FOUND.size + length]
    if len(data) < length:
        return None
    level_dbm = None if rssi_dbm == NO_READING_DBM else rssi_dbm
    return Found(controller, address[::-1], kind == LE_RANDOM, level_dbm, data)


def _answered(code: int, body: bytes) -> Answered:
    command, status = _ANSWER.unpack_from(body)
    rest = body[_ANSWER.size :]
    if code == _COMPLETE and command == ADD_PATTERNS and not status and len(rest) >= _HANDLE.size:
        return Answered(command, status, _HANDLE.unpack_from(rest)[0])
    return Answered(command, status)

"""What a kiosk itself advertises, so that members' phones notice where they are. Sends nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from struct import pack

from kiosk.core.formats.eddystone import EDDYSTONE
from kiosk.core.formats.ibeacon import APPLE, SIGN

# Eddystone states the power at 0 m: 41 dB is what the first metre takes (eddystone-uid/README.md).
FIRST_METRE_DB = 41

_HEX = "[0-9a-f]"
_IBEACON = re.compile(
    rf"ibeacon:({_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}})"
    r":(0|[1-9][0-9]{0,4}):(0|[1-9][0-9]{0,4})"
)
_UID = re.compile(rf"eddystone-uid:({_HEX}{{20}}):({_HEX}{{12}})")


@dataclass(frozen=True, slots=True)
class OwnBeacon:
    """One advertisement, as BlueZ is told it: data by company id, or by 16-bit service UUID."""

    manufacturer_data: Mapping[int, bytes]
    service_data: Mapping[int, bytes]


def encode(identity: str, power_at_1m_dbm: int) -> OwnBeacon:
    """The advertisement of an identity; ValueError if it is no identity we can send."""
    if found := _IBEACON.fullmatch(identity):
        uuid, major, minor = bytes.fromhex(found[1].replace("-", "")), int(found[2]), int(found[3])
        if max(major, minor) <= 0xFFFF:
            data = SIGN + uuid + pack(">HHb", major, minor, power_at_1m_dbm)
            return OwnBeacon({APPLE: data}, {})
    if found := _UID.fullmatch(identity):
        power = pack(">Bb", 0x00, power_at_1m_dbm + FIRST_METRE_DB)  # frame type 0: UID
        frame = power + bytes.fromhex(found[1] + found[2]) + bytes(2)  # two bytes are reserved
        return OwnBeacon({}, {EDDYSTONE: frame})
    raise ValueError(
        f"{identity!r} is neither ibeacon:uuid:major:minor nor eddystone-uid:namespace:instance"
        " (hex in lower case, numbers up to 65535)"
    )

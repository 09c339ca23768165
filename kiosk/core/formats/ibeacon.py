"""Apple's iBeacon: who transmits, and how loud it is at one metre. Reads no other Apple message."""

from __future__ import annotations

from struct import Struct
from typing import ClassVar, Self

from kiosk.core.formats.fields import Fields, Frame, uuid_text

APPLE = 0x004C  # company identifier, Bluetooth SIG Assigned Numbers

SIGN = b"\x02\x15"  # how the data begins: proximity beacon, 21 bytes follow

_LAYOUT = Struct(">2x16sHHb")  # sign, UUID, major, minor, power at 1 m


class IBeacon(Frame, frozen=True, gc=False):
    """One iBeacon.

    Source: Apple, Proximity Beacon Specification R1, section 2.
    """

    format: ClassVar[str] = "ibeacon"

    uuid: bytes  # 16
    major: int
    minor: int
    tx_power_dbm: int  # measured at 1 m

    @classmethod
    def decode(cls, company: int, data: bytes) -> Self | None:
        """Read manufacturer data; None if it is no iBeacon, or not Apple's.

        The format states its own length, so bytes after it (some tags append their
        battery) belong to something else and are left alone.
        """
        if company != APPLE or len(data) < _LAYOUT.size or data[:2] != SIGN:
            return None
        uuid, major, minor, tx_power_dbm = _LAYOUT.unpack_from(data)
        return cls(uuid, major, minor, tx_power_dbm)

    @property
    def identity(self) -> str:
        """`ibeacon:{uuid}:{major}:{minor}`."""
        return f"ibeacon:{uuid_text(self.uuid)}:{self.major}:{self.minor}"

    def fields(self) -> Fields:
        """What it says, as `hien beacon decode` prints it."""
        return {
            "uuid": uuid_text(self.uuid),
            "major": self.major,
            "minor": self.minor,
            "tx_power_dbm": self.tx_power_dbm,
        }

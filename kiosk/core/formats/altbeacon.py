"""AltBeacon: the open beacon, which any manufacturer may send under its own company identifier."""

from __future__ import annotations

from struct import Struct
from typing import ClassVar, Self

from kiosk.core.formats.fields import Fields, Frame, uuid_text

SIGN = b"\xbe\xac"  # how the data begins, whoever the manufacturer is

_LAYOUT = Struct(">2x16sHHb")  # sign, the 20-byte id in its usual three parts, power at 1 m


class AltBeacon(Frame, frozen=True, gc=False):
    """One AltBeacon.

    Source: github.com/AltBeacon/spec, v1.0, "AltBeacon Protocol Fields". The specification has
    one id of 20 bytes; everybody reads it as 16 + 2 + 2, like an iBeacon's.
    """

    format: ClassVar[str] = "altbeacon"

    id1: bytes  # 16
    id2: int
    id3: int
    manufacturer: int  # company identifier, Bluetooth SIG Assigned Numbers
    tx_power_dbm: int  # measured at 1 m

    @classmethod
    def decode(cls, company: int, data: bytes) -> Self | None:
        """Read manufacturer data; None if it is no AltBeacon.

        The last byte is the manufacturer's own; tags that leave it out are understood.
        """
        if len(data) < _LAYOUT.size or data[:2] != SIGN:
            return None
        id1, id2, id3, tx_power_dbm = _LAYOUT.unpack_from(data)
        return cls(id1, id2, id3, company, tx_power_dbm)

    @property
    def identity(self) -> str:
        """`altbeacon:{id1}:{id2}:{id3}`."""
        return f"altbeacon:{uuid_text(self.id1)}:{self.id2}:{self.id3}"

    def fields(self) -> Fields:
        """What it says, as `hien beacon decode` prints it."""
        return {
            "id1": uuid_text(self.id1),
            "id2": self.id2,
            "id3": self.id3,
            "manufacturer": self.manufacturer,
            "tx_power_dbm": self.tx_power_dbm,
        }

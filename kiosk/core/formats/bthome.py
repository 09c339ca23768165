"""BTHome v2: battery and buttons of a tag. Leaves all other measurements to whoever wants them.

Written here because the one library for it, bthome-ble, brings bleak, habluetooth, USB and D-Bus
adapters and 3 MB of wheels for what are thirty lines.
Source: bthome.io/format, "BTHome Data format" and "Overview of BTHome objects".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from kiosk.core.formats.fields import Fields, Frame

BTHOME = 0xFCD2  # 16-bit service UUID, Bluetooth SIG Assigned Numbers

_VERSION = 2  # in the three highest bits of the first byte
_IS_ENCRYPTED = 0x01  # its lowest bit
_BATTERY = 0x01
_BUTTON = 0x3A

# Objects stand in the order of their ids and do not state their length, so a reader must know those
# before the last it wants. Ids that are missing here do not exist; what follows them is not read.
_BYTES = dict.fromkeys((*range(0x02, 0x04), 0x06, 0x07, 0x08, *range(0x0C, 0x0F)), 2)
_BYTES |= dict.fromkeys((0x04, 0x05, 0x0A, 0x0B), 3)
_BYTES |= dict.fromkeys((0x12, 0x13, 0x14), 2)
_BYTES |= dict.fromkeys((0x00, _BATTERY, 0x09, 0x0F, 0x10, 0x11, *range(0x15, 0x30), _BUTTON), 1)

_PRESSES = {
    0x00: "none",  # of several buttons, this one was left alone
    0x01: "press",
    0x02: "double_press",
    0x03: "triple_press",
    0x04: "long_press",
    0x05: "long_double_press",
    0x06: "long_triple_press",
    0x80: "hold_press",
    0xFE: "hold_press",  # Shelly BLU, before the number above was agreed
}


class BtHome(Frame, frozen=True, gc=False):
    """What a tag says of its battery and its buttons."""

    format: ClassVar[str] = "bthome-v2"

    battery_percent: int | None
    buttons: tuple[str, ...]  # what happened to each, in their order
    is_encrypted: bool  # then only the holder of the tag's key can read it

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read BTHome service data; None if it is of another version."""
        if not data or data[0] >> 5 != _VERSION:
            return None
        if data[0] & _IS_ENCRYPTED:
            return cls(None, (), is_encrypted=True)
        battery_percent: int | None = None
        buttons: list[str] = []
        for kind, value in _objects(data):
            if kind == _BATTERY:
                battery_percent = value[0]
            elif kind == _BUTTON:
                buttons.append(_PRESSES.get(value[0], "unknown"))
        return cls(battery_percent, tuple(buttons), is_encrypted=False)

    @property
    def identity(self) -> None:
        """None: the frame speaks for the tag that sent it, without naming it."""

    def fields(self) -> Fields:
        """What it says, as `hien beacon decode` prints it."""
        return {
            "battery_percent": self.battery_percent,
            "buttons": self.buttons,
            "is_encrypted": self.is_encrypted,
        }


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects (id, value) that lie whole within the data, as far as their lengths are known."""
    start = 1
    while start < len(data) and (size := _BYTES.get(data[start], 0)):
        end = start + 1 + size
        if end > len(data):
            return
        yield data[start], data[start + 1 : end]
        start = end

"""How a store's screens look and wait: name, logo, colour, idle time. Sealed; the newest says all.

What a kiosk is sent was checked by the gateway; this says once more what a kiosk takes at all.
"""

from __future__ import annotations

from base64 import b64decode
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from contract.events import VERSION
from contract.identifiers import StoreId
from contract.messages import Message

LOGO_BYTES = 48 * 1024  # as large as a logo of 512 by 512 pixels; it travels to each kiosk
LOGO_TEXT = LOGO_BYTES * 4 // 3 + 4  # as base64
IDLE_S = (20, 120)  # below nobody finds their glasses, above the next shopper waits


class LogoKind(StrEnum):
    """Which of the two formats a logo has."""

    PNG = "png"
    SVG = "svg"


class Look(Message, frozen=True):
    """Everything that an owner chose; what is empty stays as the kiosk's own settings say."""

    store: StoreId
    name: Annotated[str, Meta(max_length=40)] = ""
    accent: Annotated[str, Meta(pattern="^(#[0-9a-f]{6})?$")] = ""  # instead of jade
    idle_s: Annotated[int, Meta(ge=IDLE_S[0], le=IDLE_S[1])] | None = None
    logo_kind: LogoKind | None = None
    logo: Annotated[str, Meta(max_length=LOGO_TEXT, pattern="^[A-Za-z0-9+/=]*$")] = ""
    v: int = VERSION

    @property
    def logo_bytes(self) -> bytes:
        """The file."""
        return b64decode(self.logo)

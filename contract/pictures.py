"""A picture of a kiosk's screen, small, and only of a screen on which nobody is served."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from contract.events import VERSION
from contract.messages import Message

PNG_STARTS = b"\x89PNG\r\n\x1a\n"  # W3C, Portable Network Graphics, 5.2 and 11.2.5
PNG_ENDS = b"IEND\xaeB`\x82"
PNG_MAX_BYTES = 1_000_000  # a quarter of a panel's width and height takes 40,000 to 150,000


class Picture(Message, frozen=True):
    """What an order to look has brought."""

    nonce: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]  # of that order
    png: Annotated[bytes, Meta(min_length=4, max_length=PNG_MAX_BYTES)]  # base64 in JSON
    v: int = VERSION

    @property
    def is_png(self) -> bool:
        """Whether it looks like one; a browser is told that it is, and nothing else."""
        return self.png.startswith(PNG_STARTS) and self.png.endswith(PNG_ENDS)

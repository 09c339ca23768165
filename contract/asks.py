"""What a shopper types at a kiosk: a telephone number, and the code that was sent to it.

No event: it lies on no disk at either end, travels with QoS 0, and what is late is nobody's.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from contract.events import VERSION
from contract.identifiers import SessionId
from contract.messages import Message

MAX_BYTES = 512  # the longest is 190


class Ask(Message, frozen=True):
    """Somebody at a screen says: this is my telephone. A Show of level `code` answers."""

    session: SessionId
    number: Annotated[str, Meta(pattern="^0[0-9]{9}$")]  # as it is dialled in the country
    language: Literal["vi", "en"]  # of the message that brings the code
    code: Annotated[str, Meta(pattern="^([0-9]{6})?$")] = ""  # empty: please send one
    v: int = VERSION

    def __repr__(self) -> str:
        """Which session asks, and not who: this is what a log or a traceback would show."""
        return f"Ask(session={self.session!r})"

"""Events of members who were erased meanwhile: a kiosk that was away brings them days later.

They keep their number and their place in the chain, and say nothing. Erases nobody itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy.orm import Session

from contract import passes
from contract.errors import ContractError
from contract.events import Arrived, Entry, Left, Moved, Scanned
from gateway.core.erasing import TAG_ID
from gateway.store import tombstones
from gateway.store.events import FORGOTTEN, Received
from gateway.store.scene import People


def unnamed(db: Session, batch: Sequence[Received], people: People) -> list[Received]:
    """The same events, those that name somebody erased without a word of theirs."""
    words = [_names(one, people) for one in batch]
    erased = tombstones.erased(db, {word for word in words if word})
    return [_blank(one) if word in erased else one for one, word in zip(batch, words, strict=True)]


def _names(received: Received, people: People) -> str:
    """Under what a tombstone would know whom an event names; empty if nobody, or they are here."""
    match received.event.body:
        case Arrived(tag=tag) | Moved(tag=tag) | Left(tag=tag) if tag not in people.owners:
            return f"{TAG_ID}{tag}"
        case Scanned(text=text) if text:
            try:
                member = passes.read(text).member
            except ContractError:
                return ""
        case Entry(holder=holder):
            member = holder
        case _:
            return ""
    return "" if not member or member in people.profiles else f"member:{member}"


def _blank(received: Received) -> Received:
    event, body = received.event, received.event.body
    if isinstance(body, Entry):  # the door's record stays, and holds nobody
        event = structs.replace(event, body=structs.replace(body, holder=""))
    return Received(event, FORGOTTEN.encode())

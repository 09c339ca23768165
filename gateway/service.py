"""THE MAIN PATH of the gateway: a batch of events in, everything decided, what to say out.

One transaction decides and records; the caller commits it and only then speaks. A crash in
between loses one greeting; the other order could greet twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from contract.events import Arrived, Called, Scanned, StateChanged, Touched
from contract.messages import Live, Noun, Receipt, Show
from contract.topics import KioskAddress
from gateway import answers, delivery
from gateway.answers import Shop
from gateway.store import events, offers, profiles
from gateway.store.events import Received


@dataclass(slots=True)
class Outcome:
    """What to say once the batch is committed."""

    receipts: list[tuple[KioskAddress, Receipt]] = field(default_factory=list)
    shows: list[tuple[KioskAddress, Show]] = field(default_factory=list)
    live: list[tuple[str, Live]] = field(default_factory=list)  # with the store it concerns


def handle(db: Session, batch: Sequence[Received], store_no: dict[str, int]) -> Outcome:
    """Record a batch and decide all that follows from it, in one transaction."""
    fresh, receipts = delivery.accept(db, batch)
    events.append(db, fresh)
    shop = _shop(db, fresh, store_no)
    outcome = Outcome(receipts)
    for received in fresh:
        _decide(db, shop, received, outcome)
    return outcome


def _shop(db: Session, fresh: Sequence[Received], store_no: dict[str, int]) -> Shop:
    """What the decisions of a batch need, read once and not once an event."""
    bodies = [received.event.body for received in fresh]
    tags = {body.tag for body in bodies if isinstance(body, Arrived)}
    is_asked = any(isinstance(body, Scanned | Touched) for body in bodies)
    return Shop(
        store_no,
        owners=profiles.owners(db, tags) if tags else {},
        offers=offers.every(db) if is_asked else [],
    )


def _decide(db: Session, shop: Shop, received: Received, outcome: Outcome) -> None:
    event = received.event
    turn = answers.Turn(db, shop, event)
    match event.body:
        case Arrived() as arrived:
            turn.arrived(arrived)
        case Scanned() as scanned:
            turn.scanned(scanned)
        case Touched() as touched:
            turn.touched(touched)
        case Called() as called:
            turn.called(called)
        case StateChanged():
            turn.changed(Noun.KIOSK, event.kiosk)
    address = KioskAddress(event.store, event.kiosk)
    outcome.shows += [(address, show) for show in turn.shows]
    outcome.live += [(event.store, live) for live in turn.live]

"""Which of the events that came are new, whole and in order: each is committed once, or not yet."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from contract import codec
from contract.messages import Receipt
from contract.topics import KioskAddress
from gateway.store import dead_letters, events
from gateway.store.dead_letters import Letter
from gateway.store.events import Mark, Name, Received

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is to become of a batch."""

    fresh: list[Received]  # to commit, in order
    repeated: list[Received]  # committed before
    receipts: list[tuple[KioskAddress, Receipt]]  # one an outbox, for after the commit
    letters: list[Letter] = field(default_factory=list)  # nobody can read them; some count


def accept(db: Session, batch: Sequence[Received]) -> Accepted:
    """Tell new events from those that came before.

    What comes after a gap is neither: it will be sent again, because the receipt says how far
    we got. What nobody can read is neither, but its number counts: the next ones go on.
    """
    marks, renumbered = events.high_water(db, {received.outbox for received in batch})
    committed = events.committed(db, [one.event for one in batch if one.outbox in renumbered])
    committed |= _counted(db, batch)
    fresh: list[Received] = []
    repeated: list[Received] = []
    letters: list[Letter] = []
    for received in batch:
        mark, name = marks[received.outbox], received.name
        is_next = received.event.seq > mark.upto and _is_next(mark, received)
        # An outbox that began a new epoch numbers anew what it does not know to be committed.
        is_new = is_next and name not in committed
        if received.letter is not None:
            mark.unread += is_new
            letters.append(_counting(received.letter, received) if is_new else received.letter)
        elif is_new:
            fresh.append(received)
        elif is_next or received.event.seq <= mark.upto:
            repeated.append(received)
        if is_next:
            committed.add(name)
    events.mark(db, marks)
    receipts = [
        (KioskAddress(store, kiosk), Receipt(epoch, mark.upto, mark.chain, mark.unread))
        for (store, kiosk, epoch), mark in marks.items()
    ]
    return Accepted(fresh, repeated, receipts, letters)


def _counting(letter: Letter, received: Received) -> Letter:
    return replace(letter, event=received.event.id)


def _counted(db: Session, batch: Sequence[Received]) -> set[Name]:
    """Those that nobody can read and that were counted under another number."""
    unread = {one.event.id: one.name for one in batch if one.letter is not None}
    return {unread[event] for event in dead_letters.counted(db, unread)} if unread else set()


def _is_next(mark: Mark, received: Received) -> bool:
    """Whether this event follows what is committed; if so the mark moves on to it."""
    event = received.event
    if event.seq > mark.upto + 1:
        gap = "kiosk %s epoch %s: gap, have %d, got %d"
        log.warning(gap, event.kiosk, event.epoch, mark.upto, event.seq)
        return False
    chain = codec.link(mark.chain, event.id, event.seq, event.at_ms, received.body)
    if chain != event.chain:
        broken = "kiosk %s epoch %s: the chain is broken at %d"
        log.error(broken, event.kiosk, event.epoch, event.seq)
        return False
    mark.upto, mark.chain = event.seq, chain
    return True

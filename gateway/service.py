"""THE MAIN PATH of the gateway: a batch of events in, everything decided, what to say out.

One transaction decides and records; the caller commits it and only then speaks. A crash in
between may say something late or again, never twice decided: what comes again is answered again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from contract.events import (
    Arrived,
    Called,
    Chose,
    Counted,
    Entry,
    Followed,
    Given,
    Incident,
    LeaseReturned,
    Left,
    Moved,
    Promised,
    PurseOpened,
    Record,
    Scanned,
    StateChanged,
    Touched,
)
from contract.messages import Live, Receipt, Show
from contract.topics import KioskAddress
from gateway import delivery, following, latecomers, lending, pass_judging
from gateway.answers import Turn
from gateway.core import mentions
from gateway.store import base, dead_letters, events, footfall, read_ahead, scene, tag_clocks
from gateway.store.events import Received
from gateway.store.read_ahead import NOTHING_AHEAD, Ahead
from gateway.store.scene import Scene, Shop


@dataclass(slots=True)
class Outcome:
    """What to say once the batch is committed."""

    receipts: list[tuple[KioskAddress, Receipt]] = field(default_factory=list)
    shows: list[tuple[KioskAddress, Show]] = field(default_factory=list)
    live: list[tuple[str, Live]] = field(default_factory=list)  # with the store it concerns


def prepare(sessions: sessionmaker[Session], batch: Sequence[Received], now_ms: int) -> Ahead:
    """Do before the turn to write comes what need not be done in it, for then all others wait.

    Of whom a batch speaks is asked, and their passes' signatures, which take longest of all that
    is decided, are checked. What follows is decided in `handle`.
    """
    events = [received.event for received in batch]
    ahead = read_ahead.read(sessions, events, now_ms)
    pass_judging.check_ahead((shown for shown, _ in mentions.shown_passes(events)), ahead.keys)
    return ahead


def handle(
    db: Session, batch: Sequence[Received], shop: Shop, ahead: Ahead = NOTHING_AHEAD
) -> Outcome:
    """Record a batch and decide all that follows from it, in one transaction."""
    _take_turns(db, batch)
    with db.no_autoflush:  # the scene knows what is pending; one flush writes it all
        accepted = delivery.accept(db, batch)
        dead_letters.add(db, accepted.letters, shop.now_ms)
        tag_clocks.observe(db, [one.event for one in accepted.fresh])
        told = [one.event for one in (*accepted.fresh, *accepted.repeated)]
        of = scene.load(db, told, shop, ahead=read_ahead.still_true(db, ahead))
        fresh = latecomers.unnamed(db, accepted.fresh, of.people)
        events.append(db, fresh)
        outcome = Outcome(accepted.receipts)
        for received in fresh:
            _take_turn(of, received, outcome)
        for received in accepted.repeated:
            _speak_again(of, received, outcome)
        of.keep()
    outcome.live = list(dict.fromkeys(outcome.live))  # a page reads a thing once, however changed
    return outcome


def record(db: Session, batch: Sequence[Received], now_ms: int) -> Outcome:
    """Keep events without deciding anything: for those that decisions stumble over."""
    _take_turns(db, batch)
    accepted = delivery.accept(db, batch)
    events.append(db, accepted.fresh)
    dead_letters.add(db, accepted.letters, now_ms)
    return Outcome(accepted.receipts)


def _take_turns(db: Session, batch: Sequence[Received]) -> None:
    """With the web, and with an intake that lost its sessions to us and does not know it yet."""
    base.take_turns(db, {received.event.store for received in batch})


def _take_turn(of: Scene, received: Received, outcome: Outcome) -> None:
    event = received.event
    turn = Turn(of, event)
    match event.body:
        case Arrived() as arrived:
            turn.arrived(arrived)
        case Moved() | Left() as body:
            turn.still_here(body)
        case Scanned() as scanned:
            turn.scanned(scanned)
        case Touched() as touched:
            turn.touched(touched)
        case Chose() as chose:
            turn.chose(chose)
        case Called() as called:
            turn.called(called)
        case Record() as record:
            if turn.is_news(record):
                _door(turn, record)
        case PurseOpened() | Given() | LeaseReturned() | Promised():
            kiosk = KioskAddress(event.store, event.kiosk)
            lending.heard(of.db, kiosk, event.body, turn.place.at_ms)
        case Counted() as counted:
            footfall.add(of.db, event, counted, turn.place.at_ms, of.shop.now_ms)
        case Followed() as followed:
            following.heard(of, event, followed, turn.place)
        case StateChanged() as changed:
            turn.kiosk_changed(changed)
    _collect(turn, outcome)


def _door(turn: Turn, record: Record) -> None:
    match record:
        case Entry():
            turn.entered(record)
        case Incident():
            turn.trouble(record)


def _speak_again(of: Scene, received: Received, outcome: Outcome) -> None:
    body = received.event.body
    if isinstance(body, Scanned | Touched | Chose):  # what a screen waits for an answer to
        turn = Turn(of, received.event)
        turn.again(body)
        _collect(turn, outcome)


def _collect(turn: Turn, outcome: Outcome) -> None:
    address = KioskAddress(turn.event.store, turn.event.kiosk)
    outcome.shows += [(address, show) for show in turn.shows]
    outcome.live += [(turn.event.store, live) for live in turn.live]

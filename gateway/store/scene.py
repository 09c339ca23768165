"""All that a batch of events is about, read in a dozen statements and not in a dozen an event.

It finds and joins; what follows from an event is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import update
from sqlalchemy.orm import Session

from contract import passes
from contract.events import Chose, Entry, Event, Left, Scanned, Touched
from gateway.core import mentions
from gateway.core.alerts import AGAIN_AFTER_MS, may_be_announced
from gateway.core.consent import Purpose
from gateway.core.greeting import Step
from gateway.core.ledger import Currency, Standing
from gateway.core.matching import Evidence, PassUse
from gateway.core.offers.rules import RuleSet, compiled
from gateway.core.pay_to import Account
from gateway.core.visits import Place, Span, happened_ms
from gateway.store import (
    alerts,
    appointments,
    entries,
    ledger,
    offers,
    orders,
    pass_uses,
    profiles,
    screen_sessions,
    visits,
)
from gateway.store.alerts import AlertRow
from gateway.store.appointments import AppointmentRow
from gateway.store.offers import Decided, DecisionRow
from gateway.store.orders import OrderRow
from gateway.store.profiles import Profile
from gateway.store.read_ahead import NOTHING_AHEAD, Ahead
from gateway.store.screen_sessions import Key, ScreenSession, ScreenSessionRow
from gateway.store.visits import Visit

NOTHING = compiled(())  # for batches that ask for no offers


@dataclass(frozen=True, slots=True)
class Shop:
    """What holds for a whole batch, whatever is in it."""

    store_no: Mapping[str, int]  # how passes name each store
    now_ms: int
    rules: RuleSet | None = None  # as of its edition; None: read and made ready when asked
    pay_to: Account | None = None  # where orders are paid by a bank's app


@dataclass(slots=True)
class People:
    """The members a batch may be about."""

    owners: dict[str, str]  # whose each tag is, of those who consent to presence
    profiles: dict[str, Profile]  # of those who stand at a screen, or whom staff may hear of
    consents: dict[str, set[Purpose]]
    keys: dict[tuple[str, int], bytes]  # of those whose passes are shown
    orders: dict[str, list[OrderRow]]  # of those in `profiles`
    pass_uses: dict[tuple[str, int], dict[int, PassUse]]  # of those whose passes are shown
    points: dict[str, Standing]  # of those who stand at a screen
    appointments: dict[str, list[AppointmentRow]]  # of those who stand at a screen
    heirs: dict[str, str] = field(default_factory=dict)  # who is one with another, and with whom

    def heir(self, member: str) -> str:
        """Who a member is by now."""
        return self.heirs.get(member, member)


@dataclass(slots=True)
class Scene:
    """A batch's people, visits, sessions and cards, kept up to date while it is decided."""

    db: Session
    shop: Shop
    people: People
    rules: RuleSet
    sessions: dict[Key, ScreenSession]
    visits: dict[tuple[str, str], list[Visit]]  # by store and member
    alerts: list[AlertRow]
    records: set[entries.Name] = field(default_factory=set)  # of doors, that are known
    decided: list[Decided] = field(default_factory=list)
    used: list[tuple[str, int, PassUse]] = field(default_factory=list)  # passes, just now
    _numbers: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = visits.numbers(self.db)

    def session(self, place: Place, session: str) -> ScreenSession:
        """A screen's session; a new one if nobody spoke of it before."""
        key = (place.store, place.kiosk, session)
        row = self.sessions.get(key)
        if row is None:
            row = ScreenSession(place.store, place.kiosk, session, None, None, Step.HELLO)
            self.sessions[key] = row
        return row

    def join(self, place: Place, evidence: Evidence) -> tuple[Visit, list[int]]:
        """The visit this evidence belongs to, and the numbers of those that are one with it now.

        Evidence that comes late may close the gap between two visits: they become the older one.
        """
        known = self.visits[place.store, evidence.member]
        meeting = [row for row in known if row.span.while_heard(row.heard_by).meets(evidence.span)]
        if not meeting:
            row = _new_visit(next(self._numbers), place, evidence)
            known.append(row)
            return row, []
        row, *others = sorted(meeting, key=lambda one: (one.first_at_ms, one.visit))
        for other in others:
            self._merge(row, other)
            known.remove(other)
        if evidence.span.last_ms >= row.last_at_ms:
            row.kiosk, row.evidence = place.kiosk, str(evidence.source)
        span = row.span.with_(evidence.span)
        row.first_at_ms, row.last_at_ms = span.first_ms, span.last_ms
        row.confidence = max(row.confidence, evidence.confidence)
        return row, [other.visit for other in others]

    def decide(self, decided: Decided) -> None:
        """Remember why each offer was given or not."""
        self.decided.append(decided)

    def keep(self) -> None:
        """Write what was not written on the way."""
        known = (visit for visits_ in self.visits.values() for visit in visits_)
        visits.keep(self.db, known, self.shop.now_ms)
        screen_sessions.keep(self.db, self.sessions.values())
        pass_uses.add(self.db, self.used)
        self.used.clear()
        offers.record(self.db, self.decided, self.rules.tested)
        self.decided.clear()

    def cards_of(self, store: str, member: str | None, session: str | None) -> list[AlertRow]:
        """The cards of one visitor: a member, or whoever stood at a screen in a session."""
        return [
            card
            for card in self.alerts
            if card.store == store
            and (
                (member is not None and card.member == member)
                or (session is not None and card.session == session)
            )
        ]

    def _merge(self, row: Visit, other: Visit) -> None:
        self.keep()
        self.db.flush()
        for session in self.sessions.values():
            if session.visit == other.visit:
                session.visit = row.visit
        for table in (AlertRow, DecisionRow, ScreenSessionRow):
            self.db.execute(update(table).where(table.visit == other.visit).values(visit=row.visit))
        span = row.span.with_(other.span)
        if other.last_at_ms >= row.last_at_ms:
            row.kiosk, row.evidence = other.kiosk, other.evidence
        row.first_at_ms, row.last_at_ms = span.first_ms, span.last_ms
        row.confidence = max(row.confidence, other.confidence)
        row.heard_by += other.heard_by
        visits.forget(self.db, other.visit)


def load(
    db: Session,
    events: Collection[Event],
    shop: Shop,
    present: Collection[str] = (),
    ahead: Ahead = NOTHING_AHEAD,
) -> Scene:
    """Read what some events are about, but for what was read ahead and still holds.

    `present` are members of whom something else than an event says that they are here.
    """
    sessions = screen_sessions.by_key(db, mentions.sessions(events))
    arrived = mentions.arrived(events)
    owners = ahead.owners_of(db, mentions.tags(events))
    stores = {event.store for event in events}
    claimed = {*mentions.claimed(events), *((one, store) for one in present for store in stores)}
    shown = {member for member, _ in claimed}
    heirs = profiles.heirs(db, shown) if shown else {}
    greeted = {*shown, *heirs.values(), *mentions.at_screens(events, owners)}
    greeted |= {row.member for row in sessions.values() if row.member is not None}
    # Of whoever only went, or goes on being here, nothing but the visit is asked for; of whoever
    # only came, whether staff may hear of it.
    members = greeted | {owner for tag, owner in owners.items() if tag in arrived}
    consents = ahead.consents_of(db, members)
    known_by_name = greeted | {member for member in members if may_be_announced(consents[member])}
    spans = [span_of(event, shop.now_ms) for event in events]
    span = Span(min(s.first_ms for s in spans), max(s.last_ms for s in spans)) if spans else None
    is_asked = any(isinstance(event.body, Scanned | Touched | Chose) for event in events)
    who = claimed | {(heirs.get(member, member), store) for member, store in claimed}
    who |= {(row.member, row.store) for row in sessions.values() if row.member is not None}
    who |= {(owners[tag], store) for tag, store in mentions.heard(events) if tag in owners}
    known: dict[tuple[str, str], list[Visit]] = {(store, member): [] for member, store in who}
    for row in visits.around(db, who, span) if span and who else ():
        known[row.store, row.member].append(row)
    return Scene(
        db,
        shop,
        People(
            owners,
            profiles.by_member(db, known_by_name) if known_by_name else {},
            consents,
            ahead.keys_of(db, shown, shop.now_ms) if is_asked else {},
            orders.open_of(db, known_by_name) if known_by_name else {},
            _pass_uses(db, shown, span) if span and shown and is_asked else {},
            ledger.standings(db, greeted, Currency.POINTS, shop.now_ms) if is_asked else {},
            appointments.open_of(db, greeted, shop.now_ms) if greeted and is_asked else {},
            heirs,
        ),
        (shop.rules or offers.rules(db)) if is_asked else NOTHING,
        sessions,
        known,
        list(alerts.lately(db, stores, members, span.first_ms - AGAIN_AFTER_MS)) if span else [],
        entries.known(db, entries.names(events)),
    )


def span_of(event: Event, now_ms: int) -> Span:
    """From when to when an event says that somebody was here."""
    at_ms = happened_ms(event, now_ms)
    if isinstance(event.body, Entry):
        at_ms = min(event.body.decided_ms, now_ms)  # a kiosk may bring it hours later
    dwell_s = event.body.dwell_s if isinstance(event.body, Left) else 0
    return Span(at_ms - int(dwell_s * 1000), at_ms)


def _new_visit(number: int, place: Place, evidence: Evidence) -> Visit:
    return Visit(
        visit=number,
        store=place.store,
        member=evidence.member,
        kiosk=place.kiosk,
        first_at_ms=evidence.span.first_ms,
        last_at_ms=evidence.span.last_ms,
        confidence=evidence.confidence,
        evidence=str(evidence.source),
    )


def _pass_uses(
    db: Session, members: Collection[str], span: Span
) -> dict[tuple[str, int], dict[int, PassUse]]:
    return pass_uses.since(db, members, passes.slot_at(span.first_ms / 1000) + passes.OLDEST_SLOT)

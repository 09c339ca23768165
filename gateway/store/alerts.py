"""Cards for staff. The first claim wins, whatever runs in parallel; the others are told who."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session, aliased

from contract.messages import Text
from gateway.core.alerts import BEFORE, MINE, OPEN, AlertKind, AlertState, Outcome
from gateway.core.appointments import VisitStep, type_of
from gateway.core.consent import Purpose
from gateway.core.orders import OrderState, OrderStep, Stop
from gateway.core.visits import Place
from gateway.store import appointments, asking, measured_days, orders, visit_types
from gateway.store.alert_rows import AlertRow
from gateway.store.appointments import AppointmentRow
from gateway.store.base import take_turns
from gateway.store.batches import Prepared, among
from gateway.store.orders import Deed, OrderRow, Stopped
from gateway.store.products import ProductRow
from gateway.store.profiles import ConsentRow, ProfileRow
from gateway.store.staff import StaffRow

__all__ = ["AlertRow"]  # the table stands apart: whom a card asks is told from it, too


@dataclass(frozen=True, slots=True)
class Booked:
    """What somebody came for."""

    kind: str
    ticket: int | None
    host_name: str  # empty: whoever is free
    is_escalated: bool  # the host has not come: anybody, please


@dataclass(frozen=True, slots=True)
class Card:
    """What a staff member may see of an alert: facts the member consented to, or none."""

    alert: int
    kiosk: str
    kind: AlertKind
    state: AlertState
    name: str  # empty without consent to staff context
    tier: str
    member: str  # as the name: empty without that consent
    order_number: str
    order_items: int
    order_is_cancelled: bool
    order_unpaid_vnd: int  # what its customer still has to pay
    offered_at_ms: int
    staff: str | None
    staff_name: str
    booked: Booked | None
    asks: str | None  # whom of the staff; None: everybody
    asks_name: str
    is_overdue: bool  # nobody came when they were asked
    shelf: str = ""  # where somebody stands who called by their own phone
    product: Text | None = None  # the one whose code they read there


@dataclass(frozen=True, slots=True)
class Moved:
    """The alert is now in the asked state."""


@dataclass(frozen=True, slots=True)
class TakenBy:
    """Somebody else has it."""

    staff_name: str


@dataclass(frozen=True, slots=True)
class Full:
    """They have as many cards as one person can serve."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such alert, or it is over."""


def _lately() -> Prepared:
    is_theirs = among(AlertRow.member, rows="members")
    is_here, is_nobodys = among(AlertRow.store, rows="stores"), AlertRow.member.is_(None)
    is_late = AlertRow.offered_at_ms >= bindparam("since_ms")
    return Prepared(
        select(AlertRow.alert).where(  # each line has its index, however many cards there ever were
            and_(is_here, among(AlertRow.state, rows="states"), is_theirs | is_nobodys)
            | and_(is_theirs, is_here, is_late)
            | and_(is_nobodys, is_here, is_late)
        )
    )


_LATELY = _lately()


def lately(
    db: Session, stores: Collection[str], members: Collection[str], since_ms: int
) -> Sequence[AlertRow]:
    """The cards of some members, and of anybody unknown, that are open or were offered since."""
    found = _LATELY.rows(db, stores=stores, members=members, states=OPEN, since_ms=since_ms)
    if not found:
        return []
    cards = [alert for (alert,) in found]
    return db.scalars(
        select(AlertRow).filter(AlertRow.alert.in_(cards)).order_by(AlertRow.alert)
    ).all()


def offer(db: Session, alert: AlertRow, host: tuple[str, int] | None = None) -> AlertRow:
    """Put a card on the board; `host` is who is asked alone, and for how many milliseconds."""
    asking.begin(db, alert, alert.offered_at_ms, host)
    db.add(alert)
    db.flush()
    return alert


def offer_once(db: Session, alert: AlertRow) -> AlertRow | None:
    """Put a card on the board; None if one of that kind for that kiosk is still open there."""
    query = select(AlertRow.alert).where(
        AlertRow.store == alert.store,
        AlertRow.kiosk == alert.kiosk,
        AlertRow.kind == alert.kind,
        AlertRow.state.in_(OPEN),
    )
    return None if db.scalar(query.limit(1)) is not None else offer(db, alert)


def offered_to(db: Session, store: str, member: str) -> AlertRow | None:
    """A member's card in a store that nobody took yet and that is about no appointment."""
    is_booked = select(AppointmentRow.alert).where(AppointmentRow.alert == AlertRow.alert).exists()
    query = select(AlertRow).where(
        AlertRow.store == store,
        AlertRow.member == member,
        AlertRow.state == AlertState.OFFERED,
        ~is_booked,
    )
    return db.scalars(query.order_by(AlertRow.alert).limit(1)).one_or_none()


def due(place: Place, kind: AlertKind) -> AlertRow:
    """A card that is not on the board yet."""
    return AlertRow(
        store=place.store,
        kiosk=place.kiosk,
        kind=kind,
        state=AlertState.OFFERED,
        offered_at_ms=place.at_ms,
    )


def claim(db: Session, alert: int, staff: str, at_ms: int) -> Moved | TakenBy | Full | Gone:
    """Take a card, whomever it asks; the first one wins."""
    if asking.is_full(db, staff, alert):
        return Full()
    asked = select(AlertRow.store, AlertRow.offered_at_ms).filter_by(alert=alert)
    card = db.execute(asked).one_or_none()  # no row to hold on to: another may be claiming it
    if card is not None and measured_days.is_past(card.offered_at_ms, at_ms):
        take_turns(db, [card.store])  # before the card is held, as intake does
    values = {"claimed_at_ms": at_ms, "staff": staff, "asks": None, "look_at_ms": None}
    moved = _move(db, alert, staff, AlertState.CLAIMED, values)
    if moved == Moved():
        row = db.get_one(AlertRow, alert)
        measured_days.outdate(db, [(row.store, row.offered_at_ms)], at_ms)
        _follow(db, alert, VisitStep.SERVE, staff, at_ms)
    return moved


def hand_over(
    db: Session, alert: int, staff: str, to: str | None, at_ms: int
) -> Moved | TakenBy | Gone:
    """Pass a card on: to a colleague, who is asked first, or to whoever suits it best."""
    row = db.get(AlertRow, alert, populate_existing=True, with_for_update=True)
    if row is None or row.state not in MINE:
        return Gone()
    if row.staff != staff:
        return TakenBy(db.get_one(StaffRow, row.staff).name)
    asking.give(db, row, to, at_ms)
    return Moved()


def serve(db: Session, alert: int, staff: str) -> Moved | TakenBy | Gone:
    """The shopper was served; only who claimed the card may say so."""
    return _move(db, alert, staff, AlertState.SERVING, {})


def close(
    db: Session, alert: int, staff: str, outcome: Outcome, at_ms: int
) -> Moved | TakenBy | Gone | Stopped:
    """Take a card off the board, with how it ended; an order that was handed over is over.

    The card stays if its order cannot be handed over, because it was cancelled meanwhile, say.
    """
    values = {"closed_at_ms": at_ms, "outcome": outcome}
    trial = db.begin_nested()
    moved = _move(db, alert, staff, AlertState.CLOSED, values)
    card = db.get_one(AlertRow, alert) if moved == Moved() else None
    if outcome is Outcome.HANDED_OVER and card is not None and card.order is not None:
        deed = Deed(OrderStep.HAND_OVER, f"staff:{staff}", at_ms, store=card.store)
        given = orders.take(db, card.order, deed)
        if isinstance(given, Stopped) and (given.stop, given.by) != (Stop.HANDED_OVER, deed.by):
            trial.rollback()
            return given
    trial.commit()
    if moved == Moved():
        is_gone = outcome is Outcome.NOT_FOUND
        _follow(db, alert, VisitStep.MISS if is_gone else VisitStep.FINISH, staff, at_ms)
    return moved


def call_to(db: Session, place: Place, shelf: str, product: str) -> AlertRow | None:
    """A card for somebody who calls from a shelf; None if one from there is still open."""
    query = select(AlertRow.alert).where(
        AlertRow.store == place.store, AlertRow.state.in_(OPEN), AlertRow.shelf == shelf
    )
    if not shelf:  # then all they can be found by is what they look at
        query = query.where(AlertRow.product == product)
    if db.scalar(query.limit(1)) is not None:
        return None
    card = due(place, AlertKind.HELP)
    card.shelf, card.product = shelf, product
    return offer(db, card)


def call_for(db: Session, order: OrderRow, at_ms: int) -> AlertRow | None:
    """A card for a customer who says from elsewhere that they are here; None if there is one."""
    query = select(AlertRow.alert).where(
        AlertRow.order == order.order, AlertRow.state.in_(OPEN), AlertRow.store == order.store
    )
    if not order.store or db.scalar(query.limit(1)) is not None:
        return None
    card = due(Place(order.store, "", at_ms), AlertKind.PICK_UP)
    card.member, card.order = order.member, order.order
    return offer(db, card)


def board(db: Session, store: str, alert: int | None = None) -> Sequence[Card]:
    """The open cards of a store, longest waiting first; or just one of them."""
    host, asked = aliased(StaffRow), aliased(StaffRow)
    query = (
        select(
            AlertRow,
            ProfileRow,
            ConsentRow.purpose,
            OrderRow,
            StaffRow.name,
            AppointmentRow,
            host.name,
            asked.name,
            ProductRow,
        )
        .outerjoin(ProfileRow, ProfileRow.member == AlertRow.member)
        .outerjoin(
            ConsentRow,
            (ConsentRow.member == AlertRow.member) & (ConsentRow.purpose == Purpose.STAFF_CONTEXT),
        )
        .outerjoin(OrderRow, OrderRow.order == AlertRow.order)
        .outerjoin(StaffRow, StaffRow.staff == AlertRow.staff)
        .outerjoin(AppointmentRow, AppointmentRow.alert == AlertRow.alert)
        .outerjoin(host, host.staff == AppointmentRow.host)
        .outerjoin(asked, asked.staff == AlertRow.asks)
        .outerjoin(ProductRow, ProductRow.product == AlertRow.product)
        .where(AlertRow.store == store, AlertRow.state.in_(OPEN))
        .order_by(AlertRow.offered_at_ms, AlertRow.alert)
    )
    if alert is not None:
        query = query.where(AlertRow.alert == alert)
    return [
        replace(
            _card(*row[:5]),
            booked=_booked(*row[5:7]),
            asks_name=row[7] or "",
            product=_product(row[8]),
        )
        for row in db.execute(query)
    ]


def _follow(db: Session, alert: int, step: VisitStep, staff: str, at_ms: int) -> None:
    """What is done with a card is done with the appointment that it is about."""
    row = appointments.of_card(db, alert)
    if row is None:
        return
    is_unsettled = step is VisitStep.FINISH and type_of(visit_types.every(db), row.kind).takes_back
    if not is_unsettled:  # how goods that were brought back are settled is said on their page
        appointments.take(db, row.appointment, step, f"staff:{staff}", at_ms)


def _move(
    db: Session, alert: int, staff: str, state: AlertState, values: dict[str, object]
) -> Moved | TakenBy | Gone:
    """One conditional UPDATE: of many at once, one changes the row."""
    where = [AlertRow.alert == alert, AlertRow.state == BEFORE[state]]
    if state is not AlertState.CLAIMED:
        where.append(AlertRow.staff == staff)
    statement = update(AlertRow).where(*where).values(state=state, **values)
    if db.scalar(statement.returning(AlertRow.alert)) is not None:
        return Moved()
    row = db.get(AlertRow, alert)
    if row is None or row.state == AlertState.CLOSED or row.staff is None:
        return Gone()
    if row.staff == staff:
        return Moved() if row.state == state else Gone()
    return TakenBy(db.get_one(StaffRow, row.staff).name)


def _card(
    alert: AlertRow,
    profile: ProfileRow | None,
    consent: str | None,
    order: OrderRow | None,
    staff_name: str | None,
) -> Card:
    known = profile if consent is not None else None
    return Card(
        alert=alert.alert,
        kiosk=alert.kiosk,
        kind=AlertKind(alert.kind),
        state=AlertState(alert.state),
        name=known.name if known else "",
        tier=known.tier if known else "",
        member=known.member if known else "",
        order_number=order.number if order else "",
        order_items=order.items if order else 0,
        order_is_cancelled=order is not None and order.state == OrderState.CANCELLED,
        order_unpaid_vnd=order.unpaid_vnd if order else 0,
        offered_at_ms=alert.offered_at_ms,
        staff=alert.staff,
        staff_name=staff_name or "",
        booked=None,
        asks=alert.asks,
        asks_name="",
        is_overdue=alert.asks is None and bool(alert.asked),
        shelf=alert.shelf,
    )


def _product(row: ProductRow | None) -> Text | None:
    return None if row is None else Text(row.name_vi, row.name_en)


def _booked(row: AppointmentRow | None, host_name: str | None) -> Booked | None:
    if row is None:
        return None
    is_escalated = row.escalated_at_ms is not None
    return Booked(row.kind, row.ticket, host_name or "", is_escalated)

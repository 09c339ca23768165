"""What analysts may read: views named report_…, with a meaning for every column. They name nobody.

docs/report-schema.md is written from here. What a view says stays as it is until VERSION is
another; columns may be added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, exists, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import String

from gateway.core.shop_days import SHOP_TIME
from gateway.store.alert_rows import AlertRow
from gateway.store.appointments import AppointmentRow
from gateway.store.batches import filtered
from gateway.store.entries import DoorRecordRow
from gateway.store.events import EventRow
from gateway.store.experiments import ExposureRow
from gateway.store.kiosk_days import KioskDayRow
from gateway.store.measures import MeasuredRow
from gateway.store.offers import OfferRow
from gateway.store.orders import OrderRow, OrderStepRow
from gateway.store.redemptions import RedemptionRow
from gateway.store.stores import KioskRow, StoreRow
from gateway.store.visits import VisitRow
from gateway.store.weeks_of_visits import by_week

VERSION = 1  # one more whenever something is taken away or means something else
UTC_OFFSET_S = 7 * 3600  # of SHOP_TIME, which has had no other since 1975


class shop_day(FunctionElement[str]):  # noqa: N801 - reads as the function it is
    """The day of Unix milliseconds in the shops' own time, as 2026-03-01."""

    type = String()
    inherit_cache = True


@compiles(shop_day, "sqlite")
def _day_sqlite(element: shop_day, compiler: SQLCompiler, **words: Any) -> str:
    at_ms = compiler.process(element.clauses, **words)
    return f"date({at_ms} / 1000 + {UTC_OFFSET_S}, 'unixepoch')"


@compiles(shop_day, "postgresql")
def _day_postgresql(element: shop_day, compiler: SQLCompiler, **words: Any) -> str:
    at_ms = compiler.process(element.clauses, **words)
    return f"to_char(to_timestamp({at_ms} / 1000.0) AT TIME ZONE '{SHOP_TIME.key}', 'YYYY-MM-DD')"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, and what that means."""

    holds: ColumnElement[Any] | Any
    means: str


@dataclass(frozen=True, slots=True)
class View:
    """One view: what a row is, its columns by name, and by which of them time goes."""

    row: str
    columns: Mapping[str, Column]
    time: str = ""  # the column in milliseconds, or the day; empty: it has no time
    key: tuple[str, ...] = ()  # in this order rows are exported

    def query(self) -> Select[Any]:
        """What it shows."""
        return select(*(one.holds.label(name) for name, one in self.columns.items()))


def _visits() -> View:
    row, earlier = VisitRow, aliased(VisitRow)
    before = exists().where(
        earlier.member == row.member,
        filtered(earlier.store) == row.store,
        by_week(earlier.first_at_ms),
        earlier.first_at_ms < row.first_at_ms,
    )
    return View(
        "One visit of a member",
        {
            "visit": Column(row.visit, "its number"),
            "store": Column(row.store, "the store"),
            "kiosk": Column(row.kiosk, "where the newest sign of it came from"),
            "day": Column(shop_day(row.first_at_ms), "the shop's day on which it began"),
            "first_at_ms": Column(row.first_at_ms, "when it began, Unix milliseconds"),
            "last_at_ms": Column(row.last_at_ms, "its last sign of presence"),
            "dwell_s": Column((row.last_at_ms - row.first_at_ms) // 1000, "seconds between both"),
            "evidence": Column(row.evidence, "the newest source: tag, pass, touch, …"),
            "is_returning": Column(
                case((before, 1), else_=0), "1: the member had been in this store before"
            ),
        },
        "first_at_ms",
        ("visit",),
    )


def _events() -> View:
    row = EventRow
    return View(
        "One event as a kiosk sent it, without what it said",
        {
            "id": Column(row.id, "its id, unique to the kiosk that gave it"),
            "store": Column(row.store, "the store"),
            "kiosk": Column(row.kiosk, "the kiosk"),
            "epoch": Column(row.epoch, "which of the kiosk's outboxes"),
            "seq": Column(row.seq, "its number there, from 1 without gaps"),
            "day": Column(shop_day(row.at_ms), "the shop's day"),
            "at_ms": Column(row.at_ms, "when, by the kiosk's clock"),
            "clock": Column(row.clock, "how far that clock could be trusted"),
            "kind": Column(row.kind, "arrived, moved, left, scanned, touched, called, …"),
        },
        "at_ms",
        ("store", "kiosk", "epoch", "seq"),
    )


def _redemptions() -> View:
    row = RedemptionRow
    return View(
        "One try to redeem an offer or a code",
        {
            "redemption": Column(row.redemption, "its number"),
            "store": Column(row.store, "the store"),
            "offer": Column(row.offer, "the offer; empty for an unknown code"),
            "has_code": Column(case((row.code.is_(None), 0), else_=1), "1: by a code"),
            "is_member": Column(case((row.member.is_(None), 0), else_=1), "1: by a member"),
            "visit": Column(row.visit, "on which visit, if that is known"),
            "state": Column(row.state, "reserved, confirmed, released, expired, refused, …"),
            "reason": Column(row.reason, "granted, or why not"),
            "cost_vnd": Column(row.cost_vnd, "what it costs the shop"),
            "day": Column(row.day, "the shop's day on which it was asked for"),
            "at_ms": Column(row.at_ms, "when it was asked for"),
            "changed_at_ms": Column(row.changed_at_ms, "when its state changed last"),
        },
        "at_ms",
        ("redemption",),
    )


def _cards() -> View:
    row = AlertRow
    return View(
        "One card on the staff's board",
        {
            "card": Column(row.alert, "its number"),
            "store": Column(row.store, "the store"),
            "kiosk": Column(row.kiosk, "the kiosk it is about"),
            "kind": Column(row.kind, "help, pick_up, arrival, …"),
            "state": Column(row.state, "offered, claimed, serving, closed, …"),
            "outcome": Column(row.outcome, "how it ended"),
            "day": Column(shop_day(row.offered_at_ms), "the shop's day"),
            "offered_at_ms": Column(row.offered_at_ms, "when it appeared"),
            "claimed_at_ms": Column(row.claimed_at_ms, "when somebody took it"),
            "closed_at_ms": Column(row.closed_at_ms, "when it was closed"),
        },
        "offered_at_ms",
        ("card",),
    )


def _order_steps() -> View:
    row, order = OrderStepRow, OrderRow
    return View(
        "One step of an order that is picked up in a store",
        {
            "number": Column(row.number, "its number"),
            "store": Column(
                select(order.store).where(order.order == row.order).scalar_subquery(),
                "where it is picked up; empty: anywhere",
            ),
            "items": Column(
                select(order.items).where(order.order == row.order).scalar_subquery(),
                "how many articles the order has",
            ),
            "step": Column(row.step, "prepare, make_ready, arrive, hand_over, …"),
            "state": Column(row.state, "the order's state after it"),
            "day": Column(shop_day(row.at_ms), "the shop's day"),
            "at_ms": Column(row.at_ms, "when"),
        },
        "at_ms",
        ("number",),
    )


def _appointments() -> View:
    row = AppointmentRow
    return View(
        "One appointment",
        {
            "store": Column(row.store, "the store"),
            "kind": Column(row.kind, "the type of visit"),
            "state": Column(row.state, "booked, arrived, served, no_show, …"),
            "day": Column(
                case((row.starts_at_ms.is_not(None), shop_day(row.starts_at_ms)), else_=None),
                "the shop's day; none for a walk-in",
            ),
            "starts_at_ms": Column(row.starts_at_ms, "when it begins"),
            "changed_at_ms": Column(row.changed_at_ms, "when its state changed last"),
        },
        "changed_at_ms",
        ("changed_at_ms", "store", "kind", "state"),
    )


def _entries() -> View:
    row = DoorRecordRow
    return View(
        "One record of a door",
        {
            "store": Column(row.store, "the store"),
            "door": Column(row.door, "the door"),
            "journal": Column(row.journal, "which of the door's journals"),
            "number": Column(row.number, "its number there"),
            "kind": Column(row.kind, "entry, passage or incident"),
            "what": Column(row.what, "the reason, the direction or the trouble"),
            "is_granted": Column(cast(row.is_granted, Integer), "1: opened; an incident: over"),
            "people": Column(row.people, "inside afterwards, as far as the door knows"),
            "day": Column(shop_day(row.decided_ms), "the shop's day"),
            "decided_ms": Column(row.decided_ms, "when, by the door's clock"),
        },
        "decided_ms",
        ("store", "door", "journal", "number"),
    )


def _measures() -> View:
    row = MeasuredRow
    return View(
        "What a part of a store had of a measure in an hour of a day that is counted",
        {
            "store": Column(row.store, "the store"),
            "day": Column(cast(row.day, String), "the shop's day"),
            "hour": Column(row.hour, "the hour, 0 to 23"),
            "measure": Column(row.measure, "which, see metrics.md"),
            "part": Column(row.part, "a kiosk, an offer, a sort of card"),
            "count": Column(row.count, "how many cases"),
            "total": Column(row.total, "the sum of their amounts: seconds, đồng"),
        },
        "day",
        ("store", "day", "measure", "hour", "part"),
    )


def _heard() -> View:
    row = KioskDayRow
    return View(
        "A kiosk's day: without a row nobody heard it, and nobody knows what happened",
        {
            "store": Column(row.store, "the store"),
            "kiosk": Column(row.kiosk, "the kiosk"),
            "day": Column(cast(row.day, String), "the shop's day"),
            "hours": Column(row.hours, "a bit for each hour it was heard in; lowest: midnight"),
        },
        "day",
        ("store", "kiosk", "day"),
    )


def _experiments() -> View:
    row = ExposureRow
    return View(
        "One member's first meeting with a tested offer, without the member",
        {
            "experiment": Column(row.experiment, "its name"),
            "arm": Column(row.arm, "holdout, a or b"),
            "day": Column(shop_day(row.at_ms), "the shop's day"),
            "at_ms": Column(row.at_ms, "when"),
        },
        "at_ms",
        ("experiment", "arm", "at_ms"),
    )


def _offers() -> View:
    row = OfferRow
    return View(
        "One offer as the owner wrote it",
        {
            "offer": Column(row.offer, "its id"),
            "title_vi": Column(row.title_vi, "its title"),
            "title_en": Column(row.title_en, "its title in English"),
            "priority": Column(row.priority, "the higher, the more important"),
            "starts_on": Column(cast(row.starts_on, String), "its first day"),
            "ends_on": Column(cast(row.ends_on, String), "its last day"),
            "terms": Column(row.terms, "everything else, see offers.md"),
        },
        key=("offer",),
    )


def _kiosks() -> View:
    row, store = KioskRow, StoreRow
    return View(
        "One kiosk",
        {
            "store": Column(row.store, "the store"),
            "store_name": Column(
                select(store.name).where(store.store == row.store).scalar_subquery(),
                "the store's name",
            ),
            "kiosk": Column(row.kiosk, "the kiosk"),
            "kiosk_name": Column(row.name, "the kiosk's name"),
        },
        key=("store", "kiosk"),
    )


VIEWS: Mapping[str, View] = {
    "visit": _visits(),
    "event": _events(),
    "redemption": _redemptions(),
    "card": _cards(),
    "order_step": _order_steps(),
    "appointment": _appointments(),
    "door_record": _entries(),
    "measured": _measures(),
    "kiosk_day": _heard(),
    "exposure": _experiments(),
    "offer": _offers(),
    "kiosk": _kiosks(),
    "version": View(
        "The one row that says which version of these views this is",
        {"version": Column(literal(VERSION), "the version")},
        key=("version",),
    ),
}
"""Each is named report_ and this."""

"""Offers as the owner wrote them, and what was decided about each for every visit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ForeignKey, Row, Select, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.messages import ShownOffer, Text, Tone
from gateway.core.offers.drawing import Draw
from gateway.core.offers.model import Offer
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Decision, RuleSet, compiled
from gateway.core.offers.terms import read_terms
from gateway.core.tiers import Tier
from gateway.store import batches, experiments
from gateway.store.base import Base
from gateway.store.experiments import Exposure
from gateway.store.visits import VisitRow

_reasons = msgspec.json.Encoder()


class Owner(StrEnum):
    """Who looks after an offer: one of both at a time, docs/decisions/0026."""

    FILE = "file"  # offers.csv
    CONSOLE = "console"


class OfferRow(Base):
    """One offer in both languages."""

    __tablename__ = "offer"

    offer: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[int]
    tone: Mapped[str]
    interest: Mapped[str]
    tier: Mapped[str]
    is_personal: Mapped[bool]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kind_vi: Mapped[str]
    kind_en: Mapped[str]
    badge_vi: Mapped[str]
    badge_en: Mapped[str]
    until_vi: Mapped[str]
    until_en: Mapped[str]
    title_vi: Mapped[str]
    title_en: Mapped[str]
    why_vi: Mapped[str]
    why_en: Mapped[str]
    price_vnd: Mapped[int | None]
    was_vnd: Mapped[int | None]
    terms: Mapped[str] = mapped_column(default="{}")  # JSON, docs/offers.md
    owner: Mapped[str] = mapped_column(default=Owner.FILE, server_default=Owner.FILE)


class DecisionRow(Base):
    """Why a visitor saw each offer, or why not; answers "why nothing?" without logs.

    One row for each time somebody asked: with a row an offer, a chain's two thousand offers were
    two thousand rows for every pass shown.
    """

    __tablename__ = "decision"

    decision: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[int] = mapped_column(ForeignKey("visit.visit"), index=True)
    event: Mapped[str]  # the id of the event that asked
    reasons: Mapped[str]  # JSON: gateway.core.offers.reasons.Reason by offer, "" if there was none
    at_ms: Mapped[int]


def every(db: Session) -> list[Offer]:
    """All offers, ready to be chosen from."""
    return [of_row(row) for row in db.execute(select(*OfferRow.__table__.columns))]


def rules(db: Session) -> RuleSet:
    """All offers, made ready; as long as nothing is imported it stays the same."""
    return compiled(every(db), experiments.key(db))


def shown_to(db: Session, offer: str, member: str | None) -> ShownOffer | None:
    """An offer as a member's screen says it, who may see its other variant; None: no such."""
    row = db.get(OfferRow, offer)
    if row is None:
        return None
    made = of_row(row)
    draw = Draw.of(made, experiments.key(db))
    arm = experiments.arm_of(db, draw.experiment.name, member) if draw and member else None
    return (draw.offer(arm) if draw and arm else made).content


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on every offer when one event asked."""

    visit: int
    event: str
    decisions: Sequence[Decision]
    at_ms: int
    member: str


def record(db: Session, decided: Sequence[Decided], tested: Sequence[int] = ()) -> None:
    """Keep what was decided and why; `tested` are the places of offers that are experiments."""
    rows = [
        (
            one.visit,
            one.event,
            _reasons.encode(
                {
                    decision.offer.content.id if decision.offer else "": decision.reason
                    for decision in one.decisions
                }
            ).decode(),
            one.at_ms,
        )
        for one in decided
    ]
    batches.put_rows(db, DecisionRow, ("visit", "event", "reasons", "at_ms"), rows)
    if tested:
        experiments.expose(db, {one for each in decided for one in _exposures(each, tested)})


def _exposures(decided: Decided, tested: Sequence[int]) -> Iterator[Exposure]:
    for number in tested:
        offer, reason, _, arm = decided.decisions[number]
        if arm is None or offer is None or offer.terms.experiment is None:
            continue
        if reason in (Reason.GRANTED, Reason.HOLDOUT):
            name = offer.terms.experiment.name
            yield Exposure(name, decided.member, arm, decided.at_ms)


def latest(db: Session, visit: int) -> dict[str, Reason]:
    """What was decided the last time somebody asked in a visit, by offer; "" if there was none."""
    query = select(DecisionRow.reasons).filter_by(visit=visit)
    newest = db.scalar(query.order_by(DecisionRow.decision.desc()).limit(1))
    return {} if newest is None else msgspec.json.decode(newest, type=dict[str, Reason])


class Asked(NamedTuple):
    """Once that offers were chosen for somebody."""

    visit: int
    store: str
    member: str
    kiosk: str
    at_ms: int


def asked(db: Session, span_ms: range, store: str | None = None) -> Iterator[Asked]:
    """When offers were chosen in some time, oldest first: once an event that asked."""
    query = _asked(span_ms, store).order_by(text("at_ms"), VisitRow.visit)
    for row in db.execute(query.execution_options(yield_per=500)):
        yield Asked(*row)


def count_asked(db: Session, span_ms: range, store: str | None = None) -> int:
    """How many of them there are."""
    return db.scalar(select(func.count()).select_from(_asked(span_ms, store).subquery())) or 0


def _asked(span_ms: range, store: str | None) -> Select[int, str, str, str, int]:
    columns = (VisitRow.visit, VisitRow.store, VisitRow.member, VisitRow.kiosk)
    query = (
        select(*columns, func.min(DecisionRow.at_ms).label("at_ms"))
        .join(DecisionRow, DecisionRow.visit == VisitRow.visit)
        .where(DecisionRow.at_ms >= span_ms.start, DecisionRow.at_ms < span_ms.stop)
        .group_by(*columns, DecisionRow.event)
    )
    return query if store is None else query.where(VisitRow.store == store)


def of_row(row: Row[Any] | OfferRow) -> Offer:
    """An offer, ready to be chosen."""
    content = ShownOffer(
        id=row.offer,
        tone=Tone(row.tone),
        kind=Text(row.kind_vi, row.kind_en),
        badge=Text(row.badge_vi, row.badge_en),
        until=Text(row.until_vi, row.until_en),
        title=Text(row.title_vi, row.title_en),
        why=Text(row.why_vi, row.why_en),
        price_vnd=row.price_vnd,
        was_vnd=row.was_vnd,
    )
    return Offer(
        content,
        row.priority,
        row.is_personal,
        row.interest,
        Tier(row.tier or Tier.MEMBER),
        row.starts_on,
        row.ends_on,
        read_terms(msgspec.json.decode(row.terms)),
    )

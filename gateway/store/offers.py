"""Offers as the owner wrote them, and what was decided about each for every visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ForeignKey, Row, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.messages import ShownOffer, Text, Tone
from gateway.core.offers.model import Offer
from gateway.core.offers.rules import Decision, RuleSet, compiled
from gateway.core.offers.terms import read_terms
from gateway.core.tiers import Tier
from gateway.store import batches
from gateway.store.base import Base


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


class DecisionRow(Base):
    """Why a visitor saw an offer, or why not; answers "why nothing?" without logs."""

    __tablename__ = "decision"

    decision: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[int] = mapped_column(ForeignKey("visit.visit"), index=True)
    event: Mapped[str]  # the id of the event that asked
    offer: Mapped[str | None]
    reason: Mapped[str]  # gateway.core.offers.reasons.Reason
    at_ms: Mapped[int]


def every(db: Session) -> list[Offer]:
    """All offers, ready to be chosen from."""
    return [_offer(row) for row in db.execute(select(*OfferRow.__table__.columns))]


def rules(db: Session) -> RuleSet:
    """All offers, made ready; as long as nothing is imported it stays the same."""
    return compiled(every(db))


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on every offer when one event asked."""

    visit: int
    event: str
    decisions: Sequence[Decision]
    at_ms: int


def record(db: Session, decided: Sequence[Decided]) -> None:
    """Keep what was decided and why."""
    rows = [
        (
            one.visit,
            one.event,
            decision.offer.content.id if decision.offer else None,
            str(decision.reason),
            one.at_ms,
        )
        for one in decided
        for decision in one.decisions
    ]
    batches.put_rows(db, DecisionRow, ("visit", "event", "offer", "reason", "at_ms"), rows)


def decided(db: Session, visit: int) -> Sequence[DecisionRow]:
    """Everything decided in a visit, newest first."""
    query = select(DecisionRow).filter_by(visit=visit).order_by(DecisionRow.decision.desc())
    return db.scalars(query).all()


def _offer(row: Row[Any]) -> Offer:
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

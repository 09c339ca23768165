"""Every offer and every draft of one, as the list shows them: how it stands, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from contract.messages import Text
from gateway.core.offers.model import Offer
from gateway.store import offer_drafts, offers, redemptions
from gateway.store.offer_drafts import OfferDraftRow
from gateway.store.offers import OfferRow
from gateway.store.redemptions import Change


class Standing(StrEnum):
    """Whether anybody can get it today."""

    RUNS = "runs"
    PLANNED = "planned"
    PAUSED = "paused"
    OVER = "over"
    NEW = "new"  # only a draft so far


@dataclass(frozen=True)
class Line:
    """One offer of the list."""

    name: str
    title: Text
    standing: Standing
    offer: Offer | None
    draft: OfferDraftRow | None
    given: Change
    owner: str = ""


def standing(offer: Offer, today: date) -> Standing:
    """How an offer stands on a day."""
    if offer.ends_on < today:
        return Standing.OVER
    if offer.terms.is_paused:
        return Standing.PAUSED
    return Standing.PLANNED if offer.starts_on > today else Standing.RUNS


def lines(db: Session, today: date) -> list[Line]:
    """What waits for approval first, then what runs; each sort by its name."""
    drafts = {row.offer: row for row in offer_drafts.every(db)}
    given = redemptions.totals(db)
    found = []
    for row in db.scalars(select(OfferRow)):
        one = offers.of_row(row)
        draft, used = drafts.pop(row.offer, None), given.get(row.offer, Change(0, 0))
        stands = standing(one, today)
        found.append(Line(row.offer, one.content.title, stands, one, draft, used, row.owner))
    for draft in drafts.values():
        cells = offer_drafts.cells_of(draft)
        title = Text(*(cells.get(one) or draft.offer for one in ("title_vi", "title_en")))
        found.append(Line(draft.offer, title, Standing.NEW, None, draft, Change(0, 0)))
    return sorted(found, key=_order)


def _order(line: Line) -> tuple[bool, bool, int, str]:
    is_asked = line.draft is not None and line.draft.state == offer_drafts.DraftState.ASKED
    return (not is_asked, line.draft is None, list(Standing).index(line.standing), line.name)

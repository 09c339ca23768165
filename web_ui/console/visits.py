"""Visits, newest first, each with what was shown and why, or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template

from contract.messages import Text
from gateway.core.consent import Purpose
from gateway.core.matching import Source
from gateway.core.offers.reasons import Reason
from gateway.store import offers, profiles, stores
from gateway.store import visits as store
from web_ui.console.words import REASONS, SOURCE_ICONS, SOURCES
from web_ui.desk import looks
from web_ui.desk.context import session
from web_ui.desk.sign_in import present

bp = Blueprint("visits", __name__, url_prefix="/visits")

SHOWN = 50  # two hours of a busy store; older ones are for reports


@dataclass(frozen=True)
class Why:
    """What became of one offer."""

    title: Text | None  # None if there was no offer to decide on, or it is gone
    reason: Reason

    @property
    def is_shown(self) -> bool:
        """Whether the shopper saw it."""
        return self.reason is Reason.GRANTED

    @property
    def sentence(self) -> str:
        """To be translated."""
        return REASONS[self.reason]


@dataclass(frozen=True)
class Line:
    """One visit as the owner sees it."""

    visit: int
    name: str  # empty unless the member lets staff know who they are
    member: str
    kiosk: str
    source: str  # to be translated
    icon: str
    confidence: float
    first_at: datetime
    last_at: datetime
    decisions: Sequence[Why]

    @property
    def shown(self) -> int:
        """How many offers the shopper saw."""
        return sum(why.is_shown for why in self.decisions)


@bp.get("/")
def index() -> str:
    """The page; its list keeps itself up to date."""
    return render_template("console/visits.html", lines=lines(present().store, SHOWN))


def lines(here: str, limit: int) -> list[Line]:
    """The latest visits of a store."""
    db = session()
    rows = store.newest_first(db, here, limit)
    members = {row.member for row in rows}
    names = {member: row.name for member, row in profiles.by_member(db, members).items()}
    agreed = profiles.consents(db, members)
    looks.listed([one for one in names if Purpose.STAFF_CONTEXT in agreed[one]])
    kiosk_names = {row.kiosk: row.name for row in stores.fleet(db, here)}
    titles = {offer.content.id: offer.content.title for offer in offers.every(db)}
    return [
        Line(
            visit=row.visit,
            name=names.get(row.member, "") if Purpose.STAFF_CONTEXT in agreed[row.member] else "",
            member=row.member,
            kiosk=kiosk_names.get(row.kiosk, row.kiosk),
            source=SOURCES[Source(row.evidence)],
            icon=SOURCE_ICONS[Source(row.evidence)],
            confidence=row.confidence,
            first_at=_moment(row.first_at_ms),
            last_at=_moment(row.last_at_ms),
            decisions=_whys(offers.latest(db, row.visit), titles),
        )
        for row in rows
    ]


def _whys(decided: Mapping[str, Reason], titles: Mapping[str, Text]) -> list[Why]:
    """Those that were shown first."""
    whys = [Why(titles.get(offer), reason) for offer, reason in decided.items()]
    return sorted(whys, key=lambda why: not why.is_shown)


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)

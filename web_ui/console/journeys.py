"""From online to the till: what brought visits and sales, how far journeys went, who came again.

Nobody is named. Members who do not agree to profiling have no touches, and so no journeys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template, request

from gateway.core.attribution import KEYS, Key
from gateway.core.measures import Measure
from gateway.store import journeys, measures, shelf_scans
from gateway.store.journeys import Credited, Funnel
from gateway.store.shelf_scans import ShelfTotal
from web_ui.console.numbers import SPANS, Asked
from web_ui.console.spreadsheets import download
from web_ui.desk.context import session
from web_ui.desk.measured import written
from web_ui.desk.sign_in import present
from web_ui.shared.i18n import said

bp = Blueprint("journeys", __name__, url_prefix="/numbers")

SHELVES = 30  # lines of a table that is read; all of them are in the spreadsheet
MONTHS = 12  # a year of cohorts: what a page has room for


@dataclass(frozen=True)
class Line:
    """One key, or one campaign of it."""

    key: Key
    campaign: str  # empty: all of the key, or none was said
    credited: Credited

    @property
    def name(self) -> str:
        """As people call it."""
        return self.campaign or said(KEYS[self.key])


@dataclass(frozen=True)
class Step:
    """One step of the funnel."""

    count: int
    of_first: float | None  # a hundred: all who began
    lost: int  # who went no further than the step before


@dataclass(frozen=True)
class Cohort:
    """Members by the month of their first visit, and how many came in each month since."""

    month: str
    size: int
    came: Sequence[int | None]  # None: that month has not begun


@bp.get("/journeys")
def page() -> str:
    """Attribution, funnel and cohorts."""
    asked, is_last = Asked.of_request(), request.args.get("touch") != "first"
    told = journeys.funnel(session(), asked.days)
    whole = _whole(told)
    return render_template(
        "console/journeys.html",
        asked=asked,
        spans=SPANS,
        is_last=is_last,
        lines=_lines(asked, is_last=is_last),
        keys=KEYS,
        steps=_steps(whole),
        funnel=whole,
        told=sorted(told.items(), key=lambda one: (-one[1].began, one[0])),
        cohorts=_cohorts(asked.days[-1]),
        waiting=journeys.waiting(session()),
        shelves=_shelves(asked)[:SHELVES],
        written=written,
    )


@bp.get("/journeys.csv")
def journeys_table() -> Response:
    """Every key and campaign with its journeys, for a spreadsheet."""
    asked = Asked.of_request()
    columns = ("key", "campaign", "began", "came", "bought", "amount_vnd")
    times = ("to_visit_s", "to_sale_s")
    lines = [
        (key, campaign, *(getattr(one, name) for name in (*columns[2:], *times)))
        for (key, campaign), one in sorted(journeys.funnel(session(), asked.days).items())
    ]
    name = f"journeys-{asked.days[0]}-{asked.days[-1]}.csv"
    return download([(*columns, *times), *lines], name)


@bp.get("/shelves.csv")
def shelves_table() -> Response:
    """How often each shelf's codes were read, for a spreadsheet."""
    asked = Asked.of_request()
    lines = [
        (one.shelf, one.product, one.campaign, one.scans, one.calls) for one in _shelves(asked)
    ]
    head = ("shelf", "product", "campaign", "scans", "calls")
    return download([head, *lines], f"shelves-{asked.days[0]}-{asked.days[-1]}.csv")


@bp.get("/attribution.csv")
def attribution_table() -> Response:
    """Visits and sales of this store by what brought them, for a spreadsheet."""
    asked, is_last = Asked.of_request(), request.args.get("touch") != "first"
    lines = [
        (one.key, one.campaign, one.credited.visits, one.credited.sales, one.credited.revenue_vnd)
        for one in _lines(asked, is_last=is_last)
    ]
    head = ("key", "campaign", "visits", "sales", "revenue_vnd")
    return download([head, *lines], f"attribution-{asked.days[0]}-{asked.days[-1]}.csv")


def _shelves(asked: Asked) -> Sequence[ShelfTotal]:
    return shelf_scans.between(session(), present().store, asked.days[0], asked.days[-1])


def _lines(asked: Asked, *, is_last: bool) -> list[Line]:
    """By key and campaign, and what no touch came before: of that, who checked in."""
    here = present().store
    found = journeys.credited(session(), here, asked.days, is_last=is_last)
    lines = [
        Line(Key(key), campaign, one)
        for (key, campaign), one in sorted(found.items(), key=lambda one: (-one[1].visits, one[0]))
    ]
    wanted = (Measure.VISITS, Measure.CHECK_INS, Measure.SALES, Measure.REVENUE_VND)
    days = measures.daily(session(), here, asked.days, wanted).values()
    visits, checked, sales = (
        sum(day[measure].count for day in days if measure in day) for measure in wanted[:3]
    )
    revenue_vnd = sum(day[wanted[3]].total for day in days if wanted[3] in day)
    known = journeys.credited_check_ins(session(), here, asked.days)
    by_touch = [one.credited for one in lines]
    check_ins = max(checked - known, 0)
    rest = visits - sum(one.visits for one in by_touch) - check_ins
    lines.append(Line(Key.CHECK_IN, "", Credited(check_ins)))
    untouched = Credited(
        max(rest, 0),
        sales - sum(one.sales for one in by_touch),
        revenue_vnd - sum(one.revenue_vnd for one in by_touch),
    )
    lines.append(Line(Key.NONE, "", untouched))
    return lines


def _whole(told: dict[tuple[str, str], Funnel]) -> Funnel:
    parts = [
        (one.began, one.came, one.bought, one.amount_vnd, one.to_visit_s, one.to_sale_s)
        for one in told.values()
    ]
    return Funnel(*(sum(column) for column in zip(*parts, strict=True))) if parts else Funnel()


def _steps(whole: Funnel) -> list[Step]:
    counts = (whole.began, whole.came, whole.bought)
    before = (whole.began, *counts)
    return [
        Step(count, 100 * count / whole.began if whole.began else None, before[at] - count)
        for at, count in enumerate(counts)
    ]


def _cohorts(today: date) -> list[Cohort]:
    """The last months; today's is not over."""
    months = [_back(today, MONTHS - 1 - ago) for ago in range(MONTHS)]
    names = [f"{one:%Y-%m}" for one in months]
    span = measures.months(session(), present().store, Measure.MEMBERS, months[0], today)
    cohorts = []
    for at, month in enumerate(names):
        since = [span.get((month, later), 0) for later in names[at:]]
        if since[0]:
            cohorts.append(Cohort(month, since[0], [*since, *[None] * at]))
    return cohorts


def _back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)

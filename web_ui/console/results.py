"""The stores side by side, and what the staff did: counts and times, of nobody by name unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template

from gateway.core.measures import MEASURES, Measure, Unit, number, together
from gateway.core.shop_days import span
from gateway.store import measures, staff, staff_results, stores
from gateway.store.staff_results import Done
from web_ui.console.means import means
from web_ui.console.numbers import SPANS, Asked
from web_ui.console.spreadsheets import download
from web_ui.desk.context import session
from web_ui.desk.measured import written
from web_ui.desk.sign_in import present
from web_ui.shared.i18n import gettext as _

bp = Blueprint("results", __name__, url_prefix="/numbers")

# What owners compare stores by; more columns nobody reads.
COMPARED = (
    Measure.VISITS,
    Measure.RETURNING,
    Measure.CAPTURE,
    Measure.SERVE_S,
    Measure.HAND_OVER_S,
    Measure.BOUGHT,
    Measure.SALES,
    Measure.REVENUE_VND,
)
NEEDED = (*COMPARED, Measure.ENTRIES)  # a share needs what it is a share of


@dataclass(frozen=True)
class Line:
    """One store, or one person, with their numbers."""

    name: str
    values: Sequence[float | None]


@bp.get("/stores")
def of_stores() -> str:
    """Every store's numbers of the same days."""
    asked = Asked.of_request()
    return render_template(
        "console/stores.html",
        asked=asked,
        spans=SPANS,
        columns=[MEASURES[one] for one in COMPARED],
        lines=_stores(asked),
        written=written,
    )


@bp.get("/stores.csv")
def stores_table() -> Response:
    """The same for a spreadsheet; an empty field is unknown."""
    asked = Asked.of_request()
    fields = [
        (line.name, *("" if one is None else f"{one:.10g}" for one in line.values))
        for line in _stores(asked)
    ]
    name = f"stores-{asked.days[0]}-{asked.days[-1]}.csv"
    return download([("store", *map(str, COMPARED)), *fields], name)


@bp.get("/staff")
def of_staff() -> str:
    """What the team did; each of them only if the owner of the shop wants to see that."""
    asked, here = Asked.of_request(), present().store
    first, last = span(asked.days[0]), span(asked.days[-1])
    found = staff_results.by_person(session(), here, first.from_ms, last.until_ms)
    names = {row.staff: row.name for row in staff.every(session())}
    team = sum(found.values(), Done())
    lines = [Line(_("All together"), _values(team))]
    if means().staff_by_name:
        people = sorted((names.get(one, one), done) for one, done in found.items())
        lines += [Line(name, _values(done)) for name, done in people]
    return render_template(
        "console/staff_results.html",
        asked=asked,
        spans=SPANS,
        lines=lines,
        units=(Unit.PIECES, Unit.SECONDS, Unit.SECONDS, Unit.PIECES, Unit.VND),
        people=len(found),
        is_by_name=means().staff_by_name,
        written=written,
    )


def _stores(asked: Asked) -> list[Line]:
    lines = []
    for store in stores.every(session()):
        found = together(measures.daily(session(), store.store, asked.days, NEEDED).values())
        lines.append(Line(store.name, [number(one, found) for one in COMPARED]))
    return lines


def _values(done: Done) -> Sequence[float | None]:
    waited_s = done.waited_s / done.cards if done.cards else None
    served_s = done.served_s / done.closed if done.closed else None
    return done.cards, waited_s, served_s, done.sales, done.revenue_vnd

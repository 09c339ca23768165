"""A store in numbers: each measure of some weeks beside the weeks before, as chart, table and CSV.

What a measure means and does not know stands beside it. A day on which no kiosk was heard has no
number: nobody knows what happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request

from gateway.core.measures import (
    MEASURES,
    Definition,
    Measure,
    Tally,
    is_beyond_its_whole,
    is_many,
    number,
    together,
)
from gateway.core.sales import CHANNELS
from gateway.core.shop_days import day_of, days
from gateway.store import kiosk_days, measures, stores
from web_ui.console.spreadsheets import download
from web_ui.desk.context import desk, session
from web_ui.desk.measured import on_scale, written
from web_ui.desk.sign_in import present
from web_ui.shared import charts
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later, said, spoken

bp = Blueprint("numbers", __name__, url_prefix="/numbers")

SPANS = {7: later("One week"), 28: later("Four weeks"), 91: later("A quarter")}
DEFAULT_DAYS = 28
WEEKDAYS, HOURS = range(7), range(24)
BY_CHANNEL = (Measure.SALES, Measure.REVENUE_VND, Measure.TICKET_VND)
BY_KIOSK = (Measure.VISITS, Measure.DWELL_S, Measure.BOUGHT)
FEW = 10


@dataclass(frozen=True)
class Figure:
    """One measure of the whole time, and how it was in as many days before."""

    measure: Measure
    definition: Definition
    now: float | None
    before: float | None

    @property
    def is_beyond_its_whole(self) -> bool:
        """Whether it needs a word: no share is more than all, unless some were not counted."""
        return is_beyond_its_whole(self.measure, self.now)


@dataclass(frozen=True)
class Zone:
    """Stays in one zone; fewer than five are nobody's business."""

    name: str
    stays: int | None  # None: fewer than five
    stayed_s: float | None
    heard: int  # days on which its kiosk was, or any if it is watched by another receiver


@dataclass(frozen=True)
class Asked:
    """Which days and which measure somebody wants to see."""

    measure: Measure
    days: Sequence[date]  # today is the last
    before: Sequence[date]  # as many, just before

    @classmethod
    def of_request(cls) -> Asked:
        """As the address says; what it says wrongly is as if it said nothing."""
        wanted = request.args.get("days", DEFAULT_DAYS, int)
        length = wanted if wanted in SPANS else DEFAULT_DAYS
        named = request.args.get("measure", "")
        measure = Measure(named) if named in set(Measure) else Measure.VISITS
        today = day_of(desk().now_ms())
        first = today - timedelta(days=length - 1)
        before = first - timedelta(days=length)
        return cls(measure, days(first, today), days(before, first - timedelta(days=1)))


@bp.get("/")
def index() -> str:
    """The page."""
    asked, here = Asked.of_request(), present().store
    found = measures.daily(session(), here, [*asked.before, *asked.days])
    known = kiosk_days.known(session(), here, asked.days)
    values = [number(asked.measure, found[day]) if day in known else None for day in asked.days]
    shown = MEASURES[asked.measure]
    busy = _busy(here, asked.days)
    return render_template(
        "console/numbers.html",
        asked=asked,
        spans=SPANS,
        figures=_figures(asked, found),
        shown=shown,
        known=known,
        chart=_chart(asked, values),
        rows=list(zip(asked.days, values, strict=True))[::-1],
        parts=_parts(here, asked),
        zones=_zones(here, asked, len(known)) if asked.measure is Measure.STAY_S else [],
        busy=busy,
        heat=_heat(busy),
        hours=HOURS,
        weekdays=[spoken().weekday(weekday) for weekday in WEEKDAYS],
        short=_short,
        written=written,
        on_scale=lambda value: on_scale(value, shown.unit),
    )


@bp.get("/days.csv")
def table() -> Response:
    """Every measure of every day, as numbers for a spreadsheet; an empty field is unknown."""
    asked, here = Asked.of_request(), present().store
    found = measures.daily(session(), here, asked.days)
    known = kiosk_days.known(session(), here, asked.days)
    lines = [("day", *map(str, Measure))]
    for day in asked.days:
        values = (number(measure, found[day]) if day in known else None for measure in Measure)
        fields = ("" if value is None else f"{value:.10g}" for value in values)
        lines.append((day.isoformat(), *fields))
    return download(lines, f"{here}-{asked.days[0]}-{asked.days[-1]}.csv")


def _figures(asked: Asked, found: Mapping[date, Mapping[Measure, Tally]]) -> list[Figure]:
    now, before = (together(found[day] for day in some) for some in (asked.days, asked.before))
    return [
        Figure(measure, MEASURES[measure], number(measure, now), number(measure, before))
        for measure in Measure
    ]


def _parts(here: str, asked: Asked) -> list[tuple[str, float | None]]:
    """A measure that has parts people know: by way of selling, or by kiosk."""
    if asked.measure in BY_CHANNEL:
        names = {str(channel): said(name) for channel, name in CHANNELS.items()}
    elif asked.measure in BY_KIOSK:
        names = {row.kiosk: row.name for row in stores.fleet(session(), here)}
    else:
        return []
    found: dict[str, Tally] = {}
    some = measures.parts(session(), here, asked.measure, asked.days)
    for (_day, part), tally in some.items():
        found[part] = found.get(part, Tally()) + tally
    definition = MEASURES[asked.measure]
    return [(names.get(part, part), definition.value(found[part])) for part in sorted(found)]


def _zones(here: str, asked: Asked, heard: int) -> list[Zone]:
    """Each kiosk's own zone, also without any stay, and those of other receivers."""
    names = {row.kiosk: row.name for row in stores.fleet(session(), here)}
    lived = kiosk_days.heard_of(session(), here, asked.days[0], asked.days[-1])
    found = {zone: Tally() for zone in names}
    some = measures.parts(session(), here, Measure.STAY_S, asked.days)
    for (_day, zone), tally in some.items():
        found[zone] = found.get(zone, Tally()) + tally
    definition = MEASURES[Measure.STAY_S]
    return [
        Zone(
            names.get(zone, zone),
            tally.count if is_many(tally) else None,
            definition.value(tally) if is_many(tally) else None,
            lived.get(zone, 0) if zone in names else heard,
        )
        for zone, tally in sorted(found.items())
    ]


def _chart(asked: Asked, values: Sequence[float | None]) -> charts.Chart:
    labels = [spoken().date(day) for day in asked.days]
    says = [
        f"{label}: {written(value, MEASURES[asked.measure].unit)}"
        for label, value in zip(labels, values, strict=True)
    ]
    return charts.bars(values, labels, says)


def _busy(here: str, some: Sequence[date]) -> list[list[float | None]]:
    """Visits that began in each hour of an average day of each weekday; None where nobody knows."""
    found = measures.hourly(session(), here, Measure.VISITS, some)
    heard = kiosk_days.hours(session(), here, some)
    known = {(day, hour) for day in some for hour in heard[day]} | set(found)  # or a phone said so

    def mean(weekday: int, hour: int) -> float | None:
        those = [(day, hour) for day in some if day.weekday() == weekday]
        mine = [at for at in those if at in known]
        return sum(found[at].count for at in mine if at in found) / len(mine) if mine else None

    return [[mean(weekday, hour) for hour in HOURS] for weekday in WEEKDAYS]


def _heat(values: Sequence[Sequence[float | None]]) -> charts.HeatMap:
    names = [spoken().weekday(weekday) for weekday in WEEKDAYS]

    def says(row: int, column: int) -> tuple[str, str]:
        value = values[row][column]
        at = f"{names[row]} {column}–{column + 1} h"
        if value is None:
            return "", f"{at}: {_('unknown: no kiosk was heard')}"
        return (_short(value) if value else ""), f"{at}: {_short(value)}"

    return charts.heat(values, names, [str(hour) for hour in HOURS], says)


def _short(value: float) -> str:
    """With a decimal where there are few."""
    return spoken().number(round(value, 1) if value < FEW else round(value))

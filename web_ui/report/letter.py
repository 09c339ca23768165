"""A week or month of every store as one HTML page with its charts in it, and as plain text.

It asks for nothing from elsewhere and names nobody; days nobody knows about it calls unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template
from sqlalchemy.orm import Session

from gateway.core.measures import MEASURES, Definition, Measure, number, together
from gateway.core.report_periods import Every, Period, before
from gateway.core.shop_days import days
from gateway.store import kiosk_days, measures, stores
from web_ui.desk.measured import written
from web_ui.shared import charts
from web_ui.shared.i18n import speak, spoken
from web_ui.shared.site import site

CHARTED = (Measure.VISITS, Measure.REDEMPTIONS)  # the two that owners ask about first


@dataclass(frozen=True)
class Line:
    """One measure of a store, and how it was before."""

    definition: Definition
    now: str
    before: str


@dataclass(frozen=True)
class Drawing:
    """One measure day by day."""

    definition: Definition
    chart: charts.Chart


@dataclass(frozen=True)
class Part:
    """One store's part of the report."""

    name: str
    lines: Sequence[Line]
    drawings: Sequence[Drawing]
    unknown: Sequence[date]  # days on which no kiosk of it was heard


@dataclass(frozen=True)
class Report:
    """The report, ready to be sent."""

    title: str
    html: str
    text: str


def made(db: Session, period: Period, every: Every, language: str) -> Report:
    """The report of a period that is over."""
    with site(["report"]).app_context():
        speak(language)
        parts = [
            _part(db, (row.store, row.name), period, before(every, period))
            for row in stores.every(db)
        ]
        said = {"period": period, "parts": parts, "language": language, "scale": _scale}
        title, html, text = (
            render_template(f"report/{name}", **said).strip()
            for name in ("title.txt", "report.html", "report.txt")
        )
    return Report(title, html, text)


def _part(db: Session, store: tuple[str, str], period: Period, earlier: Period) -> Part:
    here, name = store
    now_days, then_days = (days(one.first, one.last) for one in (period, earlier))
    found = measures.daily(db, here, [*then_days, *now_days])
    known = kiosk_days.known(db, here, now_days)
    now, then = (together(found[day] for day in some) for some in (now_days, then_days))
    lines = [
        Line(one, *(written(number(measure, sums), one.unit) for sums in (now, then)))
        for measure, one in MEASURES.items()
    ]
    labels = [spoken().date(day) for day in now_days]
    drawings = []
    for measure in CHARTED:
        values = [number(measure, found[day]) if day in known else None for day in now_days]
        says = [written(value, MEASURES[measure].unit) for value in values]
        drawings.append(Drawing(MEASURES[measure], charts.bars(values, labels, says)))
    return Part(name, lines, drawings, [day for day in now_days if day not in known])


def _scale(definition: Definition, value: float) -> str:
    return written(value, definition.unit)

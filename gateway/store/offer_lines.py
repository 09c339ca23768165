"""One offer as a line of texts, the same in offers.csv and in the console: read, checked, written.

It says of every text that is wrong which and why; it keeps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import msgspec

from contract.messages import Tone
from gateway.core.offers.conditions import TermsError
from gateway.core.offers.model import Offer
from gateway.core.offers.terms import read_terms
from gateway.core.tiers import Tier
from gateway.store import csv_lines, offers
from gateway.store.csv_lines import SHORT, MistakeError
from gateway.store.offers import OfferRow

Cells = Mapping[str, str]

MOST_VND = 10**12
# The badge stands in large letters on a narrow stub.
SHORT_TEXTS = ("kind_vi", "kind_en", "badge_vi", "badge_en", "until_vi", "until_en")
LONG_TEXTS = ("title_vi", "title_en", "why_vi", "why_en")
TERMS = "terms"


def _vnd(value: str, column: str) -> int | None:
    return csv_lines.number(value, column, 0, MOST_VND) if value else None


def _terms(value: str, column: str) -> str:
    """JSON, as docs/offers.md says."""
    said = value or "{}"
    try:
        read_terms(msgspec.json.decode(said))
    except (msgspec.DecodeError, TermsError) as error:
        raise MistakeError(column, f"không hiểu được: {error}", str(error)) from error
    return said


READ: Mapping[str, Callable[[str, str], object]] = {
    "priority": lambda value, column: csv_lines.number(value, column, 0, 1_000_000),
    "tone": lambda value, column: csv_lines.one_of(value, column, Tone),
    "interest": csv_lines.at_most,
    "tier": lambda value, column: csv_lines.one_of(value or Tier.MEMBER, column, Tier),
    "starts_on": csv_lines.day,
    "ends_on": csv_lines.day,
    **dict.fromkeys(SHORT_TEXTS, lambda value, column: csv_lines.text(value, column, SHORT)),
    **dict.fromkeys(LONG_TEXTS, csv_lines.text),
    "price_vnd": _vnd,
    "was_vnd": _vnd,
    "personal": lambda value, column: csv_lines.one_of(value, column, ("0", "1")) == "1",
    TERMS: _terms,
}


def read(cells: Cells) -> tuple[dict[str, object], list[MistakeError]]:
    """The columns of an OfferRow, and every mistake; with a mistake its column is not there."""
    values: dict[str, object] = {}
    mistakes = []
    for column, reader in READ.items():
        try:
            values["is_personal" if column == "personal" else column] = reader(
                cells.get(column, ""), column
            )
        except MistakeError as mistake:
            mistakes.append(mistake)
    return values, mistakes


def checked(cells: Cells) -> dict[str, object]:
    """The columns of an OfferRow; raises the first MistakeError."""
    values, mistakes = read(cells)
    if mistakes:
        raise mistakes[0]
    return values


def offer(name: str, cells: Cells) -> Offer:
    """The offer that a line without mistakes says."""
    return offers.of_row(OfferRow(offer=name, **checked(cells)))


def written(row: OfferRow) -> dict[str, str]:
    """A kept offer as a line; `read` gives the same columns back."""
    cells = {}
    for column in READ:
        value = row.is_personal if column == "personal" else getattr(row, column)
        if isinstance(value, bool):
            value = int(value)
        cells[column] = "" if value is None else str(value)
    return cells


def differences(before: Cells, after: Cells) -> list[tuple[str, str, str]]:
    """Each text that is another now; of the terms, each of their keys by itself."""
    found = [
        (column, before.get(column, ""), after.get(column, ""))
        for column in READ
        if column != TERMS and before.get(column, "") != after.get(column, "")
    ]
    was, now = (json.loads(cells.get(TERMS) or "{}") for cells in (before, after))
    return found + [
        (f"{TERMS}.{key}", _json(was.get(key)), _json(now.get(key)))
        for key in sorted({*was, *now})
        if was.get(key) != now.get(key)
    ]


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)

"""An offer's form: what the browser sent as a line of offers.csv, and such a line as its fields.

Conditions it cannot hold in rows stay JSON, as a person typed them. It checks nothing: that is
`gateway.store.offer_lines`' work, for files and forms alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from gateway.core.offers import places
from gateway.core.offers.conditions import Op
from gateway.core.offers.facts import FACTS, Kind
from gateway.core.offers.model import Caps
from gateway.store.offer_lines import READ, TERMS

MOST_ROWS = 8  # of questions; with more, nobody sees any more what they ask together
SPARE_ROWS = 2  # empty ones below those that are filled in
TRIGGERS = (
    *("moment", "scan", "dwell_s", "nth_visit", "winback_days"),
    *("birthday_within_days", "pickup_arrived", "appointment"),
)
TYPED = ("moment", "scan")  # triggers that are words
FLAGS = ("upgrade_pickup", "notify_staff")
WORDS = ("message", "voucher", "free_item", "task")
NUMBERS = (Kind.NUMBER, Kind.SHARE, Kind.VND, Kind.SECONDS, Kind.DAYS)
AS_TEXT = "text"

Form = MultiDict[str, str]
Row = dict[str, Any]


@dataclass
class Fields:
    """What the form shows: the texts, and the terms in parts."""

    cells: dict[str, str]
    mode: str = "all"  # how the questions go together; AS_TEXT: they are typed
    rows: list[Row] = field(default_factory=list)
    text: str = ""
    effects: list[Row] = field(default_factory=list)
    hours: list[Row] = field(default_factory=list)
    terms: dict[str, Any] = field(default_factory=dict)


def fields(cells: Mapping[str, str]) -> Fields:
    """A line as the form shows it."""
    terms = json.loads(cells.get(TERMS) or "{}")
    shown = Fields({**dict.fromkeys(READ, ""), **cells}, terms=terms)
    found = in_rows(terms.get("when"))
    if found is None:
        shown.mode = AS_TEXT
        shown.text = json.dumps(terms["when"], ensure_ascii=False, indent=2)
    else:
        shown.mode, rows = found
        shown.rows = [*rows, *({} for _ in range(SPARE_ROWS))]
        if "when" in terms:
            shown.text = json.dumps(terms["when"], ensure_ascii=False, indent=2)
    shown.effects = [*map(_effect_row, terms.get("effects", [])), {}]
    shown.hours = [*terms.get("hours", []), {}]
    return shown


def read(form: Form) -> dict[str, str]:
    """What was sent, as a line. Raises JsonTextError if typed conditions are no JSON."""
    cells = {
        column: form.get(column, "").strip() for column in READ if column not in (TERMS, "personal")
    }
    cells["personal"] = "1" if form.get("personal") else "0"
    terms: dict[str, object] = {
        "paused": True if form.get("paused") else None,
        "when": _when(form),
        "trigger": {
            word: value if word in TYPED else number(value)
            for word in TRIGGERS
            if (value := form.get(f"trigger.{word}", "").strip())
        },
        "effects": [_effect(row) for row in _rows(form, "effect") if row.get("kind")],
        "caps": {
            name: number(value)
            for name in Caps.__slots__
            if (value := form.get(f"caps.{name}", "").strip())
        },
        "stacking": _stacking(form),
        "stores": form.getlist("stores"),
        "channels": form.getlist("channels"),
        "hours": list(_hours(form)),
        "not_on": words(form.get("not_on", "")),
        "consents": form.getlist("consents"),
    }
    said = {key: value for key, value in terms.items() if value not in (None, {}, [], "")}
    cells[TERMS] = json.dumps(said, ensure_ascii=False)
    return cells


def in_rows(when: object) -> tuple[str, list[Row]] | None:
    """A condition as rows of one question each; None if rows cannot say it."""
    if when is None:
        return "all", []
    mode, parts = "all", [when]
    if isinstance(when, dict) and len(when) == 1:
        for word in ("all", "any"):
            if isinstance(when.get(word), list) and when[word]:
                mode, parts = word, when[word]
    rows = [_row(part) for part in parts]
    if len(rows) > MOST_ROWS:
        return None
    known = [row for row in rows if row is not None]
    return (mode, known) if len(known) == len(rows) else None


def number(text: str) -> int | float | str:
    """A number if it is one; else as it was typed, for whoever checks to name it."""
    for kind in (int, float):
        try:
            return kind(text) if text.isascii() and text[-1:].isdigit() else text
        except ValueError:
            continue
    return text


def words(text: str) -> list[str]:
    """Words between commas."""
    return [word for one in text.split(",") if (word := one.strip())]


def _row(part: object) -> Row | None:
    is_turned = isinstance(part, dict) and set(part) == {"not"}
    leaf = part["not"] if is_turned and isinstance(part, dict) else part
    if not isinstance(leaf, dict) or len(leaf) != 2 or not isinstance(leaf.get("fact"), str):
        return None
    path = leaf["fact"]
    op, value = next((word, said) for word, said in leaf.items() if word != "fact")
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if path not in FACTS or op not in list(Op) or _value(path, op, text) != value:
        return None
    return {"not": "1" if is_turned else "", "fact": path, "op": op, "value": text}


def _value(path: str, op: str, text: str) -> object:
    if op in (Op.ONE_OF, Op.HAS_ANY):
        return words(text)
    kind = FACTS[path].kind if path in FACTS else Kind.TEXT
    return number(text) if kind in NUMBERS else text


def _when(form: Form) -> object:
    mode = form.get("when.mode", "all")
    if mode == AS_TEXT:
        text = form.get("when.text", "").strip()
        return places.read(text) if text else None
    parts: list[object] = []
    for row in _rows(form, "when"):
        path, op = row.get("fact", ""), row.get("op", "")
        if path:
            leaf = {"fact": path, op: _value(path, op, row.get("value", "").strip())}
            parts.append({"not": leaf} if row.get("not") else leaf)
    if not parts:
        return None
    return parts[0] if len(parts) == 1 and mode == "all" else {mode: parts}


def _effect(row: Mapping[str, str]) -> dict[str, object]:
    kind, value = row["kind"], row.get("value", "").strip()
    said: dict[str, object] = {
        kind: True if kind in FLAGS else value if kind in WORDS else number(value)
    }
    for name in ("max_vnd", "pending_days", "valid_days"):
        if row.get(name, "").strip():
            said[name] = number(row[name].strip())
    return said


def _effect_row(effect: Mapping[str, Any]) -> Row:
    kind = next((one for one in effect if one not in ("max_vnd", "pending_days", "valid_days")), "")
    value = "" if kind in FLAGS else effect.get(kind, "")
    return {**effect, "kind": kind, "value": value}


def _stacking(form: Form) -> dict[str, object]:
    said: dict[str, object] = {}
    for name in ("group", "mode"):
        if form.get(f"stacking.{name}", "").strip():
            said[name] = form[f"stacking.{name}"].strip()
    if said.get("mode") == "stack":
        del said["mode"]  # what goes without saying
    if form.get("stacking.at_most", "").strip():
        said["at_most"] = number(form["stacking.at_most"].strip())
    if form.get("stacking.exclusive"):
        said["exclusive"] = True
    if words(form.get("stacking.excludes", "")):
        said["excludes"] = words(form["stacking.excludes"])
    return said


def _hours(form: Form) -> Iterator[dict[str, object]]:
    for row in _rows(form, "hours"):
        days = [number(day) for day in form.getlist(f"hours.{row['number']}.days")]
        said: dict[str, object] = {
            name: row[name].strip() for name in ("from", "to") if row.get(name, "").strip()
        }
        if days or said:
            yield {"days": days, **said} if days else said


def _rows(form: Form, name: str) -> Sequence[dict[str, str]]:
    """Fields named `name.2.what`, by their number."""
    found: dict[str, dict[str, str]] = {}
    for key, value in form.items():
        parts = key.split(".")
        if len(parts) == 3 and parts[0] == name and parts[1].isdigit():
            found.setdefault(parts[1], {"number": parts[1]})[parts[2]] = value
    return [found[at] for at in sorted(found, key=int)]

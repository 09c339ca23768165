"""Reads a store plan; every mistake is named in one message, with its line and what was meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from contract.identifiers import NAME_PATTERN
from firmware_config import plan as plan_model
from firmware_config import plan_checks, toml_lines
from firmware_config.plan import Plan
from firmware_config.plan_checks import CLOSE, Mistake, nearest
from firmware_config.toml_lines import Document
from runtime.errors import SettingsError

PATTERNS = {  # for people, who do not read patterns
    NAME_PATTERN: "must be 1 to 32 of a-z, 0-9 and -",
    f"^{plan_model.UUID}$": "must be a UUID in lower case, 8-4-4-4-12 hex digits",
    "^[0-9a-f]{20}$": "must be 20 hex digits in lower case",
    "^[0-9a-f]{12}$": "must be 12 hex digits in lower case",
    "^(HDMI-A|DSI)-[12]$": "must be HDMI-A-1, HDMI-A-2, DSI-1 or DSI-2",
    "^hci[0-9]$": "must be hci0 to hci9",
}


def load(path: Path) -> Plan:
    """Read and check a plan; SettingsError names every mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 ({error.reason})") from error
    plan, mistakes = read(text)
    if plan is None or mistakes:
        count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise SettingsError("\n  ".join([f"{path} has {count}:", *mistakes]))
    return plan


def read(text: str) -> tuple[Plan | None, list[str]]:
    """The plan, if it is one, and its mistakes in the order of their lines."""
    document = toml_lines.read(text)
    wrong = [*_respelt(document)]
    plan, values = _values(document)
    wrong += [*values, *plan_checks.mistakes(document.tables)]
    found = [(line, "", problem) for line, problem in document.mistakes]
    found += [(document.line(path), _where(document, path), problem) for path, problem in wrong]
    found = sorted(dict.fromkeys(found))
    return plan, [f"line {line}{where}: {problem}" for line, where, problem in found]


def _respelt(document: Document) -> Iterator[Mistake]:
    """Names misspelt keys and puts them right, so that what is in them is looked at as well."""
    while respelt := [*_misspelt(document)]:
        for path, meant in respelt:
            yield path, _unknown(path)
            document.rename(path, meant)


def _misspelt(document: Document) -> Iterator[tuple[toml_lines.Path, str]]:
    for detail in _details(document):
        path = detail["loc"]
        if detail["type"] != "extra_forbidden":
            continue
        for meant in get_close_matches(str(path[-1]), _keys(path[:-1]), n=1, cutoff=CLOSE):
            new = (*path[:-1], meant)
            if new not in document or document.holds_lists(path, new):
                yield path, meant


def _values(document: Document) -> tuple[Plan | None, list[Mistake]]:
    details = _details(document)
    if not details:
        return Plan.model_validate_json(_as_json(document), strict=True), []
    wrong = []
    for detail in details:
        path, is_missing = detail["loc"], detail["type"] == "missing"
        if is_missing and path in document.lines:
            continue  # it is there and cannot be read, which was said
        wrong.append((path[:-1] if is_missing else path, _problem(detail)))
    return None, wrong


def _details(document: Document) -> list[ErrorDetails]:
    try:
        Plan.model_validate_json(_as_json(document), strict=True)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _as_json(document: Document) -> str:
    """Because only there a strict model takes lists for tuples."""
    return json.dumps(document.tables, default=str)


def _unknown(path: toml_lines.Path) -> str:
    key = str(path[-1])
    return f"{key} is not part of a plan{nearest(key, _keys(path[:-1]), 'key')}"


def _problem(detail: ErrorDetails) -> str:
    key = str(detail["loc"][-1])
    match detail["type"]:
        case "missing":
            return f"{key} is missing"
        case "extra_forbidden":
            return _unknown(detail["loc"])
        case "string_pattern_mismatch":
            pattern = detail["ctx"]["pattern"]
            said = PATTERNS.get(pattern, f"must look like {pattern}")
            return f"{key} {said}, not {detail['input']!r}"
        case "literal_error":
            words = detail["msg"].removeprefix("Input ")
            meant = detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            near = nearest(str(detail["input"]), meant, "")
            near = near if near.startswith(" (did") else ""
            return f"{key} {words}, not {detail['input']!r}{near}"
    return f"{key} {detail['msg'].removeprefix('Input ')}, not {_shown(detail['input'])}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"  # a whole table, where a number should be


def _keys(path: toml_lines.Path) -> list[str]:
    """The keys of the table at a path."""
    model: Any = Plan
    for step in path:
        if isinstance(step, int):
            continue
        model = _model_in(model.model_fields[step].annotation)
    return list(model.model_fields)


def _model_in(annotation: Any) -> Any:
    """The model in tuple[Kiosk, ...] or Panel | None."""
    return next(_models(annotation))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)


def _where(document: Document, path: toml_lines.Path) -> str:
    """The table, as a person finds it: [[kiosks]] quay-2."""
    if len(path) >= 2 and isinstance(path[1], int):
        table = document.tables[str(path[0])][path[1]]
        name = table.get("id") if isinstance(table, dict) else None
        inner = "".join(f".{step}" for step in path[2:-1] if isinstance(step, str))
        return f" [[{path[0]}{inner}]] {name or f'#{path[1] + 1}'}"
    return f" [{'.'.join(map(str, path[:-1] or path))}]" if path else ""

"""Writes TOML: tables of texts, numbers, truths and lists, as settings files have them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

Table = Mapping[str, object]


def written(tables: Table, heading: str = "") -> str:
    """A whole file; `heading` is its comment."""
    lines = [f"# {line}".rstrip() for line in heading.splitlines()]
    return "\n".join([*lines, *_table(tables, ())]) + "\n"


def _table(table: Table, above: tuple[str, ...]) -> Iterator[str]:
    """Plain values first: below a heading they would be another table's."""
    for name, value in table.items():
        if not isinstance(value, Mapping) and not _tables_in(value):
            yield f"{name} = {_plain(value)}"
    for name, value in table.items():
        path = (*above, name)
        if isinstance(value, Mapping):
            yield from ("", f"[{'.'.join(path)}]", *_table(value, path))
        else:
            for one in _tables_in(value):
                yield from ("", f"[[{'.'.join(path)}]]", *_table(one, path))


def _tables_in(value: object) -> list[Table]:
    """The tables that a value is a list of; else none."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    tables = [one for one in value if isinstance(one, Mapping)]
    return tables if len(tables) == len(value) else []


def _plain(value: object) -> str:
    """As JSON, whose texts, numbers and truths are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

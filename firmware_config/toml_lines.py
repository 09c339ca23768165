"""Reads TOML that a person wrote, and knows on which line each thing stands.

Python's own reader stops at the first mistake and keeps no lines. This one reads statement by
statement, by that reader, says what cannot be read, and goes on. It judges no value.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]  # ("kiosks", 0, "pins", "light")

LONGEST = 1_000  # lines of one value; where a quote is missing, no more are tried

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_WHERE = re.compile(r" \(at .*\)$")  # tomllib's own, which counts from the statement


@dataclass
class Document:
    """What could be read, where it stands, and what could not be read."""

    tables: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)  # also of what could not be read
    mistakes: list[tuple[int, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Where a thing stands, or else what it is in; 1 for the whole file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def __contains__(self, path: Path) -> bool:
        """Whether a key of a table is there, readable or not."""
        return path in self.lines or path[-1] in self._table(path)

    def holds_lists(self, *paths: Path) -> bool:
        """Whether all these keys are lists, so that they can be one."""
        return all(isinstance(self._table(path).get(path[-1]), list) for path in paths)

    def rename(self, path: Path, key: str) -> None:
        """Call a thing by another key, or add its tables to that list; lines stay known."""
        table = self._table(path)
        moved, new = table.pop(path[-1]), (*path[:-1], key)
        already = len(table[key]) if key in table else 0
        table[key] = [*table[key], *moved] if key in table else moved
        if path in self.lines:
            self.lines.setdefault(new, self.lines[path])
        end = len(path)
        for inner, line in [*self.lines.items()]:
            if inner[:end] == path and len(inner) > end:
                first, *rest = inner[end:]
                if isinstance(first, int):
                    first += already
                self.lines[(*new, first, *rest)] = line

    def _table(self, path: Path) -> dict[str | int, Any]:
        """The table that a path's last step is a key of."""
        table: Any = self.tables
        for step in path[:-1]:
            table = table[step]
        return table  # type: ignore[no-any-return]


def read(text: str) -> Document:
    """Read a file to its end, whatever is in it."""
    reader = _Reader(Document(), text.replace("\r\n", "\n").split("\n"))
    at = 0
    while at < len(reader.lines):
        at += reader.statement(at)
    return reader.document


@dataclass
class _Reader:
    document: Document
    lines: list[str]
    here: Path = ()  # the table that statements are about; () before the first
    is_lost: bool = False  # below a heading that makes no sense
    headings: set[Path] = field(default_factory=set)

    def statement(self, at: int) -> int:
        """Read what begins on this line; returns how many lines it takes."""
        line = self.lines[at].strip()
        if not line or line.startswith("#"):
            return 1
        if line.startswith("["):
            self._heading(at, line)
            return 1
        return self._assignment(at)

    def _heading(self, at: int, line: str) -> None:
        self.is_lost = True  # until it has made sense
        try:
            named: Any = tomllib.loads(line)
        except tomllib.TOMLDecodeError:
            self._complain(at, f"{line} is no heading: [table] or [[list]]")
            return
        names = []
        while named:
            ((name, inner),) = named.items()
            names.append(name)
            named = inner[0] if isinstance(inner, list) else inner
        parent = self._enter(names[:-1])
        if parent is None:
            self._complain(at, f"[{'.'.join(names)}] is in something that is no table")
            return
        path, table = parent
        self._open(at, (*path, names[-1]), table, is_list=line.startswith("[["))

    def _open(self, at: int, path: Path, table: dict[str, Any], *, is_list: bool) -> None:
        name = path[-1]
        there = table.get(str(name))
        if is_list:
            if there is None:
                there = table[str(name)] = []
            if not isinstance(there, list) or path in self.headings:
                self._complain(at, f"[[{name}]] is there already, and no list")
                return
            self.document.lines.setdefault(path, at + 1)
            path = (*path, len(there))
            there.append({})
        elif isinstance(there, dict) and path not in self.document.lines:
            pass  # made by a heading of something within
        elif there is not None or path in self.headings:
            self._complain(at, f"[{name}] is there twice (line {self.document.line(path)})")
            if not isinstance(there, dict):
                return
        else:
            table[str(name)] = {}
        self.headings.add(path)
        self.document.lines.setdefault(path, at + 1)
        self.here, self.is_lost = path, False

    def _assignment(self, at: int) -> int:
        found = _KEY.match(self.lines[at])
        if found is None:
            self._complain(at, f"{self.lines[at].strip()!r} is neither a heading nor KEY = VALUE")
            return 1
        names = _names(found[1])
        value, count, problem = self._value(at)
        if self.is_lost:
            return count
        if problem:
            self._complain(at, f"{'.'.join(names)} cannot be read ({problem})")
            self.document.lines.setdefault((*self.here, *names), at + 1)
            return count
        entered = self._enter(names[:-1], self.here)
        if entered is None:
            self._complain(at, f"{'.'.join(names)} is in something that is no table")
            return count
        path, table = entered
        path = (*path, names[-1])
        if names[-1] in table:
            line = self.document.line(path)
            self._complain(at, f"{'.'.join(names)} is there twice (line {line})")
            return count
        for name in names:
            value = value[name]
        table[names[-1]] = value
        self.document.lines[path] = at + 1
        return count

    def _value(self, at: int) -> tuple[Any, int, str]:
        """What is assigned, how many lines that takes, and why it cannot be read."""
        problem = ""
        for end in range(at + 1, min(len(self.lines), at + LONGEST) + 1):
            try:
                return tomllib.loads("\n".join(self.lines[at:end])), end - at, ""
            except tomllib.TOMLDecodeError as error:
                problem = problem or _WHERE.sub("", str(error))
        return None, 1, problem

    def _enter(self, names: list[str], start: Path = ()) -> tuple[Path, dict[str, Any]] | None:
        """Go down to a table, making those that are missing; None if something else is there."""
        table: Any = self.document.tables
        for step in start:
            table = table[step]
        path = start
        for name in names:
            table = table.setdefault(name, {})
            path = (*path, name)
            if isinstance(table, list) and table:
                path = (*path, len(table) - 1)
                table = table[-1]
            if not isinstance(table, dict):
                return None
        return path, table

    def _complain(self, at: int, problem: str) -> None:
        self.document.mistakes.append((at + 1, problem))


def _names(key: str) -> list[str]:
    named: Any = tomllib.loads(f"{key} = 0")
    names = []
    while isinstance(named, dict):
        ((name, named),) = named.items()
        names.append(name)
    return names

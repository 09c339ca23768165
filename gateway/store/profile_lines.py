"""One line of profiles.csv as what it says of one member; asks no database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct

from gateway.core.consent import Purpose
from gateway.core.external_ids import SPELLING, IdKind
from gateway.core.tiers import Tier
from gateway.store import csv_lines
from gateway.store.csv_lines import SHORT, Line, MistakeError
from runtime.errors import SettingsError

PUBLIC_KEY_BYTES = 32  # Ed25519
MEMBER_BYTES = 6
MOST_POINTS = 10**9
_TIERS = {str(tier): str(tier) for tier in Tier}

# How each field is read, in the order in which a profile's row has them.
FIELDS: dict[str, Callable[[str], str | int]] = {
    "name": lambda value: csv_lines.text(value, "name", SHORT),
    "phone": lambda value: value,
    "tier": lambda value: _TIERS.get(value) or csv_lines.one_of(value, "tier", Tier),
    "points": lambda value: csv_lines.number(value, "points", 0, MOST_POINTS),
    "interests": lambda value: csv_lines.at_most(value, "interests"),
    "birthday": csv_lines.birthday,
    "segments": lambda value: csv_lines.at_most(value, "segments"),
    "source": csv_lines.source,
}
IDS = {
    "phone": IdKind.PHONE,
    "email": IdKind.EMAIL,
    "zalo": IdKind.ZALO,
    "shop_id": IdKind.SHOP,
}


class Said(Struct, gc=False):  # see Line
    """What a line says; None: its file has no such column, so that stays as it is."""

    line: Line
    member: str  # empty: who has the external ids
    values: list[str | int]  # of the file's fields, in their order
    externals: list[str]  # of the file's kinds, in their order; empty: they have none
    purposes: frozenset[str] | None
    tags: tuple[str, ...] | None
    keys: tuple[tuple[int, str], ...] | None


class Reader:
    """Reads the lines of one file; SettingsError if its header says nothing we know."""

    def __init__(self, header: Sequence[str]) -> None:
        at = {name: index for index, name in enumerate(header)}
        named = [name for name in ("member", *IDS) if name in at]
        if "name" not in at or not named:
            raise SettingsError(
                "profiles.csv line 1: needs a column name, and one of member, " + ", ".join(IDS)
            )
        self.fields = [name for name in FIELDS if name in at]
        self._width = len(header)
        self._fields = [(at[name], FIELDS[name]) for name in self.fields]
        self._ids = [
            (at[name], name, kind, f"{kind.value}:", SPELLING[kind])
            for name, kind in IDS.items()
            if name in at
        ]
        self._member = at.get("member")
        self._consents, self._tags = at.get("consents"), at.get("tags")
        key = ("pass_key_id", "pass_public_key")
        self._key = (at[key[0]], at[key[1]]) if at.keys() >= {*key} else None

    def read(self, line: Line) -> Said:
        """What a line says of one member. MistakeError if a cell is wrong."""
        cells = [cell.strip() for cell in line.cells]
        if len(cells) > self._width:
            raise MistakeError(
                "member",
                f"dòng có {len(cells)} ô, tiêu đề có {self._width}",
                f"the line has {len(cells)} cells, the header {self._width}",
            )
        cells += [""] * (self._width - len(cells))
        member = "" if self._member is None else cells[self._member]
        if member:
            member = csv_lines.hexadecimal(member, "member", MEMBER_BYTES)
        externals = self._externals(cells)
        if not member and not any(externals):
            raise MistakeError(
                "member",
                "dòng này không nói về ai: không có mã thành viên, cũng không có mã nào khác",
                "the line is about nobody: no member and no other id",
            )
        return Said(
            line,
            member,
            [read(cells[index]) for index, read in self._fields],
            externals,
            None if self._consents is None else _purposes(cells[self._consents]),
            None if self._tags is None else _tags(cells[self._tags]),
            None if self._key is None else self._keys(cells),
        )

    def _externals(self, cells: Sequence[str]) -> list[str]:
        found = []
        for index, name, kind, prefix, spelling in self._ids:
            cell = cells[index]
            value = spelling(cell) if cell else ""
            if value is None:
                raise csv_lines.no_id(cell, name, kind)
            found.append(prefix + value if value else "")
        return found

    def _keys(self, cells: Sequence[str]) -> tuple[tuple[int, str], ...]:
        number, key = (cells[index] for index in self._key or ())
        if not key:
            return ()
        key_id = csv_lines.number(number, "pass_key_id", 0, 255)
        return ((key_id, csv_lines.hexadecimal(key, "pass_public_key", PUBLIC_KEY_BYTES)),)


@lru_cache(maxsize=1024)  # there are 128 sets of them, each written in a few orders
def _purposes(value: str) -> frozenset[str]:
    found = csv_lines.words(value)
    for word in found:
        csv_lines.one_of(word, "consents", Purpose)
    return frozenset(found)


def _tags(value: str) -> tuple[str, ...]:
    return tuple(csv_lines.identity(word) for word in csv_lines.words(value)) if value else ()

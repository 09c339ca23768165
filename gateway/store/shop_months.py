"""In which month of the shop's own time something happened, as both databases say it: 2026-03."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from gateway.core.shop_days import SHOP_TIME

AHEAD_S = 7 * 3_600  # of UTC, all the year: SQLite knows no names of time zones


class month(FunctionElement[str]):  # noqa: N801 - reads as the function of SQL it is
    """The month of a time in Unix milliseconds."""

    type = String()
    inherit_cache = True


@compiles(month, "sqlite")
def _month_sqlite(element: month, compiler: SQLCompiler, **words: Any) -> str:
    at_ms = compiler.process(element.clauses, **words)
    return f"strftime('%Y-%m', ({at_ms}) / 1000 + {AHEAD_S}, 'unixepoch')"


@compiles(month, "postgresql")
def _month_postgresql(element: month, compiler: SQLCompiler, **words: Any) -> str:
    at_ms = compiler.process(element.clauses, **words)
    zone = f"AT TIME ZONE '{SHOP_TIME.key}'"
    return f"to_char(to_timestamp(({at_ms}) / 1000) {zone}, 'YYYY-MM')"

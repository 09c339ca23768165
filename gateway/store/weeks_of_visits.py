"""How SQLite finds the visits of a member: week by week, for its index has the week first.

An index by member alone has a page of its own for nearly each visitor of a batch, and each is
written: half of what a batch wrote, in a chain with a million visits in its past. Of one by week
and then member only this week's pages change. PostgreSQL's is by member: it writes no pages while
others wait.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Table, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

WEEK_MS = 7 * 24 * 60 * 60 * 1000
WEEK = f"first_at_ms / {WEEK_MS}"


class by_week(FunctionElement[bool]):  # noqa: N801 - reads as the operator it is
    """True of every visit sought; SQLite needs it beside the member, else it reads them all.

    `first_at_ms` is when the visits that are sought began. With `since_ms` and `until_ms` only
    the weeks from one to the other are looked at; it is for the rest of the statement to leave
    out what else began in these. The weeks are those that there are visits of: each is a seek.
    """

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # else SQLite is asked for `(…) = 1`, and no index answers that

    def __init__(self, first_at_ms: Any, *since_until_ms: ColumnElement[int]) -> None:
        super().__init__(first_at_ms, *since_until_ms)


@compiles(by_week, "sqlite")
def _by_week_sqlite(element: by_week, compiler: SQLCompiler, **words: Any) -> str:
    sought, *bounds = (compiler.process(one, **words) for one in element.clauses)
    first, last = "", "week IS NOT NULL"
    if bounds:
        first, last = f"WHERE {WEEK} >= {bounds[0]} / {WEEK_MS}", f"week < {bounds[1]} / {WEEK_MS}"
    return f"""{sought} / {WEEK_MS} IN (
        WITH RECURSIVE known(week) AS (
            SELECT min({WEEK}) FROM visit {first}
            UNION ALL
            SELECT (SELECT min({WEEK}) FROM visit WHERE {WEEK} > week) FROM known WHERE {last}
        ) SELECT week FROM known WHERE week IS NOT NULL
    )"""  # noqa: S608


@compiles(by_week, "postgresql")
def _by_week_postgresql(_element: by_week, _compiler: SQLCompiler, **_words: Any) -> str:
    return "true"


def weeks_of(table: Any) -> ColumnElement[bool]:
    """The same for a statement on one table or another; of most of them it is simply true."""
    known: Table = getattr(table, "__table__", table)
    return by_week(known.c.first_at_ms) if known.name == "visit" else true()

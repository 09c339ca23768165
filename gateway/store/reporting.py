"""Makes the views of `report_views` in a database, and reads them a little at a time.

On PostgreSQL whoever is in the role `hien_report` may read them and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, column, inspect, select, table, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.core.shop_days import span
from gateway.store.base import Base
from gateway.store.report_views import VERSION, VIEWS

PREFIX = "report_"
READERS = "hien_report"
AT_ONCE = 2_000  # rows in memory: a megabyte

Days = tuple[date | None, date | None]
Cells = Sequence[int | float | str | None]


class ExportRunRow(Base):
    """Somebody took a table out: what, of which days, how much, and under which name here."""

    __tablename__ = "export_run"

    number: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    by: Mapped[str]
    view: Mapped[str]
    first: Mapped[date | None]
    last: Mapped[date | None]
    form: Mapped[str]  # csv, parquet
    rows: Mapped[int]


def make(engine: Engine) -> None:
    """Put the views of this version in the place of whatever views there are."""
    remove(engine)
    with engine.begin() as connection:
        for name, view in VIEWS.items():
            sql = view.query().compile(engine, compile_kwargs={"literal_binds": True})
            connection.execute(text(f"CREATE VIEW {PREFIX}{name} AS {_escaped(str(sql))}"))
        if _has_readers(connection):
            connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {READERS}"))
            for name in VIEWS:
                connection.execute(text(f"GRANT SELECT ON {PREFIX}{name} TO {READERS}"))


def remove(engine: Engine) -> None:
    """Take them away: a table they read cannot be rebuilt under them."""
    names = [name for name in inspect(engine).get_view_names() if name.startswith(PREFIX)]
    with engine.begin() as connection:
        for name in names:
            connection.execute(text(f'DROP VIEW "{name}"'))


def is_made(engine: Engine) -> bool:
    """Whether this version's views are there."""
    names = set(inspect(engine).get_view_names())
    if not {f"{PREFIX}{name}" for name in VIEWS} <= names:
        return False
    with engine.connect() as connection:
        return (
            connection.scalar(select(table(f"{PREFIX}version", column("version")).c.version))
            == VERSION
        )


def columns(name: str) -> dict[str, type]:
    """The columns of a view and what is in them: int or str."""
    return {one.name: one.type.python_type for one in VIEWS[name].query().selected_columns}


def read(engine: Engine, name: str, days: Days = (None, None)) -> Iterator[Cells]:
    """The rows of a view from one of the shop's days to another, both included, in its order."""
    view, (first, last) = VIEWS[name], days
    here = table(f"{PREFIX}{name}", *(column(one) for one in view.columns))
    query = select(*here.columns).order_by(*(here.columns[one] for one in view.key))
    if view.time:
        at = here.columns[view.time]
        if first is not None:
            query = query.where(at >= _bound(view.time, first))
        if last is not None:
            query = query.where(at < _bound(view.time, last + timedelta(days=1)))
    with engine.connect() as connection:
        rows = connection.execution_options(yield_per=AT_ONCE).execute(query)
        for row in rows:
            yield tuple(row)


def _bound(time: str, day: date) -> int | str:
    return day.isoformat() if time == "day" else span(day).from_ms


def _has_readers(connection: Connection) -> bool:
    if connection.dialect.name != "postgresql":
        return False
    asked = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
    return connection.scalar(asked, {"name": READERS}) is not None


def _escaped(sql: str) -> str:
    """A colon within SQL is no parameter here."""
    return sql.replace(":", "\\:")

"""A thousand rows at a time, found and written as fast as either database does it.

SQL is put together here from the names of our own tables and columns; every value is bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any, TypeVar

from msgspec import json
from sqlalchemy import Boolean, Select, String, bindparam, func, literal, select
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from gateway.store.base import Base, has_one_writer

T = TypeVar("T")

CHUNK = 500
RESERVED = 64  # numbers at a time; those not used are gaps, which mean nothing


class among(FunctionElement[bool]):  # noqa: N801 - reads as the operator it is
    """Whether text columns together are one of some rows, however many: the statement stays.

    `rows` are texts or tuples of texts; or, in a Prepared statement, the name of that value.

    `in_` writes a mark for each value, and a batch asks for a thousand: that cost as much as the
    database's answer. Of several columns, SQLite would read the whole table for it.
    """

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # else SQLite is asked for `(…) = 1`, and no index answers that

    def __init__(
        self, *columns: Any, rows: str | Collection[str] | Collection[tuple[str, ...]]
    ) -> None:
        named = bindparam(rows, type_=String()) if isinstance(rows, str) else literal(listed(rows))
        super().__init__(named, *columns)


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **words: Any) -> str:
    rows, *columns = (compiler.process(one, **words) for one in element.clauses)
    if len(columns) == 1:
        return f"{columns[0]} IN (SELECT value FROM json_each({rows}))"  # noqa: S608
    values = ", ".join(f"json_extract(value, '$[{number}]')" for number in range(len(columns)))
    return f"({', '.join(columns)}) IN (SELECT {values} FROM json_each({rows}))"  # noqa: S608


@compiles(among, "postgresql")
def _among_postgresql(element: among, compiler: SQLCompiler, **words: Any) -> str:
    rows, *columns = (compiler.process(one, **words) for one in element.clauses)
    if len(columns) == 1:
        return f"{columns[0]} IN (SELECT jsonb_array_elements_text(CAST({rows} AS jsonb)))"
    values = ", ".join(f"one->>{number}" for number in range(len(columns)))
    whole = f"jsonb_array_elements(CAST({rows} AS jsonb))"
    return f"({', '.join(columns)}) IN (SELECT {values} FROM {whole} AS one)"  # noqa: S608


class filtered(FunctionElement[str]):  # noqa: N801 - reads as the operator it is
    """A text column that rows must match, but by which no database may look them up.

    Of two indexes it may take the one by which it reads a thousand rows for each that is sought:
    SQLite keeps no statistics, and what is newer than its own PostgreSQL believes to be nothing.
    """

    type = String()
    inherit_cache = True


@compiles(filtered, "sqlite")
def _filtered_sqlite(element: filtered, compiler: SQLCompiler, **words: Any) -> str:
    return f"+{compiler.process(element.clauses.clauses[0], **words)}"


@compiles(filtered, "postgresql")
def _filtered_postgresql(element: filtered, compiler: SQLCompiler, **words: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[0], **words)} || '')"


class Prepared:
    """A query that is put into words once and asked with other values each time.

    To put it together again cost 0.2 ms, most of what a small batch took (measured). Values are
    numbers, texts or, for `among`, collections; rows come as the driver gives them. It knows no
    `in_`, which is put into words anew for each number of values.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._compiled: dict[str, SQLCompiler] = {}

    def rows(self, db: Session, **values: int | str | Collection[object]) -> Sequence[Any]:
        """What the database answers: a tuple a row, as the driver makes it."""
        connection = db.connection()
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        named = compiled.construct_params(
            {
                name: value if isinstance(value, int | str) else listed(value)
                for name, value in values.items()
            }
        )
        order = compiled.positiontup
        asked: Any = named if order is None else tuple(named[name] for name in order)
        answer = connection.exec_driver_sql(compiled.string, asked)
        return answer.cursor.fetchall()

    def _compile(self, dialect: Dialect) -> SQLCompiler:
        compiled = self._statement.compile(dialect=dialect)
        self._compiled[dialect.name] = compiled
        return compiled


def listed(values: Collection[object]) -> str:
    """What `among` finds its rows in."""
    return json.encode(list(values)).decode()


def put_rows(
    db: Session,
    table: type[Base],
    columns: Sequence[str],
    rows: Sequence[tuple[object, ...]],
    key: Sequence[str] = (),
) -> None:
    """Insert many rows as fast as the driver can; with a key, those that are there are changed.

    A row costs SQLite 4 us, by SQLAlchemy's Core 9 and by its ORM 60, measured. Values go to
    the database as they are: numbers, text and None, in the order of `columns`. No two rows of
    one call have the same key.
    """
    if not rows:
        return
    connection = db.connection()
    kind = connection.dialect.name
    sql = _put(kind, table.__tablename__, tuple(columns), tuple(key))
    if kind == "sqlite":
        connection.exec_driver_sql(sql, list(rows))
    else:
        connection.exec_driver_sql(sql, (_recorded(columns, rows),))


@cache
def _put(dialect: str, table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    if dialect == "sqlite":
        rows = f"VALUES ({', '.join('?' for _ in columns)})"
    else:
        rows = f'SELECT {names} FROM json_populate_recordset(NULL::"{table}", %s)'  # noqa: S608
    sql = f'INSERT INTO "{table}" ({names}) {rows}'
    if key:
        rest = ", ".join(f'"{one}" = excluded."{one}"' for one in columns if one not in key)
        sql += f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {rest}"
    return sql


def change_rows(
    db: Session,
    table: type[Base],
    columns: Sequence[str],
    rows: Sequence[tuple[object, ...]],
    key: str,
) -> None:
    """Change many rows that are there, in some columns only; the last value is that of the key.

    SQLite writes each index anew that has a column which is set, were it to the same value.
    """
    if not rows:
        return
    connection = db.connection()
    kind = connection.dialect.name
    sql = _change(kind, table.__tablename__, tuple(columns), key)
    if kind == "sqlite":
        connection.exec_driver_sql(sql, list(rows))
    else:
        connection.exec_driver_sql(sql, (_recorded((*columns, key), rows),))


@cache
def _change(dialect: str, table: str, columns: tuple[str, ...], key: str) -> str:
    if dialect == "sqlite":
        sets = ", ".join(f'"{column}" = ?' for column in columns)
        return f'UPDATE "{table}" SET {sets} WHERE "{key}" = ?'  # noqa: S608
    sets = ", ".join(f'"{column}" = new."{column}"' for column in columns)
    rows = f'json_populate_recordset(NULL::"{table}", %s) AS new'
    return f'UPDATE "{table}" SET {sets} FROM {rows} WHERE "{table}"."{key}" = new."{key}"'  # noqa: S608


def _recorded(columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> str:
    """As one value: psycopg and the server handle each row of many by itself, for 20 us."""
    return json.encode([dict(zip(columns, row, strict=True)) for row in rows]).decode()


def new_numbers(db: Session, column: InstrumentedAttribute[int]) -> Iterator[int]:
    """Numbers for new rows of a table, before they are inserted: so all can be inserted at once."""
    if has_one_writer(db):
        ((newest,),) = _newest(column).rows(db)
        yield from count((newest or 0) + 1)
    sequence = func.pg_get_serial_sequence(column.class_.__tablename__, column.key)
    reserve = select(func.nextval(sequence)).select_from(func.generate_series(1, RESERVED))
    while True:
        yield from db.scalars(reserve).all()


@cache
def _newest(column: InstrumentedAttribute[int]) -> Prepared:
    return Prepared(select(func.max(column)))


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """A few hundred at a time: SQLite takes 32,766 values in a statement."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]

"""Naming the weeks changes nothing of what is found, and SQLite reads no more than that."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import BindParameter, Select, bindparam, delete, select
from sqlalchemy.orm import aliased

from gateway.store.batches import Prepared, put_rows
from gateway.store.visits import COLUMNS, VisitRow
from gateway.store.weeks_of_visits import WEEK_MS, by_week, weeks_of
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Shop

BORDER_MS = NOON_MS // WEEK_MS * WEEK_MS
EDGES_MS = (-WEEK_MS - 1, -1, 0, 1, BORDER_MS - 1, BORDER_MS, BORDER_MS + WEEK_MS, NOON_MS)


def _fill(shop: Shop, *others: str) -> list[int]:
    """Visits of Ngọc at the edges of weeks and wherever; as many of each of the others."""
    random = Random(7)
    times = [*EDGES_MS, *(random.randrange(BORDER_MS - 99 * WEEK_MS, NOON_MS) for _ in range(40))]
    with shop.writers.begin() as db:
        rows: list[tuple[object, ...]] = []
        for member in (NGOC, *others):
            for at_ms in times:
                row = (len(rows) + 1, STORE, member, "quay-1", at_ms, at_ms, 0.5, "tag", 0)
                rows.append(row)
        put_rows(db, VisitRow, COLUMNS, rows)
    return sorted(times)


def test_all_visits_of_a_member_are_found(shop: Shop) -> None:
    times = _fill(shop, HUY)
    found = select(VisitRow.first_at_ms).where(VisitRow.member == NGOC, weeks_of(VisitRow))
    with shop.read() as db:
        assert list(db.scalars(found.order_by(VisitRow.first_at_ms))) == times


def test_between_two_times_no_visit_is_missed(shop: Shop) -> None:
    times = _fill(shop, HUY)
    since: BindParameter[int] = bindparam("since")
    until: BindParameter[int] = bindparam("until")
    row = VisitRow
    among_them = Prepared(
        select(row.first_at_ms)
        .where(row.member == NGOC, by_week(row.first_at_ms, since, until))
        .where(row.first_at_ms >= since, row.first_at_ms <= until)
        .order_by(row.first_at_ms)
    )
    bounds = [*EDGES_MS, times[20], times[21] + 1, NOON_MS + 99 * WEEK_MS]
    with shop.read() as db:
        for first in bounds:
            for last in bounds:
                found = [at_ms for (at_ms,) in among_them.rows(db, since=first, until=last)]
                assert found == [at_ms for at_ms in times if first <= at_ms <= last]


def test_where_nobody_ever_came_nobody_is_found(shop: Shop) -> None:
    bounded = by_week(VisitRow.first_at_ms, bindparam("a"), bindparam("b"))
    with shop.read() as db:
        query = select(VisitRow.visit).where(VisitRow.member == NGOC)
        assert db.scalars(query.where(weeks_of(VisitRow))).all() == []
        assert Prepared(query.where(bounded)).rows(db, a=0, b=NOON_MS) == []


def test_a_member_of_whom_another_visit_is_asked_is_found_too(shop: Shop) -> None:
    _fill(shop, HUY)
    row, other = VisitRow, aliased(VisitRow)
    later = select(other.visit).where(
        other.member == row.member,
        by_week(other.first_at_ms),
        other.first_at_ms > row.first_at_ms,
    )
    newest = select(row.first_at_ms).where(row.member == NGOC, weeks_of(row), ~later.exists())
    with shop.read() as db:
        assert db.scalars(newest).all() == [BORDER_MS + WEEK_MS]


ASKED = {
    "of any week": select(VisitRow.visit).where(VisitRow.member == NGOC, weeks_of(VisitRow)),
    "deleted": delete(VisitRow).where(VisitRow.member == NGOC, weeks_of(VisitRow)),
    "of some weeks": select(VisitRow.visit).where(
        VisitRow.member == NGOC, by_week(VisitRow.first_at_ms, bindparam("a"), bindparam("b"))
    ),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_sqlite_reads_no_visits_of_others(asked: Select[Any], tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    with shop.engine.connect() as connection:
        sql = str(asked.compile(shop.engine))
        values = (NGOC,) if sql.count("?") == 1 else (NGOC, 0, NOON_MS)
        steps = [
            step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert [step for step in steps if "SCAN visit" in step] == []
    assert "SEARCH visit USING INDEX ix_visit_week (<expr>=? AND member=?)" in steps
    shop.engine.dispose()

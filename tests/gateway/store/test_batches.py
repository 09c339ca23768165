"""A batch costs the same however much there is: every statement finds its rows by an index."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text

from contract.events import Arrived, Called, Decision, Entry, EntryReason, Left, Scanned, Verdict
from gateway.store import visits
from gateway.store.batches import Prepared, among, change_rows, new_numbers, put_rows
from gateway.store.visits import COLUMNS, GOING_ON, Visit, VisitRow
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Outbox, Shop, pass_of
from tests.postgres import Postgres

# Some dozens of rows, few, one, and the weeks of a statement.
SMALL = ("offer", "json_each", "staff", "experiment_key", "known")
SESSION = "0000000000000001"
DAY_MS = 86_400_000
ENTRY = Entry(
    "door-1", "0" * 16, 1, NOON_MS, decision=Decision.GRANTED, reason=EntryReason.PASS, holder=NGOC
)
WAL_HEADER, FRAME = 32, 24 + 4096  # sqlite.org/fileformat2.html#walformat

LONG_AGO = f"""INSERT INTO visit ({", ".join(COLUMNS)})
SELECT one, 's-' || one % 20, one, 'k', one, one, 1, 'tag', 0 FROM generate_series(1, :until) one
"""


def row(visit: int, kiosk: str = "quay-1") -> tuple[Any, ...]:
    return visit, STORE, NGOC, kiosk, 1, 2, 0.5, "tag", 0


def test_no_statement_of_a_batch_reads_a_whole_table(tmp_path: Path) -> None:
    """Asked of SQLite; PostgreSQL plans by how many rows there are, and here are none."""
    shop = Shop(tmp_path)
    shop.member()
    shop.offer()
    asked: list[tuple[str, Any]] = []
    event.listen(
        shop.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, sql, values, _context, _many: asked.append((sql, values)),
    )
    kiosk = Outbox()
    bodies = [
        Arrived(f"t-{NGOC}", "quay-1", -60, SESSION),
        Scanned(SESSION, Verdict.GOOD, pass_of(NGOC)),
        Called(SESSION),
        ENTRY,
        Left(f"t-{NGOC}", "quay-1", 60.0),
    ]
    shop.handle(*map(kiosk.says, bodies))

    looked = [(sql, values) for sql, values in asked if sql.startswith("SELECT")]
    assert len(looked) > 10
    with shop.engine.connect() as connection:
        for sql, values in looked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            scans = [step[3].split()[1] for step in plan if step[3].startswith("SCAN")]
            assert set(scans) <= set(SMALL), (sql, plan)
    shop.engine.dispose()


def test_a_batch_is_as_much_work_after_a_long_past_as_on_the_second_day(tmp_path: Path) -> None:
    """SQLite's own count of its steps, for a plan may use an index and still read all of a shop."""
    shop = Shop(tmp_path)
    shop.member()
    shop.offer()
    kiosk, steps = Outbox(), [0]
    event.listen(shop.engine, "connect", lambda driver, _record: _count_steps(driver, steps))
    shop.engine.dispose()  # so that the next connection counts

    def day(number: int) -> int:
        at_ms, before = NOON_MS + number * DAY_MS, steps[0]
        session = f"{number:016x}"
        bodies = [
            Arrived(f"t-{NGOC}", "quay-1", -60, session),
            Scanned(session, Verdict.GOOD, pass_of(NGOC, at_ms)),
            Called(session),
            Left(f"t-{NGOC}", "quay-1", 60.0),
        ]
        shop.handle(*(kiosk.says(body, at_ms) for body in bodies))
        return steps[0] - before

    day(1)
    second = day(2)
    others = range(1_000, 3_000)
    with shop.writers.begin() as db:
        put_rows(db, VisitRow, COLUMNS, [(one, STORE, str(one), *row(one)[3:]) for one in others])
    latest = [day(number) for number in range(3, 30)][-1]

    assert second > 100
    assert latest < 1.5 * second  # what the member did is read, and grows a little
    shop.engine.dispose()


def test_postgresql_reads_no_busy_week_of_a_shop_to_find_one_visitor(
    tmp_path: Path, postgres: Postgres, request: pytest.FixtureRequest
) -> None:
    """What is newer than its statistics it believes to be nothing, and any index as good."""
    shop = Shop(tmp_path, postgres.empty())
    request.addfinalizer(shop.engine.dispose)
    shop.member()
    with shop.writers.begin() as db:
        db.execute(text(LONG_AGO), {"until": 200_000})
    with shop.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("ANALYZE visit"))
    lately = NOON_MS - DAY_MS
    busy = [
        (one, STORE, str(one), "quay-1", lately, lately, 0.5, "tag", 0)
        for one in range(200_001, 202_001)
    ]
    with shop.writers.begin() as db:
        put_rows(db, VisitRow, COLUMNS, busy)

    asked: list[tuple[str, Any]] = []
    event.listen(
        shop.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, sql, values, _context, _many: asked.append((sql, values)),
    )
    shop.handle(Outbox().says(Arrived(f"t-{NGOC}", "quay-1", -60, SESSION)))

    looked = [(sql, values) for sql, values in asked if "FROM visit" in sql and "WHERE" in sql]
    assert looked
    with shop.engine.connect() as connection:
        for sql, values in looked:
            explained = f"EXPLAIN (ANALYZE) {sql}"
            plan = "\n".join(connection.exec_driver_sql(explained, values).scalars())
            removed = [int(number) for number in re.findall(r"Rows Removed by Filter: (\d+)", plan)]
            assert max(removed, default=0) < 10, plan


def test_of_a_visit_that_goes_on_only_its_own_page_is_written(tmp_path: Path) -> None:
    """An index's page for each of a thousand visitors was half of what a batch wrote."""
    shop = Shop(tmp_path)
    with shop.writers.begin() as db:
        put_rows(db, VisitRow, COLUMNS, [row(number) for number in range(1, 1_001)])
    with shop.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    with shop.writers.begin() as db:
        visit = Visit(*row(7))
        visit.stored = visit.row
        visits.keep(db, [replace(visit, last_at_ms=NOON_MS, evidence="pass", heard_by=1)], NOON_MS)

    log = tmp_path / "hien.db-wal"
    assert (log.stat().st_size - WAL_HEADER) // FRAME == 1
    with shop.read() as db:
        kept = db.get_one(VisitRow, 7)
        assert (kept.last_at_ms, kept.evidence, kept.heard_by) == (NOON_MS, "pass", 1)
        assert (kept.store, kept.member, kept.first_at_ms) == row(7)[1:3] + row(7)[4:5]
    shop.engine.dispose()


def _count_steps(driver: Any, steps: list[int]) -> None:
    def ten() -> int:
        steps[0] += 1
        return 0  # go on

    driver.set_progress_handler(ten, 10)


def test_what_a_visit_that_goes_on_may_change_is_written() -> None:
    stays = {"visit", "store", "member", "first_at_ms"}
    assert {*GOING_ON} == {*COLUMNS} - stays


def test_rows_are_put_found_and_changed_a_thousand_at_a_time(shop: Shop) -> None:
    with shop.writers.begin() as db:
        put_rows(db, VisitRow, COLUMNS, [row(number) for number in range(1, 1_001)])
        put_rows(db, VisitRow, COLUMNS, [row(7, "quay-2"), row(1_001, "quay-2")], key=("visit",))
        change_rows(db, VisitRow, ("kiosk", "member"), [("quay-3", HUY, 8)], key="visit")
        change_rows(db, VisitRow, ("kiosk",), [], key="visit")
        put_rows(db, VisitRow, COLUMNS, [])

    names = [(STORE, "quay-2"), (STORE, "x'); DROP TABLE visit; --"), ("quay-2", STORE)]
    both = among(VisitRow.store, VisitRow.kiosk, rows="names")
    by_both = Prepared(select(VisitRow.visit).where(both).order_by(VisitRow.visit))
    by_one = Prepared(select(VisitRow.visit).where(among(VisitRow.kiosk, rows="kiosks")))
    with shop.read() as db:
        assert by_both.rows(db, names=names) == [(7,), (1_001,)]
        assert by_both.rows(db, names=[(STORE, "quay-3")]) == [(8,)]
        assert db.get_one(VisitRow, 8).member == HUY
        assert len(by_one.rows(db, kiosks={"quay-2", 'q"\\'})) == 2
        assert by_one.rows(db, kiosks=[]) == []


def test_whatever_was_said_is_kept_as_it_was_said(shop: Shop) -> None:
    strange = ['"\\u0000" \\', "%s '; --", "Trần Bảo Ngọc 👋", "", "null", "{}"]
    with shop.writers.begin() as db:
        rows = [(*row(one)[:3], word, *row(one)[4:]) for one, word in enumerate(strange, 1)]
        put_rows(db, VisitRow, COLUMNS, rows)

    with shop.read() as db:
        kept = db.execute(select(*VisitRow.__table__.columns).order_by(VisitRow.visit))
        assert [tuple(one) for one in kept] == rows


def test_new_numbers_are_nobodys(shop: Shop) -> None:
    with shop.writers.begin() as db:
        fresh = new_numbers(db, VisitRow.visit)
        numbers = [next(fresh) for _ in range(150)]
        put_rows(db, VisitRow, COLUMNS, [row(number) for number in numbers])
    with shop.writers.begin() as db:
        assert next(new_numbers(db, VisitRow.visit)) not in numbers

    assert len(set(numbers)) == 150

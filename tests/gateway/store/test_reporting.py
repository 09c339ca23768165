"""What analysts read: the views of both databases, what is in them, who may, and in files."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyarrow import parquet
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from contract.events import Arrived, Called, Scanned, Verdict
from gateway.export_cli import writer
from gateway.store import base, migrations, report_doc, reporting
from gateway.store.report_views import VIEWS
from gateway.store.reporting import Cells
from tests.gateway.shop import NGOC, NOON_MS, S1, STORE, Outbox, Shop, pass_of
from tests.postgres import Postgres

DAY_MS = 86_400_000


def _happened(shop: Shop) -> None:
    shop.member()
    shop.offer()
    kiosk = Outbox()
    shop.handle(
        kiosk.says(Arrived(f"t-{NGOC}", "quay-1", -60, S1)),
        kiosk.says(Scanned(S1, Verdict.GOOD, pass_of(NGOC))),
        kiosk.says(Called(S1), NOON_MS + DAY_MS),
    )


def _read(shop: Shop, name: str, *days: date) -> list[dict[str, object]]:
    names = list(VIEWS[name].columns)
    rows = reporting.read(shop.engine, name, (days[0], days[-1]) if days else (None, None))
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_the_views_say_what_happened_and_name_nobody(shop: Shop) -> None:
    _happened(shop)

    (visit, later) = _read(shop, "visit")
    assert visit == {
        "visit": visit["visit"],
        "store": STORE,
        "kiosk": "quay-1",
        "day": "2026-03-01",
        "first_at_ms": NOON_MS,
        "last_at_ms": NOON_MS,
        "dwell_s": 0,
        "evidence": "pass",
        "is_returning": 0,
    }
    assert (later["day"], later["is_returning"]) == ("2026-03-02", 1)
    assert [row["kind"] for row in _read(shop, "event")] == ["arrived", "scanned", "called"]
    everything = str([_read(shop, name) for name in VIEWS])
    for word in (NGOC, "Trần Bảo Ngọc", f"ibeacon:{NGOC}", f"t-{NGOC}", "MD1:"):
        assert word not in everything
    assert all(
        "member" not in name
        for view in VIEWS.values()
        for name in view.columns
        if name != "is_member"
    )


def test_days_are_the_shops_and_the_last_is_included(shop: Shop) -> None:
    _happened(shop)
    first, second, third = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)

    assert len(_read(shop, "visit", first, second)) == 2
    assert [row["day"] for row in _read(shop, "visit", second)] == ["2026-03-02"]
    assert _read(shop, "visit", third) == []
    assert _read(shop, "measured", first) == []  # whose time is a day
    assert len(_read(shop, "offer", third)) == 1  # which has no time


def test_every_type_is_what_a_file_may_hold(shop: Shop) -> None:
    _happened(shop)
    for name in VIEWS:
        assert set(reporting.columns(name).values()) <= {int, str}
        for row in _read(shop, name):
            for column, kind in reporting.columns(name).items():
                assert row[column] is None or type(row[column]) is kind, (name, column)


def test_a_reader_reads_the_views_and_nothing_else(postgres: Postgres) -> None:
    engine = base.connect(postgres.new())
    migrations.upgrade(engine)
    with engine.begin() as owner:
        owner.execute(text("DROP ROLE IF EXISTS hien_report"))
        owner.execute(text("CREATE ROLE hien_report"))
    reporting.make(engine)

    for statement, is_allowed in (
        *((f"SELECT count(*) FROM report_{name}", True) for name in VIEWS),
        ("SELECT count(*) FROM visit", False),
        ("SELECT count(*) FROM profile", False),
        ("DELETE FROM report_visit", False),
        ("UPDATE report_offer SET title_vi = ''", False),
        ("INSERT INTO store VALUES ('x', 'x', 1)", False),
        ("CREATE TABLE mine (x int)", False),
    ):
        with engine.connect() as reader:
            reader.execute(text("SET ROLE hien_report"))
            if is_allowed:
                assert reader.scalar(text(statement)) is not None
            else:
                with pytest.raises(ProgrammingError, match="denied"):
                    reader.execute(text(statement))
    reporting.remove(engine)
    with engine.begin() as owner:
        owner.execute(text("DROP OWNED BY hien_report"))
        owner.execute(text("DROP ROLE hien_report"))
    engine.dispose()


def test_old_views_make_way(shop: Shop) -> None:
    assert reporting.is_made(shop.engine)
    reporting.remove(shop.engine)
    with shop.engine.begin() as connection:
        connection.execute(text("CREATE VIEW report_version AS SELECT 0 AS version"))
        connection.execute(text("CREATE VIEW report_gone AS SELECT store FROM visit"))
    assert not reporting.is_made(shop.engine)

    migrations.upgrade(shop.engine)

    assert reporting.is_made(shop.engine)
    with shop.engine.connect() as connection, pytest.raises(Exception, match="report_gone"):
        connection.execute(text("SELECT * FROM report_gone"))


def test_the_page_is_what_the_code_says() -> None:
    assert report_doc.PAGE.read_text(encoding="utf-8") == report_doc.document()


COLUMNS: dict[str, type] = {"number": int, "word": str}


def _rows(many: int) -> Iterator[Cells]:
    return ((number, None if number % 7 == 0 else f'"Trà", {number}') for number in range(many))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_holds_every_row_as_it_was(form: str, tmp_path: Path) -> None:
    file = tmp_path / "out"

    assert writer(form)(file, COLUMNS, _rows(45_000)) == 45_000

    if form == "csv":
        with file.open(encoding="utf-8", newline="") as out:
            header, *lines = csv.reader(out)
        assert header == list(COLUMNS)
        found = [(int(number), word or None) for number, word in lines]
    else:
        table = parquet.read_table(file)
        assert table.schema.names == list(COLUMNS)
        found = [(row["number"], row["word"]) for row in table.to_pylist()]
    assert found == list(_rows(45_000))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_ten_times_the_rows_take_no_more_memory(form: str, tmp_path: Path) -> None:
    def most_bytes(many: int) -> int:
        tracemalloc.start()
        writer(form)(tmp_path / "out", COLUMNS, _rows(many))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert most_bytes(100_000) < 1.3 * most_bytes(25_000)

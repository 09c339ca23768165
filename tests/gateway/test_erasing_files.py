"""Files that lie outside the database: exports name nobody, refused lines forget whom they name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from pyarrow import parquet
from sqlalchemy import select

from gateway.core import shop_days
from gateway.core.report_periods import Every, Period
from gateway.erasing import Eraser
from gateway.exports import csv_file, parquet_file
from gateway.store import (
    csv_import,
    refused_files,
    reporting,
)
from gateway.store.csv_import import Choices
from gateway.store.privacy_requests import PrivacyRequestRow
from gateway.store.profiles import ProfileRow
from gateway.store.report_views import VIEWS
from tests.gateway.seeded import (
    ALL,
    HUY_HERE,
    LAM_HERE,
    NGOC_HERE,
    SEEDED,
    asks,
    erased_by,
)
from tests.gateway.shop import NGOC, NOON_MS, Shop
from web_ui.report import letter

ON_BOTH = pytest.mark.parametrize("shop", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def eraser(shop: Shop, tmp_path: Path) -> Eraser:
    return erased_by(shop, tmp_path)


def import_refuses(shop: Shop, folder: Path) -> Path:
    """A file that names all of them, in which no line is right; where its lines lie then."""
    lines = [
        f"{one.member},{one.name},{one.phone.replace(' ', '.')},{one.email},{one.zalo},"
        f"shop:{one.customer} {one.identity} {one.key} {one.friend}"
        for one in ALL
    ]
    lines += ["y,Tên Khác,0901.777.001,,,", "x,Ai Đó,0908888888,,,"]
    text = "\n".join(["member,name,phone,email,zalo,tags", *lines])
    (folder / "profiles.csv").write_text(text, encoding="utf-8")
    tally = csv_import.load_good(shop.writers, folder, NOON_MS, Choices(folder / "wrong"))
    assert tally.refused == tally.lines == 5
    (folder / "profiles.csv").unlink()  # the owner's own file is the owner's to delete
    return folder / "wrong" / "profiles.csv"


def exported(shop: Shop, folder: Path) -> list[Path]:
    """Every table of `hien gateway export`, in both forms, and the report as it is sent."""
    folder.mkdir(exist_ok=True)
    for name in VIEWS:
        for form, write in (("csv", csv_file.write), ("parquet", parquet_file.write)):
            rows = reporting.read(shop.engine, name)
            write(folder / f"{name}.{form}", reporting.columns(name), rows)
    day = shop_days.day_of(NOON_MS)
    with shop.read() as db:
        report = letter.made(db, Period(day, day), Every.WEEK, "vi")
    (folder / "report.html").write_text(report.title + report.text + report.html)
    return sorted(folder.iterdir())


def written_in(files: Iterable[Path]) -> set[str]:
    """The seeded words in files, whose cells are looked into where they are packed."""
    heaps = []
    for file in files:
        is_packed = file.suffix == ".parquet"
        heaps.append(str(parquet.read_table(file).to_pydict()) if is_packed else file.read_text())
    return {word for one in ALL for word in one.words if any(word in heap for heap in heaps)}


@ON_BOTH
def test_an_export_names_nobody_at_any_time_and_a_word_in_one_is_found(
    shop: Shop, eraser: Eraser, tmp_path: Path
) -> None:
    files = exported(shop, tmp_path / "before")
    assert len(files) == 2 * len(VIEWS) + 1
    visits = (tmp_path / "before" / "visit.csv").read_text().splitlines()
    assert len(visits) == 1 + len(ALL), "their visits are in it"
    assert written_in(files) == set(), "so there is nothing to take out when they are erased"

    csv_file.write(files[0].with_name("offer.csv"), {"title": str}, [[HUY_HERE.email]])
    parquet_file.write(files[0].with_name("offer.parquet"), {"title": str}, [[LAM_HERE.name]])
    report = files[0].with_name("report.html")
    report.write_text(f"{report.read_text()}{NGOC_HERE.phone}")
    assert written_in(files) == {HUY_HERE.email, LAM_HERE.name, NGOC_HERE.phone}


def test_lines_that_an_import_refused_forget_whom_they_name(
    shop: Shop, eraser: Eraser, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    wrong = import_refuses(shop, folder)
    other_spelling = {one.phone for one in ALL} | {one.e164 for one in ALL}
    assert len(written_in([wrong])) == SEEDED - len(other_spelling) - len(ALL)
    asks(shop, *ALL)

    assert eraser.round() == 3

    assert written_in([wrong]) == set()
    left = wrong.read_text(encoding="utf-8-sig").splitlines()
    assert [line[:8] for line in left] == ["member,n", "x,Ai Đó,"], "not in another spelling either"
    assert wrong.stat().st_mode & 0o077 == 0
    with shop.read() as db:
        assert refused_files.missed(db) == []
        reports = db.scalars(select(PrivacyRequestRow.report).filter_by(ask="erase")).all()
    assert [one.count('"refused_line":1') for one in reports] == [0, 1, 1]
    assert '"refused_line":2' in reports[0]


def test_a_file_that_erasing_cannot_open_is_named_until_it_is_gone(
    shop: Shop, eraser: Eraser, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    wrong = import_refuses(shop, folder)
    wrong.write_bytes(b"\xff\xfe")  # as a file of another user is: root reads everything
    asks(shop, NGOC_HERE)

    assert eraser.round() == 1

    with shop.read() as db:
        assert [row.path for row in refused_files.missed(db)] == [str(wrong)]
        assert db.get(ProfileRow, NGOC) is None, "nobody waits for it"
    wrong.unlink()
    import_refuses(shop, folder / "..")
    with shop.read() as db:
        assert refused_files.missed(db) == []

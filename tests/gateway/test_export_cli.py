"""A table as a file, by the command; who took it is written down, and what is wrong is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from cli.main import main
from gateway.store import reporting
from gateway.store.reporting import ExportRunRow
from tests.gateway.shop import Shop


@pytest.fixture
def settings(shop: Shop, tmp_path: Path) -> str:
    file = tmp_path / "gateway.toml"
    file.write_text(f'database = "{shop.url}"\n')
    shop.offer()
    return str(file)


def _export(settings: str, *words: str) -> int:
    return main(["gateway", "export", *words, "--settings", settings])


def test_a_table_is_written_whole_and_who_took_it_is_kept(
    shop: Shop, settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "offers.csv"

    assert _export(settings, "offer", str(file), "--to", "2026-03-31", "--json") == 0

    assert '"rows": 1' in capsys.readouterr().out
    header, line = file.read_text(encoding="utf-8").splitlines()
    assert header.startswith("offer,title_vi,")
    assert line.startswith("tea,title,")
    assert not file.with_name("offers.csv.part").exists()
    with shop.read() as db:
        (run,) = db.scalars(select(ExportRunRow)).all()
    assert (run.view, run.form, run.rows, run.first, str(run.last)) == (
        *("offer", "csv", 1, None),
        "2026-03-31",
    )
    assert run.by


def test_what_is_wrong_is_said_and_writes_nothing(
    shop: Shop, settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "x")
    for words, sentence in (
        (("profile", file), "there is no table 'profile'; there are visit, event,"),
        (("offer", file, "--format", "xlsx"), "driver 'xlsx' is not one of hien.exports"),
        (("offer", str(tmp_path / "no" / "x")), "cannot be written (No such file or directory)"),
    ):
        assert _export(settings, *words) == 78
        assert sentence in capsys.readouterr().err
    reporting.remove(shop.engine)
    assert _export(settings, "offer", file) == 78
    assert "hien gateway migrate" in capsys.readouterr().err
    assert main(["gateway", "report-schema", "--settings", settings]) == 0
    assert _export(settings, "offer", file) == 0
    assert shop.count(ExportRunRow) == 1

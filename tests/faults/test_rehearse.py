"""`hien rehearse`: what it lists, prints and keeps on the page of reliability."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.main import main
from runtime.errors import UnavailableError
from simulator.faults import cli, report
from simulator.faults.scenario import Run, Scenario, Tally


def _fails(_run: Run) -> Tally:
    raise UnavailableError("strace is not installed")


def _lost_by_dose(run: Run) -> Tally:
    """A dose of 13 loses one."""
    run.progress(run.dose, run.dose)
    (run.folder / "database").touch()
    broken = ("thirteen is too many",) if run.dose == 13 else ()
    lost = int(run.dose == 13)
    return Tally(run.dose, run.dose, run.dose, lost, figures={"recovered_s": 0.25}, broken=broken)


def made(name: str, run: Callable[[Run], Tally]) -> Scenario:
    return Scenario(name, f"{name} goes.", "Nothing is lost.", "cuts", 1_000, 10, run)


SCENARIOS = (made("power", _lost_by_dose), made("disk", _fails), made("net", _lost_by_dose))


@pytest.fixture(autouse=True)
def _loud() -> Iterator[None]:
    """A rehearsal is quiet for the rest of its process; other tests listen to the log."""
    before = logging.getLogger().level
    yield
    logging.getLogger().setLevel(before)


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "import_module", lambda _name: SimpleNamespace(SCENARIOS=SCENARIOS))
    monkeypatch.setattr(cli, "MODULES", ("ours",))


def test_without_a_name_it_lists_what_can_go_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--json"]) == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["name"] for one in lines] == ["power", "disk", "net"]
    assert lines[0] == {
        "name": "power",
        "what": "power goes.",
        "bar": "Nothing is lost.",
        "full": 1_000,
        "short": 10,
        "unit": "cuts",
    }


def test_a_run_is_one_line_for_programs_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert main(["rehearse", "power", "--dose", "7", "--seed", "3", "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said.pop("seconds") >= 0
    assert said == {
        "name": "power",
        "dose": 7,
        "seed": 3,
        "attempted": 7,
        "acknowledged": 7,
        "stored": 7,
        "lost": 0,
        "doubled": 0,
        "invented": 0,
        "recovered_s": 0.25,
        "is_kept": True,
        "broken": [],
    }
    assert list(tmp_path.iterdir()) == []


def test_a_broken_promise_is_said_ends_with_1_and_keeps_what_was_left(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert main(["rehearse", "power", "--dose", "13"]) == 1

    (folder,) = tmp_path.iterdir()
    errors = capsys.readouterr().err
    assert f"what power left is kept in {folder}" in errors
    assert "thirteen is too many" in errors
    assert (folder / "database").exists()


def test_what_this_machine_cannot_stage_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "disk"]) == 69
    assert capsys.readouterr().err == "hien: strace is not installed\n"

    assert main(["rehearse", "dsik"]) == 2
    assert "there are power, disk, net and all" in capsys.readouterr().err.replace("\n│", "")


def test_all_are_run_and_kept_although_one_cannot_be(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "reliability.md"

    assert main(["rehearse", "all", "--json", "--report", str(page)]) == 1

    said = capsys.readouterr()
    assert [json.loads(line)["dose"] for line in said.out.splitlines()] == [1_000, 1_000]
    assert "disk was not rehearsed: strace is not installed" in said.err
    assert list(report.read(tmp_path / "reliability.json")) == ["power", "net"]
    text = page.read_text("utf-8")
    assert (
        "| power | 1,000 cuts | 1,000 | 1,000 | 1,000 | 0 | 0 | 0 | recovered 0.25 s | yes |"
        in text
    )
    assert "| disk | 1,000 cuts | - | - | - | - | - | - | - | - | not yet |" in text


def test_one_run_changes_its_own_row_only(tmp_path: Path) -> None:
    page = tmp_path / "reliability.md"
    rows = [
        report.Row("net", 10, 1, 9, 8, 8, 0, 0, 0, {}, 2.0, True, day="2026-01-01", machine="old"),
        report.Row(
            "power", 10, 1, 9, 8, 8, 0, 0, 0, {}, 2.0, True, day="2026-01-01", machine="old"
        ),
    ]
    report.keep(page, rows, SCENARIOS)

    assert main(["rehearse", "power", "--dose", "13", "--report", str(page)]) == 1

    kept = report.read(tmp_path / "reliability.json")
    assert list(kept) == ["power", "net"]
    assert kept["net"] == rows[0]
    assert (kept["power"].dose, kept["power"].lost, kept["power"].is_kept) == (13, 1, False)
    text = page.read_text("utf-8")
    assert "- **power did not hold**: thirteen is too many" in text
    assert "2026-01-01, seed 1, 2 s, machine 2" in text
    assert "2. old" in text

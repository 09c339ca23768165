"""The judge is judged first: it must see every planted defect."""

from __future__ import annotations

from pathlib import Path

from tests.faults import checker

TRIED = ["a", "b", "c", "d"]


def test_a_clean_run_holds() -> None:
    verdict = checker.judge(TRIED, ["a", "b"], ["a", "b", "c", "d"])

    assert verdict.holds
    assert (verdict.attempted, verdict.acknowledged, verdict.stored) == (4, 2, 4)


def test_a_planted_loss_is_seen() -> None:
    assert checker.judge(TRIED, ["a"], ["b", "c", "d"]).lost == {"a"}
    assert checker.judge([], ["a"], []).lost == {"a"}


def test_a_planted_double_is_seen() -> None:
    assert checker.judge(TRIED, ["a"], ["a", "a", "b", "c", "d"]).doubled == {"a"}


def test_a_planted_invention_is_seen() -> None:
    assert checker.judge(TRIED, [], [*TRIED, "x"]).invented == {"x"}


def test_ids_are_read_from_a_kiosks_log(tmp_path: Path) -> None:
    log = tmp_path / "quay-1.log"
    event = "019a0d0e3c007cc3a18c4dc0c0c07398"
    log.write_text(
        f"2026-03-01T12:00:00 quay-1 INFO kiosk.app: event touched {event} seq 7\n"
        "2026-03-01T12:00:01 quay-1 INFO kiosk.app: camera is out no frame\n"
    )

    assert checker.told([log]) == [event]

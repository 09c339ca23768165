"""What an intake receipted is compared with what its database holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from simulator.faults import gateway_work
from simulator.faults.gateway_promise import GatewayPromise
from simulator.faults.io_log import SAID
from simulator.faults.outbox_work import Diary


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gateway that took thirty events."""
    folder = tmp_path_factory.mktemp("gateway")
    gateway_work.found(folder)
    diary, engine = Diary(folder), gateway_work.opened(folder)
    gateway_work.work(engine, diary, 30, seed=1)
    engine.dispose()
    diary.close()
    return folder


def heard(folder: Path) -> GatewayPromise:
    promise = GatewayPromise()
    for line in (folder / SAID).read_text().splitlines():
        promise.hear(line)
    return promise


def test_everything_receipted_is_there_once(folder: Path) -> None:
    tally = heard(folder).check(folder)

    assert tally.is_kept
    assert (tally.attempted, tally.acknowledged, tally.stored) == (30, 30, 30)


@pytest.mark.parametrize(
    ("edit", "lost", "invented"),
    [
        ("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)", 1, 0),
        ("UPDATE event SET seq = 99 WHERE seq = (SELECT max(seq) FROM event)", 1, 1),
    ],
)
def test_a_planted_defect_is_seen(
    folder: Path, tmp_path: Path, edit: str, lost: int, invented: int
) -> None:
    copy = tmp_path / gateway_work.DATABASE
    copy.write_bytes((folder / gateway_work.DATABASE).read_bytes())
    spoilt = gateway_work.opened(tmp_path)
    with spoilt.begin() as db:
        db.execute(text(edit))
    spoilt.dispose()

    tally = heard(folder).check(tmp_path)

    assert (tally.lost, tally.invented) == (lost, invented)
    assert tally.broken

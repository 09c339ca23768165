"""How little an outbox writes: once for what comes together, what is forgotten with the next."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from contract.codec import link
from contract.events import Called, ClockTrust
from kiosk.adapters.outbox import FORGOTTEN_MAX, Outbox
from runtime.errors import DeviceError
from tests.kiosk.adapters.outboxes import AT_MS, CALL, commits, fill, reopened, seqs


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(reopened(path)) as outbox:
        yield outbox


def on_disk(outbox: Outbox) -> list[int]:
    return [row[0] for row in outbox._db.execute("SELECT seq FROM event ORDER BY seq")]


def log_bytes(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_size


def test_what_is_forgotten_leaves_the_disk_with_the_next_append(outbox: Outbox) -> None:
    fill(outbox, 3)
    with commits(outbox) as count:
        outbox.forget(2)
        assert (on_disk(outbox), seqs(outbox), outbox.depth()) == ([1, 2, 3], [3], 1)
        fill(outbox, 1)

    assert count() == 1
    assert (on_disk(outbox), seqs(outbox), outbox.depth()) == ([3, 4], [3, 4], 2)


def test_a_confirmed_backlog_does_not_stay_until_something_happens(outbox: Outbox) -> None:
    outbox.append_all([CALL] * (FORGOTTEN_MAX + 10), AT_MS, ClockTrust.TRUSTED)
    outbox.forget(FORGOTTEN_MAX - 1)
    assert on_disk(outbox)[0] == 1

    outbox.forget(FORGOTTEN_MAX)
    assert on_disk(outbox) == list(range(FORGOTTEN_MAX + 1, FORGOTTEN_MAX + 11))


def test_tidying_deletes_at_once_and_only_if_there_is_something(outbox: Outbox) -> None:
    fill(outbox, 3)
    outbox.forget(3)
    with commits(outbox) as count:
        for _ in range(3):
            outbox.tidy()

    assert (on_disk(outbox), count()) == ([], 1)


def test_after_a_quiet_while_no_file_holds_what_was_confirmed(outbox: Outbox, path: Path) -> None:
    fill(outbox, 3)
    ids = [event.id.encode() for event, _ in outbox.pending(0, 3)]
    outbox.forget(3)
    outbox.tidy()
    assert any(one in path.with_name("outbox.db-wal").read_bytes() for one in ids), "the log keeps"

    outbox.wipe()

    found = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert not any(one in found for one in ids)
    assert log_bytes(path) == 0
    changes = outbox._db.total_changes
    outbox.wipe()
    assert outbox._db.total_changes == changes


def test_a_power_cut_before_that_hands_out_again_what_was_forgotten(
    outbox: Outbox, path: Path, tmp_path: Path
) -> None:
    fill(outbox, 3)
    outbox.forget(2)
    for name in ("outbox.db", "outbox.db-wal"):
        shutil.copy(path.with_name(name), tmp_path / name.replace("outbox", "cut"))

    with closing(reopened(tmp_path / "cut.db")) as cut:
        assert (cut.quarantined, seqs(cut), cut.epoch) == (None, [1, 2, 3], outbox.epoch)
        cut.forget(2)
        fill(cut, 1)
        assert seqs(cut) == [3, 4]


def test_a_clean_stop_hands_out_nothing_again(path: Path) -> None:
    with closing(reopened(path)) as before:
        fill(before, 3)
        before.forget(2)

    with closing(reopened(path)) as after:
        assert (seqs(after), after.depth()) == ([3], 1)


def test_a_new_epoch_numbers_only_what_is_not_forgotten(outbox: Outbox) -> None:
    fill(outbox, 5)
    outbox.forget(3)
    left = [event.id for event, _ in outbox.pending(0, 10)]
    outbox.begin_epoch()

    assert [event.id for event, _ in outbox.pending(0, 10)] == left
    assert (seqs(outbox), outbox.last, on_disk(outbox)) == ([1, 2], 2, [1, 2])


def test_the_chain_is_known_at_what_is_forgotten_last(outbox: Outbox) -> None:
    fill(outbox, 3)
    (_, (second, _), _) = outbox.pending(0, 3)
    outbox.forget(2)
    assert outbox.chain_at(2) == second.chain

    fill(outbox, 1)
    assert outbox.chain_at(2) == second.chain
    assert outbox.chain_at(1) is None


def test_events_that_come_together_are_kept_together(outbox: Outbox) -> None:
    fill(outbox, 1)
    with commits(outbox) as count:
        kept = outbox.append_all([CALL] * 3, AT_MS, ClockTrust.HOLDOVER)

    assert count() == 1
    assert [event.seq for event, _ in kept] == [2, 3, 4]
    assert outbox.pending(1, 10) == kept
    for (before, _), (event, body) in pairwise(kept):
        assert event.chain == link(before.chain, event.id, event.seq, AT_MS, body)


def test_of_events_that_come_together_all_are_kept_or_none(path: Path) -> None:
    with closing(Outbox(path, "hue-1", "porch", kept_max=5)) as outbox:
        fill(outbox, 3)
        for bodies in ([CALL] * 3, [CALL, Called(session="no session")]):
            with pytest.raises(DeviceError):
                outbox.append_all(bodies, AT_MS, ClockTrust.TRUSTED)
            assert (seqs(outbox), outbox.last) == ([1, 2, 3], 3)
        outbox.append_all([CALL] * 2, AT_MS, ClockTrust.TRUSTED)
        assert seqs(outbox) == [1, 2, 3, 4, 5]


def test_an_event_with_its_receipt_is_few_bytes_and_ten_at_once_are_fewer(
    outbox: Outbox, path: Path
) -> None:
    """In the log; what else an event costs, `hien bench outbox` measures."""
    fill(outbox, 1)
    before = log_bytes(path)
    for _ in range(20):
        fill(outbox, 1)
        outbox.forget(outbox.last)
    singly = (log_bytes(path) - before) / 20

    before = log_bytes(path)
    for _ in range(5):
        outbox.append_all([CALL] * 10, AT_MS, ClockTrust.TRUSTED)
        outbox.forget(outbox.last)
    together = (log_bytes(path) - before) / 50

    assert singly < 2_500
    assert together < 700

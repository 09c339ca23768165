"""What a bad disk does to an outbox, and what the outbox then says."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.events import Called, ClockTrust, StateChanged
from kiosk.adapters.outbox import Outbox
from runtime.durable import DamagedFileError
from runtime.errors import DeviceError
from tests.kiosk.adapters.outboxes import fill, reopened, seqs

Damage = Callable[[Path], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(reopened(path)) as outbox:
        yield outbox


def damage_header(path: Path) -> None:
    path.write_bytes(b"not a database" + path.read_bytes()[14:])


def damage_page(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:1024] + b"\xff" * 1024 + data[2048:])


def flip_one_bit_of_a_body(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b"0123456789abcdef", b"0123456789abcdeg", 1))


def lie_about_free_pages(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:36] + (9_999).to_bytes(4) + data[40:])  # a field of the file's header


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1500])


@dataclass(frozen=True)
class Edited:
    """Somebody was clever."""

    statement: str

    def __call__(self, path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(self.statement)


DAMAGES = {
    damage_header: ([1, 2, 3], "none"),
    damage_page: ([], "1-3"),
    flip_one_bit_of_a_body: ([1, 2], "3"),
    lie_about_free_pages: ([1, 2, 3], "none"),
    cut_short: ([], "perhaps others"),
    Edited("DELETE FROM event WHERE seq = 2"): ([1], "2-3"),  # nothing proves the third now
    Edited("DELETE FROM event WHERE seq = 3"): ([1, 2], "3"),
    Edited("DELETE FROM event"): ([], "1-3"),
    Edited("DELETE FROM head"): ([1, 2, 3], "perhaps others"),
    Edited("ALTER TABLE event RENAME TO other"): ([1, 2, 3], "none"),
    Edited("UPDATE event SET at_ms = at_ms + 1 WHERE seq = 1"): ([2, 3], "1"),
    Edited("UPDATE event SET chain = id WHERE seq = 2"): ([1, 2, 3], "none"),
    Edited("UPDATE event SET clock = 'stopped' WHERE seq = 2"): ([1, 3], "2"),
    Edited("UPDATE head SET seq = 2"): ([1, 2, 3], "perhaps others"),
    Edited("UPDATE head SET seq = 1 << 50"): ([1, 2, 3], "perhaps others"),
    Edited("UPDATE head SET base = epoch"): ([1, 2, 3], "none"),
}


@pytest.mark.parametrize(
    ("damage", "saved", "lost"),
    [(damage, *found) for damage, found in DAMAGES.items()],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_a_damaged_outbox_is_set_aside_and_what_is_whole_in_it_still_leaves(
    path: Path, damage: Damage, saved: list[int], lost: str
) -> None:
    with closing(reopened(path)) as before:
        fill(before, 3)
        ids = [event.id for event, _ in before.pending(0, 10)]
        epoch = before.epoch
    damage(path)
    damaged = path.read_bytes()

    with closing(reopened(path)) as after:
        assert after.quarantined == path.with_name("outbox.db.damaged-1")
        assert after.quarantined.read_bytes() == damaged
        assert after.epoch != epoch
        *events, report = [event for event, _ in after.pending(0, 10)]
        assert [event.id for event in events] == [ids[seq - 1] for seq in saved]
        assert isinstance(report.body, StateChanged)
        assert report.body.detail.startswith("damaged, kept aside as outbox.db.damaged-1; epoch ")
        assert report.body.detail.endswith(f"{len(saved)} events saved, lost: {lost}")
        assert report.clock is ClockTrust.SUSPECT
        fill(after, 1)
        assert seqs(after) == list(range(1, len(saved) + 3))

    with closing(reopened(path)) as again:
        assert (again.quarantined, again.depth()) == (None, len(saved) + 2)
    left = {one.name for one in path.parent.iterdir() if "reserve" not in one.name}
    assert left == {path.name, f"{path.name}.damaged-1"}


def test_a_second_damaged_outbox_does_not_overwrite_the_first(path: Path) -> None:
    for number in (1, 2):
        path.write_text(f"rubbish {number}" * 100)
        reopened(path).close()

    assert path.with_name("outbox.db.damaged-1").read_text().startswith("rubbish 1")
    assert path.with_name("outbox.db.damaged-2").read_text().startswith("rubbish 2")


def test_a_whole_log_heals_a_damaged_file_and_a_torn_one_does_not(
    outbox: Outbox, path: Path, tmp_path: Path
) -> None:
    fill(outbox, 3)
    log = path.with_name("outbox.db-wal").read_bytes()
    for name, left in (("whole.db", log), ("torn.db", log[:2_000])):
        (tmp_path / name).write_bytes(b"rubbish" * 1_000)
        (tmp_path / f"{name}-wal").write_bytes(left)

    with closing(reopened(tmp_path / "whole.db")) as whole:
        assert (seqs(whole), whole.quarantined) == ([1, 2, 3], None)
    with closing(reopened(tmp_path / "torn.db")) as torn:
        assert torn.quarantined == tmp_path / "torn.db.damaged-1"
        assert [type(event.body) for event, _ in torn.pending(0, 10)] == [StateChanged]


@pytest.mark.parametrize("place", [-1, 4_000, 30], ids=["newest", "older", "header"])
def test_a_log_with_a_flipped_bit_loses_nothing_that_was_written_again_since(
    outbox: Outbox, path: Path, tmp_path: Path, place: int
) -> None:
    outbox._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fill(outbox, 6)
    damaged = bytearray(path.with_name("outbox.db-wal").read_bytes())
    damaged[place] ^= 4
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    copy.with_name("copy.db-wal").write_bytes(damaged)

    with closing(reopened(copy)) as after:
        assert after.quarantined == tmp_path / "copy.db.damaged-1"
        assert after.quarantined.with_name("copy.db.damaged-1-wal").read_bytes() == damaged
        report = [event.body for event, _ in after.pending(0, 10)][-1]
        assert isinstance(report, StateChanged)
        assert report.detail.endswith("6 events saved, lost: none")


def test_a_full_disk_is_named_uses_no_number_and_can_be_drained(path: Path) -> None:
    with closing(reopened(path)) as outbox:
        pages = outbox._db.execute("PRAGMA page_count").fetchone()[0]
        outbox._db.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(DeviceError, match="the disk is full; free some space"):
            fill(outbox, 1_000)
        kept = outbox.last
        assert seqs(outbox) == list(range(1, kept + 1))

        outbox.forget(kept)
        fill(outbox, 5)
        assert seqs(outbox) == list(range(kept + 1, kept + 6))

    with closing(reopened(path)) as outbox:
        assert outbox.quarantined is None


@pytest.mark.parametrize("edit", ["kind = 'danced'", "body = x'7b'", "clock = 'stopped'"])
def test_an_event_that_cannot_be_read_back_is_a_device_error(outbox: Outbox, edit: str) -> None:
    fill(outbox, 1)
    outbox._db.execute(f"UPDATE event SET {edit}")

    with pytest.raises(DeviceError, match="cannot read outbox"):
        outbox.pending(0, 10)


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param("UPDATE event SET body = replace(body, 'a', 'b') WHERE seq = 4", id="body"),
        pytest.param("UPDATE event SET at_ms = at_ms + 1 WHERE seq = 4", id="time"),
        pytest.param("UPDATE event SET id = 'f' || substr(id, 2) WHERE seq = 4", id="id"),
        pytest.param("DELETE FROM event WHERE seq = 3", id="the row before is gone"),
    ],
)
def test_a_row_that_changes_while_the_kiosk_runs_never_leaves_it(
    outbox: Outbox, path: Path, edit: str
) -> None:
    fill(outbox, 6)
    outbox.forget(1)
    assert seqs(outbox) == [2, 3, 4, 5, 6]
    outbox._db.execute(
        edit.replace("replace(body, 'a', 'b')", "CAST(replace(body, 'a', 'b') AS BLOB)")
    )

    with pytest.raises(
        DeviceError, match=r"event 4 is damaged; restart, which sets the file aside"
    ):
        outbox.pending(1, 10)
    assert seqs(outbox, after_seq=1, limit=1) == [2]

    outbox.close()
    with closing(reopened(path)) as anew:
        assert anew.quarantined is not None


@pytest.mark.parametrize("edit", ["at_ms = at_ms + 1", "kind = 'danced'"])
def test_an_outbox_that_is_opened_again_goes_on_with_what_is_whole(
    outbox: Outbox, path: Path, edit: str
) -> None:
    fill(outbox, 3)
    outbox._db.execute(f"UPDATE event SET {edit} WHERE seq = 2")
    with pytest.raises(DamagedFileError):
        outbox.pending(0, 10)
    with pytest.raises(DamagedFileError):
        outbox.begin_epoch()

    outbox.reopen()
    assert outbox.quarantined == path.with_name("outbox.db.damaged-1")
    assert seqs(outbox) == [1, 2, 3]  # the first, the third, and the report
    outbox.reopen()
    assert outbox.depth() == 3


@pytest.mark.parametrize("moved", [0, 1, 2], ids=["nothing", "the file", "the file and its log"])
def test_a_power_cut_while_a_damaged_outbox_is_replaced_loses_nothing(
    path: Path, moved: int
) -> None:
    """What lies there after each step, made by hand; the log is of the damaged file."""
    with closing(reopened(path)) as before:
        fill(before, 3)
    flip_one_bit_of_a_body(path)
    reopened(path).close()
    aside, fresh = path.with_name("outbox.db.damaged-1"), path.with_name("outbox.db.new")
    log = path.with_name("outbox.db-wal")
    path.rename(fresh)
    if moved == 0:
        aside.rename(path)
        fresh.write_bytes(fresh.read_bytes()[:2_000])
    if moved < 2:
        log.write_bytes(b"of the damaged file")

    with closing(reopened(path)) as after:
        bodies = [type(event.body) for event, _ in after.pending(0, 10)]
        assert bodies == [Called, Called, StateChanged]
    assert not fresh.exists()
    assert aside.with_name(f"{aside.name}-wal").exists() is (moved == 1)
    assert not log.exists() or moved == 0

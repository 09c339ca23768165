import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.codec import GENESIS, decode_event_with_body, encode_envelope, link
from contract.events import Called, ClockTrust, Left, Scanned, Verdict
from kiosk.adapters.outbox import Outbox
from runtime.errors import DeviceError

Damage = Callable[[Path], None]

AT_MS = 1_800_000_000_000
CALL = Called(session="0123456789abcdef")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(reopened(path)) as outbox:
        yield outbox


def reopened(path: Path) -> Outbox:
    return Outbox(path, "hue-1", "porch")


def fill(outbox: Outbox, count: int) -> None:
    for _ in range(count):
        outbox.append(CALL, AT_MS, ClockTrust.TRUSTED)


def seqs(outbox: Outbox, after_seq: int = 0, limit: int = 1_000) -> list[int]:
    return [event.seq for event, _ in outbox.pending(after_seq, limit)]


def test_an_event_is_numbered_chained_and_kept(outbox: Outbox) -> None:
    scanned = Scanned(session="0123456789abcdef", verdict=Verdict.GOOD, text="MD1:…")
    left = Left(tag="t-1", zone="porch", dwell_s=12.5)

    first, first_body = outbox.append(scanned, AT_MS, ClockTrust.HOLDOVER)
    second, second_body = outbox.append(left, AT_MS + 1, ClockTrust.TRUSTED)

    assert (first.seq, first.store, first.kiosk, first.epoch) == (1, "hue-1", "porch", outbox.epoch)
    assert (first.at_ms, first.clock, first.body) == (AT_MS, ClockTrust.HOLDOVER, scanned)
    assert first.chain == link(GENESIS, first.id, 1, AT_MS, first_body)
    assert second.chain == link(first.chain, second.id, 2, AT_MS + 1, second_body)
    assert outbox.pending(0, 10) == [(first, first_body), (second, second_body)]


def test_what_it_hands_out_is_what_the_gateway_reads(outbox: Outbox) -> None:
    fill(outbox, 1)
    ((event, body),) = outbox.pending(0, 10)

    assert decode_event_with_body(encode_envelope(event, body)) == (event, body)


def test_events_outlive_the_process(path: Path) -> None:
    with closing(reopened(path)) as before:
        fill(before, 3)
        pending = before.pending(0, 10)
        epoch = before.epoch

    with closing(reopened(path)) as after:
        assert after.pending(0, 10) == pending
        assert (after.epoch, after.last, after.depth()) == (epoch, 3, 3)
        assert after.quarantined is None


def test_each_new_outbox_has_its_own_epoch(tmp_path: Path) -> None:
    with closing(reopened(tmp_path / "a")) as a, closing(reopened(tmp_path / "b")) as b:
        assert a.epoch != b.epoch
        assert len(a.epoch) == 16


def test_pending_goes_on_after_a_number_and_stops_at_the_limit(outbox: Outbox) -> None:
    fill(outbox, 10)

    assert seqs(outbox, after_seq=4, limit=3) == [5, 6, 7]
    assert seqs(outbox, after_seq=10) == []


def test_numbers_and_chain_go_on_after_everything_was_forgotten(path: Path) -> None:
    with closing(reopened(path)) as before:
        fill(before, 5)
        last = before.pending(4, 1)[0][0]
        before.forget(5)
        assert (before.depth(), seqs(before)) == (0, [])

    with closing(reopened(path)) as after:
        event, body = after.append(CALL, AT_MS, ClockTrust.TRUSTED)
        assert event.seq == 6
        assert event.chain == link(last.chain, event.id, 6, AT_MS, body)


def test_forgetting_takes_nothing_else_and_may_be_repeated(path: Path) -> None:
    with closing(reopened(path)) as outbox:
        fill(outbox, 5)
        outbox.forget(2)
        outbox.forget(2)
        outbox.forget(1)
        assert (seqs(outbox), outbox.depth()) == ([3, 4, 5], 3)

    with closing(reopened(path)) as outbox:
        assert outbox.quarantined is None
        assert seqs(outbox) == [3, 4, 5]


def test_the_disk_is_told_to_keep_it(outbox: Outbox) -> None:
    def pragma(name: str) -> object:
        return outbox._db.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2  # FULL
    assert pragma("wal_autocheckpoint") == 200


def test_the_log_stays_short(outbox: Outbox, path: Path) -> None:
    fill(outbox, 300)

    assert path.with_name("outbox.db-wal").stat().st_size < 100 * 4096


# A kiosk that says a number only after the outbox said the event is safe.
APPENDER = """
import sys
from pathlib import Path
from contract.events import Called, ClockTrust
from kiosk.adapters.outbox import Outbox

outbox = Outbox(Path(sys.argv[1]), "hue-1", "porch")
while True:
    event, _ = outbox.append(Called(session="0123456789abcdef"), 1, ClockTrust.TRUSTED)
    if event.seq % 7 == 0:
        outbox.forget(event.seq - 5)
    print(event.seq, event.id, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 20, 75, 130])
def test_a_kiosk_killed_while_appending_loses_nothing_it_said(
    path: Path, acknowledged: int
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        said = [child.stdout.readline().split() for _ in range(acknowledged)]
        os.kill(child.pid, signal.SIGKILL)
        said += [line.split() for line in child.stdout.read().splitlines()]

    with closing(reopened(path)) as outbox:
        assert outbox.quarantined is None
        kept = {event.seq: event.id for event, _ in outbox.pending(0, 10_000)}
        first = min(kept)
        assert list(kept) == list(range(first, outbox.last + 1))
        told = {int(seq): event_id for seq, event_id in said if int(seq) >= first}
        assert first <= max(told)
        assert told.items() <= kept.items()
        assert outbox.last - int(said[-1][0]) in (0, 1)  # at most the one it was busy with


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


DAMAGES = [
    damage_header,
    damage_page,
    flip_one_bit_of_a_body,
    lie_about_free_pages,
    cut_short,
    Edited("DELETE FROM event WHERE seq = 2"),
    Edited("DELETE FROM event WHERE seq = 3"),
    Edited("DELETE FROM event"),
    Edited("DELETE FROM head"),
    Edited("DROP TABLE event"),
    Edited("UPDATE event SET at_ms = at_ms + 1 WHERE seq = 1"),
    Edited("UPDATE event SET chain = id WHERE seq = 2"),
    Edited("UPDATE head SET seq = 2"),
]


@pytest.mark.parametrize(
    "damage", DAMAGES, ids=lambda damage: getattr(damage, "__name__", str(damage))
)
def test_a_damaged_outbox_is_set_aside_and_said(path: Path, damage: Damage) -> None:
    with closing(reopened(path)) as before:
        fill(before, 3)
        epoch = before.epoch
    damage(path)
    damaged = path.read_bytes()

    with closing(reopened(path)) as after:
        assert after.quarantined == path.with_name("outbox.db.damaged-1")
        assert after.quarantined.read_bytes() == damaged
        assert (after.last, after.depth()) == (0, 0)
        assert after.epoch != epoch
        fill(after, 1)


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
        assert (seqs(torn), torn.quarantined) == ([], tmp_path / "torn.db.damaged-1")


def test_an_append_that_fails_halfway_leaves_nothing_and_blocks_nothing(outbox: Outbox) -> None:
    fill(outbox, 1)
    outbox._db.execute(
        "CREATE TEMP TRIGGER stop BEFORE UPDATE ON head BEGIN SELECT RAISE(FAIL, 'stop'); END"
    )
    with pytest.raises(DeviceError, match=r"cannot append to outbox .*: stop"):
        fill(outbox, 1)
    outbox._db.execute("DROP TRIGGER stop")

    fill(outbox, 1)
    assert seqs(outbox) == [1, 2]


def test_a_second_kiosk_on_the_same_outbox_is_refused(outbox: Outbox, path: Path) -> None:
    with pytest.raises(DeviceError, match=r"outbox\.db: another process is using it; stop that"):
        reopened(path)
    fill(outbox, 1)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"missing/outbox\.db: check that the folder exists"):
        reopened(tmp_path / "missing" / "outbox.db")


def test_an_outbox_of_a_newer_release_is_left_alone(path: Path) -> None:
    reopened(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 2")
    before = path.read_bytes()

    with pytest.raises(DeviceError, match="newer release"):
        reopened(path)
    assert path.read_bytes() == before


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


def test_closing_twice_does_no_harm(path: Path) -> None:
    outbox = reopened(path)
    outbox.close()
    outbox.close()

    with pytest.raises(DeviceError, match="closed"):
        outbox.append(CALL, AT_MS, ClockTrust.TRUSTED)


def test_it_refuses_before_the_disk_is_full_and_takes_again_what_was_confirmed(path: Path) -> None:
    with closing(Outbox(path, "hue-1", "porch", kept_max=5)) as outbox:
        fill(outbox, 5)
        for _ in range(2):
            with pytest.raises(DeviceError, match="holds 5 events, and takes no more until the g"):
                fill(outbox, 1)
        assert outbox.last == 5

        outbox.forget(2)
        fill(outbox, 2)
        with pytest.raises(DeviceError, match="holds 5 events"):
            fill(outbox, 1)

    with closing(Outbox(path, "hue-1", "porch", kept_max=5)) as outbox:
        with pytest.raises(DeviceError, match="holds 5 events"):
            fill(outbox, 1)
        outbox.begin_epoch()
        with pytest.raises(DeviceError, match="holds 5 events"):
            fill(outbox, 1)
        outbox.forget(100)
        fill(outbox, 5)


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


def test_an_event_is_few_bytes_on_the_card(outbox: Outbox, path: Path) -> None:
    """In the log; a checkpoint brings each page to its place once more."""
    log = path.with_name(path.name + "-wal")
    fill(outbox, 10)
    before = log.stat().st_size
    fill(outbox, 20)

    assert (log.stat().st_size - before) / 20 < 4_000


def test_what_nobody_could_read_is_never_kept(outbox: Outbox) -> None:
    """A body is only checked when it is read: a slip here would stop all that comes after it."""
    with pytest.raises(DeviceError, match="cannot append to outbox"):
        outbox.append(Called(session="no session"), AT_MS, ClockTrust.TRUSTED)
    assert (outbox.last, seqs(outbox)) == (0, [])

    fill(outbox, 1)
    assert seqs(outbox) == [1]

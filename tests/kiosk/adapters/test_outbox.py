import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.codec import GENESIS, decode_event_with_body, encode_envelope, link
from contract.events import Called, ClockTrust, Left, Scanned, Verdict
from kiosk.adapters.outbox import Outbox
from runtime.errors import DeviceError
from tests.kiosk.adapters.outboxes import AT_MS, CALL, fill, reopened, seqs


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(reopened(path)) as outbox:
        yield outbox


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

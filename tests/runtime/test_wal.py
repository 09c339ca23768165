"""SQLite's log: a power cut's end is told from damage."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from runtime import wal
from runtime.wal import Ending

FRAME = 24 + 512


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Eight transactions of a frame or more, and behind them the end of an older, longer log."""
    path = tmp_path_factory.mktemp("wal") / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA page_size = 512; PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
        for number in range(20):
            db.execute("INSERT INTO t VALUES (?)", (f"{number:0200}",))
        db.execute("PRAGMA wal_checkpoint(RESTART)")
        for number in range(8):
            db.execute("INSERT INTO t VALUES (?)", (f"{number:0200}",))
        return path.with_name("a.db-wal").read_bytes()


def frames(log: bytes) -> Iterator[tuple[int, bool]]:
    """Where each frame of this log, not of the older one, begins, and whether it commits."""
    for at in range(32, len(log), FRAME):
        if log[at + 8 : at + 16] == log[16:24]:
            yield at, any(log[at + 4 : at + 8])


def test_a_whole_log_is_whole_and_so_is_none(log: bytes) -> None:
    assert wal.ending(log) is Ending.WHOLE
    assert wal.ending(b"") is Ending.WHOLE
    assert wal.ending(bytes(32 + FRAME)) is Ending.WHOLE  # made, and its header not written yet


def test_every_flipped_bit_is_found(log: bytes) -> None:
    random = Random(1)
    live = max(at for at, _ in frames(log)) + FRAME

    for _ in range(400):
        bit = random.randrange(8 * live)
        flipped = bytearray(log)
        flipped[bit // 8] ^= 1 << bit % 8
        assert wal.ending(bytes(flipped)) is not Ending.WHOLE, bit


def test_what_another_transaction_follows_is_damaged_without_doubt(log: bytes) -> None:
    (*_, (first, _), (newest, _)) = (one for one in frames(log) if one[1])
    rotten = b"\x55\xaa" * 25  # more than a bit

    older = log[: first + 100] + rotten + log[first + 150 :]
    assert wal.ending(older) is Ending.DAMAGED
    newer = log[: newest + 100] + rotten + log[newest + 150 :]
    assert wal.ending(newer) is Ending.WHOLE  # a torn write of the newest looks the same


def test_a_bit_that_is_off_in_a_transaction_without_its_end_was_never_synced(log: bytes) -> None:
    """The first of two frames: the place held something alike before, and the power went."""
    of = list(frames(log))
    ends = [number for number, (_, is_commit) in enumerate(of) if is_commit]
    number = next(one for one in reversed(range(len(of))) if one not in ends)
    (first, _), (end, _) = of[number], of[number + 1]
    off = bytearray(log[:end])
    off[first + 100] ^= 1

    assert wal.ending(bytes(off)) is Ending.WHOLE
    rest = log[end : end + FRAME]
    assert wal.ending(bytes(off) + rest) is not Ending.WHOLE


def test_a_log_that_was_cut_anywhere_is_whole(log: bytes) -> None:
    for size in range(0, len(log), 97):
        assert wal.ending(log[:size]) is Ending.WHOLE, size


def test_a_log_whose_header_nobody_can_read_is_damaged(log: bytes) -> None:
    assert wal.ending(b"rubbish!" * 200) is Ending.DAMAGED
    assert wal.ending(b"\0" * 8 + log[8:]) is Ending.DAMAGED


def test_all_that_a_log_holds_can_be_put_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(f"PRAGMA page_size = {wal.PAGE_BYTES}; PRAGMA journal_mode = WAL;")
        db.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (0);")
        for _ in range(9):  # so that older frames lie behind those below
            db.execute("UPDATE t SET x = 9")
        db.execute("PRAGMA wal_checkpoint(RESTART)")
        for number in range(1, 6):
            db.execute("UPDATE t SET x = ?", (number,))
        database, log = path.read_bytes(), path.with_name("some.db-wal").read_bytes()

    for place in (0, 16, 20, 32 + 24 + 300):
        flipped = bytes([*log[:place], log[place] ^ 4, *log[place + 1 :]])
        assert wal.ending(flipped) is Ending.DAMAGED
        (tmp_path / "other.db").write_bytes(wal.applied(database, flipped))
        with closing(sqlite3.connect(tmp_path / "other.db")) as db:
            assert db.execute("SELECT x FROM t").fetchall() == [(5,)]
    assert wal.applied(database, b"") == database

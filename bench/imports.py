"""What `hien gateway import` brings in of members in a second, and how much memory it takes.

The peer reads the same file with the csv module and writes each line as one row of one table with
one executemany: it checks nothing, has no ids, no consents, and knows nobody from before.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import monotonic, process_time

from bench.measure import Bench, Result
from gateway.store import base, csv_import, migrations
from gateway.store.csv_import import BATCH, Choices
from runtime.collector import collect_rarely

FEW, MANY = 100_000, 1_000_000
GOAL = 20_000  # rows a second
COLUMNS = "member,name,phone,email,tier,interests,consents,birthday,segments,source"
CONSENTS = ("", "", "personal_offers", "presence;personal_offers")


def write(file: Path, rows: int) -> None:
    """Members in no order, as most exports have them, in Vietnamese, with phone and e-mail.

    Without points: those are postings in the ledger, and cost as much again.
    """
    random = Random(6)
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS.split(","))
        for number in range(rows):
            table.writerow(
                (
                    f"{random.getrandbits(48):012x}",
                    f"Nguyễn Thị Khách {number}",
                    f"09{number:08d}",
                    f"Khach.{number}@example.vn",
                    ("member", "silver", "gold")[number % 3],
                    "tra;gom",
                    CONSENTS[number % len(CONSENTS)],
                    f"19{number % 90 + 10}-03-{number % 28 + 1:02}",
                    "vip" if number % 50 == 0 else "",
                    "ad:tet-2026" if number % 7 == 0 else "",
                )
            )


def ours(folder: Path) -> None:
    """The way of the command with --refused."""
    engine = base.connect(f"sqlite:///{folder / 'hien.db'}")
    csv_import.load_good(base.writers(engine), folder, 1, Choices(folder / "refused"))
    engine.dispose()


def bare(folder: Path) -> None:
    """As little as can be done."""
    columns = COLUMNS.split(",")
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"CREATE TABLE profile (member TEXT PRIMARY KEY, {', '.join(columns[1:])})")
        insert = f"INSERT INTO profile VALUES ({', '.join('?' * len(columns))})"
        with (folder / "profiles.csv").open(encoding="utf-8", newline="") as file:
            for batch in _batches(csv.reader(file)):
                db.execute("BEGIN")
                db.executemany(insert, batch)
                db.execute("COMMIT")


def _batches(reader: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    next(reader)
    while batch := list(islice(reader, BATCH)):
        yield batch


def measured(work: Callable[[Path], None], rows: int, rounds: int = 1) -> list[tuple[float, ...]]:
    """In a process of its own: CPU and wall seconds of each round, and its megabytes at last."""
    with TemporaryDirectory(prefix="hien-bench-") as folder:
        write(Path(folder) / "profiles.csv", rows)
        engine = base.connect(f"sqlite:///{Path(folder) / 'hien.db'}")
        migrations.upgrade(engine)
        engine.dispose()
        with get_context("spawn").Pool(1) as pool:
            return pool.apply(_timed, (work, Path(folder), rounds))


def _timed(work: Callable[[Path], None], folder: Path, rounds: int) -> list[tuple[float, ...]]:
    took: list[tuple[float, ...]] = []
    collect_rarely()  # as the command does
    for _ in range(rounds):
        cpu_s, wall_s = process_time(), monotonic()
        work(folder)
        spent = (process_time() - cpu_s, monotonic() - wall_s)
        took.append((*spent, getrusage(RUSAGE_SELF).ru_maxrss / 1024))
    return took


def run() -> list[Result]:
    """A million new ones, the same million again, and a tenth of them for the memory."""
    first, again = measured(ours, MANY, rounds=2)
    ((peer_s, _, _),) = measured(bare, MANY)
    ((_, _, few_mb),) = measured(ours, FEW)
    return [
        _rate("import_new", first[0], peer_s),
        _rate("import_again", again[0], peer_s),
        Result("import_wall", round(MANY / first[1]), "rows/s by the clock", None, None),
        Result(
            "import_memory",
            round(again[2]),
            f"MB at most, {MANY:,} rows beside {FEW:,}",
            round(few_mb),
            round(few_mb / again[2], 3),
        ),
    ]


def _rate(name: str, seconds: float, peer_s: float) -> Result:
    return Result(
        name, round(MANY / seconds), "rows/s", round(MANY / peer_s), round(peer_s / seconds, 3)
    )


BENCH = Bench(
    what=f"a CSV file of {MANY:,} members into SQLite, each checked, with phone, e-mail, consents"
    " and where each field comes from, committed every few thousand lines",
    peer="a bare loop that writes every line as one row and checks nothing",
    goal=f"{GOAL:,} rows a second, and the same memory for ten times the rows",
    run=run,
)

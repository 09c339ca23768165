"""The reckoning after a run: what kiosks promised against what the gateway has on its disk.

Reads both ends' databases, and nothing that either end says of itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

# What kiosk/app.py logs once an event is on the disk and before the screen says so.
_LOGGED = re.compile(r"event \w+ ([0-9a-f]{32}) seq \d+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What became of the events."""

    events: int
    lost: int
    duplicated: int


def depth(outbox: Path) -> int:
    """How many events of a kiosk still wait for a receipt."""
    with closing(_open(outbox)) as db:
        (waiting,) = db.execute("SELECT count(*) FROM event").fetchone()
    return int(waiting)


def reckon(database: Path, outboxes: dict[str, Path], logs: Iterable[Path]) -> Reckoning:
    """Every number 1..n of every outbox, and every event a kiosk told of, stored exactly once."""
    with closing(_open(database)) as db:
        rows = db.execute("SELECT id, kiosk, epoch, seq FROM event").fetchall()
    numbers = Counter((kiosk, epoch, seq) for _, kiosk, epoch, seq in rows)
    ids = Counter(row[0] for row in rows)
    given = {number for kiosk, path in outboxes.items() for number in _numbers(kiosk, path)}
    told = {found for log in logs for found in _LOGGED.findall(log.read_text(encoding="utf-8"))}
    return Reckoning(
        events=len(numbers),
        lost=max(len(given - numbers.keys()), len(told - ids.keys())),
        duplicated=max(_repeats(numbers), _repeats(ids)),
    )


def _numbers(kiosk: str, outbox: Path) -> Iterable[tuple[str, str, int]]:
    with closing(_open(outbox)) as db:
        epoch, last = db.execute("SELECT epoch, seq FROM head").fetchone()
    return [(kiosk, epoch, seq) for seq in range(1, last + 1)]


def _repeats(counts: Counter[str] | Counter[tuple[str, str, int]]) -> int:
    return sum(times - 1 for times in counts.values())


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)

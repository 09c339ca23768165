"""Says of a run with faults what became of every event: the one judge of all fault tests.

The counters are those of Jepsen's total-queue checker. What a kiosk made durable counts as told:
the shopper is told nothing before that, and whatever dies afterwards may not matter.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

# What kiosk/app.py logs after the outbox has the event on the disk and before the screen changes.
_LOGGED = re.compile(r"kiosk\.app: event \w+ ([0-9a-f]{32}) seq \d+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the events of one run."""

    attempted: int  # a kiosk gave it a number
    acknowledged: int  # a shopper may have been told
    stored: int  # in the gateway's database, each counted once
    lost: frozenset[str]
    doubled: frozenset[str]
    invented: frozenset[str]

    @property
    def holds(self) -> bool:
        """Whether every event is in the gateway exactly once, and nothing else is."""
        return not (self.lost or self.doubled or self.invented)


def judge(attempted: Iterable[str], acknowledged: Iterable[str], stored: Iterable[str]) -> Verdict:
    """Compare the three lists of event ids; `stored` with its repeats."""
    tried, told, kept = set(attempted), set(acknowledged), Counter(stored)
    return Verdict(
        attempted=len(tried),
        acknowledged=len(told),
        stored=len(kept),
        lost=frozenset((told | tried) - kept.keys()),
        doubled=frozenset(event for event, times in kept.items() if times > 1),
        invented=frozenset(kept.keys() - tried - told),
    )


def told(logs: Iterable[Path]) -> list[str]:
    """The event ids that kiosks logged as durable, over all their lives."""
    return [found for log in logs for found in _LOGGED.findall(log.read_text(encoding="utf-8"))]


def numbered(outbox: Path, kiosk: str) -> list[str]:
    """Every number an outbox ever gave, as `kiosk/epoch/seq`."""
    with closing(sqlite3.connect(outbox)) as db:
        epoch, last = db.execute("SELECT epoch, seq FROM head").fetchone()
    return [f"{kiosk}/{epoch}/{seq}" for seq in range(1, last + 1)]


def committed(database: Path) -> tuple[list[str], list[str]]:
    """The gateway's events: their ids, and their numbers as `kiosk/epoch/seq`."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT id, kiosk, epoch, seq FROM event").fetchall()
    return [row[0] for row in rows], [f"{kiosk}/{epoch}/{seq}" for _, kiosk, epoch, seq in rows]

"""The reckoning after a run: what kiosks promised against what the gateway has on its disk.

Reads both ends' databases and the kiosks' logs; believes nothing that either end says of itself.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

# What kiosk/reporter.py logs once an event is on the disk and before any screen says so.
_LOGGED = re.compile(r"event \w+ ([0-9a-f]{32}) seq \d+$", re.MULTILINE)
_SHOWN = "SELECT count(*) FROM decision, json_each(reasons) WHERE value = 'granted'"
_VISIT_MS = 120_000  # a visit ends two minutes after its last evidence

Number = tuple[str, str, int]  # kiosk, epoch, seq
Visit = tuple[str, int, int]  # member, first and last evidence in ms


@dataclass(frozen=True, slots=True)
class DoorBooks:
    """What the gateway knows of doors."""

    numbers: frozenset[int]  # of the records
    entries: int  # granted
    people: int | None  # inside, after the last passage; None if there was none
    alarms: Counter[str]


@dataclass(frozen=True, slots=True)
class Books:
    """What the gateway has written."""

    ids: Counter[str]
    numbers: Counter[Number]
    kinds: Counter[str]
    visits: tuple[Visit, ...]
    offers_shown: int
    alerts: int
    doors: DoorBooks
    # Counted by receipts although nobody could read them: they are here, and they are no events.
    unread: Mapping[Number, str] = field(default_factory=dict)  # with the event's id

    @property
    def matched(self) -> frozenset[str]:
        """The members that were recognised."""
        return frozenset(member for member, _, _ in self.visits)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What became of what the kiosks promised."""

    lost: int
    duplicated: int
    unread: int = 0  # arrived, and nobody could read them


def waiting(database: Path, logs: Mapping[str, Path]) -> int:
    """How many events that a kiosk told of have not arrived yet; for while all are still running.

    A running kiosk has its outbox for itself, so its log is asked.
    """
    arrived = "SELECT id FROM event UNION ALL SELECT event FROM dead_letter"
    with closing(_open(database)) as db:
        stored = {row[0] for row in db.execute(arrived)}
    return len(told(logs) - stored)


def read(database: Path) -> Books:
    """Everything that matters in the gateway's database."""
    with closing(_open(database)) as db:
        events = db.execute("SELECT id, kiosk, epoch, seq, kind FROM event").fetchall()
        visits = db.execute("SELECT member, first_at_ms, last_at_ms FROM visit").fetchall()
        (shown,) = db.execute(_SHOWN).fetchone()
        (alerts,) = db.execute("SELECT count(*) FROM alert").fetchone()
        doors = _doors(db)
        letters = db.execute("SELECT event, payload FROM dead_letter WHERE event IS NOT NULL")
        unread = {_number(payload): event for event, payload in letters}
    return Books(
        unread=unread,
        doors=doors,
        ids=Counter(row[0] for row in events),
        numbers=Counter((kiosk, epoch, seq) for _, kiosk, epoch, seq, _ in events),
        kinds=Counter(row[4] for row in events),
        visits=tuple(visits),
        offers_shown=int(shown),
        alerts=int(alerts),
    )


def _number(payload: bytes) -> Number:
    """Under which number an event came that nobody could read: its letter holds all of it."""
    event = json.loads(payload)
    return event["kiosk"], event["epoch"], event["seq"]


def _doors(db: sqlite3.Connection) -> DoorBooks:
    rows = db.execute(
        "SELECT number, kind, what, is_granted, people FROM door_record ORDER BY number"
    ).fetchall()
    passed = [people for _, kind, _, _, people in rows if kind == "passage"]
    return DoorBooks(
        numbers=frozenset(row[0] for row in rows),
        entries=sum(kind == "entry" and granted for _, kind, _, granted, _ in rows),
        people=passed[-1] if passed else None,
        alarms=Counter(
            what for _, kind, what, is_over, _ in rows if kind == "incident" and not is_over
        ),
    )


def reckon_door(books: Books, journal: Path) -> int:
    """How many records of a door the gateway never got."""
    with closing(_open(journal)) as db:
        (last,) = db.execute("SELECT coalesce(max(number), 0) FROM record").fetchone()
    return len(set(range(1, last + 1)) - books.doors.numbers)


def reckon(books: Books, outboxes: Mapping[str, Path], logs: Mapping[str, Path]) -> Reckoning:
    """Every number an outbox gave, and every event a kiosk told of, is there exactly once.

    What lies with the dead letters is not lost, and is not stored either.
    """
    numbers = books.numbers + Counter(books.unread.keys())
    ids = books.ids + Counter(books.unread.values())
    return Reckoning(
        lost=max(len(given(outboxes) - numbers.keys()), len(told(logs) - ids.keys())),
        duplicated=max(_repeats(numbers), _repeats(ids)) + split_visits(books.visits),
        unread=len(books.unread),
    )


def told(logs: Mapping[str, Path]) -> set[str]:
    """The ids of the events that kiosks said are kept."""
    return {found for log in logs.values() for found in _LOGGED.findall(log.read_text("utf-8"))}


def given(outboxes: Mapping[str, Path]) -> set[Number]:
    """Every number an outbox gave."""
    return {number for kiosk, path in outboxes.items() for number in _given(kiosk, path)}


def _given(kiosk: str, outbox: Path) -> list[Number]:
    with closing(_open(outbox)) as db:
        epoch, last = db.execute("SELECT epoch, seq FROM head").fetchone()
    return [(kiosk, epoch, seq) for seq in range(1, last + 1)]


def _repeats(counts: Counter[str] | Counter[Number]) -> int:
    return sum(times - 1 for times in counts.values())


def split_visits(visits: Iterable[Visit]) -> int:
    """Visits that are one: the same member's, with less than a visit's silence between them."""
    by_member = sorted(visits)
    return sum(
        one[0] == other[0] and other[1] - one[2] <= _VISIT_MS for one, other in pairwise(by_member)
    )


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)

"""The reckoning sees a loss, a double and a visit that was split; made on real SQLite files."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from simulator import audit
from simulator.audit import Reckoning

EPOCH = "0123456789abcdef"


class Ends:
    """A kiosk's outbox and log, and a gateway's database."""

    def __init__(self, folder: Path) -> None:
        self.outbox, self.database = folder / "outbox.db", folder / "gateway.db"
        self.log = folder / "kiosk.log"
        self.log.touch()
        self.run(self.outbox, "CREATE TABLE head (epoch, seq)", "CREATE TABLE event (seq)")
        self.run(
            self.database,
            "CREATE TABLE event (id, kiosk, epoch, seq, kind)",
            "CREATE TABLE visit (member, first_at_ms, last_at_ms)",
            "CREATE TABLE decision (reasons)",
            "CREATE TABLE alert (alert)",
            "CREATE TABLE dead_letter (event, payload)",
            "CREATE TABLE door_record (number, kind, what, is_granted, people)",
        )

    def run(self, path: Path, *statements: str) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            for statement in statements:
                db.execute(statement)

    def gave(self, last: int) -> None:
        self.run(self.outbox, f"INSERT INTO head VALUES ('{EPOCH}', {last})")
        with self.log.open("a") as log:
            for seq in range(1, last + 1):
                print(f"… quay-1 INFO kiosk.app: event scanned {seq:032x} seq {seq}", file=log)

    def keep(self, *numbers: int) -> None:
        rows = (f"('{seq:032x}', 'quay-1', '{EPOCH}', {seq}, 'scanned')" for seq in numbers)
        self.run(self.database, f"INSERT INTO event VALUES {', '.join(rows)}")

    def set_aside(self, seq: int) -> None:
        event = {"kiosk": "quay-1", "epoch": EPOCH, "seq": seq, "body": "nobody can read this"}
        row = f"('{seq:032x}', '{json.dumps(event)}'), (NULL, 'no event at all')"
        self.run(self.database, f"INSERT INTO dead_letter VALUES {row}")

    def visit(self, member: str, first_s: int, last_s: int) -> None:
        row = f"('{member}', {first_s * 1000}, {last_s * 1000})"
        self.run(self.database, f"INSERT INTO visit VALUES {row}")

    def reckoning(self) -> Reckoning:
        books = audit.read(self.database)
        return audit.reckon(books, {"quay-1": self.outbox}, {"quay-1": self.log})


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    return Ends(tmp_path)


def test_all_there_once_is_a_good_end(ends: Ends) -> None:
    ends.gave(5)
    ends.keep(1, 2, 3, 4, 5)

    assert ends.reckoning() == Reckoning(lost=0, duplicated=0)


def test_a_gap_is_a_loss(ends: Ends) -> None:
    ends.gave(5)
    ends.keep(1, 2, 4)

    assert ends.reckoning().lost == 2


def test_what_was_told_and_forgotten_by_both_ends_is_a_loss(ends: Ends) -> None:
    """As when an outbox comes back from an old copy: its numbers alone would look fine."""
    ends.gave(5)
    ends.run(ends.outbox, "UPDATE head SET seq = 3")
    ends.keep(1, 2, 3)

    assert ends.reckoning().lost == 2


def test_what_lies_with_the_dead_letters_is_neither_lost_nor_stored(ends: Ends) -> None:
    ends.gave(3)
    ends.keep(1, 3)
    assert ends.reckoning() == Reckoning(lost=1, duplicated=0)
    assert audit.waiting(ends.database, {"quay-1": ends.log}) == 1

    ends.set_aside(2)

    assert ends.reckoning() == Reckoning(lost=0, duplicated=0, unread=1)
    assert audit.waiting(ends.database, {"quay-1": ends.log}) == 0


def test_an_event_that_is_stored_and_a_dead_letter_too_is_a_double(ends: Ends) -> None:
    ends.gave(2)
    ends.keep(1, 2)
    ends.set_aside(2)

    assert ends.reckoning() == Reckoning(lost=0, duplicated=1, unread=1)


def test_an_event_stored_twice_is_a_double(ends: Ends) -> None:
    ends.gave(3)
    ends.keep(1, 2, 2, 3)

    assert ends.reckoning() == Reckoning(lost=0, duplicated=1)


def test_a_visit_that_was_split_is_a_double(ends: Ends) -> None:
    ends.gave(0)
    ends.visit("a", 0, 60)
    ends.visit("a", 150, 200)
    ends.visit("a", 400, 410)
    ends.visit("b", 100, 110)

    assert ends.reckoning() == Reckoning(lost=0, duplicated=1)


def test_the_books_are_read_whole(ends: Ends) -> None:
    ends.keep(1, 2)
    ends.visit("a", 0, 60)
    ends.run(ends.database, """INSERT INTO decision VALUES ('{"a": "granted", "b": "tier"}')""")
    ends.run(ends.database, "INSERT INTO alert VALUES (1)")
    books = audit.read(ends.database)

    assert books.numbers.total() == books.ids.total() == 2
    assert books.kinds["scanned"] == 2
    assert books.matched == {"a"}
    assert (books.offers_shown, books.alerts) == (1, 1)


def test_what_was_told_and_has_not_arrived_still_waits(ends: Ends) -> None:
    ends.gave(5)
    ends.keep(1, 2, 4)

    assert audit.waiting(ends.database, {"quay-1": ends.log}) == 2


def test_the_doors_books_are_held_against_its_own_journal(ends: Ends, tmp_path: Path) -> None:
    journal = tmp_path / "door.db"
    rows = (
        "(1, 'entry', 'pass', 1, 0), (2, 'passage', 'in', 0, 1), (3, 'entry', 'full', 0, 1),"
        "(4, 'incident', 'forced', 0, NULL), (5, 'incident', 'forced', 1, NULL),"
        "(7, 'passage', 'out', 0, 0)"
    )
    ends.run(ends.database, f"INSERT INTO door_record VALUES {rows}")
    ends.run(journal, "CREATE TABLE record (number)", "INSERT INTO record VALUES (7), (8)")

    books = audit.read(ends.database)

    assert (books.doors.entries, books.doors.people) == (1, 0)
    assert books.doors.alarms == {"forced": 1}
    assert audit.reckon_door(books, journal) == 2  # 6 and 8

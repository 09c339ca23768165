"""The door's journal: written before anything opens, and never used up twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec import json, structs

from contract.codec import encode_body
from contract.events import (
    Decision,
    Direction,
    Entry,
    EntryReason,
    Passage,
    Record,
)
from kiosk.core.entry import Spend
from kiosk.core.occupancy import Occupancy, Person
from kiosk.door.journal import Journal, Keeping, Using
from runtime.errors import DeviceError

UNNUMBERED = ("front", "0" * 16, 1, 1_800_000_000_000)
GRANT = Entry(*UNNUMBERED, decision=Decision.GRANTED, reason=EntryReason.PASS)
REFUSAL = Entry(*UNNUMBERED, decision=Decision.REFUSED, reason=EntryReason.FORGED)
PASSAGE = Passage(*UNNUMBERED, direction=Direction.IN, occupancy=1)
PASS = Using(Spend("000000000000/1", 120_000_000))
ORDER = Using(nonce="0123456789abcdef0123456789abcdef")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "door.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(Journal(path)) as opened:
        yield opened


def bodies(journal: Journal) -> list[Record]:
    kinds = {"entry": Entry, "passage": Passage}
    return [json.decode(row.body, type=kinds[row.kind]) for row in journal.pending(0, 1_000_000)]


def numbers(journal: Journal) -> list[int]:
    return [row.number for row in journal.pending(0, 1_000_000)]


def test_records_are_numbered_and_carry_the_journals_name(journal: Journal) -> None:
    assert journal.write([GRANT])
    assert journal.write([REFUSAL, PASSAGE])

    assert bodies(journal) == [
        structs.replace(GRANT, journal=journal.id, number=1),
        structs.replace(REFUSAL, journal=journal.id, number=2),
        structs.replace(PASSAGE, journal=journal.id, number=3),
    ]
    assert journal.last == 3


def test_a_pass_is_used_up_once(journal: Journal) -> None:
    older = Using(Spend("000000000000/1", 119_999_999))
    newer = Using(Spend("000000000000/1", 120_000_001))

    written = [journal.write([GRANT], using=using) for using in (PASS, PASS, older, newer, PASS)]

    assert written == [True, False, False, True, False]
    assert numbers(journal) == [1, 2]
    assert journal.memory.used == {"000000000000/1": 120_000_001}


def test_a_card_is_used_again_when_it_has_rested(journal: Journal) -> None:
    written = [
        journal.write([GRANT], using=Using(Spend("00112233445566ff", slot, apart=40)))
        for slot in (1_000, 1_039, 1_040)
    ]

    assert written == [True, False, True]


def test_an_order_is_obeyed_once(journal: Journal) -> None:
    assert [journal.write([GRANT], using=ORDER) for _ in range(2)] == [True, False]
    assert journal.memory.nonces == {ORDER.nonce}


def test_everything_is_remembered_by_the_next_process(path: Path) -> None:
    inside = Occupancy((Person(5.0, "000000000000"),))
    with closing(Journal(path)) as before:
        before.write([GRANT], inside, PASS)
        before.write([GRANT], using=ORDER)
        before.learned(3, 9)
        before.forgot_until(77)
        before.taken = 1
        before.write([REFUSAL])
        name = before.id

    with closing(Journal(path)) as after:
        assert (after.id, after.last, after.epochs(), after.taken) == (name, 3, (3, 9), 1)
        assert after.occupancy == inside
        assert after.memory.blank_until == 77
        assert not after.write([GRANT], using=PASS)
        assert not after.write([GRANT], using=ORDER)


def test_a_disk_that_is_full_writes_and_uses_up_nothing(path: Path) -> None:
    with closing(Journal(path)) as journal:
        pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
        journal._db.execute(f"PRAGMA max_page_count = {pages + 2}")
        assert journal.write([GRANT])

        with pytest.raises(DeviceError, match=r"cannot write to journal .*the disk is full"):
            journal.write([GRANT] * 1_000, using=PASS)
        assert numbers(journal) == [journal.last] == [1]
        assert journal.memory.used == {}


def test_a_damaged_journal_is_set_aside(path: Path) -> None:
    with closing(Journal(path)) as before:
        before.write([GRANT], using=PASS)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * 4096 + data[8192:])

    with closing(Journal(path)) as after:
        assert after.quarantined == path.with_name("door.db.damaged-1")
        assert after.last == 0


def test_a_journal_without_its_facts_is_damaged(path: Path) -> None:
    Journal(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM fact WHERE name = 'blank_until'")

    with closing(Journal(path)) as after:
        assert after.quarantined is not None


def test_the_newest_record_stays_and_refusals_go_first(path: Path) -> None:
    with closing(Journal(path, Keeping(taken=5, untaken=10, nonces=2))) as journal:
        journal.write([GRANT, REFUSAL] * 10)
        for letter in "abc":
            journal.write([GRANT], using=Using(nonce=letter * 32))

        journal.taken = 8
        journal.trim()
        assert numbers(journal) == [9, 11, 13, *range(14, 24)]
        assert not journal.write([GRANT], using=Using(nonce="b" * 32))

        journal.taken = 23
        journal.trim()
        assert numbers(journal) == [19, 20, 21, 22, 23]


class AnyJournal(RuleBasedStateMachine):
    """Passes used, processes restarted, in any order: the newest slot used never falls."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "door.db"
        self.journal = Journal(self.path)
        self.newest: dict[str, int] = {}
        self.written = 0

    @rule(key=st.sampled_from("ab"), slot=st.integers(0, 6), apart=st.integers(1, 3))
    def a_pass_is_used(self, key: str, slot: int, apart: int) -> None:
        was = self.newest.get(key)
        may = was is None or slot >= was + apart
        assert self.journal.write([GRANT], using=Using(Spend(key, slot, apart))) == may
        if may:
            self.newest[key] = slot
            self.written += 1

    @rule()
    def the_process_is_restarted(self) -> None:
        self.journal.close()
        self.journal = Journal(self.path)

    @invariant()
    def what_was_used_is_known(self) -> None:
        assert self.journal.memory.used == self.newest
        assert self.journal.last == self.written

    def teardown(self) -> None:
        self.journal.close()
        self.folder.cleanup()


TestAnyJournal = AnyJournal.TestCase
TestAnyJournal.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)

WRITER = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from tests.kiosk.door.test_journal import GRANT, Spend, Using
from kiosk.door.journal import Journal

journal = Journal(Path(sys.argv[1]))
while True:
    slot = journal.last + 1
    assert journal.write([GRANT], using=Using(Spend("a", slot)))
    print(slot, flush=True)
"""


@pytest.mark.parametrize("said", [1, 30, 90])
def test_a_door_killed_while_writing_forgets_nothing_it_acted_on(path: Path, said: int) -> None:
    writer = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(writer, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acted = [int(child.stdout.readline()) for _ in range(said)]
        os.kill(child.pid, signal.SIGKILL)
        acted += [int(line) for line in child.stdout.read().splitlines()]

    with closing(Journal(path)) as journal:
        assert journal.quarantined is None
        assert numbers(journal) == list(range(1, journal.last + 1))
        assert journal.last - acted[-1] in (0, 1)
        assert journal.memory.used == {"a": journal.last}


def test_the_body_is_what_the_contract_says(journal: Journal) -> None:
    journal.write([GRANT])

    (row,) = journal.pending(0, 10)
    assert row.body == encode_body(structs.replace(GRANT, journal=journal.id))

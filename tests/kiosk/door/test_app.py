"""A door's main path: stories of people, disks, clocks and closers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from contract.events import Decision, Direction, Doubt, EntryReason, Trouble
from kiosk.core.door_wire import Answer, Records, ShowPass, TakeRecords
from kiosk.core.doorway import Sensed
from kiosk.door.app import DoorRules
from kiosk.door.claims import Claim
from tests.kiosk.door.rig import Rig
from tests.kiosk.door.shop import ANA, BINH, CARD, ISSUERS, NOW_S, RULES, Order, card

WHY = EntryReason


def test_a_member_is_let_in_comes_in_and_is_counted(rig: Rig) -> None:
    assert rig.shows(ANA) is WHY.PASS
    assert rig.lock.is_up()
    rig.goes_in()

    assert not rig.lock.is_up()
    (entry,), (passage,) = rig.entries(), rig.passages()
    assert (entry.decision, entry.holder, entry.occupancy) == (Decision.GRANTED, ANA, 0)
    assert (passage.direction, passage.occupancy) == (Direction.IN, 1)
    assert passage.entry == entry.number
    assert entry.decided_ms == NOW_S * 1_000
    assert rig.health().people == 1


def test_the_record_is_on_the_disk_before_the_lock_moves(rig: Rig) -> None:
    rig.shows(ANA)

    assert rig.lock.pulses == [entry.number for entry in rig.entries()]


def test_the_lock_falls_after_its_time_and_as_soon_as_the_door_opens(rig: Rig) -> None:
    rig.shows(ANA)
    rig.passes(4.9)
    assert rig.lock.is_up()
    rig.passes(0.2)
    assert not rig.lock.is_up()

    rig.passes(1)
    rig.shows(BINH)
    rig.lines.sensed = Sensed(is_open=True)
    rig.passes(0.1)
    assert not rig.lock.is_up()
    assert not rig.closer.is_armed


def test_who_did_not_come_in_is_not_counted(rig: Rig) -> None:
    rig.shows(ANA)
    rig.passes(7)

    assert (rig.passages(), rig.health().people) == ([], 0)


def test_going_out_is_seen_and_never_asked_for(rig: Rig) -> None:
    rig.shows(ANA)
    rig.goes_in()
    rig.goes_out()

    assert [passage.direction for passage in rig.passages()] == [Direction.IN, Direction.OUT]
    assert rig.health().people == 0
    assert rig.incidents() == []


def test_a_pass_lets_in_once_and_a_second_person_waits(rig: Rig) -> None:
    assert [rig.shows(ANA), rig.shows(ANA), rig.shows(BINH)] == [WHY.PASS, WHY.REPLAYED, WHY.BUSY]
    rig.goes_in()

    assert [rig.shows(ANA), rig.shows(BINH)] == [WHY.REPLAYED, WHY.PASS]
    assert len(rig.lock.pulses) == 2


def test_a_tailgater_is_counted_and_told(rig: Rig) -> None:
    rig.shows(ANA)
    for sensed in (
        Sensed(is_open=True),
        Sensed(is_open=True, is_beam_broken=True),
        Sensed(is_open=True),
        Sensed(is_open=True, is_beam_broken=True),
        Sensed(),
    ):
        rig.lines.sensed = sensed
        rig.passes(0.3)

    assert [passage.occupancy for passage in rig.passages()] == [1, 2]
    assert rig.incidents() == [("tailgated", False), ("tailgated", True)]
    assert [person.holder for person in rig.app.ports.ledger.inside.inside] == [ANA, ""]


def test_a_forced_and_a_held_door_are_told(rig: Rig) -> None:
    rig.lines.sensed = Sensed(is_open=True)
    rig.passes(0.2)
    assert rig.health().alarms == (Trouble.FORCED,)

    rig.passes(20.5)
    assert rig.shows(ANA) is WHY.BUSY
    rig.lines.sensed = Sensed()
    rig.passes(0.2)

    assert rig.incidents() == [
        ("forced", False),
        ("held_open", False),
        ("forced", True),
        ("held_open", True),
    ]
    assert rig.passages() == []


def test_refusals_are_written_within_a_second_and_equal_ones_together(rig: Rig) -> None:
    for _ in range(500):
        rig.says("https://example.com")
    rig.shows(ANA, age=5)
    assert rig.entries() == []

    rig.passes(1.1)

    refused = [(entry.reason, entry.holder, entry.times) for entry in rig.entries()]
    assert refused == [(WHY.UNREADABLE, "", 500), (WHY.EXPIRED, ANA, 1)]


def test_refusals_come_before_the_grant_they_preceded(rig: Rig) -> None:
    rig.says("rubbish")
    rig.shows(ANA)

    assert [entry.reason for entry in rig.entries()] == [WHY.UNREADABLE, WHY.PASS]


def test_a_flood_of_different_refusals_stays_small(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.trust()
    with rig.running():
        for number in range(300):
            rig.says(card(f"{number:016x}", last_day=1))
        rig.passes(1.1)

        assert len(rig.entries()) == 65
        assert sum(entry.times for entry in rig.entries()) == 300


def test_nothing_shown_is_ever_written_down(rig: Rig) -> None:
    shown = [rig.members.show(ANA, rig.slot()), card(), rig.members.show(BINH, 1), "secret"]
    for text in shown:
        rig.says(text)
    rig.orders(Order().sealed())
    rig.passes(8)

    written = b"".join(path.read_bytes() for path in rig.folder.glob("door.db*"))
    signatures = [text[30:60].encode() for text in shown[:3]]
    assert not [secret for secret in (*signatures, b"secret") if secret in written]


def test_the_other_doors_are_asked_before_anything_opens(rig: Rig) -> None:
    rig.asked.answer = Claim.TAKEN
    assert rig.shows(ANA) is WHY.REPLAYED
    assert rig.lock.pulses == []

    rig.asked.answer = Claim.UNKNOWN
    answer = rig.app.handle(ShowPass(rig.members.show(BINH, rig.slot())))
    assert isinstance(answer, Answer)
    assert (answer.reason, answer.doubts) == (WHY.PASS, (Doubt.UNCLAIMED,))
    assert [spend.key for spend in rig.asked.asked] == [f"{ANA}/1", f"{BINH}/1"]


def test_a_strict_shop_opens_only_what_is_claimed(tmp_path: Path) -> None:
    rig = Rig(tmp_path, DoorRules(RULES, ISSUERS, opens_unclaimed=False))
    rig.trust()
    rig.asked.answer = Claim.UNKNOWN
    with rig.running():
        assert rig.shows(ANA) is WHY.OUT_OF_ORDER
        assert rig.orders(Order().sealed()) is WHY.STAFF  # an order is for this door alone


def test_only_what_would_open_is_claimed(rig: Rig) -> None:
    rig.shows(ANA, age=9)
    rig.says("rubbish")
    rig.shows(ANA)
    rig.shows(BINH)

    assert len(rig.asked.asked) == 1


def test_capacity_counts_those_inside(tmp_path: Path) -> None:
    rig = Rig(tmp_path, DoorRules(replace(RULES, capacity=1), ISSUERS))
    rig.trust()
    with rig.running():
        rig.shows(ANA)
        rig.goes_in()
        assert rig.shows(BINH) is WHY.FULL
        rig.goes_out()
        assert rig.shows(BINH) is WHY.PASS


def test_a_stay_that_seems_too_long_is_a_missed_exit_and_the_night_forgets(rig: Rig) -> None:
    rig.shows(ANA)
    rig.goes_in()
    rig.waits(1_700)
    assert rig.health().people == 1
    rig.waits(200)
    assert rig.health().people == 0


def test_a_staff_order_is_recorded_with_who_gave_it(rig: Rig) -> None:
    assert rig.orders(Order().sealed()) is WHY.STAFF
    assert rig.lock.is_up()

    (entry,) = rig.entries()
    assert (entry.reason, entry.staff, entry.holder) == (WHY.STAFF, "lan", "")


def test_a_card_is_let_in_once_in_ten_minutes(rig: Rig) -> None:
    assert rig.says(card()) is WHY.PASS
    rig.goes_in()
    rig.goes_out()
    assert rig.says(card()) is WHY.REPLAYED

    rig.waits(600)
    assert rig.says(card()) is WHY.PASS
    assert {entry.holder for entry in rig.entries()} == {CARD}


def taken(rig: Rig, journal: str | None, kept: int) -> list[int]:
    reply = rig.app.handle(TakeRecords(journal, kept))
    assert isinstance(reply, Records)
    return [record.number for record in reply.records]


def test_a_kiosk_takes_the_records_and_says_what_it_has_kept(rig: Rig) -> None:
    rig.says("rubbish")
    rig.shows(ANA)
    rig.goes_in()
    name = rig.records()[0].journal

    assert taken(rig, None, 0) == [1, 2, 3]
    assert taken(rig, "0" * 16, 3) == [1, 2, 3]  # it speaks of a journal that is no more
    assert taken(rig, name, 2) == [3]
    assert taken(rig, None, 0) == [3]  # it was restarted, and the door remembers for it
    assert taken(rig, name, 3) == []


def test_a_journal_is_readable_by_anybody_with_sqlite(rig: Rig) -> None:
    rig.shows(ANA)
    rig.app.close()
    assert rig.lock.journal is not None
    rig.lock.journal.close()

    with closing(sqlite3.connect(rig.folder / "door.db")) as db:
        assert db.execute("SELECT number, kind FROM record").fetchall() == [(1, "entry")]


def test_what_a_kiosk_has_taken_is_remembered_over_a_restart(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.trust()
    with rig.running():
        rig.shows(ANA)
        assert taken(rig, rig.records()[0].journal, 1) == []
        rig.goes_in()
    with rig.running():
        assert taken(rig, None, 0) == [2]

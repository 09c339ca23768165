"""A door whose disk, lock, lines, clock or closer fails, or that was restarted: shut to entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.events import ClockTrust, Doubt, EntryReason
from contract.passes import SLOT_S
from kiosk.core.door_wire import Answer, ShowPass
from runtime.errors import DeviceError
from tests.kiosk.door.rig import Rig
from tests.kiosk.door.shop import ANA, BINH, CHI, Order

WHY = EntryReason


def test_the_disk_has_the_last_word_on_what_was_used(rig: Rig) -> None:
    rig.shows(ANA)
    rig.goes_in()
    rig.app.ports.journal._used.clear()  # a bug in memory would look like this

    assert rig.shows(ANA) is WHY.REPLAYED
    assert len(rig.lock.pulses) == 1


def test_a_pass_stays_used_when_the_process_is_restarted(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.trust()
    with rig.running():
        assert rig.shows(ANA) is WHY.PASS
    with rig.running():
        assert rig.shows(ANA) is WHY.REPLAYED
        assert rig.orders(Order().sealed()) is WHY.STAFF
    with rig.running():
        assert rig.orders(Order().sealed()) is WHY.REPLAYED


def test_who_is_inside_is_known_after_a_restart(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.trust()
    with rig.running():
        rig.shows(ANA)
        rig.goes_in()
    with rig.running():
        assert rig.health().people == 1
        rig.waits(SLOT_S)
        answer = rig.app.handle(ShowPass(rig.members.show(ANA, rig.slot())))

    assert isinstance(answer, Answer)
    assert answer.doubts == (Doubt.ALREADY_INSIDE,)


def test_a_disk_that_refuses_opens_nothing_and_ends_the_process(rig: Rig) -> None:
    assert rig.lock.journal is not None
    rig.lock.journal._db.execute("PRAGMA query_only = 1")

    with pytest.raises(DeviceError, match="the disk is read-only"):
        rig.shows(ANA)
    assert rig.lock.pulses == []


def test_a_lock_that_does_not_obey_ends_the_process(rig: Rig) -> None:
    rig.shows(ANA)
    rig.lock.disobeys = True

    with pytest.raises(DeviceError, match="stuck"):
        rig.passes(6)
    assert rig.closer.is_armed  # it is not told that the line is down, and takes it


def test_without_the_closer_nobody_is_let_in(rig: Rig) -> None:
    rig.closer.is_gone = True
    assert rig.shows(ANA) is WHY.OUT_OF_ORDER  # noticed when it is asked
    rig.passes(1.1)
    assert rig.shows(BINH) is WHY.OUT_OF_ORDER
    assert (rig.health().is_in_order, rig.health().problem) == (False, "no closer")

    rig.closer.is_gone = False
    rig.passes(1.1)
    assert rig.health().is_in_order
    assert rig.shows(BINH) is WHY.PASS
    assert rig.incidents() == [("out_of_order", False), ("out_of_order", True)]
    assert len(rig.lock.pulses) == 1


def test_without_its_lines_nobody_is_let_in(rig: Rig) -> None:
    rig.lines.is_cut = True
    rig.passes(0.1)
    assert rig.shows(ANA) is WHY.OUT_OF_ORDER

    rig.lines.is_cut = False
    rig.passes(1.1)
    assert rig.shows(ANA) is WHY.PASS


def test_lines_cut_during_a_pulse_do_not_prolong_it(rig: Rig) -> None:
    rig.shows(ANA)
    rig.lines.is_cut = True
    rig.passes(5.1)

    assert not rig.lock.is_up()


def test_while_the_lock_is_released_no_disk_is_touched(rig: Rig) -> None:
    assert rig.lock.journal is not None
    rig.shows(ANA)
    rig.lock.journal._db.execute("PRAGMA query_only = 1")

    for _ in range(100):
        rig.says("rubbish")
    rig.lines.is_cut = True
    rig.passes(4.9)
    with pytest.raises(DeviceError, match="read-only"):
        rig.passes(0.2)
    assert not rig.lock.is_up()


def test_a_door_that_was_cut_off_says_so(tmp_path: Path) -> None:
    rig = Rig(tmp_path, was_cut_off=True)
    with rig.running():
        assert rig.incidents() == [("cut_off", False)]


def test_without_a_time_nobody_is_let_in(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.trust()
    rig.source.synced = False
    with rig.running():
        assert rig.shows(ANA) is WHY.CLOCK_UNKNOWN
        assert rig.health().clock is ClockTrust.FLOOR
        assert rig.health().clock_error_s is None

        rig.source.synced = True
        rig.passes(1.1)
        assert rig.shows(ANA) is WHY.PASS


def test_a_clock_that_was_set_opens_nothing_it_should_not(rig: Rig) -> None:
    old = rig.members.show(BINH, rig.slot())
    rig.waits(600)
    rig.clock.off_s, rig.source.synced = -600.0, False
    rig.passes(1.1)

    assert rig.health().clock is ClockTrust.SUSPECT
    assert rig.says(old) is WHY.EXPIRED
    rig.clock.off_s = 0.0
    assert rig.shows(BINH) is WHY.PASS


def test_keys_are_learned_while_running_and_never_unlearned(rig: Rig) -> None:
    rig.trust(revoked=b"\x02", epoch=2)
    rig.passes(1.1)
    assert rig.shows(BINH) is WHY.REVOKED

    rig.trust(epoch=1)
    rig.passes(1.1)
    assert rig.shows(BINH) is WHY.REVOKED
    assert rig.health().revocations == 2


def test_an_older_list_is_refused_after_a_restart_and_the_same_is_not(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.trust(revoked=b"\x02", epoch=2)
    with rig.running():
        assert rig.shows(BINH) is WHY.REVOKED
    with rig.running():
        assert rig.shows(BINH) is WHY.REVOKED
        assert rig.shows(ANA) is WHY.PASS
    rig.trust(epoch=1)
    with rig.running():
        assert rig.shows(CHI) is WHY.UNKNOWN


def test_a_lost_journal_makes_every_pass_wait_a_moment(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.trust()
    with rig.running():
        assert rig.shows(ANA) is WHY.PASS
    (tmp_path / "door.db").write_bytes(b"rubbish" * 1_000)
    rig.source.synced = False
    with rig.running():
        assert rig.shows(BINH) is WHY.CLOCK_UNKNOWN
    with rig.running():
        rig.source.synced = True
        rig.passes(1.1)
        assert [rig.shows(ANA), rig.shows(BINH)] == [WHY.REPLAYED, WHY.REPLAYED]
        assert rig.incidents() == [("journal_damaged", False)]

        rig.waits(3 * SLOT_S)
        assert rig.shows(ANA) is WHY.PASS

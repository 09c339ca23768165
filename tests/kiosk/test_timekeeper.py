"""The timekeeper: it looks, and keeps the floor on the disk, but not at every look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.events import ClockTrust
from kiosk.adapters.clock_floor import ClockFloor
from kiosk.core.clock_trust import ClockRules
from kiosk.timekeeper import SAVED_EVERY_S, Timekeeper
from runtime.errors import DeviceError
from tests.fakes import FakeClock


@dataclass
class Source:
    synced: bool = False

    def is_synced(self) -> bool:
        return self.synced


class SetByHand(FakeClock):
    """A clock somebody can set."""

    def __init__(self) -> None:
        super().__init__()
        self.off = timedelta()

    def utc(self) -> datetime:
        return super().utc() + self.off


@pytest.fixture
def floor(tmp_path: Path) -> ClockFloor:
    return ClockFloor(tmp_path / "floor")


def test_it_waits_for_a_source_and_then_keeps_the_floor(floor: ClockFloor) -> None:
    clock, source = FakeClock(), Source()
    keeper = Timekeeper(ClockRules(), clock, source, floor)
    keeper.look()
    assert (keeper.trust, floor.load()) == (ClockTrust.FLOOR, 0.0)

    source.synced = True
    keeper.look()

    assert keeper.trust is ClockTrust.TRUSTED
    assert floor.load() == pytest.approx(clock.utc().timestamp() - 1.0)
    assert keeper.belief().unix_s == clock.utc().timestamp()


def test_the_disk_is_written_every_ten_minutes(floor: ClockFloor) -> None:
    clock = FakeClock()
    keeper = Timekeeper(ClockRules(), clock, Source(synced=True), floor)
    keeper.look()
    saved = floor.load()

    clock.advance(SAVED_EVERY_S - 1)
    keeper.look()
    assert floor.load() == saved

    clock.advance(1)
    keeper.look()
    assert floor.load() == pytest.approx(saved + SAVED_EVERY_S)


def test_a_clock_set_by_hand_is_noticed_and_not_believed(
    floor: ClockFloor, caplog: pytest.LogCaptureFixture
) -> None:
    clock, source = SetByHand(), Source(synced=True)
    keeper = Timekeeper(ClockRules(), clock, source, floor)
    true_s = clock.utc().timestamp()
    source.synced, clock.off = False, timedelta(days=400)
    keeper.look()

    assert keeper.trust is ClockTrust.SUSPECT
    assert keeper.belief().unix_s == pytest.approx(true_s)
    assert "the time was trusted and is suspect" in caplog.text


def test_a_restart_without_a_source_begins_at_the_floor(floor: ClockFloor) -> None:
    floor.save(1_700_000_000.0)

    keeper = Timekeeper(ClockRules(), FakeClock(), Source(), floor)

    assert not keeper.belief().is_known
    assert keeper.belief().unix_s == 1_700_000_000.0


def test_a_battery_clock_carries_over_a_restart(floor: ClockFloor) -> None:
    clock = FakeClock()
    floor.save(clock.utc().timestamp() - 86_400)

    keeper = Timekeeper(ClockRules(), clock, Source(), floor, has_battery_clock=True)

    assert keeper.trust is ClockTrust.HOLDOVER
    assert keeper.belief().error_s == pytest.approx(1 + 8.64)


def test_a_time_that_cannot_be_kept_is_an_error_until_the_next_try_succeeds(tmp_path: Path) -> None:
    clock, folder = FakeClock(), tmp_path / "gone"
    keeper = Timekeeper(ClockRules(), clock, Source(synced=True), ClockFloor(folder / "floor"))

    with pytest.raises(DeviceError, match="cannot keep the time in"):
        keeper.look()
    folder.mkdir()
    keeper.look()
    assert not keeper.is_kept  # it was not tried again yet
    clock.advance(SAVED_EVERY_S)
    keeper.look()
    assert keeper.is_kept

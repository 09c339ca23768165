"""A door's settings: what is missing, what is dangerous, and what it becomes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kiosk.core import hours
from kiosk.core.hours import Shop
from kiosk.door.settings import DoorSettings
from runtime.errors import SettingsError
from runtime.settings import load
from tests.kiosk.door.premises import TOML


def settings(folder: Path, more: str = "", **changes: str) -> DoorSettings:
    text = TOML.format(folder=folder, uid=os.getuid())
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "door.toml").write_text(text + more)
    return load(DoorSettings, folder / "door.toml")


def test_a_door_is_described_in_one_file(tmp_path: Path) -> None:
    door = settings(tmp_path)
    rules = door.rules()

    assert (rules.entry.store, rules.entry.store_no, rules.entry.door) == ("hue-1", 7, "front")
    assert rules.doorway.hold_s == 1.5
    assert (rules.doorway.has_contact, rules.doorway.has_exit_sensor) == (True, True)
    assert not rules.entry.passback_is_hard
    assert door.allowed_uids() == {os.getuid()}


def test_without_a_closer_a_real_lock_is_refused(tmp_path: Path) -> None:
    line = f'closer = "{tmp_path}/closer.sock"'

    with pytest.raises(SettingsError, match=r"door\.toml: closer is missing: .*lock released"):
        settings(tmp_path, **{line: ""})
    simulated = settings(
        tmp_path, **{line: "", '[lock]\ndriver = "gpiozero': '[lock]\ndriver = "simulated'}
    )
    assert simulated.closer is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hold_s = 1.5", "hold_s = 60", r"\[lock\]: hold_s should be less than or equal to 10"),
        ("hold_s = 1.5", "hold = 1", r"hold is not a setting \(did you mean hold_s\?\)"),
        ('"5" =', '"five" =', "key 'five' must be named by its number"),
        (f"[{os.getuid()}]", '["nobody-at-all"]', "there is no user 'nobody-at-all'"),
        (f"[{os.getuid()}]", "[]", "allowed_users"),
        ('store = "hue-1"', 'store = "Huế"', "store String should match"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings(tmp_path, **{old: new})


def test_users_may_be_named(tmp_path: Path) -> None:
    assert 0 in settings(tmp_path, **{f"[{os.getuid()}]": '["root"]'}).allowed_uids()


OPENING = """
[opening]
saturday = "09:00-02:00"
sunday = "closed"
[opening.special]
2027-02-06 = "closed"
"""


def test_opening_hours_and_holidays(tmp_path: Path) -> None:
    opening = settings(tmp_path, OPENING).rules().entry.hours

    assert opening.special == {date(2027, 2, 6): ()}
    saturday_night = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)  # 01:30 in Việt Nam
    assert hours.at(opening, saturday_night.timestamp()) is Shop.OPEN
    assert hours.at(opening, saturday_night.timestamp() + 3_600) is Shop.CLOSED


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[opening]\nmonday = "7-22"', r"\[opening\]: monday: '7-22' is neither hours"),
        ('[opening]\ntimezone = "Asia/Hue"', "there is no time zone 'Asia/Hue'"),
        ('[opening.special]\n2027-02-06 = "shut"', "2027-02-06: 'shut' is neither hours"),
        ("[shop]\ncapacity = 0", "capacity"),
        ('[shop]\npassback = "maybe"', "passback"),
    ],
)
def test_mistakes_in_opening_and_shop_are_named(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings(tmp_path, more)


def test_the_shop_decides_how_strict_it_is(tmp_path: Path) -> None:
    more = """
[shop]
capacity = 12
passback = "hard"
longest_stay_min = 45
[claims]
socket = "/run/hien-claims/claims.sock"
when_silent = "refuse"
"""
    door = settings(tmp_path, more)

    assert (door.rules().entry.capacity, door.rules().entry.passback_is_hard) == (12, True)
    assert not door.rules().opens_unclaimed
    assert door.ledger_rules().occupancy.longest_stay_s == 2_700

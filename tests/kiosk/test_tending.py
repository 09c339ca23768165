"""Who knows the PIN looks after the kiosk at its own screen, and nobody else does."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from contract.messages import Level
from contract.vitals import Shown
from kiosk.adapters import pin_check
from kiosk.core.glass import redacted
from kiosk.core.inputs import Button, LinkChanged
from kiosk.core.maintenance import FIELDS, Maintenance, PinAsked, PinLocked, TouchTest
from kiosk.core.screen import Attract, Confirm, Goodbye, Offers
from kiosk.tending import LOCKED_S, RESTART_AFTER_S, TRIES_MAX, Tending
from tests.kiosk.whole_kiosk import Kiosk

PIN = "480271"
# argon2id of PIN with the cheapest parameters: the real ones take 50 ms
HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$tL3rEaekL6i6QGZ3uo7DBw$MSdkKMJy0OrS6KLNFnJNIM00Pzc5eC3pp9aBRo5wKLU"
)


class Tended(Kiosk):
    """A kiosk with a PIN, a second after it started."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.tending = Tending(HASH, self.panel, self.clock)
        self.app.ports = replace(self.app.ports, tending=self.tending)
        self.app.state = replace(self.app.state, has_pin=True)
        self.wait(1)

    def opened(self) -> Maintenance:
        self.press(Button.MAINTENANCE)
        self.type(PIN)
        screen = self.screen()
        assert isinstance(screen, Maintenance)
        return screen


@pytest.fixture
def kiosk(tmp_path: Path) -> Tended:
    return Tended(tmp_path)


def test_the_pin_opens_what_the_kiosk_says_of_itself_also_without_a_network(kiosk: Tended) -> None:
    kiosk.app.handle(LinkChanged(online=False))
    kiosk.press(Button.MAINTENANCE)
    assert kiosk.screen() == PinAsked()
    assert kiosk.app.state.session == ""
    kiosk.type(PIN)

    assert kiosk.screen() == Maintenance()
    kiosk.wait(0.5)
    assert kiosk.screen() == Maintenance(kiosk.app.health.said)
    assert redacted(kiosk.screen()) is Shown.SERVING, "nobody photographs it"
    assert kiosk.sent == [], "no shopper did anything"
    kiosk.press(Button.BACK)
    assert kiosk.screen() == Attract()


def test_after_five_wrong_pins_the_right_one_opens_nothing_for_ten_minutes(
    kiosk: Tended, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk.press(Button.MAINTENANCE)
    with caplog.at_level(logging.INFO):
        for number in range(1, TRIES_MAX):
            kiosk.type("000000")
            assert kiosk.screen() == PinAsked(wrong=number)
            if number == 2:  # who begins anew has no more tries
                kiosk.press(Button.BACK)
                kiosk.press(Button.MAINTENANCE)
                kiosk.app.state = replace(kiosk.app.state, screen=PinAsked(wrong=2))
        kiosk.type("000000")
    assert kiosk.screen() == PinLocked()
    said = [record.message for record in caplog.records if "maintenance" in record.message]
    assert len(said) == TRIES_MAX + 1
    assert not [line for line in said if "000000" in line]

    kiosk.press(Button.BACK)
    kiosk.press(Button.MAINTENANCE)
    with caplog.at_level(logging.INFO):
        kiosk.type(PIN)
    assert kiosk.screen() == PinLocked()
    assert not [record for record in caplog.records if "was right" in record.message]
    kiosk.clock.advance(LOCKED_S)
    kiosk.press(Button.BACK)
    kiosk.opened()


def test_a_right_pin_begins_to_count_anew(kiosk: Tended) -> None:
    for _ in range(2):
        kiosk.press(Button.MAINTENANCE)
        for _ in range(TRIES_MAX - 1):
            kiosk.type("000000")
        kiosk.type(PIN)
        assert isinstance(kiosk.screen(), Maintenance)
        kiosk.press(Button.BACK)


def test_nobody_is_sent_away_and_without_a_pin_there_is_no_way_in(kiosk: Tended) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")
    kiosk.press(Button.MAINTENANCE)
    assert isinstance(kiosk.screen(), Offers)

    kiosk.press(Button.END)
    kiosk.app.state = replace(kiosk.app.state, screen=Confirm("N***"))
    kiosk.press(Button.MAINTENANCE)
    assert kiosk.screen() == Confirm("N***")
    kiosk.app.state = replace(kiosk.app.state, screen=Attract(), has_pin=False)
    kiosk.press(Button.MAINTENANCE)
    assert kiosk.screen() == Attract()


def test_a_code_held_to_the_camera_is_counted_and_checks_nobody_in(kiosk: Tended) -> None:
    kiosk.opened()

    kiosk.hold_up(kiosk.pass_text())
    kiosk.hold_up("anything")

    screen = kiosk.screen()
    assert isinstance(screen, Maintenance)
    assert screen.codes_read == 2
    assert kiosk.sent == []
    kiosk.press(Button.BACK)
    kiosk.press(Button.MAINTENANCE)
    kiosk.hold_up(kiosk.pass_text())
    assert kiosk.screen() == PinAsked()


def test_every_field_of_the_glass_is_touched_once(kiosk: Tended) -> None:
    under = kiosk.opened()
    kiosk.press(Button.TOUCH_TEST)
    for field in [*range(FIELDS), 3, 99]:
        kiosk.press(Button.TOUCH_TEST, str(field))
    kiosk.press(Button.TOUCH_TEST, "x")

    screen = kiosk.screen()
    assert isinstance(screen, TouchTest)
    assert screen.touched == frozenset(range(FIELDS))
    kiosk.press(Button.BACK)
    assert kiosk.screen() == under


def test_sound_and_light_only_behind_the_pin(kiosk: Tended) -> None:
    kiosk.press(Button.SOUND)
    assert kiosk.panel.diary == []
    kiosk.opened()
    kiosk.press(Button.SOUND)

    assert kiosk.panel.diary == ["good"]


def test_it_starts_anew_after_the_glass_has_said_so(kiosk: Tended) -> None:
    kiosk.press(Button.RESTART)
    kiosk.wait(RESTART_AFTER_S + 1)
    assert not kiosk.tending.wants_restart()
    kiosk.opened()
    kiosk.press(Button.RESTART)

    screen = kiosk.screen()
    assert isinstance(screen, Maintenance)
    assert screen.is_restarting
    assert not kiosk.tending.wants_restart()
    kiosk.clock.advance(RESTART_AFTER_S)
    assert kiosk.tending.wants_restart()


def test_who_leaves_it_open_leaves_it_for_a_minute(kiosk: Tended) -> None:
    kiosk.opened()
    kiosk.wait(66)
    assert kiosk.screen() == Attract()
    kiosk.opened()
    kiosk.press(Button.END)
    assert kiosk.screen() == Goodbye()


def test_a_pin_is_kept_as_a_slow_hash_and_a_hash_that_is_none_opens_nothing() -> None:
    kept = pin_check.hashed(PIN)

    assert PIN not in kept
    assert kept.startswith("$argon2id$")
    assert pin_check.is_right(kept, PIN)
    assert not pin_check.is_right(kept, "480272")
    assert not pin_check.is_right("$argon2id$nonsense", PIN)

"""Light and buzzer on gpiozero's own mock pins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gpiozero import Button, Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from contract.events import Verdict
from kiosk.adapters.pins_gpiozero import GpioPanel
from runtime.errors import DeviceError, SettingsError
from tests.waiting import until

OPTIONS = {"light": 18, "buzzer": 23}


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    """Gpiozero's own stand-in for a Pi's pins."""
    before, Device.pin_factory = Device.pin_factory, MockFactory(pin_class=MockPWMPin)
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory = before


def test_everything_is_dark_and_silent_at_the_start_and_once_closed(pins: MockFactory) -> None:
    panel = GpioPanel(OPTIONS)
    assert (pins.pin(18).state, pins.pin(23).state) == (0, 0)

    panel.invite()
    until(lambda: pins.pin(18).state > 0, "the light comes up")
    panel.close()
    panel.close()

    assert (pins.pin(18).state, pins.pin(23).state) == (0, 0)


@pytest.mark.parametrize(
    ("verdict", "times"), [(Verdict.GOOD, 1), (Verdict.UNVERIFIED, 1), (Verdict.EXPIRED, 3)]
)
def test_one_beep_for_yes_three_for_no(pins: MockFactory, verdict: Verdict, times: int) -> None:
    panel = GpioPanel(OPTIONS)
    pins.pin(23).clear_states()

    panel.answer(verdict)

    expected = [0, *[1, 0] * times]
    until(lambda: len(pins.pin(23).states) >= len(expected), "all beeps have sounded")
    assert [state.state for state in pins.pin(23).states] == expected
    panel.close()


def test_a_pin_that_is_taken_is_named(pins: MockFactory) -> None:
    first = GpioPanel(OPTIONS)

    with pytest.raises(DeviceError, match="GPIO18"):
        GpioPanel(OPTIONS)
    first.close()


def test_a_panel_whose_pins_are_gone_says_so_in_our_words(pins: MockFactory) -> None:
    panel = GpioPanel(OPTIONS)
    panel._light.close()
    panel._buzzer.close()

    with pytest.raises(DeviceError, match="light on GPIO18, buzzer on GPIO23"):
        panel.invite()
    with pytest.raises(DeviceError, match="light on GPIO18, buzzer on GPIO23"):
        panel.answer(Verdict.GOOD)


def test_pins_that_were_let_go_of_can_be_taken_again(pins: MockFactory) -> None:
    GpioPanel(OPTIONS).close()
    with Button(23), pytest.raises(DeviceError) as half_made:
        GpioPanel(OPTIONS)

    GpioPanel(OPTIONS).close()
    del half_made  # until here its light could not be swept up by chance


@pytest.mark.parametrize(
    ("options", "says"),
    [({"light": 18}, "buzzer"), ({"light": 40, "buzzer": 2}, "27"), ({**OPTIONS, "x": 1}, "x")],
)
def test_a_wrong_option_is_named(options: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=f"driver gpiozero, options: .*{says}"):
        GpioPanel(options)

"""Drivers are found by name, and a wrong name gets the nearest right one."""

import pytest

from runtime.clock import system_clock
from runtime.drivers import load
from runtime.errors import SettingsError


def test_a_registered_driver_is_loaded() -> None:
    assert load("hien.clocks", "system") is system_clock


@pytest.mark.parametrize(
    ("name", "hint"), [("sistem", "did you mean system"), ("quartz", "there are ")]
)
def test_an_unknown_driver_is_answered_with_what_there_is(name: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=hint):
        load("hien.clocks", name)

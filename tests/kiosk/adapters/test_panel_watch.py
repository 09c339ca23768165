"""A kiosk goes on in the dark."""

from __future__ import annotations

import pytest

from contract.events import Condition, Device, Verdict
from kiosk.adapters.panel_watch import WatchedPanel
from kiosk.core.inputs import DeviceChanged, Input
from kiosk.ports import Panel
from runtime.errors import DeviceError, SettingsError


class FragilePanel:
    """Does what it is told, until it breaks."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.is_broken = False

    def invite(self) -> None:
        self._do("invite")

    def answer(self, verdict: Verdict) -> None:
        self._do(f"answer {verdict}")

    def off(self) -> None:
        self._do("off")

    def _do(self, what: str) -> None:
        if self.is_broken:
            raise DeviceError("GPIO18: gone")
        self.did.append(what)


def use(panel: Panel) -> None:
    panel.invite()
    panel.answer(Verdict.GOOD)
    panel.off()


def test_a_panel_that_works_is_used() -> None:
    inner, said = FragilePanel(), list[Input]()

    use(WatchedPanel(lambda: inner, said.append))

    assert inner.did == ["invite", "answer good", "off"]
    assert said == []


def test_a_panel_that_cannot_be_made_is_said_and_the_kiosk_goes_on() -> None:
    def make() -> Panel:
        raise DeviceError("no pins here")

    said: list[Input] = []
    use(WatchedPanel(make, said.append))

    assert said == [DeviceChanged(Device.PINS, Condition.OUT, "no pins here")]


@pytest.mark.parametrize("call", ["invite", "answer", "off"])
def test_a_panel_that_breaks_is_said_once_and_left_alone(call: str) -> None:
    inner, said = FragilePanel(), list[Input]()
    panel = WatchedPanel(lambda: inner, said.append)
    inner.is_broken = True
    getattr(panel, call)(*[Verdict.GOOD] * (call == "answer"))
    inner.is_broken = False

    use(panel)

    assert said == [DeviceChanged(Device.PINS, Condition.OUT, "GPIO18: gone")]
    assert inner.did == []


def test_a_wrong_setting_is_not_a_broken_panel() -> None:
    def make() -> Panel:
        raise SettingsError("light is missing")

    with pytest.raises(SettingsError):
        WatchedPanel(make, list[Input]().append)

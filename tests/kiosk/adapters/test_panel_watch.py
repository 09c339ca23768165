"""A kiosk goes on in the dark, and tries again."""

from __future__ import annotations

import pytest

from contract.events import Condition, Device, Verdict
from kiosk.adapters.panel_watch import WatchedPanel
from kiosk.adapters.pin_troubles import RETRY_S, PinTroubles
from kiosk.core.inputs import DeviceChanged, Input
from kiosk.ports import Panel
from runtime.errors import DeviceError, SettingsError
from tests.fakes import FakeClock, FakePanel

GONE = DeviceChanged(Device.PINS, Condition.OUT, "GPIO18: gone")
WORKS = DeviceChanged(Device.PINS, Condition.OK)


class Wires:
    """What a panel hangs on, and the inbox in which is said how it is."""

    def __init__(self) -> None:
        self.are_cut = False
        self.inbox_is_full = False
        self.made: list[FragilePanel] = []
        self.said: list[Input] = []
        self.clock = FakeClock()
        self.troubles = PinTroubles(self.offer)

    def make(self) -> Panel:
        self.check()
        self.made.append(FragilePanel(self))
        return self.made[-1]

    def watched(self) -> WatchedPanel:
        return WatchedPanel(self.make, self.troubles, self.clock)

    def check(self) -> None:
        if self.are_cut:
            raise DeviceError("GPIO18: gone")

    def offer(self, what: Input) -> bool:
        if not self.inbox_is_full:
            self.said.append(what)
        return not self.inbox_is_full


class FragilePanel(FakePanel):
    """Does what it is told, while its wires are whole."""

    def __init__(self, wires: Wires) -> None:
        super().__init__()
        self._wires = wires

    def invite(self) -> None:
        self._wires.check()
        super().invite()

    def answer(self, verdict: Verdict) -> None:
        self._wires.check()
        super().answer(verdict)

    def close(self) -> None:
        super().close()
        self._wires.check()


def test_a_panel_that_works_is_used_and_nothing_is_said() -> None:
    wires = Wires()
    panel = wires.watched()
    panel.invite()
    panel.answer(Verdict.GOOD)
    panel.close()
    panel.close()

    assert [one.diary for one in wires.made] == [["invite", "good", "close"]]
    assert wires.said == []


def test_a_panel_that_cannot_be_made_is_said_once_and_made_when_it_can_be() -> None:
    wires = Wires()
    wires.are_cut = True
    panel = wires.watched()
    panel.invite()
    wires.are_cut = False
    panel.invite()
    assert wires.said == [GONE]
    assert wires.made == []  # not at every shopper's step

    wires.clock.advance(RETRY_S)
    panel.answer(Verdict.GOOD)

    assert wires.said == [GONE, WORKS]
    assert [one.diary for one in wires.made] == [["good"]]


@pytest.mark.parametrize("call", ["invite", "answer"])
def test_a_panel_that_breaks_is_said_let_go_of_and_works_again_later(call: str) -> None:
    wires = Wires()
    panel = wires.watched()
    wires.are_cut = True
    getattr(panel, call)(*[Verdict.GOOD] * (call == "answer"))
    wires.clock.advance(RETRY_S)
    panel.invite()
    wires.are_cut = False
    wires.clock.advance(RETRY_S)
    panel.invite()

    assert wires.said == [GONE, WORKS]
    assert [one.diary for one in wires.made] == [["close"], ["invite"]]


def test_a_panel_that_breaks_while_it_is_closed_ends_all_the_same() -> None:
    wires = Wires()
    panel = wires.watched()
    wires.are_cut = True
    panel.close()
    wires.are_cut = False
    panel.invite()

    assert [one.diary for one in wires.made] == [["close"]]


def test_a_wrong_setting_is_not_a_broken_panel() -> None:
    def make() -> Panel:
        raise SettingsError("light is missing")

    with pytest.raises(SettingsError):
        WatchedPanel(make, Wires().troubles, FakeClock())


def test_pins_work_when_all_of_them_do() -> None:
    wires = Wires()
    wires.troubles.fails("panel", "GPIO18: gone")
    wires.troubles.fails("call", "call: gone")
    wires.troubles.works("panel")
    wires.troubles.works("panel")
    wires.troubles.works("call")

    assert wires.said == [
        GONE,
        DeviceChanged(Device.PINS, Condition.OUT, "GPIO18: gone; call: gone"),
        DeviceChanged(Device.PINS, Condition.OUT, "call: gone"),
        WORKS,
    ]


def test_what_found_no_room_is_said_the_next_time() -> None:
    wires = Wires()
    wires.troubles.fails("panel", "GPIO18: gone")
    wires.inbox_is_full = True
    wires.troubles.works("panel")
    wires.inbox_is_full = False
    wires.troubles.works("motion")

    assert wires.said == [GONE, WORKS]

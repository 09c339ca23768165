"""A whole kiosk that is ordered to do something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from contract import commands
from contract.commands import LIFE_MS, Command, Deed
from contract.messages import Level, Receipt
from contract.topics import KioskAddress
from contract.vitals import Outcome, Shown
from kiosk.adapters.closed_file import ClosedFile
from kiosk.closing import Closing
from kiosk.core.identify import Identify
from kiosk.core.inputs import Button, Ordered, Painted, Tick, Told
from kiosk.core.screen import Attract, Closed, Offers, StaffCalled
from kiosk.obeying import RESTART_AFTER_S, Obeying
from runtime.clock import unix_ms
from tests.kiosk.whole_kiosk import KEY, Kiosk

HERE = KioskAddress("hue-1", "quay-1")
KEYS = {5: KEY.public_key().public_bytes_raw()}


class Ordering(Kiosk):
    """A kiosk that knows whom to obey, a minute after it started."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.obeying = Obeying(HERE, KEYS, self.panel, self.clock, self.time)
        self.app.ports = replace(self.app.ports, obeying=self.obeying)
        self.wait(60)

    def order(self, deed: Deed, nonce: int = 1) -> bytes:
        at_ms = unix_ms(self.clock.utc())
        said = Command(deed, *HERE_AND(nonce), at_ms, at_ms + LIFE_MS, "lan")
        sealed = commands.make(KEY, 5, said)
        self.app.handle(Ordered(sealed), Tick())
        return sealed

    def answers(self) -> list[tuple[str, Outcome]]:
        return [(one.nonce[-1], one.outcome) for one in self.uplink.states[-1].answers]


def HERE_AND(nonce: int) -> tuple[str, str, str]:  # noqa: N802 - reads as one word above
    return HERE.store, HERE.kiosk, f"{nonce:032x}"


@pytest.fixture
def kiosk(tmp_path: Path) -> Ordering:
    return Ordering(tmp_path)


def test_it_says_which_one_it_is_by_screen_and_light_and_that_it_did(kiosk: Ordering) -> None:
    kiosk.order(Deed.IDENTIFY)

    assert kiosk.screen() == Identify()
    assert kiosk.panel.diary == ["invite"]
    assert kiosk.answers() == [("1", Outcome.DONE)]
    glass = kiosk.uplink.states[-1].glass
    assert glass is not None
    assert glass.shown is Shown.IDENTIFY
    kiosk.press(Button.BACK)
    assert kiosk.screen() == Attract()


def test_a_shopper_keeps_their_screen(kiosk: Ordering) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL)

    kiosk.order(Deed.IDENTIFY)

    assert isinstance(kiosk.screen(), Offers)
    assert kiosk.panel.diary[-1] == "invite", "the light is enough"
    glass = kiosk.uplink.states[-1].glass
    assert glass is not None
    assert glass.shown is Shown.SERVING


def test_an_order_that_comes_again_does_nothing_again(kiosk: Ordering) -> None:
    sealed = kiosk.order(Deed.IDENTIFY)
    kiosk.press(Button.BACK)

    kiosk.app.handle(Ordered(sealed))

    assert kiosk.screen() == Attract()
    assert kiosk.answers() == [("1", Outcome.DONE)]


def test_before_it_starts_anew_it_says_so(kiosk: Ordering) -> None:
    kiosk.order(Deed.RESTART)

    assert kiosk.answers() == [("1", Outcome.DONE)]
    assert not kiosk.obeying.wants_restart()
    kiosk.clock.advance(RESTART_AFTER_S)
    assert kiosk.obeying.wants_restart()


def test_the_order_that_ended_a_kiosk_does_not_end_the_next(kiosk: Ordering) -> None:
    sealed = kiosk.order(Deed.RESTART)
    kiosk.clock.advance(3)
    anew = Obeying(HERE, KEYS, kiosk.panel, kiosk.clock, kiosk.time)
    kiosk.app.ports = replace(kiosk.app.ports, obeying=anew)

    kiosk.app.handle(Ordered(sealed), Tick())

    assert kiosk.answers() == [("1", Outcome.BEFORE_START)]
    kiosk.clock.advance(RESTART_AFTER_S)
    assert not anew.wants_restart()


def test_the_last_answers_are_told_and_no_more_than_fit(kiosk: Ordering) -> None:
    for nonce in range(1, 8):
        kiosk.order(Deed.IDENTIFY, nonce)

    assert [nonce for nonce, _ in kiosk.answers()] == ["4", "5", "6", "7"]


def test_a_kiosk_says_how_its_glass_and_its_ears_are(kiosk: Ordering) -> None:
    kiosk.wait(60)
    dark = kiosk.uplink.states[-1]
    assert dark.glass is not None
    assert dark.glass.behind_s > 100, "no browser ever painted anything"
    assert (dark.glass.touched_ago_s, dark.heard_ago_s) == (None, None)

    kiosk.app.handle(Painted(kiosk.app.state.revision, 0.0))
    kiosk.tag_near()
    kiosk.press(Button.BACK)
    last = kiosk.uplink.sent[-1]
    kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, last.seq, last.chain)))
    kiosk.app.handle(Painted(kiosk.app.state.revision, 0.0))
    kiosk.wait(20)

    well = kiosk.uplink.states[-1]
    assert well.glass is not None
    assert well.glass.behind_s == 0
    assert well.glass.touched_ago_s is not None
    assert 0 < well.glass.touched_ago_s <= 20
    assert well.heard_ago_s is not None
    assert 0 < well.heard_ago_s <= 20


@pytest.fixture
def photographed(kiosk: Ordering) -> list[tuple[str, int]]:
    """What was to be photographed: nonce's last letter, and which revision."""
    taken: list[tuple[str, int]] = []
    kiosk.obeying.look_with(lambda nonce, revision: taken.append((nonce[-1], revision)))
    return taken


def painted(kiosk: Kiosk) -> int:
    revision = kiosk.app.state.revision
    kiosk.app.handle(Painted(revision, 0.0))
    return revision


def test_a_screen_on_which_nobody_is_served_is_photographed(
    kiosk: Ordering, photographed: list[tuple[str, int]]
) -> None:
    revision = painted(kiosk)

    kiosk.order(Deed.LOOK)

    assert photographed == [("1", revision)]
    assert kiosk.answers() == [("1", Outcome.DONE)]
    assert kiosk.screen() == Attract()


def test_while_somebody_is_served_no_picture_is_taken(
    kiosk: Ordering, photographed: list[tuple[str, int]]
) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL)
    painted(kiosk)

    kiosk.order(Deed.LOOK)

    assert photographed == []
    assert kiosk.answers() == [("1", Outcome.SERVING)]


def test_what_the_browser_may_still_show_of_somebody_is_not_photographed(
    kiosk: Ordering, photographed: list[tuple[str, int]]
) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL)
    painted(kiosk)
    kiosk.press(Button.END)
    kiosk.press(Button.BACK)
    assert kiosk.screen() == Attract(), "and the browser has not painted that"

    kiosk.order(Deed.LOOK, 1)
    assert photographed == []
    painted(kiosk)
    kiosk.order(Deed.LOOK, 2)

    assert [nonce for nonce, _ in photographed] == ["2"]
    assert kiosk.answers() == [("1", Outcome.SERVING), ("2", Outcome.DONE)]


def test_a_kiosk_that_can_take_no_pictures_says_so(kiosk: Ordering) -> None:
    painted(kiosk)
    kiosk.order(Deed.LOOK)

    assert kiosk.answers() == [("1", Outcome.UNABLE)]


def test_the_owner_closes_the_shop_and_a_restart_does_not_open_it(
    kiosk: Ordering, tmp_path: Path
) -> None:
    def closing() -> Closing:
        return Closing(None, ClosedFile(tmp_path), kiosk.time)

    kiosk.order(Deed.CLOSE)
    assert kiosk.answers() == [("1", Outcome.UNABLE)], "nobody here knows how"
    kiosk.app.ports = replace(kiosk.app.ports, closing=(first := closing()))
    kiosk.obeying.close_with(first)

    kiosk.press(Button.STAFF)
    kiosk.order(Deed.CLOSE, 2)
    assert isinstance(kiosk.screen(), StaffCalled), "nobody is sent away"
    kiosk.press(Button.BACK)
    kiosk.wait(1)
    assert kiosk.screen() == Closed(is_by_owner=True)

    kiosk.app.ports = replace(kiosk.app.ports, closing=(second := closing()))
    kiosk.obeying.close_with(second)
    kiosk.wait(1)
    assert kiosk.screen() == Closed(is_by_owner=True)
    kiosk.order(Deed.OPEN, 3)
    assert kiosk.screen() == Attract()
    assert kiosk.answers()[1:] == [("2", Outcome.DONE), ("3", Outcome.DONE)]


def test_a_disk_that_will_not_remember_is_said(kiosk: Ordering, tmp_path: Path) -> None:
    gone = Closing(None, ClosedFile(tmp_path / "gone"), kiosk.time)
    kiosk.app.ports = replace(kiosk.app.ports, closing=gone)
    kiosk.obeying.close_with(gone)

    kiosk.order(Deed.CLOSE)

    assert kiosk.screen() == Attract()
    assert kiosk.answers() == [("1", Outcome.UNABLE)]

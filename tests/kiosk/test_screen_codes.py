"""Stories of phones that scan what a kiosk shows: what it believes, shows and tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.events import Touch, Touched
from contract.messages import Level, Refusal, Show
from contract.screen_codes import digest
from kiosk.core.inputs import Button, CodeRead, Told
from kiosk.core.screen import Attract, Confirm, Hello, Offers, Refused, Waiting
from tests.kiosk.whole_kiosk import Kiosk

URL = "https://shop.example"


class CodeKiosk(Kiosk):
    """A kiosk that shows codes to phones."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.app.phone_codes.phone_url = URL
        self.wait(0.5)

    @property
    def code(self) -> str:
        """What a phone reads on the screen."""
        link = self.app.state.phone_link
        assert link.startswith(f"{URL}/k/quay-1/")
        return link.rpartition("/")[2]

    def claimed(self, code: str, level: Level = Level.CONFIRM) -> None:
        """The gateway took a phone's claim."""
        self.app.handle(Told(Show(code, digest(code), level, masked_name="N***", name="Ngọc")))


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[CodeKiosk]:
    made = CodeKiosk(tmp_path)
    yield made
    made.outbox.close()


def test_a_claimed_code_asks_who_stands_here_and_only_a_touch_makes_it_personal(
    kiosk: CodeKiosk,
) -> None:
    code = kiosk.code
    kiosk.claimed(code)
    assert kiosk.screen() == Confirm("N***")

    kiosk.press(Button.CONFIRM)
    assert kiosk.screen() == Waiting()
    assert kiosk.sent[-1] == Touched(code, Touch.CONFIRM)
    kiosk.claimed(code, Level.PERSONAL)
    assert isinstance(kiosk.screen(), Offers)


@pytest.mark.parametrize("level", [Level.PERSONAL, Level.REFUSED])
def test_by_a_code_nothing_begins_but_the_question(kiosk: CodeKiosk, level: Level) -> None:
    kiosk.claimed(kiosk.code, level)

    assert kiosk.screen() == Attract()


def test_a_claim_that_comes_after_ninety_seconds_is_too_late(kiosk: CodeKiosk) -> None:
    code = kiosk.code
    kiosk.wait(89)
    assert kiosk.code != code
    kiosk.wait(1)

    kiosk.claimed(code)

    assert kiosk.screen() == Attract()


def test_the_code_before_is_good_for_thirty_seconds_more(kiosk: CodeKiosk) -> None:
    code = kiosk.code
    kiosk.wait(85)
    assert kiosk.code != code

    kiosk.claimed(code)

    assert kiosk.screen() == Confirm("N***")


def test_after_a_claim_all_codes_are_used_and_a_new_one_is_shown_and_told(
    kiosk: CodeKiosk,
) -> None:
    kiosk.press(Button.STAFF)  # so that nothing else is news later
    kiosk.press(Button.BACK)
    before = kiosk.code
    kiosk.wait(62)  # not when the kiosk would say how it is anyway
    current = kiosk.code
    kiosk.claimed(before)
    kiosk.press(Button.DENY)
    kiosk.wait(0.5)

    assert kiosk.code not in (before, current)
    assert [one.digest for one in kiosk.uplink.states[-1].codes] == [digest(kiosk.code)]
    for used in (before, current):
        kiosk.claimed(used)
        assert kiosk.screen() == Attract()


def test_a_tag_that_was_greeted_meanwhile_is_no_hindrance(kiosk: CodeKiosk) -> None:
    code = kiosk.code
    kiosk.tag_near()
    assert kiosk.screen() == Hello()

    kiosk.claimed(code)

    assert kiosk.screen() == Confirm("N***")


def test_nobody_who_is_being_served_is_interrupted(kiosk: CodeKiosk) -> None:
    code = kiosk.code
    kiosk.app.handle(CodeRead("none of ours", 0.0))
    assert isinstance(kiosk.screen(), Refused)

    kiosk.claimed(code)

    assert isinstance(kiosk.screen(), Refused)
    assert kiosk.code != code, "it is used, so it may not be shown again"


def test_a_code_nobody_was_shown_does_nothing(kiosk: CodeKiosk) -> None:
    for code in ("f" * 16, kiosk.app.state.session):
        kiosk.claimed(code)

        assert kiosk.screen() == Attract()


def test_the_state_tells_of_a_new_code_at_once_and_never_the_code(kiosk: CodeKiosk) -> None:
    assert [one.digest for one in kiosk.uplink.states[-1].codes] == [digest(kiosk.code)]
    kiosk.wait(60)

    newest = kiosk.uplink.states[-1].codes
    assert newest[0].digest == digest(kiosk.code)
    assert newest[0].left_ms == 90_000
    assert kiosk.code not in repr(kiosk.uplink.states)


def test_only_an_invitation_is_painted_anew_for_a_new_code(kiosk: CodeKiosk) -> None:
    painted = len(kiosk.feed.shown)
    kiosk.wait(60)
    assert len(kiosk.feed.shown) == painted + 1

    kiosk.claimed(kiosk.code)
    painted = len(kiosk.feed.shown)
    for _ in range(4):
        kiosk.press(Button.STAY)
        kiosk.wait(20)

    assert kiosk.screen() == Confirm("N***")
    assert len(kiosk.feed.shown) == painted


def test_a_kiosk_without_an_address_for_phones_shows_no_code(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.wait(1)

    assert kiosk.app.state.phone_link == ""
    assert kiosk.uplink.states[-1].codes == ()
    kiosk.app.handle(Told(Show("0" * 16, "0" * 32, Level.REFUSED, refusal=Refusal.NOT_RECOGNISED)))
    assert kiosk.screen() == Attract()
    kiosk.outbox.close()

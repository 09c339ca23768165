"""Stories of tags at one kiosk: who is noticed, where, and who is a stranger again."""

from __future__ import annotations

import random

from msgspec import structs

from contract.events import (
    Arrived,
    Counted,
    Left,
    Moved,
    Touched,
)
from contract.footfall import Counter
from contract.messages import (
    Trust,
)
from kiosk.core.footfall import QUARTER_S, Footfall
from kiosk.core.inputs import Advertisement, Button, Heard, Passed, Tick, Told
from kiosk.core.screen import (
    Attract,
    Hello,
)
from runtime.clock import unix_ms
from tests.contract.denying import denial_of
from tests.kiosk.whole_kiosk import TOMORROW_MS, TRUST, Kiosk


def test_nothing_of_a_strangers_tag_is_kept_or_sent(kiosk: Kiosk) -> None:
    kiosk.tag_near(minor=99, seconds=30)

    assert kiosk.screen() == Attract()
    assert (kiosk.app.near, kiosk.sent) == ({}, [])


def test_a_member_who_withdraws_consent_is_forgotten_at_once(kiosk: Kiosk) -> None:
    kiosk.tag_near()
    kiosk.app.handle(Told(Trust("hue-1", 2, TOMORROW_MS)))
    kiosk.wait(30)

    assert kiosk.app.near == {}
    assert [type(body) for body in kiosk.sent] == [Arrived]


def test_a_lost_tag_is_denied_at_once_and_no_trust_brings_it_back(kiosk: Kiosk) -> None:
    kiosk.tag_near()
    kiosk.app.handle(Told(denial_of(1, "t-17")))
    kiosk.app.handle(Told(structs.replace(TRUST, epoch=2)))
    kiosk.tag_near()

    assert kiosk.app.near == {}
    assert [type(body) for body in kiosk.sent] == [Arrived]


def test_nobody_is_recognised_on_a_word_that_has_grown_too_old(kiosk: Kiosk) -> None:
    kiosk.clock.advance(86_400)
    kiosk.wait(1)
    kiosk.tag_near()
    assert kiosk.sent == []

    kiosk.app.handle(Told(structs.replace(TRUST, epoch=2, not_after_ms=TOMORROW_MS * 2)))
    kiosk.tag_near()
    assert [type(body) for body in kiosk.sent] == [Arrived]


def test_at_a_receiver_away_from_the_screen_a_member_arrives_without_a_hello(kiosk: Kiosk) -> None:
    kiosk.tag_near(receiver="shelf-1")

    assert kiosk.sent == [Arrived("t-17", "shelf-1", -58)]
    assert kiosk.screen() == Attract()


def test_who_comes_from_a_shelf_to_the_screen_is_greeted_once(kiosk: Kiosk) -> None:
    kiosk.tag_near(receiver="shelf-1")
    kiosk.tag_near(seconds=12)

    assert kiosk.screen() == Hello()
    assert [(type(body), body.zone) for body in kiosk.sent] == [  # type: ignore[attr-defined]
        (Arrived, "shelf-1"),
        (Moved, "quay-1"),
        (Left, "quay-1"),
        (Arrived, "quay-1"),
    ]
    assert kiosk.sent[-1].session == kiosk.app.state.session  # type: ignore[attr-defined]


def test_who_only_walks_past_the_screen_moves_and_is_not_greeted(kiosk: Kiosk) -> None:
    kiosk.tag_near(receiver="shelf-1")
    kiosk.tag_near(rssi_dbm=-70, seconds=12)
    kiosk.wait(20)

    assert kiosk.screen() == Attract()
    assert [type(body) for body in kiosk.sent] == [Arrived, Moved, Left]


def test_nobody_is_reported_who_is_heard_by_several_but_near_none(kiosk: Kiosk) -> None:
    for _ in range(10):
        kiosk.tag_near(rssi_dbm=-70, seconds=1)
        kiosk.tag_near(rssi_dbm=-75, seconds=1, receiver="shelf-1")
    kiosk.wait(90)

    assert (kiosk.app.near, kiosk.sent) == ({}, [])


def test_who_left_and_comes_again_is_greeted_again(kiosk: Kiosk) -> None:
    for _ in range(2):
        kiosk.tag_near()
        kiosk.press(Button.END)
        kiosk.wait(120)

    assert [type(body) for body in kiosk.sent if not isinstance(body, Touched)] == [
        Arrived,
        Left,
        Arrived,
        Left,
    ]


def test_the_state_tells_when_known_tags_were_heard_and_of_no_stranger(kiosk: Kiosk) -> None:
    kiosk.tag_near(seconds=1)
    kiosk.tag_near(minor=99, seconds=1)
    kiosk.wait(16)

    (heard,) = kiosk.uplink.states[-1].tags
    assert heard.tag == "t-17"
    assert 15_000 <= unix_ms(kiosk.clock.utc()) - heard.at_ms <= 18_000


def test_who_withdrew_is_told_of_no_more(kiosk: Kiosk) -> None:
    kiosk.tag_near(seconds=1)
    kiosk.app.handle(Told(structs.replace(TRUST, epoch=2, tags=())))
    kiosk.wait(16)

    assert kiosk.uplink.states[-1].tags == ()


def test_strangers_are_counted_only_where_that_is_wanted_and_nothing_of_them_leaves(
    kiosk: Kiosk,
) -> None:
    def phones_come() -> None:
        for number in range(40):
            heard = Advertisement({}, {}, -50, bytes([0x40, 0, 0, 0, 0, number]))
            kiosk.app.handle(Heard(heard, kiosk.clock.monotonic_s()), Passed())
        kiosk.clock.advance(QUARTER_S)
        kiosk.app.handle(Tick())

    phones_come()
    assert kiosk.sent == []

    kiosk.app.footfall = Footfall(random.Random(1).randbytes, counts_beam=True)
    kiosk.app.handle(Tick())
    phones_come()
    phones, beam = kiosk.sent
    assert isinstance(phones, Counted)
    assert 30 <= (phones.number or 0) <= 50
    assert beam == Counted(Counter.BEAM, 40)

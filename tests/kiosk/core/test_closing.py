"""When the shop is closed the screen says so, and until when; nobody is sent away by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract.events import ClockTrust
from contract.vitals import Shown
from kiosk.core import closing, glass, hours, screen
from kiosk.core.clock_trust import Belief
from kiosk.core.closing import Calendar
from kiosk.core.ease import Ease
from kiosk.core.find_me import find_me
from kiosk.core.hours import OpeningHours, Shop
from kiosk.core.identify import Identify
from kiosk.core.inputs import Button, Language
from kiosk.core.screen import Attract, Closed, Confirm, Goodbye, Hello, ScreenState, Waiting
from kiosk.core.screen_rules import ScreenRules

HUE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = hours.parse("07:30-11:30, 13:00-21:00")
OPENING = OpeningHours(
    HUE, (WEEKDAYS,) * 6 + (hours.parse("closed"),), {date(2026, 11, 27): hours.parse("closed")}
)
CALENDAR = Calendar(OPENING)
RULES = ScreenRules()


def at(day: int, clock: str) -> Belief:
    hour, minute = map(int, clock.split(":"))
    moment = datetime(2026, 11, day, hour, minute, tzinfo=HUE)
    return Belief(ClockTrust.TRUSTED, moment.timestamp(), 0.1)


@pytest.mark.parametrize(
    ("now", "opens", "days_away"),
    [
        pytest.param(at(23, "07:29"), (23, 7, 30), 0, id="before it opens"),
        pytest.param(at(23, "12:00"), (23, 13, 0), 0, id="at lunch"),
        pytest.param(at(23, "21:00"), (24, 7, 30), 1, id="in the evening"),
        pytest.param(at(28, "22:00"), (30, 7, 30), 2, id="over Sunday"),
        pytest.param(at(27, "09:00"), (28, 7, 30), 1, id="on a holiday"),
    ],
)
def test_until_when(now: Belief, opens: tuple[int, int, int], days_away: int) -> None:
    day, hour, minute = opens
    assert closing.closed(CALENDAR, now) == Closed(
        datetime(2026, 11, day, hour, minute, tzinfo=HUE), days_away
    )


def test_open_is_open_and_where_nobody_knows_the_time_it_is_open_too() -> None:
    assert closing.closed(CALENDAR, at(23, "07:30")) is None
    unsure = replace(at(23, "03:00"), trust=ClockTrust.FLOOR)
    assert closing.closed(CALENDAR, unsure) is None
    assert closing.closed(Calendar(), at(23, "03:00")) is None


def test_the_owners_word_needs_no_clock_and_promises_no_hour() -> None:
    by_owner = replace(CALENDAR, is_closed_by_owner=True)

    for now in (at(23, "12:30"), at(23, "09:00"), replace(at(23, "9:00"), trust=ClockTrust.FLOOR)):
        assert closing.closed(by_owner, now) == Closed(is_by_owner=True)


def test_a_shop_that_never_opens_promises_nothing() -> None:
    never = OpeningHours(HUE, ((),) * 7)

    assert closing.closed(Calendar(never), at(23, "09:00")) == Closed()


@given(st.integers(0, 30 * 24 * 60))
@example(7 * 60 + 30)
def test_it_is_closed_until_it_opens_and_not_a_minute_longer(minutes: int) -> None:
    now = at(1, "00:00").unix_s + 60 * minutes
    opens = hours.next_opening(OPENING, now)
    assert opens is not None
    assert hours.at(OPENING, opens.timestamp()) is Shop.OPEN
    before = opens.astimezone(UTC) - timedelta(minutes=1)
    assert hours.at(OPENING, before.timestamp()) is not Shop.OPEN
    assert opens.timestamp() > now


IDLE = ScreenState(offline=False)
SHUT = Closed(datetime(2026, 11, 24, 7, 30, tzinfo=HUE), 1)


def test_the_invitation_gives_way_and_comes_back() -> None:
    shut = closing.look(IDLE, SHUT, 5)
    assert shut.screen == SHUT
    assert closing.look(shut, SHUT, 6) is shut, "no picture for nothing"
    today = closing.look(shut, replace(SHUT, days_away=0), 7)
    assert (today.screen, today.revision) == (replace(SHUT, days_away=0), shut.revision + 1)
    assert closing.look(shut, None, 8).screen == Attract()


@pytest.mark.parametrize("screen_", [Hello(), Waiting(), Confirm("N***"), Goodbye()])
def test_who_is_served_is_served_to_the_end(screen_: screen.Screen) -> None:
    served = replace(IDLE, screen=screen_)
    assert closing.look(served, SHUT, 5) is served

    eased = replace(IDLE, language=Language.EN)
    assert closing.look(eased, SHUT, 5) is eased, "somebody has just chosen a language"


def test_a_closed_screen_greets_nobody_but_takes_a_pass() -> None:
    shut = closing.look(IDLE, SHUT, 5)

    assert screen.greet(shut, "1" * 16, 6) is shut
    assert screen.press(shut, Button.BACK, "", 6).screen == SHUT
    assert screen.accept_code(shut, "1" * 16, 6).screen == Waiting()
    assert glass.redacted(shut.screen) is Shown.CLOSED
    assert find_me(shut, 6).screen == Identify()


def test_its_language_and_ease_go_back_by_themselves_and_it_dims_as_the_invitation() -> None:
    shut = replace(closing.look(IDLE, SHUT, 5), language=Language.EN, ease=frozenset({Ease.LARGE}))

    wiped = screen.tick(shut, RULES, 5 + RULES.idle_s)
    assert (wiped.language, wiped.ease) == (Language.VI, frozenset())
    dimmed = screen.tick(closing.look(IDLE, SHUT, 5), replace(RULES, dim_after_s=30), 40)
    assert dimmed.dimmed
    assert not screen.approach(dimmed, 41).dimmed

"""Opening hours: usual days, holidays, nights, and what is no time of day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import hours
from kiosk.core.hours import DAY_MIN, OpeningHours, Shop

HUE = ZoneInfo("Asia/Ho_Chi_Minh")
TET = date(2027, 2, 6)  # a Saturday
SHOP = OpeningHours(
    zone=HUE,
    week=(hours.parse("07:00-22:00"),) * 5 + (hours.parse("09:00-02:00"), ()),
    special={TET: (), date(2027, 2, 8): hours.parse("10:00-12:00")},
)


def at(text: str) -> Shop:
    return hours.at(SHOP, datetime.fromisoformat(text).replace(tzinfo=HUE).timestamp())


@pytest.mark.parametrize(
    ("moment", "shop"),
    [
        ("2026-11-23T06:59", Shop.CLOSED),
        ("2026-11-23T07:00", Shop.OPEN),
        ("2026-11-23T21:59", Shop.OPEN),
        ("2026-11-23T22:00", Shop.CLOSED),
        pytest.param("2026-11-28T23:30", Shop.OPEN, id="Saturday night"),
        pytest.param("2026-11-29T01:59", Shop.OPEN, id="and on into Sunday"),
        pytest.param("2026-11-29T02:00", Shop.CLOSED, id="until two"),
        pytest.param("2026-11-29T12:00", Shop.CLOSED, id="Sunday is no holiday"),
        pytest.param("2027-02-06T12:00", Shop.HOLIDAY, id="Tet"),
        pytest.param("2027-02-07T01:00", Shop.CLOSED, id="the night after Tet"),
        pytest.param("2027-02-06T08:00", Shop.CLOSED, id="before the usual hours of a holiday"),
        pytest.param("2027-02-08T11:00", Shop.OPEN, id="short day, within"),
        pytest.param("2027-02-08T12:00", Shop.HOLIDAY, id="short day, after"),
    ],
)
def test_the_shop_at(moment: str, shop: Shop) -> None:
    assert at(moment) is shop


def test_a_shop_without_hours_is_always_open() -> None:
    assert hours.at(OpeningHours(), 0.0) is Shop.OPEN


def test_passes_count_days_in_the_stores_calendar() -> None:
    evening_in_utc = datetime.fromisoformat("2026-11-22T20:00+00:00").timestamp()

    assert SHOP.day(evening_in_utc) == (date(2026, 11, 23) - date(1970, 1, 1)).days
    assert OpeningHours().day(0.0) == 0


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("00:00-24:00", ((0, DAY_MIN),)),
        ("closed", ()),
        ("7:00-11:30, 13:00-02:00", ((420, 690), (780, DAY_MIN + 120))),
        ("09:00-09:00", ((540, DAY_MIN + 540),)),
    ],
)
def test_hours_are_read(text: str, spans: hours.Spans) -> None:
    assert hours.parse(text) == spans


@pytest.mark.parametrize(
    "text", ["", "always", "7-22", "07:00-22:60", "24:00-25:00", "07:00-24:01"]
)
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"neither hours|no time of day"):
        hours.parse(text)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="seven days"):
        OpeningHours(week=((),) * 6)


@given(st.integers(1_577_836_800, 2_051_222_400), st.integers(0, 6))
def test_a_shop_that_closes_at_midnight_is_open_on_its_days_only(unix_s: int, day: int) -> None:
    week = [hours.ALL_DAY if day == weekday else () for weekday in range(7)]
    shop = OpeningHours(zone=HUE, week=tuple(week))

    is_open = hours.at(shop, unix_s) is Shop.OPEN

    assert is_open == (shop.local(unix_s).weekday() == day)

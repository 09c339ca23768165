from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.attribution import (
    DAY_MS,
    Bought,
    Journey,
    Key,
    Stay,
    Story,
    Tags,
    Touch,
    Windows,
    credits_of,
    journeys,
    tagged,
    tags_of,
)
from gateway.core.measures import AT_TILL_MS

WEEK = Windows(7 * DAY_MS, 7 * DAY_MS)


def link(day: float, campaign: str = "") -> Touch:
    return Touch(int(day * DAY_MS), Key.LINK, campaign)


def stay(day: float, visit: int = 1) -> Stay:
    return Stay(visit, "hue-1", int(day * DAY_MS), int(day * DAY_MS) + 600_000)


def sale(day: float) -> Bought:
    return Bought("HD-1", "hue-1", int(day * DAY_MS), 100)


def told(one: Journey) -> tuple[float, int, float | None, float | None]:
    came = None if one.came is None else one.came.first_ms / DAY_MS
    bought = None if one.bought is None else one.bought.at_ms / DAY_MS
    return one.first.at_ms / DAY_MS, one.touches, came, bought


STORIES = [
    pytest.param([1], [], [], [(1, 1, None, None)], id="met, and no more"),
    pytest.param([1], [3], [], [(1, 1, 3, None)], id="met and came"),
    pytest.param([1], [3], [4], [(1, 1, 3, 4)], id="met, came, bought"),
    pytest.param([1], [], [4], [(1, 1, None, None)], id="bought without coming is no journey's"),
    pytest.param([1], [8], [], [(1, 1, 8, None)], id="on the window's last instant"),
    pytest.param([1], [8.001], [], [(1, 1, None, None)], id="a moment too late"),
    pytest.param([1, 6], [12], [], [(1, 2, 12, None)], id="another touch keeps it going"),
    pytest.param([1, 9], [10], [], [(1, 1, None, None), (9, 1, 10, None)], id="two apart"),
    pytest.param([1, 4], [2], [3], [(1, 1, 2, 3), (4, 1, None, None)], id="bought, and met again"),
    pytest.param([1, 2.5], [2], [3], [(1, 2, 2, 3)], id="met again on the way to the till"),
    pytest.param([3], [2], [4], [(3, 1, None, None)], id="came before it was met"),
    pytest.param([1], [3], [2, 11], [(1, 1, 3, None)], id="bought before coming, or too late"),
]


@pytest.mark.parametrize(("touches", "stays", "sales", "expected"), STORIES)
def test_journeys(
    touches: list[float],
    stays: list[float],
    sales: list[float],
    expected: list[tuple[float, int, float | None, float | None]],
) -> None:
    story = Story([link(at) for at in touches], [stay(at) for at in stays], [*map(sale, sales)])
    assert [told(one) for one in journeys(story, WEEK)] == expected


def test_the_first_and_the_last_touch_within_the_window_get_the_credit() -> None:
    touches = [link(1, "old"), link(5, "first"), link(7, "last"), link(10.5, "later")]
    story = Story(touches, [stay(10)], [sale(11)])
    visit, sold = credits_of(story, WEEK)
    assert (visit.first.campaign, visit.last.campaign) == ("first", "last")
    assert (sold.first.campaign, sold.last.campaign) == ("first", "later")


def test_a_code_that_is_used_during_a_visit_had_brought_it() -> None:
    at_ms = stay(10).last_ms + AT_TILL_MS
    for code_ms, found in ((at_ms, [Key.CODE]), (at_ms + 1, [])):
        story = Story([Touch(code_ms, Key.CODE, "tra-sen")], [stay(10)], [])
        assert [one.last.key for one in credits_of(story, WEEK)] == found


days = st.lists(st.integers(0, 60).map(float), max_size=8).map(sorted)


@given(days, days, days)
def test_every_touch_is_of_one_journey_and_no_visit_or_sale_of_two(
    touches: list[float], stays: list[float], sales: list[float]
) -> None:
    story = Story([link(at) for at in touches], [stay(at) for at in stays], [*map(sale, sales)])
    found = list(journeys(story, WEEK))
    assert sum(one.touches for one in found) == len(touches)
    spans = [told(one) for one in found]
    for (_, _, came, bought), (later, *_rest) in pairwise(spans):
        assert came is None or came < later
        assert bought is None or bought < later
    for began, _, came, bought in spans:
        assert came is None or began <= came
        assert bought is None or (came is not None and came <= bought)


def test_a_link_says_where_it_was_shown_and_keeps_what_it_said_before() -> None:
    tags = Tags("tet-2027", "facebook", "cpc")
    made = tagged("https://shop.example/tra?size=1&utm_campaign=old#top", tags)
    assert made.startswith("https://shop.example/tra?size=1&")
    assert made.endswith("#top")
    assert tags_of(made) == tags
    assert tags_of(made.replace("#top", "&fbclid=Ab-9")).click == "Ab-9"


@given(st.text(max_size=300))
def test_no_text_is_too_strange_to_be_a_link(text: str) -> None:
    tags = tags_of(f"https://shop.example/?{text}")
    assert all(len(word) <= 80 for word in (tags.campaign, tags.origin, tags.medium, tags.click))


def test_what_was_held_to_a_kiosk_brought_them_there_and_begins_no_journey() -> None:
    held = Touch(int(2 * DAY_MS) + 300_000, Key.CHECK_IN, "tet")
    story = Story([held], [stay(2), stay(5, 2)], [])
    found = [(one.of, one.last) for one in credits_of(story, WEEK)]
    assert [(of.visit, touch.key) for of, touch in found if isinstance(of, Stay)] == [
        (1, Key.CHECK_IN),
        (2, Key.CHECK_IN),
    ]
    assert list(journeys(story, WEEK)) == []

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.floor import Item, Plan, Told, present

NGOC, HUY = "ngoc", "huy"
OWNERS = {"t-1": NGOC, "t-2": NGOC, "t-3": HUY}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([], {}),
        ([Told("a", "t-1", "tea", 1)], {"tea": 1}),
        ([Told("a", "t-1", "tea", 1), Told("a", "t-1", "silk", 2)], {"silk": 1}),
        ([Told("a", "t-1", "tea", 1), Told("a", "t-1", None, 2)], {}),
        ([Told("a", "t-1", None, 2), Told("a", "t-1", "tea", 3)], {"tea": 1}),
        ([Told("a", "t-1", "tea", 1), Told("b", "t-1", "silk", 2)], {"silk": 1}),
        ([Told("a", "t-1", "a", 1), Told("b", "t-1", "b", 2), Told("b", "t-1", None, 3)], {"a": 1}),
        ([Told("a", "t-1", "tea", 1), Told("a", "t-2", "silk", 2)], {"silk": 1}),
        ([Told("a", "t-1", "tea", 1), Told("a", "t-3", "tea", 2)], {"tea": 2}),
        ([Told("a", "t-9", "tea", 1)], {}),
    ],
    ids=[
        *("nobody", "one", "moved on", "left", "came back", "heard by two", "left one of two"),
        *("two tags of one", "two people", "a tag whose owner does not agree"),
    ],
)
def test_members_are_counted_once_and_where_they_were_heard_last(
    told: list[Told], found: dict[str, int]
) -> None:
    assert present(told, OWNERS) == found
    assert present(told[::-1], OWNERS) == found


@given(
    st.lists(
        st.builds(
            Told,
            st.sampled_from("ab"),
            st.sampled_from(["t-1", "t-2", "t-3", "t-9"]),
            st.sampled_from([None, "a", "b", "c"]),
            st.integers(0, 50),
        )
    )
)
def test_never_more_are_counted_than_agreed(told: list[Told]) -> None:
    assert sum(present(told, OWNERS).values()) <= len({NGOC, HUY})
    assert present(told, {}) == {}


def test_what_stands_beside_the_plan_is_named() -> None:
    inside, corner = Item("a", "A", 5, 5), Item("b", "B", 10, 8)
    beside = [Item("c", "C", 10.1, 5), Item("d", "D", 5, -0.1)]

    assert Plan(10, 8, (inside, corner, *beside)).outside() == beside

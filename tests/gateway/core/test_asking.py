"""Whom a card asks first, whom next, and when everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.asking import MOST_OPEN, Ask, Colleague, Waiting, ask

CARD = Waiting("quay-1", frozenset({"vip", "tra"}), None, 0)
AN, BO, CHI = (Colleague(name) for name in ("an", "bo", "chi"))


def who(card: Waiting, *on_duty: Colleague, now_ms: int = 0) -> str | None:
    return ask(card, on_duty, now_ms).staff


@pytest.mark.parametrize(
    ("better", "other"),
    [
        pytest.param(Colleague("z"), Colleague("a", open_cards=1), id="has less to do"),
        pytest.param(Colleague("z"), Colleague("a", asked_at_ms=1), id="was asked longer ago"),
        pytest.param(Colleague("z", frozenset({"vip"}), open_cards=2), AN, id="knows it"),
        pytest.param(
            Colleague("z", zones=frozenset({"quay-1"})),
            Colleague("a", frozenset({"vip", "tra"}), frozenset({"quay-2"})),
            id="stands there",
        ),
        pytest.param(Colleague("z"), Colleague("a", zones=frozenset({"quay-2"})), id="anywhere"),
        pytest.param(
            Colleague("z", open_cards=2), Colleague("a", open_cards=MOST_OPEN), id="is not full"
        ),
    ],
)
def test_a_card_asks_whom_it_suits_best(better: Colleague, other: Colleague) -> None:
    assert who(CARD, better, other) == who(CARD, other, better) == better.staff


def test_who_served_a_shopper_last_is_asked_first() -> None:
    regular = Waiting("quay-1", frozenset({"vip"}), "chi", 0)
    assert who(regular, Colleague("an", frozenset({"vip"})), CHI) == "chi"


def test_after_45_seconds_the_next_is_asked_and_after_90_everybody() -> None:
    told = []
    asked: tuple[str, ...] = ()
    now_ms = 0
    while now_ms <= 100_000:
        found = ask(Waiting("quay-1", frozenset(), None, 0, asked), (AN, BO, CHI), now_ms)
        asked = found.asked
        told.append((now_ms, found.staff))
        assert found.look_at_ms > now_ms
        now_ms = found.look_at_ms
    first_at = {staff: min(at for at, one in told if one == staff) for _, staff in told}
    assert first_at == {"an": 0, "bo": 45_000, None: 90_000}


@pytest.mark.parametrize("on_duty", [(), (Colleague("an", open_cards=MOST_OPEN),)])
def test_if_nobody_is_free_everybody_is_asked_at_once(on_duty: tuple[Colleague, ...]) -> None:
    assert ask(CARD, on_duty, 5) == Ask(None, 10_005, ())


def test_who_gave_it_back_or_went_home_is_not_asked_again() -> None:
    back = Waiting("quay-1", frozenset(), None, 0, but_not="an")
    assert who(back, AN, BO) == "bo"
    gone = Waiting("quay-1", frozenset(), None, 0, ("an",))
    assert who(gone, BO, now_ms=20_000) == "bo"
    assert who(gone, AN, BO, now_ms=20_000) == "an"


people = st.lists(
    st.builds(
        Colleague,
        st.sampled_from("abcd"),
        open_cards=st.integers(0, MOST_OPEN),
        asked_at_ms=st.integers(0, 3),
    ),
    unique_by=lambda one: one.staff,
)


@given(st.lists(people, min_size=1, max_size=20))
def test_no_card_is_forgotten_and_nobody_is_asked_twice(shifts: list[list[Colleague]]) -> None:
    asked: tuple[str, ...] = ()
    now_ms = 0
    for on_duty in shifts:
        found = ask(Waiting("quay-1", frozenset(), None, 0, asked), on_duty, now_ms)
        assert found.staff is None or found.staff in {one.staff for one in on_duty}
        assert now_ms < found.look_at_ms <= now_ms + 10_000
        assert len(set(found.asked)) == len(found.asked)
        if now_ms >= 90_000:
            assert found.staff is None
        asked, now_ms = found.asked, found.look_at_ms

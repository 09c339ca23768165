"""Lots of points: which are used first, what is pending, what comes back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.ledger import (
    GRACE_MS,
    SENTENCES,
    SOON_MS,
    Balance,
    Lot,
    Part,
    Result,
    Standing,
    balance,
    claw_back,
    returned_until_ms,
    spend,
    standing,
)

NOW = 1_000
PENDING = Lot(1, 10, NOW + 1, None)
ENDLESS = Lot(2, 20, NOW, None)
SOON = Lot(3, 30, 0, NOW + 5)
OVER = Lot(4, 40, 0, NOW)
LOTS = [PENDING, ENDLESS, SOON, OVER]


def test_only_what_is_neither_pending_nor_over_can_be_used() -> None:
    assert balance(LOTS, NOW) == Balance(50, 10)
    assert balance(LOTS, NOW - 1) == Balance(70, 30)
    assert balance(LOTS, NOW + 5) == Balance(30, 0)


def test_what_ends_first_is_used_first_and_partly() -> None:
    assert spend(LOTS, 35, NOW) == [Part(3, 30), Part(2, 5)]
    assert spend(LOTS, 51, NOW) is None


def test_an_earning_is_taken_back_from_its_own_lot_first_and_never_below_zero() -> None:
    assert claw_back([ENDLESS, SOON], 2, 25) == [Part(2, 20), Part(3, 5)]
    assert claw_back([ENDLESS], 2, 25) == [Part(2, 20)]


def test_what_comes_back_is_good_for_a_month_at_least() -> None:
    assert returned_until_ms(None, NOW) is None
    assert returned_until_ms(NOW - 5, NOW) == NOW + GRACE_MS
    assert returned_until_ms(NOW + 2 * GRACE_MS, NOW) == NOW + 2 * GRACE_MS


def test_what_ends_within_a_month_is_said_and_no_pending_or_later_part_of_it() -> None:
    later = Lot(5, 7, 0, NOW + SOON_MS + 1)
    same_day = Lot(6, 2, 0, NOW + 5)
    assert standing([*LOTS, later, same_day], NOW) == Standing(59, 10, 32, NOW + 5)
    assert standing([Lot(1, 10, NOW + 1, NOW + 2), later], NOW) == Standing(7, 10)
    assert standing([Lot(1, 3, 0, NOW + SOON_MS)], NOW).ending == 3


def test_every_result_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Result)


lots = st.lists(
    st.builds(
        Lot,
        st.just(0),
        st.integers(0, 50),
        st.integers(0, 2 * NOW),
        st.one_of(st.none(), st.integers(0, 2 * NOW)),
    ),
    max_size=6,
).map(lambda made: [Lot(n, x.left, x.usable_from_ms, x.expires_at_ms) for n, x in enumerate(made)])


@given(lots, st.integers(0, 200))
def test_whatever_can_be_used_is_taken_exactly_or_not_at_all(made: list[Lot], amount: int) -> None:
    parts = spend(made, amount, NOW)

    assert (parts is None) is (amount > balance(made, NOW).usable)
    for part in parts or ():
        assert 0 < part.amount <= made[part.lot].left
        assert not made[part.lot].is_over(NOW)
    assert sum(part.amount for part in parts or ()) in (0, amount)

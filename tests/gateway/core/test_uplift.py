"""Intervals as published, and how often they are right when nothing is different."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.core.offers.drawing import Arm
from gateway.core.uplift import Finding, Share, finding, uplift, wilson
from tests.gateway.core.offers.making import drawn

Z = Decimal("1.959963984540054")  # the normal distribution's 97.5 %


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0, 0.1611),
        (Share(1, 29), 0.0061, 0.1718),
    ],
)
def test_one_share_is_as_newcombe_printed_it(share: Share, low: float, high: float) -> None:
    # Statistics in Medicine 17 (1998) 857, table I, method 3 (Wilson's score). The page itself was
    # not at hand: these agree with the definition to the last digit, as the test below shows.
    found = wilson(share)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("treated", "control", "low", "high"),
    [
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(0, 10), Share(0, 10), -0.2775, 0.2775),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0),
        (Share(10, 10), Share(0, 10), 0.6075, 1.0),
    ],
)
def test_two_shares_are_as_newcombe_printed_them(
    treated: Share, control: Share, low: float, high: float
) -> None:
    # Statistics in Medicine 17 (1998) 873, table II, method 10 (hybrid score). The first two rows
    # are also in the tests of the R package propint, which name that paper.
    found = uplift(treated, control).interval

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def _by_definition(share: Share) -> tuple[Decimal, Decimal]:
    """Shares that these hits do not contradict: (p - q)² <= z² q (1 - q) / n, found by halving."""
    p, n = Decimal(share.hits) / share.of, share.of

    def edge(outside: Decimal, inside: Decimal) -> Decimal:
        for _ in range(80):
            q = (outside + inside) / 2
            if n * (p - q) ** 2 <= Z * Z * q * (1 - q):
                inside = q
            else:
                outside = q
        return inside

    return (
        edge(Decimal(0), p) if share.hits else Decimal(0),
        edge(Decimal(1), p) if share.hits < n else Decimal(1),
    )


small = st.integers(1, 400).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of)))


@given(small, small)
@example(Share(56, 70), Share(48, 80))
@example(Share(81, 263), Share(15, 148))
@example(Share(10, 10), Share(0, 20))
def test_both_are_what_their_definitions_give_in_another_way(one: Share, other: Share) -> None:
    (low, high), (least, most) = _by_definition(one), _by_definition(other)
    p, q = Decimal(one.hits) / one.of, Decimal(other.hits) / other.of
    down = ((p - low) ** 2 + (most - q) ** 2).sqrt()
    up = ((high - p) ** 2 + (q - least) ** 2).sqrt()

    found, both = wilson(one), uplift(one, other).interval
    assert (found.low, found.high) == pytest.approx((float(low), float(high)), abs=1e-12)
    assert both.low == pytest.approx(float(p - q - down), abs=1e-12)
    assert both.high == pytest.approx(float(p - q + up), abs=1e-12)


shares = st.integers(0, 10**9).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of)))


@given(shares, shares)
def test_an_interval_holds_its_difference_and_turns_round_with_it(one: Share, other: Share) -> None:
    there, back = uplift(one, other), uplift(other, one)

    assert -1 - 1e-9 <= there.interval.low <= there.difference <= there.interval.high <= 1 + 1e-9
    assert back.interval.low == pytest.approx(-there.interval.high)
    assert back.interval.high == pytest.approx(-there.interval.low)


def test_what_is_said_waits_for_enough_and_then_follows_the_interval() -> None:
    few, none, many = Share(90, 100), Share(0, 99), Share(0, 100)

    assert finding(few, none, 100) is Finding.NOT_ENOUGH
    assert finding(few, many, 100) is Finding.MORE
    assert finding(many, few, 100) is Finding.LESS
    assert finding(few, few, 100) is Finding.NO_DIFFERENCE


def test_where_nothing_is_different_the_interval_says_so_95_times_of_a_hundred() -> None:
    """Lots as they are really drawn, over shoppers who come again whatever they were shown."""
    luck, experiments, shoppers = Random(9), 300, 200
    covered = 0
    for number in range(experiments):
        draw = drawn(f"e{number}", holdout_pct=40)
        counts = {arm: [0, 0] for arm in Arm}
        for who in range(shoppers):
            count = counts[draw.arm(f"{who:012x}")]
            count[0] += luck.random() < 0.3
            count[1] += 1
        arms = Share(*counts[Arm.A]), Share(*counts[Arm.HOLDOUT])
        covered += finding(*arms, enough=1) is Finding.NO_DIFFERENCE

    assert 0.92 <= covered / experiments <= 0.98  # 95 %, give or take 2.4 standard errors

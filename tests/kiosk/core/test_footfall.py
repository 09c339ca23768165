"""Counting without knowing who: how right it is, and that nobody can be found in it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.events import Counted
from contract.footfall import COUNTED_LEAST, Counter
from kiosk.core.footfall import (
    LEAST_DBM,
    QUARTER_S,
    SLOTS,
    Footfall,
    estimate,
    standard_error,
)

ADDRESSES = st.lists(st.binary(min_size=6, max_size=6), max_size=60, unique=True)


def drawing(seed: int = 1) -> Callable[[int], bytes]:
    """Salts that are the same in every run."""
    return random.Random(seed).randbytes


def counted(phones: list[bytes], seed: int = 1) -> int | None:
    """What a quarter of an hour with these phones says."""
    footfall = Footfall(drawing(seed))
    assert footfall.due(0) == []
    for address in phones * 3:  # each is heard again and again
        footfall.hear(address, LEAST_DBM)
    (told,) = footfall.due(QUARTER_S)
    assert told.what is Counter.PHONES
    return told.number


@pytest.mark.parametrize("phones", [20, 100, 500])
def test_the_estimate_is_as_right_as_its_source_says(phones: int) -> None:
    rng, rounds = random.Random(phones), 40
    found = [counted([rng.randbytes(6) for _ in range(phones)], seed) for seed in range(rounds)]
    numbers = [one or 0 for one in found]

    error = (sum((one - phones) ** 2 for one in numbers) / rounds) ** 0.5 / phones

    assert error < 1.5 * standard_error(phones)
    assert standard_error(100) < 0.05
    assert standard_error(500) < 0.07


def test_so_many_share_a_slot_as_was_reckoned() -> None:
    """Of n phones, a share of (1 - 1/256)^(n - 1) has a slot to itself: deliberately few."""
    rng, phones, alone = random.Random(7), 200, []
    for seed in range(20):
        footfall = Footfall(drawing(seed))
        footfall.due(0)
        slots: list[int] = []
        for _ in range(phones):
            footfall._slots.clear()
            footfall.hear(rng.randbytes(6), 0)
            slots += footfall._slots
        alone.append(sum(slots.count(one) == 1 for one in slots) / phones)

    assert sum(alone) / len(alone) == pytest.approx((1 - 1 / SLOTS) ** (phones - 1), abs=0.03)


@settings(max_examples=25)
@given(phones=ADDRESSES, seed=st.integers(0, 2**32))
def test_what_leaves_is_a_number_that_only_says_how_many(phones: list[bytes], seed: int) -> None:
    """Whatever the addresses, what is told is one of 257 words: how many slots were taken."""
    possible = {estimate(taken) for taken in range(SLOTS + 1)}

    number = counted(phones, seed)

    assert number is None or (number in possible and number >= COUNTED_LEAST)
    assert len(possible) <= SLOTS + 1
    if len(phones) < COUNTED_LEAST:
        assert number is None


def test_nothing_of_a_quarter_is_in_the_next_and_memory_has_a_bound() -> None:
    footfall, drawn = Footfall(drawing()), set()
    footfall.due(0)
    rng = random.Random(3)
    for quarter in range(1, 5):
        drawn.add(footfall._salt)
        for _ in range(5_000):
            footfall.hear(rng.randbytes(6), -50)
        assert len(footfall._slots) <= SLOTS
        held = repr(footfall).encode()
        assert footfall._salt.hex().encode() not in held, "no log shows the salt"
        (told,) = footfall.due(quarter * QUARTER_S)
        assert told.number == estimate(SLOTS), "at least so many"
        assert footfall._slots == set()

    assert len(drawn) == 4, "a salt for each"
    assert all(drawn)


def test_what_is_far_has_no_address_or_was_not_asked_for_is_not_counted() -> None:
    near, silent = Footfall(drawing()), Footfall()
    for one in (near, silent):
        one.due(0)
    for number in range(100):
        near.hear(number.to_bytes(6), LEAST_DBM - 1)
        near.hear(None, -40)
        silent.hear(number.to_bytes(6), -40)
        silent.passed()

    assert near.due(QUARTER_S) == [Counted(Counter.PHONES, None)]
    assert silent.due(QUARTER_S) == []


def test_few_who_came_through_the_door_wait_until_they_are_five() -> None:
    footfall = Footfall(counts_beam=True)
    footfall.due(0)
    for _ in range(4):
        footfall.passed()
    assert footfall.due(QUARTER_S) == []
    footfall.passed()

    assert footfall.due(QUARTER_S * 2 - 1) == []
    assert footfall.due(QUARTER_S * 2) == [Counted(Counter.BEAM, 5)]
    assert footfall.due(QUARTER_S * 3) == []

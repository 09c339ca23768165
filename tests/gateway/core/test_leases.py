"""Eight kiosks with a hundred to give out between them, and a network that comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.leases import Lease, Purse, Report, close, spend
from gateway.core.leases import Pool, Request, grant, settle

CAP, KIOSKS, LIFE = 100, 8, 50
LEASE = Lease("l", "tea", 2, LIFE)


def given_at_a_till(pool: Pool) -> Pool | None:
    return replace(pool, given_here=pool.given_here + 1) if pool.free > 0 else None


Pooling = Callable[[Pool, int], Pool]


@dataclass
class Chain:
    """All of them. Reports are lost, doubled, late and out of order; the caps' keeper is one."""

    random: Random
    tidy: Pooling
    now: int = 0
    pool: Pool = field(default_factory=lambda: Pool(CAP))
    purses: dict[int, list[Purse]] = field(default_factory=dict)
    under_way: list[tuple[str, Report]] = field(default_factory=list)
    given: int = 0

    def ask(self, kiosk: int) -> None:
        name = f"{kiosk}-{len(self.purses.get(kiosk, []))}"
        wish = Request(name, str(kiosk), "tea", self.random.randrange(1, 40), self.now + LIFE)
        self.pool, lease = grant(self.pool, wish)
        self.pool, again = grant(self.pool, wish)  # the answer was lost, so it asks again
        assert lease == again
        if lease is not None:
            self.purses.setdefault(kiosk, []).append(Purse(lease))

    def give(self, kiosk: int) -> None:
        purses = self.purses.get(kiosk, [])
        for number in range(len(purses)):
            for _ in range(self.random.randrange(1, 30)):
                more = spend(purses[number], self.now)
                if more is not None:
                    purses[number] = more
                    self.given += 1

    def give_here(self, kiosk: int) -> None:
        more = given_at_a_till(self.pool)
        if more is not None:
            self.pool, self.given = more, self.given + 1

    def close(self, kiosk: int) -> None:
        self.purses[kiosk] = [close(purse) for purse in self.purses.get(kiosk, [])]

    def report(self, kiosk: int) -> None:
        said = [(str(kiosk), purse.report) for purse in self.purses.get(kiosk, [])]
        self.under_way += said * self.random.randrange(3)

    def arrive(self, kiosk: int) -> None:
        self.random.shuffle(self.under_way)
        for _ in range(len(self.under_way) // 2):
            self.pool = settle(self.pool, *self.under_way.pop())

    def wait(self, kiosk: int) -> None:
        self.now += LIFE // 3
        self.pool = self.tidy(self.pool, self.now)

    def live(self, steps: int) -> None:
        acts = [self.ask, self.give, self.give_here, self.close]
        acts += [self.report, self.arrive, self.wait]
        for _ in range(steps):
            self.random.choice(acts)(self.random.randrange(KIOSKS))
            assert self.given <= CAP
            assert self.pool.free >= 0


def nothing(pool: Pool, now: int) -> Pool:
    return pool


def by_time(pool: Pool, now: int) -> Pool:
    """Planted: what was not reported by the end of a lease is given to others."""
    if now < LIFE:
        return pool
    leases = {name: replace(one, is_closed=True) for name, one in pool.leases.items()}
    return replace(pool, leases=leases)


@given(st.randoms(use_true_random=False))
def test_eight_kiosks_without_network_never_give_out_more_than_the_cap(random: Random) -> None:
    Chain(random, nothing).live(200)


def test_leases_that_end_by_time_would_give_out_too_much() -> None:
    with pytest.raises(AssertionError):
        Chain(Random(1), by_time).live(4_000)


def test_all_of_a_cap_can_be_given_out_offline() -> None:
    pool, purses = Pool(CAP), []
    for kiosk in range(KIOSKS):
        pool, lease = grant(pool, Request(str(kiosk), str(kiosk), "tea", 13, LIFE))
        assert lease is not None
        purses.append(Purse(lease))
    given = 0
    for purse in purses:
        while (more := spend(purse, 0)) is not None:
            purse = more  # noqa: PLW2901  # the same purse, one lighter
            given += 1
    assert (given, pool.free, given_at_a_till(pool)) == (CAP, 0, None)


@pytest.mark.parametrize(
    ("purse", "now_ms", "is_given"),
    [
        (Purse(LEASE), 0, True),
        (Purse(LEASE, 2), 0, False),
        (Purse(LEASE), LIFE, False),
        (Purse(LEASE), None, False),
        (close(Purse(LEASE)), 0, False),
    ],
    ids=["some left", "none left", "over", "no clock to believe", "closed"],
)
def test_a_kiosk_gives_out_of_a_lease_that_is_good(
    purse: Purse, now_ms: int | None, is_given: bool
) -> None:
    assert (spend(purse, now_ms) is not None) is is_given


def test_only_the_kiosks_own_word_gives_back_what_is_left_and_only_once() -> None:
    pool, _ = grant(Pool(10), Request("l", "quay-1", "tea", 10, LIFE))

    assert settle(pool, "quay-2", Report("l", 0, True)) == pool
    assert settle(pool, "quay-1", Report("l", 4, False)).free == 0
    closed = settle(pool, "quay-1", Report("l", 4, True))
    assert closed.free == 6
    assert settle(closed, "quay-1", Report("l", 9, False)) == closed
    assert grant(pool, Request("l", "quay-2", "tea", 1, LIFE)) == (pool, None)


def test_where_nothing_is_left_there_is_no_lease() -> None:
    empty = Pool(3, given_here=3)
    assert grant(empty, Request("l", "quay-1", "tea", 1, LIFE)) == (empty, None)


def test_a_report_neither_takes_spends_back_nor_claims_more_than_was_granted() -> None:
    pool, _ = grant(Pool(10), Request("l", "quay-1", "tea", 4, LIFE))

    said = settle(pool, "quay-1", Report("l", 3, False))
    assert settle(said, "quay-1", Report("l", 1, True)).free == 7
    assert settle(pool, "quay-1", Report("l", 99, True)).free == 6

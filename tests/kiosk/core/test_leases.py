"""A kiosk's memory of leases: what it may show, give out, return and forget."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.leases import Allowance, Lease, OwnOffer, Purse
from contract.messages import ShownOffer, Text, Tone
from kiosk.core.leases import (
    PROMISED_MS,
    REMEMBERED_MS,
    Purses,
    closing,
    forgetting,
    give,
    learn,
    on_offer,
    told,
    unreported,
)

MINE = "00000000000000aa"
NOW = 10_000_000
END = NOW + 86_400_000
WORDS = Text("trà", "tea")
TEA = ShownOffer("tea", Tone.JADE, WORDS, WORDS, WORDS, WORDS, WORDS)


def allowance(*leases: Lease, purse: str = MINE) -> Allowance:
    offers = tuple(OwnOffer(TEA, 0, END, one) for one in leases)
    return Allowance("hue-1", "quay-1", purse, offers)


def lease(granted: int = 2, until_ms: int = END, renew_ms: int | None = None) -> Lease:
    return Lease("l-1", "tea", granted, until_ms, renew_ms)


HELD = learn(Purses(MINE), allowance(lease()))


def test_a_lease_of_two_is_given_out_twice_and_then_no_more_shown() -> None:
    purses, seen = HELD, []
    for _ in range(2):
        seen.append(on_offer(purses, NOW))
        purses, _ = give(purses, "tea", NOW)

    assert seen == [(TEA,)] * 2
    assert on_offer(purses, NOW) == ()
    with pytest.raises(LookupError):
        give(purses, "tea", NOW)


@pytest.mark.parametrize(
    ("purses", "now_ms"),
    [
        pytest.param(HELD, None, id="no clock"),
        pytest.param(HELD, END - PROMISED_MS, id="over before it can be touched"),
        pytest.param(learn(Purses(MINE), allowance(lease(until_ms=NOW))), NOW, id="lease over"),
        pytest.param(learn(Purses(MINE), allowance(lease(), purse="b")), NOW, id="another memory"),
        pytest.param(closing(HELD, END, is_online=False), NOW, id="closed, and the clock back"),
        pytest.param(replace(HELD, held={}), NOW, id="a lease nobody remembers"),
        pytest.param(replace(HELD, offers=()), NOW, id="taken back by the gateway"),
    ],
)
def test_nothing_is_shown_that_might_not_be_had(purses: Purses, now_ms: int | None) -> None:
    assert on_offer(purses, now_ms) == ()


def test_what_may_be_shown_in_time_can_be_had_until_the_screen_is_wiped() -> None:
    assert on_offer(HELD, END - PROMISED_MS - 1) == (TEA,)
    give(HELD, "tea", END - 1)
    with pytest.raises(LookupError):
        give(HELD, "tea", END)


def test_an_offer_without_a_cap_needs_no_lease_and_an_old_allowance_refills_no_purse() -> None:
    free = learn(HELD, Allowance("hue-1", "quay-1", MINE, (OwnOffer(TEA, NOW, END),)))
    assert give(free, "tea", NOW) == (free, None)
    assert on_offer(free, NOW - 1) == ()
    assert on_offer(free, END - PROMISED_MS - 1) == (TEA,)
    assert on_offer(free, END - PROMISED_MS) == ()

    spent, _ = give(HELD, "tea", NOW)
    assert learn(spent, allowance(lease())) is spent
    assert learn(spent, allowance(lease(granted=99))).held["l-1"].spent == 1


@pytest.mark.parametrize(
    ("held", "now_ms", "is_online", "is_closed"),
    [
        pytest.param(Purse(lease()), END - 1, True, False, id="good"),
        pytest.param(Purse(lease()), END, False, True, id="over"),
        pytest.param(Purse(lease(), 2), None, False, True, id="used up"),
        pytest.param(Purse(lease()), None, True, False, id="no clock"),
        pytest.param(Purse(lease(renew_ms=NOW)), NOW, True, True, id="old, with network"),
        pytest.param(Purse(lease(renew_ms=NOW)), NOW, False, False, id="old, without"),
        pytest.param(Purse(lease(renew_ms=NOW)), NOW - 1, True, False, id="young"),
    ],
)
def test_a_lease_is_returned_when_it_is_over_used_up_or_can_be_had_anew(
    held: Purse, now_ms: int | None, is_online: bool, is_closed: bool
) -> None:
    after = closing(Purses(MINE, held={"l-1": held}), now_ms, is_online=is_online)

    assert after.held["l-1"].is_closed is is_closed
    assert len(unreported(after)) == is_closed


def test_a_returned_lease_is_remembered_until_no_clock_could_make_it_good_again() -> None:
    back = told(closing(HELD, END, is_online=False), frozenset({"l-1"}))

    assert unreported(back) == []
    assert forgetting(back, END + REMEMBERED_MS - 1) is back
    assert forgetting(back, None) is back
    assert forgetting(back, END + REMEMBERED_MS).held == {}
    unsaid = closing(HELD, END, is_online=False)
    assert forgetting(unsaid, END + REMEMBERED_MS) is unsaid


deeds = st.lists(st.sampled_from(["give", "learn", "close", "forget", "tell"]), max_size=30)


@given(deeds, st.lists(st.integers(NOW, END + 2 * REMEMBERED_MS), min_size=30, max_size=30))
def test_whatever_happens_no_more_than_the_lease_is_given_out(
    what: list[str], times: list[int]
) -> None:
    purses, given_out = HELD, 0
    for deed, now_ms in zip(what, times, strict=False):
        match deed:
            case "give":
                try:
                    purses, _ = give(purses, "tea", now_ms)
                    given_out += 1
                except LookupError:
                    pass
            case "learn":
                purses = learn(purses, allowance(lease()))  # the same, said again
            case "close":
                purses = closing(purses, now_ms, is_online=False)
            case "tell":
                names = frozenset(one.lease.lease for one in unreported(purses))
                purses = told(purses, names)
            case "forget":
                purses = forgetting(purses, min(now_ms, END + REMEMBERED_MS - 1))
    assert given_out <= 2

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import islice
from random import Random

import pytest

from simulator.codes import Code
from simulator.people import Plan, Shopper, crowd, guest, passers
from simulator.shop import Shop, make_shop


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(date(2026, 11, 23))


@pytest.fixture(scope="module")
def hour(shop: Shop) -> list[Shopper]:
    return crowd(Random(1), shop, 200, 3000)


def test_a_busy_hour_has_everybody_in_it(hour: list[Shopper]) -> None:
    assert len(hour) == 200
    assert len({one.shopper for one in hour}) == 200
    members = [one for one in hour if one.member]
    assert 80 < len(members) < 130
    shown = Counter(one.code for one in hour if one.plan is Plan.SHOW)
    assert set(shown) == set(Code) - {Code.PACKAGE}, "what a box of tea says is no event"
    assert shown[Code.PASS] > 25
    assert sum(one.plan is Plan.TOUCH for one in members) > 30
    assert any(one.fetches for one in members)
    assert any(one.tag for one in hour if one.member is None)


def test_every_member_comes_at_most_once_an_hour(hour: list[Shopper]) -> None:
    assert max(Counter(one.member.member for one in hour if one.member).values()) == 1


def test_people_come_in_order_and_in_time(hour: list[Shopper]) -> None:
    times = [one.enters_s for one in hour]

    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= 3000


def test_only_members_have_passes_of_their_own_to_show(hour: list[Shopper]) -> None:
    for one in hour:
        if one.code is Code.PASS:
            assert one.member is not None
            assert one.member.has_pass
            assert one.code_of is one.member
        if one.member is None:
            assert one.code is not Code.PASS


def test_only_consenting_members_wait_for_a_hello(hour: list[Shopper]) -> None:
    assert all(one.member and one.member.may_be_noticed for one in hour if one.plan is Plan.TOUCH)


def test_the_same_seed_brings_the_same_people(shop: Shop, hour: list[Shopper]) -> None:
    assert crowd(Random(1), shop, 200, 3000) == hour
    assert crowd(Random(2), shop, 200, 3000) != hour


def test_a_living_shop_never_runs_out_of_people(shop: Shop) -> None:
    coming = list(islice(passers(Random(1), shop, gap_s=20.0), 300))
    times = [one.enters_s for one in coming]

    assert times == sorted(times)
    assert 300 * 12 < times[-1] < 300 * 28
    assert len({one.shopper for one in coming}) == 300


def test_a_guest_carries_a_members_tag_and_does_nothing_alone(shop: Shop) -> None:
    member = next(one for one in shop.members if one.tag)

    assert guest("ban-1", member, 5.0).tag == member.tag
    assert guest("ban-1", None, 5.0).tag is None
    assert guest("ban-1", member, 5.0).plan is Plan.NOTHING

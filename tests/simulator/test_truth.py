from __future__ import annotations

from datetime import date
from random import Random

import pytest

from simulator.codes import Code
from simulator.errand import Seen
from simulator.floor import STANDS, Spot
from simulator.people import Plan, Shopper
from simulator.radio_waves import Receiver, Shadow
from simulator.shop import Member, make_shop
from simulator.truth import Truth
from simulator.world import World

SHOP = make_shop(date(2026, 11, 23))
NOTICED = next(one for one in SHOP.members if one.may_be_noticed)
UNASKED = next(one for one in SHOP.members if one.tag and "presence" not in one.consents)


class Even(Receiver):
    """A receiver that hears everybody equally loud."""

    def __init__(self, level_dbm: float) -> None:
        super().__init__(STANDS["quay-1"].at, Shadow(Random(1)), Random(1))
        self._level_dbm = level_dbm

    def mean_dbm(self, tag_at: Spot, heading_rad: float) -> float:
        return self._level_dbm


class Flickering(Even):
    """Faint every fifth time."""

    asked = 0

    def mean_dbm(self, tag_at: Spot, heading_rad: float) -> float:
        self.asked += 1
        return -90.0 if self.asked % 5 == 0 else self._level_dbm


def after_looking(
    member: Member, receiver: Receiver, truth: Truth, listening: tuple[str, ...] = ("quay-1",)
) -> Truth:
    world = World(Random(1))
    world.receivers = {"quay-1": receiver}
    world.enter(Shopper("a", Plan.TOUCH, member, tag=member.tag))
    while world.people:
        world.step(0.5, {"quay-1": Seen("attract", 1)})
        truth.watch(world, 0.5, listening)
    return truth


@pytest.mark.parametrize(("level_dbm", "is_certain"), [(-60.0, True), (-62.0, False)])
def test_a_loud_tag_must_be_found_and_a_faint_one_may(
    level_dbm: float, *, is_certain: bool
) -> None:
    truth = after_looking(NOTICED, Even(level_dbm), Truth())

    assert (NOTICED.member in truth.must) is is_certain
    assert truth.may == {NOTICED.member}


def test_a_tag_that_is_loud_now_and_then_may_be_missed() -> None:
    truth = after_looking(NOTICED, Flickering(-50.0), Truth())

    assert not truth.must


def test_who_did_not_consent_must_not_be_found_however_loud() -> None:
    truth = after_looking(UNASKED, Even(-40.0), Truth())

    assert not truth.must
    assert not truth.may


def test_a_kiosk_whose_radio_is_away_need_not_find_anybody() -> None:
    truth = after_looking(NOTICED, Even(-50.0), Truth(), listening=("quay-2", "quay-3"))

    assert not truth.must


@pytest.mark.parametrize("code", Code)
def test_only_ones_own_fresh_pass_is_evidence(code: Code) -> None:
    shopper, truth = Shopper("a", Plan.SHOW, NOTICED, code=code, code_of=NOTICED), Truth()
    evident = {NOTICED.member} if code is Code.PASS else set()
    truth.showed(shopper, code)
    assert (truth.must, truth.may) == (set(), evident)

    truth.was_seen(shopper, code)
    assert (truth.must, truth.may) == (evident, evident)

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from kiosk.core.inputs import Button
from simulator import floor
from simulator.errand import Hold, Leave, Press, Seen
from simulator.floor import DOOR, STANDS, Spot, metres
from simulator.people import Plan, Shopper, crowd
from simulator.shop import make_shop
from simulator.world import Done, World

SHOP = make_shop(date(2026, 11, 23))
MEMBER = next(one for one in SHOP.members if one.may_be_noticed)
KIOSK = "quay-1"
HELLO = {KIOSK: Seen("hello", 1)}


@pytest.fixture
def world() -> World:
    return World(Random(1))


def until_alone(world: World, seen: dict[str, Seen], at_most_s: float = 600.0) -> list[Done]:
    done = []
    while world.people and world.now_s < at_most_s:
        done += world.step(0.5, seen)
    assert not world.people
    return done


def test_who_wants_nothing_looks_around_and_leaves(world: World) -> None:
    spot = Spot(8.2, 1.7)
    person = world.enter(Shopper("a", Plan.NOTHING, looks=((spot, 20.0),)))
    seen_there_s = 0.0
    while world.people:
        assert world.step(0.5, {}) == []
        seen_there_s += 0.5 * (person.at == spot)

    assert seen_there_s == pytest.approx(20.0, abs=1.0)
    walked_s = 2 * floor.length_m(DOOR, floor.route(DOOR, spot))
    assert world.now_s == pytest.approx(walked_s + 20.0, abs=3.0)


def test_nobody_walks_faster_than_they_can(world: World) -> None:
    person = world.enter(Shopper("a", Plan.NOTHING, looks=((Spot(16.0, 1.7), 5.0),)))
    while world.people:
        before = person.at
        world.step(0.5, {})
        assert metres(before, person.at) <= person.shopper.walk_m_per_s * 0.5 + 1e-9


def test_an_errand_happens_in_front_of_the_kiosk_and_facing_it(world: World) -> None:
    person = world.enter(Shopper("a", Plan.TOUCH, MEMBER, kiosk=KIOSK, pace_s=1.0))
    done: list[Done] = []
    while not done:
        done = world.step(0.5, HELLO)

    assert done == [Done(KIOSK, person.shopper, Press(Button.HELLO))]
    assert person.at == STANDS[KIOSK].front
    ahead = Spot(person.at.x_m, person.at.y_m + 0.1)
    assert metres(ahead, STANDS[KIOSK].at) < metres(person.at, STANDS[KIOSK].at)


def test_one_kiosk_serves_one_person_at_a_time_and_everybody_in_the_end(world: World) -> None:
    for number in range(9):
        world.enter(Shopper(f"s{number}", Plan.SHOW, kiosk=KIOSK, pace_s=1.0))
    busy: set[str] = set()
    done = []
    while world.people:
        done += world.step(0.5, {})
        errands = [person for person in world.people.values() if person.errand]
        assert len({person.shopper.kiosk for person in errands}) == len(errands)
        busy |= set(world.at_kiosk)

    assert busy == set(STANDS)  # who found it taken went to another one
    assert sum(isinstance(one.act, Hold) for one in done) == 9
    assert sum(isinstance(one.act, Leave) for one in done) == 9


def test_a_tag_advertises_once_a_second_to_every_kiosk(world: World) -> None:
    world.enter(Shopper("a", Plan.NOTHING, MEMBER, tag=MEMBER.tag, looks=((Spot(8.2, 6.2), 99.0),)))
    sent = []
    for _ in range(180):
        world.step(0.5, {})
        sent += world.advertisements()

    assert {one.kiosk for one in sent} == set(STANDS)
    assert len(sent) == pytest.approx(90 * 3 * 0.85, rel=0.12)
    assert MEMBER.tag is not None
    assert {one.payload for one in sent} == {MEMBER.tag.payload}
    assert [one.at_s for one in sent] == sorted(one.at_s for one in sent)


def test_who_has_left_is_silent(world: World) -> None:
    person = world.enter(Shopper("a", Plan.NOTHING, MEMBER, tag=MEMBER.tag))
    world.step(2.0, {})
    assert world.advertisements()
    world.leave(person)
    world.step(5.0, {})

    assert world.advertisements() == []
    assert not any(receiver._fading_db for receiver in world.receivers.values())


def test_who_is_led_by_the_hand_stays_where_they_are_put(world: World) -> None:
    person = world.enter(Shopper("a", Plan.SHOW, kiosk=KIOSK, pace_s=1.0))
    while person.errand is None:
        world.step(0.5, {})
    world.lead(person, Spot(99.0, 10.0))
    for _ in range(240):
        world.step(0.5, {})

    assert person.at == floor.clamp(Spot(99.0, 10.0))
    assert KIOSK not in world.at_kiosk


def test_who_is_put_before_a_kiosk_has_it_to_themselves(world: World) -> None:
    first = world.enter(Shopper("a", Plan.LOOK, kiosk=KIOSK, pace_s=1.0))
    while first.errand is None:
        world.step(0.5, {})
    second = world.enter(Shopper("b", Plan.NOTHING))
    world.lead(second, Spot(4.6, 14.2), at_once=True)

    assert world.at_kiosk == {KIOSK: "b"}
    assert second.at == STANDS[KIOSK].front
    while "a" in world.people:
        assert world.step(0.5, {}) == []
    assert second.at == STANDS[KIOSK].front


def test_who_is_let_go_leaves_by_the_door(world: World) -> None:
    person = world.enter(Shopper("a", Plan.NOTHING))
    world.lead(person, STANDS[KIOSK].front, at_once=True)
    world.let_go(person)

    until_alone(world, {})
    assert not world.at_kiosk


def test_an_hour_ends_with_an_empty_shop(world: World) -> None:
    """Nobody gets stuck, whatever the screens say."""
    coming = crowd(Random(4), SHOP, 60, 600.0)
    for shopper in coming:
        world.enter(replace(shopper, looks=()))

    done = until_alone(world, {kiosk: Seen("offers", 3) for kiosk in STANDS}, at_most_s=3600.0)

    assert done

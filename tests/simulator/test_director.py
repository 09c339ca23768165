"""What a person at the stage can do to the shop. No kiosk is connected, and the shop goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from random import Random

import pytest

from simulator.adapters import Adapters
from simulator.browser import Browser
from simulator.codes import Code
from simulator.director import Autopilot, Director, Enter, HoldUp, LetGo, PutDown, Skip, Walk
from simulator.floor import KIOSKS, STANDS, Spot
from simulator.glass import Glass
from simulator.people import Plan, Shopper
from simulator.shop import make_shop
from simulator.stage import FRAME_S, Stage
from simulator.world import World

SHOP = make_shop(date(2026, 11, 23))
MEMBERS = {member.member: member for member in SHOP.members}
MEMBER = next(one for one in SHOP.members if one.may_be_noticed and one.has_pass)
KIOSK = "quay-2"


@pytest.fixture
def stage() -> Iterator[Stage]:
    glass = Glass(SHOP)
    with closing(Adapters(1.8e9)) as adapters:
        browsers = {
            stand.kiosk: Browser(stand.kiosk, 1, glass.painted, says_painted=False)
            for stand in KIOSKS
        }
        yield Stage(World(Random(1)), adapters, browsers, glass, 1.8e9)


@pytest.fixture
def director(stage: Stage) -> Director:
    return Director(stage, MEMBERS)


def test_a_guest_comes_in_and_waits_to_be_led(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1", MEMBER.member))
    for _ in range(600):
        stage.step(0.5)

    assert stage.world.people["ban-1"].shopper.member == MEMBER
    assert stage.world.people["ban-1"].shopper.tag == MEMBER.tag


def test_an_unknown_guest_is_a_stranger(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1"))

    assert stage.world.people["ban-1"].shopper.member is None


def test_a_guest_walks_and_is_carried(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1"))
    director.obey(Walk("ban-1", Spot(8.2, 6.2)))
    stage.step(1.0)
    assert stage.world.people["ban-1"].at != Spot(8.2, 6.2)

    director.obey(Walk("ban-1", STANDS[KIOSK].at, at_once=True))
    assert stage.world.people["ban-1"].at == STANDS[KIOSK].front
    assert stage.world.at_kiosk == {KIOSK: "ban-1"}


def test_a_phone_is_held_up_where_a_kiosk_is(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1", MEMBER.member))
    director.obey(HoldUp("ban-1", KIOSK, Code.PASS))

    assert stage.phones[KIOSK].shopper.member == MEMBER
    assert stage.phones[KIOSK].pose.text.startswith("MD1:")
    assert stage.world.people["ban-1"].at == STANDS[KIOSK].front
    assert stage.is_filming


def test_the_code_on_a_held_phone_stays_fresh(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1", MEMBER.member))
    director.obey(HoldUp("ban-1", KIOSK, Code.PASS))
    first = stage.phones[KIOSK].pose.text
    stage.step(0.5)
    assert stage.phones[KIOSK].pose.text == first
    stage.step(15.0)

    assert stage.phones[KIOSK].pose.text != first


def test_a_stranger_has_no_pass_to_show_but_a_wrong_code(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1"))
    director.obey(HoldUp("ban-1", KIOSK, Code.PASS))
    assert not stage.phones

    director.obey(HoldUp("ban-1", KIOSK, Code.WEB))
    assert stage.phones[KIOSK].pose.text.startswith("https://")


def test_a_phone_is_put_down(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1", MEMBER.member))
    director.obey(HoldUp("ban-1", KIOSK, Code.PASS))
    director.obey(PutDown(KIOSK))
    director.obey(PutDown(KIOSK))

    assert not stage.phones


@pytest.mark.parametrize("away", [Walk("ban-1", Spot(8.2, 6.2)), LetGo("ban-1")])
def test_nobody_walks_away_with_the_phone_still_up(
    director: Director, stage: Stage, away: Walk | LetGo
) -> None:
    director.obey(Enter("ban-1", MEMBER.member))
    director.obey(HoldUp("ban-1", KIOSK, Code.PASS))
    director.obey(away)

    assert not stage.phones


def test_another_kiosk_means_another_walk(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1", MEMBER.member))
    director.obey(HoldUp("ban-1", KIOSK, Code.PASS))
    director.obey(HoldUp("ban-1", "quay-1", Code.PASS))

    assert set(stage.phones) == {"quay-1"}
    assert stage.world.at_kiosk == {"quay-1": "ban-1"}


def test_somebody_on_autopilot_can_be_taken_by_the_hand(director: Director, stage: Stage) -> None:
    stage.world.enter(Shopper("a", Plan.LOOK, MEMBER, code_of=MEMBER))
    director.obey(HoldUp("a", KIOSK, Code.PASS))

    assert stage.world.people["a"].is_led
    assert set(stage.phones) == {KIOSK}


def test_who_is_let_go_leaves(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1"))
    director.obey(LetGo("ban-1"))
    for _ in range(60):
        stage.step(0.5)

    assert not stage.world.people


@pytest.mark.parametrize(
    "command", [Walk("x", Spot(1, 1)), HoldUp("x", KIOSK, Code.PASS), LetGo("x"), PutDown(KIOSK)]
)
def test_commands_to_who_has_left_change_nothing(
    director: Director, stage: Stage, command: Walk | HoldUp | LetGo | PutDown
) -> None:
    director.obey(command)

    assert not stage.world.people
    assert not stage.phones


def test_time_and_autopilot_are_remembered(director: Director) -> None:
    director.obey(Skip(60.0))
    director.obey(Skip(30.0))
    director.obey(Autopilot(is_on=False))

    assert director.skip_s == 90.0
    assert director.autopilot is False


def test_what_no_camera_sees_is_no_proof(director: Director, stage: Stage) -> None:
    director.obey(Enter("ban-1", MEMBER.member))
    director.obey(HoldUp("ban-1", KIOSK, Code.PASS))
    for _ in range(200):
        stage.step(FRAME_S)
    director.obey(PutDown(KIOSK))

    assert stage.truth.may == {MEMBER.member}
    assert not stage.truth.must

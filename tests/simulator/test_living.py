"""Who comes and goes in a living shop, without a kiosk: hours of it, in no time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

import pytest

from runtime.clock import SystemClock
from simulator.adapters import Adapters
from simulator.browser import Browser
from simulator.codes import Code
from simulator.director import Autopilot, Enter, HoldUp, Skip
from simulator.floor import KIOSKS
from simulator.glass import Glass
from simulator.listener import Listener
from simulator.living import CROWDED, LivingShop
from simulator.opening import OpenShop
from simulator.premises import Premises
from simulator.processes import Processes
from simulator.shop import make_shop
from simulator.stage import FRAME_S, STEP_S, Stage
from simulator.world import World

SHOP = make_shop(date(2026, 11, 23))
MEMBER = SHOP.members[0]


@pytest.fixture
def living(tmp_path: Path) -> Iterator[LivingShop]:
    glass, clock = Glass(SHOP), SystemClock()
    with closing(Adapters(1.8e9)) as adapters:
        browsers = {
            one.kiosk: Browser(one.kiosk, 1, glass.painted, says_painted=False) for one in KIOSKS
        }
        stage = Stage(World(Random(1)), adapters, browsers, glass, 1.8e9)
        processes = Processes(tmp_path, clock.monotonic_s)
        premises = Premises(tmp_path, {})
        opened = OpenShop(premises, processes, stage, browsers, glass, Listener(()), clock)
        yield LivingShop(opened, SHOP, seed=1, autopilot=True)


def inside(living: LivingShop) -> set[str]:
    return {person.shopper for person in living._seen().people}


def test_people_come_and_go_and_it_is_never_too_crowded(living: LivingShop) -> None:
    met: set[str] = set()
    for _ in range(3600):
        living._pass(0.5)
        now = inside(living)
        assert len(now) <= CROWDED
        met |= now

    assert len(met) > 25
    assert met - inside(living)


def test_nobody_comes_while_the_autopilot_rests_and_they_do_not_all_come_afterwards(
    living: LivingShop,
) -> None:
    living._director.obey(Autopilot(is_on=False))
    for _ in range(1200):
        living._pass(0.5)
    assert not inside(living)

    living._director.obey(Autopilot(is_on=True))
    for _ in range(20):
        living._pass(0.5)
    assert len(inside(living)) <= 2
    for _ in range(240):
        living._pass(0.5)
    assert len(inside(living)) >= 3


def test_commands_are_carried_out_in_order(living: LivingShop) -> None:
    living.commands.put(Enter("ban-1", MEMBER.member))
    living.commands.put(HoldUp("ban-1", "quay-2", Code.PASS))
    living._obey_until(0.0)
    guest = next(one for one in living._seen().people if one.shopper == "ban-1")

    assert guest.name == MEMBER.name
    assert (guest.kiosk, guest.holds, guest.is_led) == ("quay-2", "pass", True)


def test_skipped_time_passes_in_whole_steps_and_at_once(living: LivingShop) -> None:
    living._director.obey(Skip(2.0))
    assert living._pace_s() == 0.0
    living._pass(0.1)

    assert living.opened.stage.world.now_s == STEP_S
    for _ in range(3):
        living._pass(0.1)
    assert living._pace_s() > 0
    living._pass(0.1)
    assert living.opened.stage.world.now_s == pytest.approx(2.1)


def test_a_phone_before_a_camera_is_filmed_frame_by_frame(living: LivingShop) -> None:
    living._director.obey(Enter("ban-1", MEMBER.member))
    living._director.obey(HoldUp("ban-1", "quay-2", Code.PASS))

    assert living._pace_s() == FRAME_S

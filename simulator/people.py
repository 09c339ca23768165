"""Who comes to the shop, with what in their pocket and in their mind. Decided before they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from simulator.codes import Code
from simulator.floor import KIOSKS, SIGHTS, Spot
from simulator.shop import Member, Shop
from simulator.tags import Tag, strangers_tag

WALK_M_PER_S = (0.7, 1.3)  # people in shops stroll
LOOK_S = (12.0, 75.0)  # at one shelf
PACE_S = (0.6, 2.4)  # between seeing something on a screen and touching it


class Plan(StrEnum):
    """What somebody wants of a kiosk."""

    NOTHING = "nothing"  # only walks around
    LOOK = "look"  # stands before it for a while, touches nothing
    TOUCH = "touch"  # waits for its hello and touches it
    SHOW = "show"  # holds a code to its camera


@dataclass(frozen=True)
class Shopper:
    """One person's whole visit, as they intend it."""

    shopper: str
    plan: Plan
    member: Member | None = None  # None: a stranger
    tag: Tag | None = None
    code: Code | None = None
    code_of: Member | None = None  # whose pass the code is or pretends to be
    kiosk: str = KIOSKS[0].kiosk
    enters_s: float = 0.0
    looks: tuple[tuple[Spot, float], ...] = ()  # where they stop, and for how long
    walk_m_per_s: float = 1.0
    pace_s: float = 1.2
    opens_offers: int = 0
    fetches: bool = False
    calls_staff: bool = False
    is_tidy: bool = True  # presses "end" before leaving; others just walk away


Part = tuple[int, Plan, Code | None]

_MEMBERS: tuple[Part, ...] = (  # of a hundred shoppers; the others are strangers
    (22, Plan.TOUCH, None),
    (18, Plan.SHOW, Code.PASS),
    (7, Plan.LOOK, None),
    (7, Plan.NOTHING, None),
    (2, Plan.SHOW, Code.SCREENSHOT),
    (1, Plan.SHOW, Code.FOREIGN),
)
_STRANGERS: tuple[Part, ...] = (
    (6, Plan.SHOW, Code.WEB),
    (5, Plan.SHOW, Code.WIFI),
    (5, Plan.SHOW, Code.FORGED),
    (24, Plan.LOOK, None),
    (60, Plan.NOTHING, None),
)
_TAGGED_STRANGERS = 0.3  # carry something that advertises and is none of our business


def crowd(rng: Random, shop: Shop, count: int, within_s: float) -> list[Shopper]:
    """The shoppers of a scripted while, by time of entry; every member comes at most once."""
    free = list(shop.members)
    rng.shuffle(free)
    shoppers: list[Shopper] = []
    for share, plan, code in _MEMBERS:
        for _ in range(round(count * share / 100)):
            suiting = (one for one in free if _suits(one, plan, code))
            if (member := next(suiting, None)) is not None:
                free.remove(member)
                shoppers.append(_member(rng, shop, member, plan, code))
    shoppers += [_stranger(rng, shop.members) for _ in range(count - len(shoppers))]
    rng.shuffle(shoppers)
    times = sorted(rng.uniform(0, within_s) for _ in shoppers)
    return [
        replace(shopper, shopper=f"khach-{number:03}", enters_s=enters_s)
        for number, (shopper, enters_s) in enumerate(zip(shoppers, times, strict=True), 1)
    ]


def passers(rng: Random, shop: Shop, gap_s: float) -> Iterator[Shopper]:
    """Shoppers without end, one every `gap_s` on average; members come again another time."""
    number, enters_s = 0, 0.0
    while True:
        for shopper in crowd(rng, shop, 100, 1.0):
            number += 1
            yield replace(shopper, shopper=f"khach-{number:03}", enters_s=enters_s)
            enters_s += rng.expovariate(1 / gap_s)


def guest(name: str, member: Member | None, enters_s: float) -> Shopper:
    """Somebody whom a person at the stage leads by the hand: does nothing alone."""
    return Shopper(
        name,
        Plan.NOTHING,
        member=member,
        tag=member.tag if member else None,
        code_of=member,
        enters_s=enters_s,
    )


def _suits(member: Member, plan: Plan, code: Code | None) -> bool:
    """Whether a member can do such a thing at all."""
    if plan is Plan.TOUCH:
        return member.may_be_noticed
    return member.has_pass or code is not Code.PASS


def _member(rng: Random, shop: Shop, member: Member, plan: Plan, code: Code | None) -> Shopper:
    left_at_home = plan is Plan.SHOW and rng.random() < 1 / 3
    return replace(
        _visitor(rng, plan, code),
        member=member,
        tag=None if left_at_home else member.tag,
        code_of=member,
        opens_offers=rng.choice((0, 1, 1, 2)),
        fetches=bool(shop.orders_of(member.member)),
        calls_staff=rng.random() < 0.1,
        is_tidy=rng.random() < 0.7,
    )


def _stranger(rng: Random, members: Sequence[Member]) -> Shopper:
    weights = [share for share, _, _ in _STRANGERS]
    _, plan, code = rng.choices(_STRANGERS, weights)[0]
    return replace(
        _visitor(rng, plan, code),
        tag=strangers_tag(rng) if rng.random() < _TAGGED_STRANGERS else None,
        code_of=rng.choice(members),  # a forger needs somebody's number
    )


def _visitor(rng: Random, plan: Plan, code: Code | None) -> Shopper:
    spots = rng.sample(SIGHTS, rng.randint(1, 4))
    return Shopper(
        "",
        plan,
        code=code,
        kiosk=rng.choice(KIOSKS).kiosk,
        looks=tuple((spot, rng.uniform(*LOOK_S)) for spot in spots),
        walk_m_per_s=rng.uniform(*WALK_M_PER_S),
        pace_s=rng.uniform(*PACE_S),
    )

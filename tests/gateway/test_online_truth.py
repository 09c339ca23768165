"""The shop's numbers of what brought whom are the truth of the simulated shoppers, within 1 %."""

from __future__ import annotations

from collections import Counter
from random import Random

from contract.events import Arrived, Left
from gateway.core.attribution import Key, Tags, Windows
from gateway.core.consent import Purpose
from gateway.core.sales import Links, Sold
from gateway.core.shop_days import day_of, days, span
from gateway.journeying import Journeying
from gateway.store import journeys, sales, touches
from gateway.store.events import Received
from gateway.store.touches import Noted
from simulator.online import DAY_MS, Came, Paid, Seen, Web
from tests.gateway.shop import ALL, NOON_MS, STORE, Outbox, Shop

SHOPPERS, DAYS = 40, 75
MEMBERS = [f"{number:012x}" for number in range(1, SHOPPERS + 1)]
LATE = 0.1  # of the days, whose events a kiosk brings only when all is over


class Played:
    """The simulated shoppers before a real gateway."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.random = shop, Random(20_260_301)
        self.kiosk = Outbox("quay-1")
        self.counting = Journeying(shop.writers, lambda: NOON_MS, Windows())
        self.late: list[Came] = []
        for member in MEMBERS:
            shop.member(member, consents=ALL | {Purpose.PROFILING})

    def play(self, web: Web) -> None:
        for ago in range(DAYS, 0, -1):
            told = list(web.day(span(day_of(NOON_MS - ago * DAY_MS)).from_ms))
            self.random.shuffle(told)  # nobody tells in order
            came = [one for one in told if isinstance(one, Came)]
            if self.random.random() < LATE:
                self.late += came
            else:
                self.hear(came)
            self.tell([one for one in told if not isinstance(one, Came)])
            if ago % 20 == 0:
                self.counting.round()
        self.hear(self.late)
        self.counting.round()

    def hear(self, came: list[Came]) -> None:
        events: list[Received] = []
        for one in sorted(came, key=lambda one: one.from_ms):
            tag = f"t-{one.member}"
            stayed_s = (one.until_ms - one.from_ms) / 1000
            events.append(self.kiosk.says(Arrived(tag, "quay-1", -60), one.from_ms))
            events.append(self.kiosk.says(Left(tag, "quay-1", stayed_s), one.until_ms))
        if events:
            self.shop.handle(*events)

    def tell(self, told: list[Seen | Came | Paid]) -> None:
        with self.shop.writers.begin() as db:
            for number, one in enumerate(told):
                match one:
                    case Seen():
                        tags, name = Tags(one.campaign), f"{one.at_ms}-{number}"
                        noted = Noted("web", name, one.at_ms, Key(one.key), tags)
                        for _ in range(2):  # and twice
                            touches.learn(db, one.member, noted)
                    case Paid():
                        links, name = Links(one.member), f"{one.at_ms}-{one.member}"
                        sold = Sold("till", name, STORE, one.at_ms, one.amount_vnd, links=links)
                        sales.book(db, sold, NOON_MS)


def within_a_hundredth(found: Counter[tuple[str, str]], truth: Counter[tuple[str, str]]) -> bool:
    wrong = sum(abs(found[at] - truth[at]) for at in {*found, *truth})
    return sum(truth.values()) > SHOPPERS and wrong <= sum(truth.values()) / 100


def test_funnel_and_attribution_are_the_simulated_shoppers_own_truth(shop: Shop) -> None:
    web = Web(MEMBERS, Random(7))
    Played(shop).play(web)
    asked = days(day_of(NOON_MS - DAYS * DAY_MS), day_of(NOON_MS))
    with shop.read() as db:
        told = journeys.funnel(db, asked)
        by_last = journeys.credited(db, STORE, asked, is_last=True)
        by_first = journeys.credited(db, STORE, asked, is_last=False)
    truth = web.truth
    for found, true in (
        ({at: one.began for at, one in told.items()}, truth.began),
        ({at: one.came for at, one in told.items()}, truth.came),
        ({at: one.bought for at, one in told.items()}, truth.bought),
        ({at: one.visits for at, one in by_first.items()}, truth.first),
        ({at: one.visits for at, one in by_last.items()}, truth.last),
        ({at: one.sales for at, one in by_last.items()}, truth.sold),
    ):
        assert within_a_hundredth(Counter(found), true), (found, true)

"""Eight kiosks on leases, a till and a network that comes and goes share one cap.

The real store and the real memory of kiosks, beside the plainest model: a list of what was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete

from contract.drawn_codes import draw
from contract.events import Given, LeaseReturned, Promised, PurseOpened
from contract.leases import Allowance, Report
from contract.topics import KioskAddress
from gateway import lending, redemptions
from gateway.core.lending import LIFE_MS, RENEWED_AFTER_MS, share
from gateway.core.offers.reasons import Reason
from gateway.core.redemption import LOCK_MS, State, Step
from gateway.redemptions import Answer
from gateway.store import leases as leases_of_kiosks
from gateway.store.events import Received
from gateway.store.leases import LeaseRow, PurseRow
from gateway.store.redemptions import RedemptionRow, TallyRow
from gateway.store.stores import KioskRow
from kiosk.core import leases
from kiosk.core.leases import Purses
from tests.gateway.shop import NOON_MS, S1, STORE, Outbox, Shop
from tests.gateway.till import EVERYBODYS, Till

CAP, KIOSKS = 100, 8
LIVES = count(1)
QUICK = settings(max_examples=3, stateful_step_count=12)
FEW, SMALL_CAP = 3, 12  # collide sooner; the heavy dose is eight kiosks and a hundred


@dataclass
class Corner:
    """One kiosk: its memory on the disk, its outbox, and the allowances that ever came."""

    name: str
    purses: Purses
    outbox: Outbox
    unsent: list[Received] = field(default_factory=list)
    heard: list[Allowance] = field(default_factory=list)
    given: int = 0

    @classmethod
    def new(cls, number: int) -> Corner:
        """A kiosk that remembers nothing."""
        name, life = f"quay-{number}", f"{next(LIVES):016x}"
        made = cls(name, Purses(life), Outbox(name, life))
        made.unsent.append(made.outbox.says(PurseOpened(made.purses.purse)))
        return made

    def give(self, at_ms: int) -> None:
        try:
            self.purses, purse = leases.give(self.purses, EVERYBODYS, at_ms)
        except LookupError:
            return
        assert purse is not None
        self.given += 1
        said = Given(S1, EVERYBODYS, purse.lease.lease, purse.spent)
        self.unsent.append(self.outbox.says(said, at_ms))

    def close(self, at_ms: int, *, is_online: bool) -> None:
        self.purses = leases.closing(self.purses, at_ms, is_online=is_online)
        back = leases.unreported(self.purses)
        names = frozenset(one.lease.lease for one in back)
        self.purses = leases.told(self.purses, names)
        self.unsent += [
            self.outbox.says(LeaseReturned(one.lease.lease, one.spent), at_ms) for one in back
        ]


class Gateway:
    """The gateway's side of lending."""

    def __init__(self, till: Till) -> None:
        self.till = till

    def hear(self, events: list[Received]) -> None:
        if events:
            self.till.shop.handle(*events)

    def lend(self, at_ms: int) -> dict[KioskAddress, Allowance]:
        rules = self.till.rules()
        with self.till.shop.writers.begin() as db:
            lending.lend(db, rules, at_ms)
            return lending.allowances(db, rules, at_ms)


class AnyChain(RuleBasedStateMachine):
    """Whatever happens, step by step."""

    gateway: Gateway
    cap, kiosks = SMALL_CAP, FEW

    def __init__(self) -> None:
        super().__init__()
        self.now_ms, self.cards_lost = NOON_MS, 0
        self.corners = [Corner.new(number) for number in range(self.kiosks)]
        self.lost = 0  # given out by kiosks that lost their memory since
        self.answers: list[tuple[Answer, State]] = []
        with self.gateway.till.shop.writers.begin() as db:
            for table in (RedemptionRow, TallyRow, LeaseRow, PurseRow):
                db.execute(delete(table))
        for corner in self.corners:
            self.send(corner)
        self.allow()

    @rule(at=st.integers(0, KIOSKS - 1), times=st.integers(1, 5))
    def give(self, at: int, times: int) -> None:
        for _ in range(times):
            self.corners[at % self.kiosks].give(self.now_ms)

    @rule(at=st.integers(0, KIOSKS - 1), is_doubled=st.booleans())
    def send_some(self, at: int, *, is_doubled: bool) -> None:
        """The network is there for a moment; what came may come again."""
        corner = self.corners[at % self.kiosks]
        corner.close(self.now_ms, is_online=True)
        half = corner.unsent[: len(corner.unsent) // 2 + 1]
        self.gateway.hear(half)
        if is_doubled:
            self.gateway.hear(half)
        corner.unsent = corner.unsent[len(half) :]

    @rule(old=st.booleans())
    def allow(self, *, old: bool = False) -> None:
        """The gateway lends, and every kiosk hears of it, or of what it heard long ago."""
        for at, said in self.gateway.lend(self.now_ms).items():
            for corner in self.corners:
                if corner.name == at.kiosk:
                    corner.heard.append(said)
                    news = corner.heard[0] if old else said
                    corner.purses = leases.learn(corner.purses, news)

    @rule(hours=st.sampled_from([1, 13, 25]))
    def wait(self, hours: int) -> None:
        self.now_ms += hours * 3_600_000
        for corner in self.corners:
            corner.close(self.now_ms, is_online=False)

    @rule(at=st.integers(0, KIOSKS - 1))
    def lose_the_memory(self, at: int) -> None:
        """A new card in the kiosk; what was not sent is gone with the old one."""
        self.lost += self.corners[at % self.kiosks].given
        self.corners[at % self.kiosks] = Corner.new(at)
        self.cards_lost += 1

    @rule(times=st.integers(1, 4))
    def sell(self, times: int) -> None:
        for _ in range(times):
            answer = self.gateway.till.reserve(at_ms=self.now_ms)
            if answer.reason is not Reason.GRANTED:
                assert answer.reason is Reason.TOTAL_LIMIT
                return
            self.gateway.till.step(answer, Step.CONFIRM, self.now_ms)
            self.answers.append((answer, State.CONFIRMED))

    @rule()
    def refund(self) -> None:
        if self.answers:
            answer, _ = self.answers.pop()
            self.gateway.till.step(answer, Step.ROLL_BACK, self.now_ms)

    @invariant()
    def the_cap_holds(self) -> None:
        given = self.lost + sum(corner.given for corner in self.corners) + len(self.answers)
        used, _ = self.gateway.till.held().get(("total", ""), (0, 0))
        assert given <= used <= self.cap

    def teardown(self) -> None:
        """In the end all is heard and returned; then the count is what was given, but for cards."""
        self.allow()
        for corner in self.corners:
            corner.close(self.now_ms + LIFE_MS, is_online=True)
            self.send(corner)
        used, _ = self.gateway.till.held().get(("total", ""), (0, 0))
        given = self.lost + sum(corner.given for corner in self.corners) + len(self.answers)
        assert given <= used
        if not self.cards_lost:
            assert given == used

    def send(self, corner: Corner) -> None:
        self.gateway.hear(corner.unsent)
        corner.unsent = []


def with_kiosks(shop: Shop) -> None:
    with shop.writers.begin() as db:
        for number in range(KIOSKS):
            db.merge(KioskRow(store=STORE, kiosk=f"quay-{number}", name="Quầy"))


def live(gateway: Gateway, how: settings) -> None:
    with_kiosks(gateway.till.shop)

    class Here(AnyChain):
        pass

    Here.gateway = gateway
    run_state_machine_as_test(Here, settings=how)


def test_whatever_kiosks_give_out_offline_and_tills_online_the_cap_holds(shop: Shop) -> None:
    live(Gateway(Till(shop, {"caps": {"total": SMALL_CAP}})), QUICK)


def test_a_hundred_are_a_hundred_for_eight_kiosks_that_are_offline_for_a_day(shop: Shop) -> None:
    till = Till(shop, {"caps": {"total": CAP}})
    gateway, corners = Gateway(till), [Corner.new(number) for number in range(KIOSKS)]
    with_kiosks(shop)
    for corner in corners:
        gateway.hear(corner.unsent)
        corner.unsent = []
    for at, said in gateway.lend(NOON_MS).items():
        (corner,) = (one for one in corners if one.name == at.kiosk)
        corner.purses = leases.learn(corner.purses, said)
    for corner in corners:
        for _ in range(CAP):
            corner.give(NOON_MS + LIFE_MS // 2)
    offline = sum(corner.given for corner in corners)
    assert [corner.given for corner in corners] == [6, 5, 5, 5, 4, 4, 4, 4]

    sold, rules = 0, till.rules()
    with shop.writers.begin() as db:
        while redemptions.reserve(db, rules, till.wish(), NOON_MS).reason is Reason.GRANTED:
            sold += 1
    assert offline + sold == CAP
    for corner in corners:
        corner.close(NOON_MS + LIFE_MS, is_online=True)
        gateway.hear(corner.unsent)
        gateway.hear(corner.unsent)
    assert till.held()["total", ""] == (CAP, 0)
    assert shop.count(RedemptionRow) == CAP + 1  # and the one that was refused


def lent(shop: Shop, terms: Mapping[str, object], at_ms: int = NOON_MS) -> list[LeaseRow]:
    """What one kiosk holds."""
    gateway = Gateway(Till(shop, terms))
    gateway.hear(Corner.new(1).unsent)
    gateway.lend(at_ms)
    gateway.lend(at_ms)  # a second process, or the next look
    with shop.read() as db:
        return list(leases_of_kiosks.open_leases(db))


def test_a_lease_is_a_share_of_every_cap_and_ends_with_the_day_that_is_counted(shop: Shop) -> None:
    off = [{"discount_vnd": 1_000}]
    (row,) = lent(shop, {"caps": {"total": 90, "per_day": 20, "per_store": 50}, "effects": off})
    assert (row.granted, row.until_ms, row.renew_ms) == (10, NOON_MS + 12 * 3_600_000, None)

    till = Till.__new__(Till)  # the same offer, another look at the counts
    till.shop = shop
    scopes = ("total", ""), ("store", STORE), ("day", "2026-03-01")
    assert till.held() == dict.fromkeys(scopes, (10, 10_000))


def test_a_budget_is_lent_in_money_and_a_whole_day_is_renewed_after_half(shop: Shop) -> None:
    terms = {"caps": {"spend_vnd": 10_999}, "effects": [{"discount_vnd": 1_000}]}
    (row,) = lent(shop, terms)

    assert (row.granted, row.unit_vnd) == (5, 1_000)
    assert (row.until_ms, row.renew_ms) == (NOON_MS + LIFE_MS, NOON_MS + RENEWED_AFTER_MS)


@pytest.mark.parametrize(
    "terms",
    [
        {"caps": {"total": 9, "per_profile": 1}},
        {"caps": {"total": 9, "cooldown_s": 60}},
        {"caps": {"total": 9}, "when": {"fact": "time.clock", "at_least": "09:00"}},
        {"caps": {"total": 9}, "trigger": {"nth_visit": 3}},
        {"caps": {"total": 9}, "hours": [{"from": "09:00"}]},
        {"caps": {"total": 9}, "paused": True},
        {"caps": {"total": 9}, "stores": ["hue-2"]},
        {"caps": {"total": 9}, "channels": ["staff"]},
        {"caps": {"total": 9}, "stacking": {"exclusive": True}},
        {"caps": {"spend_vnd": 9_000_000}, "effects": [{"discount_pct": 10}]},
        {"caps": {"total": 0}},
    ],
    ids=lambda terms: " ".join(map(str, terms)),
)
def test_what_needs_the_gateway_to_judge_is_not_lent(
    tmp_path: Path, terms: dict[str, object]
) -> None:
    shop = Shop(tmp_path)
    assert lent(shop, terms) == []
    shop.engine.dispose()


def test_shares_leave_half_for_the_tills_and_one_for_each_while_there_is_one() -> None:
    assert [share(left, 8) for left in (100, 16, 1, 0)] == [6, 1, 1, 0]
    assert share(7, 0) == 3


def test_a_chain_is_lent_to_in_several_looks(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    gateway = Gateway(Till(shop, {"caps": {"total": 1_000}}))
    with shop.writers.begin() as db:
        for number in range(lending.AT_ONCE + 1):
            leases_of_kiosks.open_purse(db, KioskAddress(STORE, f"quay-{number}"), f"{number:016x}")

    looks = [gateway.lend(NOON_MS) for _ in range(2)]

    assert [sum(bool(one.offers) for one in look.values()) for look in looks] == [
        lending.AT_ONCE,
        lending.AT_ONCE + 1,
    ]
    shop.engine.dispose()


def test_only_its_own_kiosk_speaks_for_a_lease(shop: Shop) -> None:
    (row,) = lent(shop, {"caps": {"total": 10}})
    other = Outbox("quay-2")
    shop.handle(other.says(Given(S1, EVERYBODYS, row.lease, 1)))
    shop.handle(other.says(LeaseReturned(row.lease, 0)))
    shop.handle(other.says(LeaseReturned("nobodys", 0)))
    with shop.writers.begin() as db:  # of another store, and called the same
        elsewhere = KioskAddress("hue-2", "quay-1")
        assert leases_of_kiosks.report(db, elsewhere, Report(row.lease, 0, is_closed=True)) is None

    with shop.read() as db:
        (still,) = leases_of_kiosks.open_leases(db)
    assert (still.spent, shop.count(RedemptionRow)) == (0, 0)


def test_a_kiosk_with_a_new_memory_gets_a_new_lease_and_hears_of_no_old_one(shop: Shop) -> None:
    (old,) = lent(shop, {"caps": {"total": 10}})
    gateway = Gateway(Till.__new__(Till))
    gateway.till.shop = shop
    again = Corner.new(1)
    gateway.hear(again.unsent)

    (said,) = gateway.lend(NOON_MS).values()
    assert said.purse == again.purses.purse
    (offer,) = said.offers
    assert offer.lease is not None
    assert (offer.lease.granted, offer.lease.lease == old.lease) == (2, False)
    assert gateway.till.held()["total", ""] == (7, 0)


def test_what_a_shopper_let_go_at_a_till_can_be_lent(shop: Shop) -> None:
    till = Till(shop, {"caps": {"total": 1}})
    gateway = Gateway(till)
    gateway.hear(Corner.new(1).unsent)
    till.reserve()

    (said,) = gateway.lend(NOON_MS).values()
    assert said.offers == ()
    (said,) = gateway.lend(NOON_MS + LOCK_MS).values()
    assert [one.content.id for one in said.offers] == [EVERYBODYS]


def test_gateways_that_lend_at_the_same_instant_lend_once(shop: Shop) -> None:
    gateway = Gateway(Till(shop, {"caps": {"total": 100}}))
    gateway.hear(Corner.new(1).unsent)

    with ThreadPoolExecutor(6) as processes:
        told = list(processes.map(gateway.lend, [NOON_MS] * 6))

    assert all(one == told[0] for one in told)
    assert gateway.till.held()["total", ""] == (50, 0)


def test_what_a_kiosk_gave_out_is_a_redemption_that_can_be_undone(shop: Shop) -> None:
    till = Till(shop, {"caps": {"total": 10}})
    gateway, corner = Gateway(till), Corner.new(1)
    gateway.hear(corner.unsent)
    (said,) = gateway.lend(NOON_MS).values()
    corner.purses = leases.learn(corner.purses, said)
    corner.unsent = []
    corner.give(NOON_MS)
    gateway.hear(corner.unsent)

    with shop.read() as db:
        row = db.query(RedemptionRow).one()
    assert (row.state, row.offer, row.store, row.day) == (
        State.CONFIRMED,
        EVERYBODYS,
        STORE,
        "2026-03-01",
    )
    answer = Answer(row.redemption, State.CONFIRMED, Reason.GRANTED, said.offers[0].content.why, 0)
    assert till.step(answer, Step.ROLL_BACK, NOON_MS + LOCK_MS).state is State.ROLLED_BACK
    assert till.held()["total", ""] == (4, 0)  # a lease of five, and one of it came back


def test_the_code_of_an_empty_kiosk_is_good_at_the_till_while_one_is_left(shop: Shop) -> None:
    till, outbox = Till(shop, {"caps": {"total": 1}}), Outbox()
    code = "K7RM2AXT39HC"
    promised = outbox.says(Promised(S1, EVERYBODYS, code))
    shop.handle(promised)
    shop.handle(promised, outbox.says(Promised(S1, "no-offer", draw(lambda _most: 0))))
    day_ms = 86_400_000

    over = till.reserve(till.wish(offer="", code=code), NOON_MS + 8 * day_ms)
    assert over.reason is Reason.ENDED
    last = till.reserve(till.wish(offer="", code=code), NOON_MS + 7 * day_ms)
    assert last.reason is Reason.GRANTED
    till.step(last, Step.RELEASE, NOON_MS + 7 * day_ms)
    till.reserve(at_ms=NOON_MS + 7 * day_ms)
    gone = till.reserve(till.wish(offer="", code=code), NOON_MS + 7 * day_ms)
    assert gone.reason is Reason.TOTAL_LIMIT

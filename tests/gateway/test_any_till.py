"""Whatever is reserved, confirmed, let go, undone or left to expire: counts and balances are right.

The real store beside the plainest model there is: a list of redemptions, and coins one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from gateway.core.ledger import GRACE_MS, Balance, Currency, Result
from gateway.core.offers.reasons import Reason
from gateway.core.redemption import LOCK_MS, State, Step
from gateway.redemptions import Answer, Wish
from gateway.store import ledger, redemptions
from gateway.store.ledger import Account, Deed, LotRow, PartRow, PostingRow
from gateway.store.redemptions import RedemptionRow, TallyRow
from gateway.store.vouchers import VoucherRow
from tests.gateway.shop import NGOC, NOON_MS, Shop
from tests.gateway.till import CODE, EVERYBODYS, Till, balance_of

CAP, USES, OFF_VND, BUDGET_VND = 3, 2, 15_000, 50_000
EARNED = 10
TERMS = {
    "caps": {"total": CAP, "spend_vnd": BUDGET_VND},
    "effects": [{"discount_vnd": OFF_VND}, {"points": EARNED}],
}
POINTS = Account(NGOC, Currency.POINTS)
QUICK = settings(max_examples=8, stateful_step_count=15)
FIND = settings(max_examples=40, stateful_step_count=15, phases=[Phase.generate])  # not shrink


@dataclass
class Held:
    """A redemption as the model sees it."""

    answer: Answer
    with_code: bool
    state: State = State.RESERVED


@dataclass(frozen=True)
class Coin:
    """One point. `number` is the order in which they came."""

    end_ms: float
    number: int
    from_ms: int
    earned_by: str


class AnyTill(RuleBasedStateMachine):
    """Redemptions, step by step."""

    till: Till

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = NOON_MS
        self.held: list[Held] = []
        with self.till.shop.writers.begin() as db:
            for table in (RedemptionRow, TallyRow, PartRow, LotRow, PostingRow):
                db.execute(delete(table))
            db.execute(update(VoucherRow).values(used=0))

    @rule(seconds=st.sampled_from([1, 119, 120]))
    def wait(self, seconds: int) -> None:
        self.now_ms += seconds * 1000
        for one in self.held:
            if one.state is State.RESERVED and one.answer.lock_until_ms <= self.now_ms:
                one.state = State.EXPIRED

    @rule(with_code=st.booleans())
    def reserve(self, with_code: bool) -> None:
        answer = self.till.reserve(
            self.till.wish(code=CODE if with_code else "", member=NGOC), self.now_ms
        )
        holding = [one for one in self.held if one.state in (State.RESERVED, State.CONFIRMED)]
        used = sum(one.with_code for one in holding)
        fits = len(holding) < CAP and (len(holding) + 1) * OFF_VND <= BUDGET_VND
        assert (answer.reason is Reason.GRANTED) is (fits and not (with_code and used >= USES))
        if answer.reason is Reason.GRANTED:
            self.held.append(Held(answer, with_code))

    @rule(at=st.integers(0, 9), step=st.sampled_from(Step))
    def step(self, at: int, step: Step) -> None:
        if not self.held:
            return
        one = self.held[at % len(self.held)]
        self.till.step(one.answer, step, self.now_ms)
        match one.state, step:
            case State.RESERVED, Step.CONFIRM:
                one.state = State.CONFIRMED
            case State.RESERVED, Step.RELEASE:
                one.state = State.RELEASED
            case State.CONFIRMED, Step.ROLL_BACK:
                one.state = State.ROLLED_BACK

    @invariant()
    def counts_are_right(self) -> None:
        with self.till.shop.writers.begin() as db:
            redemptions.lapse(db, self.now_ms, [EVERYBODYS])
        holding = [one for one in self.held if one.state in (State.RESERVED, State.CONFIRMED)]
        expected = (len(holding), len(holding) * OFF_VND)
        assert self.till.held().get(("total", ""), (0, 0)) == expected
        assert self.till.code_used() == sum(one.with_code for one in holding)
        confirmed = sum(one.state is State.CONFIRMED for one in self.held)
        with self.till.shop.read() as db:
            assert balance_of(db, POINTS, self.now_ms) == Balance(confirmed * EARNED, 0)


class Book:
    """The real ledger."""

    def burn(self, db: Session, deed: Deed) -> Result:
        return ledger.burn(db, deed)


class HastyBook(Book):
    """Planted: it spends what is still pending."""

    def burn(self, db: Session, deed: Deed) -> Result:
        return super().burn(db, replace(deed, at_ms=deed.at_ms + LOCK_MS))


class AnyBook(RuleBasedStateMachine):
    """The ledger, step by step."""

    shop: Shop
    book: Book

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = NOON_MS
        self.coins: list[Coin] = []
        self.deeds: list[tuple[str, int, list[Coin]]] = []  # key, earned amount, or coins used
        self.undone: set[str] = set()
        self.number = 0
        with self.shop.writers.begin() as db:
            for table in (PartRow, LotRow, PostingRow):
                db.execute(delete(table))

    @rule(seconds=st.sampled_from([1, 120]))
    def wait(self, seconds: int) -> None:
        self.now_ms += seconds * 1000

    @rule(
        amount=st.integers(1, 5),
        pending_ms=st.sampled_from([0, LOCK_MS]),
        life_ms=st.sampled_from([None, LOCK_MS, 2 * LOCK_MS]),
    )
    def earn(self, amount: int, pending_ms: int, life_ms: int | None) -> None:
        key, from_ms = self.key(), self.now_ms + pending_ms
        end_ms = None if life_ms is None else self.now_ms + life_ms
        deed = Deed(key, POINTS, amount, self.now_ms, "", from_ms, end_ms)
        with self.shop.writers.begin() as db:
            assert [ledger.earn(db, deed) for _ in range(2)] == [Result.DONE] * 2
        self.coins += [self.coin(end_ms, from_ms, key) for _ in range(amount)]
        self.deeds.append((key, amount, []))

    @rule(amount=st.integers(0, 9))
    def burn(self, amount: int) -> None:
        key, mine = self.key(), self.usable()
        with self.shop.writers.begin() as db:
            result = self.book.burn(db, Deed(key, POINTS, amount, self.now_ms))
        assert (result is Result.DONE) is (len(mine) >= amount)
        if result is Result.DONE:
            used = mine[:amount]
            self.coins = [coin for coin in self.coins if coin not in used]
            self.deeds.append((key, 0, used))

    @rule(at=st.integers(0, 9))
    def reverse(self, at: int) -> None:
        if not self.deeds:
            return
        undone, earned, used = self.deeds[at % len(self.deeds)]
        with self.shop.writers.begin() as db:
            result = ledger.reverse(db, Deed(self.key(), POINTS, 0, self.now_ms), undone)
        assert result is (Result.UNDONE_BEFORE if undone in self.undone else Result.DONE)
        if result is not Result.DONE:
            return
        self.undone.add(undone)
        alive = [coin for coin in sorted(self.coins, key=order) if coin.end_ms > self.now_ms]
        alive.sort(key=lambda coin: coin.earned_by != undone)
        gone = alive[:earned]
        self.coins = [coin for coin in self.coins if coin not in gone]
        for coin in sorted(used, key=order):
            end = None if coin.end_ms == float("inf") else max(coin.end_ms, self.now_ms + GRACE_MS)
            self.coins.append(self.coin(end, self.now_ms, f"{undone}-back"))

    @invariant()
    def the_balance_is_right(self) -> None:
        with self.shop.read() as db:
            shown = balance_of(db, POINTS, self.now_ms)
        alive = [coin for coin in self.coins if coin.end_ms > self.now_ms]
        assert shown == Balance(len(self.usable()), len(alive) - len(self.usable()))

    def usable(self) -> list[Coin]:
        mine = [one for one in self.coins if one.from_ms <= self.now_ms < one.end_ms]
        return sorted(mine, key=order)

    def coin(self, end_ms: float | None, from_ms: int, earned_by: str) -> Coin:
        self.number += 1
        return Coin(float("inf") if end_ms is None else end_ms, self.number, from_ms, earned_by)

    def key(self) -> str:
        self.number += 1
        return f"deed-{self.number}"


def order(coin: Coin) -> tuple[float, int]:
    return coin.end_ms, coin.number


class GenerousTill(Till):
    """Planted: whoever confirms a second time gets the slot back."""

    def step(self, answer: Answer, step: Step, at_ms: int = NOON_MS) -> Answer:
        done = super().step(answer, step, at_ms)
        if step is Step.CONFIRM and done.state is State.CONFIRMED:
            with self.shop.writers.begin() as db:
                db.execute(update(TallyRow).values(used=0, spent_vnd=0))
        return done


class HastyTill(Till):
    """Planted: it forgets that reservations end."""

    def reserve(self, wish: Wish | None = None, at_ms: int = NOON_MS) -> Answer:
        return super().reserve(wish, NOON_MS)


def redeem(till: Till, how: settings) -> None:
    class Here(AnyTill):
        pass

    Here.till = till
    run_state_machine_as_test(Here, settings=how)


def keep_books(shop: Shop, book: Book, how: settings) -> None:
    class Here(AnyBook):
        pass

    Here.shop, Here.book = shop, book
    run_state_machine_as_test(Here, settings=how)


def test_no_sequence_makes_a_count_wrong(shop: Shop) -> None:
    shop.member()
    redeem(Till(shop, TERMS, USES), QUICK)


def test_no_sequence_makes_a_balance_wrong(shop: Shop) -> None:
    shop.member()
    keep_books(shop, Book(), QUICK)


@pytest.mark.parametrize("planted", [GenerousTill, HastyTill])
def test_a_planted_defect_at_the_till_is_found(planted: type[Till], tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.member()
    with pytest.raises(AssertionError):
        redeem(planted(shop, TERMS, USES), FIND)
    shop.engine.dispose()


def test_a_planted_defect_in_the_books_is_found(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.member()
    with pytest.raises(AssertionError):
        keep_books(shop, HastyBook(), FIND)
    shop.engine.dispose()

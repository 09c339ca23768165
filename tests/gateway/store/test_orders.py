"""Of many who take one step at the same time, one takes it; the others hear who, and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from gateway.core.orders import OrderState, OrderStep, Stop
from gateway.store import orders
from gateway.store.orders import Deed, OrderRow, Stopped
from tests.gateway.shop import NOON_MS, STORE, Shop


def take(shop: Shop, deed: Deed) -> OrderRow | Stopped:
    with shop.writers.begin() as db:
        return orders.take(db, "A-1", deed)


def test_eight_hand_over_one_order_and_seven_hear_who_did(shop: Shop) -> None:
    shop.member()
    shop.order(state=OrderState.ARRIVED)
    deeds = [Deed(OrderStep.HAND_OVER, f"staff:{one}", NOON_MS + one) for one in range(8)]

    with ThreadPoolExecutor(8) as staff:
        answers = list(staff.map(lambda deed: take(shop, deed), deeds))

    (given,) = [one for one in answers if isinstance(one, OrderRow)]
    stopped = Stopped(Stop.HANDED_OVER, given.changed_by, given.changed_at_ms)
    assert [one for one in answers if one is not given] == [stopped] * 7
    with shop.read() as db:
        (step,) = orders.steps_of(db, "A-1")
    assert (step.by, step.at_ms, step.state) == (stopped.by, stopped.at_ms, "handed_over")


def test_a_cancelled_order_is_not_handed_over_and_the_other_way_round(shop: Shop) -> None:
    shop.member()
    shop.order(state=OrderState.ARRIVED)
    cancel = Deed(OrderStep.CANCEL, "system:web-shop", NOON_MS)
    give = Deed(OrderStep.HAND_OVER, "staff:hanh", NOON_MS + 10_000)

    take(shop, cancel)

    assert take(shop, give) == Stopped(Stop.CANCELLED, cancel.by, NOON_MS)
    with shop.writers.begin() as db:
        db.get_one(OrderRow, "A-1").state = OrderState.READY
    take(shop, give)
    assert take(shop, cancel) == Stopped(Stop.HANDED_OVER, give.by, give.at_ms)


def test_who_takes_the_money_may_hand_over_what_was_unpaid(shop: Shop) -> None:
    shop.member()
    shop.order()
    with shop.writers.begin() as db:
        db.get_one(OrderRow, "A-1").unpaid_vnd = 45_000

    unpaid = take(shop, Deed(OrderStep.HAND_OVER, "staff:hanh", NOON_MS))
    assert isinstance(unpaid, Stopped)
    assert unpaid.stop is Stop.UNPAID
    paid = take(shop, Deed(OrderStep.HAND_OVER, "staff:hanh", NOON_MS, "cash", STORE, True))
    assert isinstance(paid, OrderRow)
    assert (paid.unpaid_vnd, paid.state) == (0, OrderState.HANDED_OVER)


def test_an_order_of_another_store_stays_there(shop: Shop) -> None:
    shop.member()
    shop.order(store="hue-2")

    here = Deed(OrderStep.HAND_OVER, "staff:hanh", NOON_MS, store=STORE)
    assert take(shop, here) == Stopped(Stop.ELSEWHERE)
    with shop.read() as db:
        assert orders.at_store(db, STORE, [OrderState.READY], 0, 9) == []
        assert len(orders.at_store(db, "hue-2", [OrderState.READY], 0, 9)) == 1

"""Whoever comes instead of the customer has a code, for one order, once, for a while."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec import json
from sqlalchemy import select

from gateway.core.orders import OrderState, OrderStep, Stop
from gateway.core.pick_up_codes import HOUR_MS, Collector
from gateway.store import orders, pick_up_codes
from gateway.store.orders import Deed, OrderRow, Stopped
from gateway.store.outgoing import OutgoingEventRow
from gateway.store.pick_up_codes import PickUpCodeRow, Wish
from tests.gateway.shop import NOON_MS, Shop

BY = "staff:hanh"


@pytest.fixture(autouse=True)
def two_orders(shop: Shop) -> None:
    shop.member()
    shop.order()
    shop.order("B-2")


def code_for(shop: Shop, order: str = "A-1", at_ms: int = NOON_MS) -> str:
    with shop.writers.begin() as db:
        wish = Wish(order, Collector.COURIER, "Grab", "system:web-shop", at_ms)
        return pick_up_codes.make(db, wish)[0]


def give(shop: Shop, code: str, order: str = "A-1", at_ms: int = NOON_MS + 1) -> OrderRow | Stopped:
    with shop.writers.begin() as db:
        return pick_up_codes.hand_over(db, order, Deed(OrderStep.HAND_OVER, BY, at_ms), code)


def test_a_courier_takes_the_order_of_the_code_and_it_is_written_down(shop: Shop) -> None:
    code = code_for(shop)

    taken = give(shop, code.lower().replace("-", " "))

    assert isinstance(taken, OrderRow)
    assert taken.state == OrderState.HANDED_OVER
    with shop.read() as db:
        (step,) = orders.steps_of(db, "A-1")
        told = json.decode(db.scalars(select(OutgoingEventRow)).one().body)["data"]
        kept = db.scalars(select(PickUpCodeRow)).one()
    assert (step.by, step.handed_to) == (BY, "courier Grab")
    assert told["to"] == "courier"
    assert code.replace("-", "") not in str(vars(kept))


def test_each_no_has_its_reason_and_changes_nothing(shop: Shop) -> None:
    code, other = code_for(shop), code_for(shop, "B-2")
    hours = 48 * HOUR_MS

    assert give(shop, "2345-6789-ACEF") == Stopped(Stop.CODE_UNKNOWN)
    assert give(shop, other) == Stopped(Stop.CODE_OF_ANOTHER)
    assert give(shop, code, at_ms=NOON_MS + hours) == Stopped(Stop.CODE_EXPIRED)
    with shop.read() as db:
        assert db.get_one(OrderRow, "A-1").state == OrderState.READY
    assert isinstance(give(shop, code, at_ms=NOON_MS + hours - 1), OrderRow)
    assert give(shop, code) == Stopped(Stop.CODE_USED, BY, NOON_MS + hours - 1)


def test_a_new_code_ends_the_one_before_it_and_no_other(shop: Shop) -> None:
    first, other = code_for(shop), code_for(shop, "B-2")
    second = code_for(shop, at_ms=NOON_MS + 1)

    assert give(shop, first, at_ms=NOON_MS + 2) == Stopped(Stop.CODE_EXPIRED)
    assert isinstance(give(shop, second, at_ms=NOON_MS + 2), OrderRow)
    assert isinstance(give(shop, other, "B-2", NOON_MS + 2), OrderRow)


def test_a_code_for_what_is_not_ready_or_was_fetched_by_the_customer_gives_nothing(
    shop: Shop,
) -> None:
    code = code_for(shop)
    with shop.writers.begin() as db:
        orders.take(db, "A-1", Deed(OrderStep.HAND_OVER, "staff:tu", NOON_MS))

    assert give(shop, code) == Stopped(Stop.HANDED_OVER, "staff:tu", NOON_MS)


def test_of_four_couriers_with_one_code_one_has_the_order(shop: Shop) -> None:
    code = code_for(shop)

    with ThreadPoolExecutor(4) as couriers:
        answers = list(couriers.map(lambda late: give(shop, code, at_ms=NOON_MS + late), range(4)))

    stops = [one.stop for one in answers if isinstance(one, Stopped)]
    assert len(stops) == 3
    assert {*stops} <= {Stop.CODE_USED, Stop.HANDED_OVER}

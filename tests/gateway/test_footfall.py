"""What kiosks counted of people nobody knows, at the gateway: kept once, and only as numbers."""

from __future__ import annotations

from contract.events import Counted
from contract.footfall import Counter
from gateway.core.measures import Measure, number
from gateway.core.shop_days import day_of
from gateway.store import measures
from gateway.store.events import EventRow
from gateway.store.footfall import CountedRow
from tests.gateway.shop import NOON_MS, STORE, Outbox, Shop

QUARTER_MS = 15 * 60_000


def value(shop: Shop, measure: Measure) -> float | None:
    day = day_of(NOON_MS)
    with shop.read() as db:
        return number(measure, measures.daily(db, STORE, [day])[day])


def test_quarters_add_up_and_few_are_nobody(shop: Shop) -> None:
    one, other = Outbox(), Outbox("quay-2", "fedcba9876543210")
    told = [
        one.says(Counted(Counter.PHONES, 20)),
        one.says(Counted(Counter.PHONES, None), NOON_MS + QUARTER_MS),
        one.says(Counted(Counter.BEAM, 12), NOON_MS + QUARTER_MS),
        other.says(Counted(Counter.PHONES, 30)),
        other.says(Counted(Counter.BEAM, 8)),
    ]
    shop.handle(*told)
    shop.handle(*told)  # as after a lost receipt

    assert shop.count(CountedRow) == 5
    assert value(shop, Measure.PHONES) == 25, "of the quarters that had enough"
    assert value(shop, Measure.PASSED) == 20
    with shop.read() as db:
        bodies = "".join(row.body for row in db.query(EventRow))
    assert set(bodies) <= set('{}":,abcdefghijklmnopqrstuvwxyz0123456789')


def test_a_light_barrier_makes_a_capture_where_no_door_counts(shop: Shop) -> None:
    assert value(shop, Measure.CAPTURE) is None
    shop.handle(Outbox().says(Counted(Counter.BEAM, 40)))

    assert value(shop, Measure.CAPTURE) == 0, "twenty came in, and nobody was recognised"


def test_a_quarter_that_comes_late_opens_its_day_again(shop: Shop) -> None:
    with shop.writers.begin() as db:
        measures.keep(db, STORE, day_of(NOON_MS))
    assert value(shop, Measure.PASSED) == 0
    shop.handle(
        Outbox().says(Counted(Counter.PHONES, 7), NOON_MS + 3 * 86_400_000),
        Outbox("quay-2", "fedcba9876543210").says(Counted(Counter.BEAM, 9)),
    )

    assert value(shop, Measure.PASSED) == 9

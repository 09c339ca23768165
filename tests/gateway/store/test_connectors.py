"""What connectors brought, in either database."""

from __future__ import annotations

from threading import Barrier, Thread

from gateway.core.changes import Ask, Noun, PaymentConfirmed, PrivacyAsked, Refusal
from gateway.store import connectors, outside, payments, privacy_requests
from gateway.store.connectors import Failure, PollRow
from tests.gateway.porch import Web, order
from tests.gateway.shop import NOON_MS, Shop

PAID = PaymentConfirmed("FT1", "501", 50_000, NOON_MS)


def test_deliveries_come_in_once_and_in_turn(shop: Shop) -> None:
    web = Web(shop)
    first = order()
    assert web.shopify("orders/create", first) == (200, "accepted")
    web.payos(501, 50_000, "FT1")
    web.payos(501, 50_000, "FT1")
    web.shopify("customers/redact", {"shop_id": 1, "shop_domain": "", "customer": {"id": 7001}})
    assert web.apply() == 3
    web.shopify("orders/updated", order("12:30"))
    web.apply()

    assert web.orders() == {"#501": ("placed", 150_000)}
    with shop.read() as db:
        newest, *_ = connectors.newest_first(db, "shopify", 9)
        assert (newest.state, newest.changed, newest.body) == ("applied", 0, b"")
        assert connectors.last_at_ms(db, "shopify") == NOON_MS
        [asked] = privacy_requests.undone(db)
        assert outside.of_member(db, str(asked.member)) == [("shopify", "7001")]


def test_one_payment_that_comes_twice_at_once_counts_once(shop: Shop) -> None:
    web = Web(shop)
    web.shopify("orders/create", order())
    web.apply()
    together, taken = Barrier(4), []

    def pay() -> None:
        together.wait()
        with shop.writers.begin() as db:
            taken.append(payments.take(db, "payos", PAID, NOON_MS))

    threads = [Thread(target=pay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == [False, False, False, True]
    assert web.orders() == {"#501": ("placed", 150_000)}


def test_refusals_add_up_and_silence_ends_with_a_delivery(shop: Shop) -> None:
    poll = PollRow(connector="web", noun=Noun.ORDER, cursor_ms=0, asked_at_ms=0, problem="")
    poll.missed, poll.silent_since_ms = 1, 5
    with shop.writers.begin() as db:
        db.add(poll)
        connectors.failed(db, "web", Failure(Refusal.OLD, 2, 10))
        connectors.failed(db, "web", Failure(Refusal.OLD, 3, 20))
        connectors.failed(db, "web", Failure(Refusal.EARLY, 1, 15))
        connectors.heard(db, "web", Noun.CUSTOMER)
    with shop.writers.begin() as db:
        found = [(one.reason, one.times, one.last_at_ms) for one in connectors.failures(db, "web")]
        assert found == [("old", 5, 20), ("early", 1, 15)]
        assert connectors.polls(db, "web")[0].silent_since_ms == 5
        connectors.heard(db, "web", Noun.ORDER)
    with shop.read() as db:
        assert connectors.polls(db, "web")[0].silent_since_ms is None


def test_nobody_asked_and_somebody_unknown_may_ask(shop: Shop) -> None:
    with shop.writers.begin() as db:
        privacy_requests.add(db, "web", PrivacyAsked(Ask.SEE, "9"), None, NOON_MS)
        assert [row.member for row in privacy_requests.undone(db)] == [None]

"""What web shops and banks tell us, through the endpoint, on a real database."""

from __future__ import annotations

import itertools
from io import RawIOBase
from typing import Any

import pytest
from sqlalchemy import select

from gateway.core.changes import ConnectorKind, Refusal
from gateway.core.external_ids import IdKind, external_id
from gateway.reception import STATUS
from gateway.store import connectors, external_ids, orders, payments, privacy_requests
from gateway.store.connectors import DeliveryRow, DeliveryState
from gateway.store.orders import OrderRow
from tests.gateway.connectors.golden import FILES, vector
from tests.gateway.porch import MINUTE_MS, Web, customer, order
from tests.gateway.shop import HUY, NGOC, NOON_MS, Shop

AN = ("An Vũ", "+84901234513")


@pytest.fixture
def web(shop: Shop) -> Web:
    return Web(shop)


def deliveries(web: Web) -> list[DeliveryRow]:
    with web.shop.read() as db:
        return list(db.scalars(select(DeliveryRow).order_by(DeliveryRow.number)))


def failures(web: Web, connector: str) -> dict[str, int]:
    with web.shop.writers.begin() as db:
        web.porch.refused.write(db, web.now_ms)
        return {str(one.reason): one.times for one in connectors.failures(db, connector)}


def test_every_vector_is_taken_and_a_second_time_changes_nothing(web: Web) -> None:
    every = [(kind, one) for kind, golden in FILES.items() for one in golden["vectors"]]
    first = []
    for kind, one in every:
        if "secret" not in one:  # another sender's
            status, reason = web.send(kind, one)
            assert reason == one.get("refused", "accepted"), one["name"]
            is_told = kind is ConnectorKind.STANDARD and reason != "accepted"
            assert status == (422 if is_told else 200), one["name"]
            first.append((kind, one))
    web.apply()
    after, kept = web.everything(), len(deliveries(web))
    assert len(after) > 8

    for kind, one in reversed(first):
        web.send(kind, one)
    assert web.apply() == 0

    assert web.everything() == after
    assert len(deliveries(web)) == kept


@pytest.mark.parametrize("kind", ConnectorKind)
def test_what_was_tampered_with_is_answered_with_its_reason_and_not_kept(
    web: Web, kind: ConnectorKind
) -> None:
    for change in FILES[kind]["tampered"]:
        if "secret" in change or "at_s" in change:
            continue  # what differs is on our side: the golden test has them
        one = vector(kind, change["of"])
        headers = {**one["headers"], **change.get("headers", {})}
        body = one["body"].replace(*change.get("replace", ("", ""))) + change.get("append", "")
        web.now_ms = one.get("at_s", 0) * 1000

        sent = {name: text for name, text in headers.items() if text is not None}
        assert web.post(kind, sent, body) == (401, change["refused"]), change["name"]

    assert deliveries(web) == []
    assert set(failures(web, kind)) <= {"wrong_signature", "unsigned", "wrong_shop"}
    assert failures(web, kind)


def test_a_customer_and_an_order_come_in_and_are_brought_up_to_date(web: Web) -> None:
    assert web.shopify("customers/create", customer()) == (200, "accepted")
    web.shopify("orders/create", order())
    assert web.orders() == {}, "it is acknowledged before it is applied"
    assert web.woken == 2

    assert web.apply() == 2
    assert web.people() == {AN}
    assert web.orders() == {"#501": ("placed", 200_000)}

    web.shopify("customers/update", customer("12:05", last_name="Võ"))
    web.shopify("orders/paid", order("12:06", total_outstanding="0.00"))
    web.apply()
    assert web.people() == {("An Võ", AN[1])}
    assert web.orders() == {"#501": ("placed", 0)}


def test_in_whichever_order_deliveries_come_the_latest_by_the_vendors_time_wins(
    shop: Shop, web: Web
) -> None:
    told: list[tuple[str, dict[str, Any]]] = [
        ("customers/update", customer("12:01", last_name="Lê")),
        ("customers/update", customer("12:04", last_name="Võ")),
        ("orders/create", order("12:02", total_outstanding="300000")),
        ("orders/updated", order("12:03", total_outstanding="100000")),
    ]
    for number, ways in enumerate([*itertools.permutations(told)][::4]):
        for topic, body in ways:
            mine = {**body, "id": body["id"] + 10 * number, "phone": f"+8490000{number:04}"}
            if "customer" in body:
                who = {**body["customer"], "id": 7001 + 10 * number, "phone": mine["phone"]}
                mine |= {"customer": who, "name": f"#{number}"}
            web.shopify(topic, mine)
    web.apply()

    assert {name for name, _ in web.people()} == {"An Võ"}
    assert set(web.orders().values()) == {("placed", 100_000)}
    assert len(web.orders()) == len(web.people()) == 6


def test_what_was_done_here_is_not_undone_by_an_edited_address(web: Web, shop: Shop) -> None:
    web.shopify("orders/create", order())
    web.apply()
    for state, told, after in (
        ("ready", {}, "ready"),
        ("arrived", {}, "arrived"),
        ("arrived", {"cancelled_at": "2026-03-01T12:30:00+07:00"}, "cancelled"),
        ("arrived", {"fulfillment_status": "fulfilled"}, "handed_over"),
        ("handed_over", {"cancelled_at": "2026-03-01T12:30:00+07:00"}, "handed_over"),
        ("cancelled", {}, "placed"),
    ):
        with shop.writers.begin() as db:
            [row] = db.query(OrderRow)
            row.state = state
        web.shopify("orders/updated", order("12:30", **told))
        web.apply()
        assert web.orders()["#501"][0] == after, (state, told)
    with shop.read() as db:
        steps = [(row.step, row.by) for row in orders.steps_of(db, "shopify-501")]
        [row] = db.query(OrderRow)
        assert (row.changed_by, row.changed_at_ms) == ("system:shopify", web.now_ms)
    assert steps == [("cancel", "system:shopify"), ("hand_over", "system:shopify")]


def test_an_order_that_is_gone_is_cancelled_and_stays_so(web: Web) -> None:
    web.shopify("orders/create", order())
    web.apply()
    web.now_ms += 40 * MINUTE_MS
    web.shopify("orders/delete", {"id": 501})
    web.shopify("orders/updated", order("12:30"))  # it was on its way for long
    web.apply()

    assert web.orders()["#501"][0] == "cancelled"


def test_what_a_shop_tells_of_an_order_is_written_down_with_who_and_when(
    web: Web, shop: Shop
) -> None:
    web.shopify("orders/create", order())
    web.shopify("orders/updated", order("12:20", total_outstanding="5"))  # no other state
    web.shopify("orders/updated", order("12:30", cancelled_at="2026-03-01T12:30:00+07:00"))
    web.apply()

    with shop.read() as db:
        [row] = db.query(OrderRow)
        steps = orders.steps_of(db, row.order)
    assert [(one.step, one.state) for one in steps] == [("cancel", "cancelled")]
    assert (row.changed_by, row.changed_at_ms) == (steps[-1].by, web.now_ms)
    assert row.changed_by == "system:shopify"


def test_somebody_with_the_phone_of_a_member_is_that_member_and_keeps_their_name(
    web: Web, shop: Shop
) -> None:
    shop.member()
    called(shop, NGOC, IdKind.PHONE, "0901234513")

    web.shopify("orders/create", order())
    web.shopify("customers/update", customer("12:09", last_name="Khác", phone="+84900000000"))
    web.apply()

    assert web.people() == {("Trần Bảo Ngọc", "")}
    assert members(shop) == [NGOC]


def test_a_member_whom_the_shops_own_id_names_is_that_member_whatever_their_phone(
    web: Web, shop: Shop
) -> None:
    shop.member()
    shop.member(HUY, name="Huy")
    called(shop, NGOC, IdKind.SHOP, "shopify:7001")
    called(shop, HUY, IdKind.PHONE, "0901234513")

    web.shopify("orders/create", order())
    web.apply()

    assert members(shop) == [NGOC]


def called(shop: Shop, member: str, kind: IdKind, said: str) -> None:
    with shop.writers.begin() as db:
        assert external_ids.claim(db, member, external_id(kind, said), ("test", NOON_MS))


def members(shop: Shop) -> list[str]:
    """Whose orders there are."""
    with shop.read() as db:
        return list(db.scalars(select(OrderRow.member)))


def test_a_connector_may_be_told_not_to_go_by_phones(shop: Shop) -> None:
    web = Web(shop, matches_phones=False)
    shop.member()
    called(shop, NGOC, IdKind.PHONE, "0901234513")

    web.shopify("customers/create", customer())
    web.apply()

    assert AN in web.people()


def test_a_payment_is_taken_off_its_order_once_whichever_comes_first(web: Web) -> None:
    web.payos(501, 50_000, "FT1")  # before its order
    web.shopify("orders/create", order())
    web.payos(501, 20_000, "FT2")
    web.payos(501, 20_000, "FT2")
    web.payos(777, 9_000, "FT3")
    web.apply()
    assert web.orders() == {"#501": ("placed", 130_000)}

    web.shopify("orders/updated", order("12:10", note="the shop knows nothing of the transfers"))
    web.apply()

    assert web.orders() == {"#501": ("placed", 130_000)}
    with web.shop.read() as db:
        assert [row.reference for row in payments.unclaimed(db)] == ["FT3"]


def test_who_asked_to_be_erased_is_not_taken_in_again(web: Web) -> None:
    web.shopify("orders/create", order())
    web.apply()
    before = web.everything()
    person = {"id": 7001, "email": "an@example.vn"}
    shop_of = {"shop_id": 1, "shop_domain": "jsmith.myshopify.com"}
    web.shopify("customers/redact", {**shop_of, "customer": person, "orders_to_redact": [501]})
    web.apply()
    web.shopify("customers/update", customer("12:20", last_name="Khác"))
    web.shopify("orders/updated", order("12:20", total_outstanding="1"))
    web.shopify("orders/create", order("12:20", id=502, name="#502"))
    web.apply()

    assert web.people() == {AN}
    assert len(web.everything()) == len(before)
    assert web.orders() == {"#501": ("placed", 200_000)}
    assert {row.body for row in deliveries(web)} == {b""}, "they named them"
    with web.shop.read() as db:
        [request] = privacy_requests.undone(db)
    assert (request.ask, request.outside, request.due_ms) == (
        "erase",
        "7001",
        NOON_MS + 864_000_000,
    )
    assert request.member is not None


def test_a_shop_that_left_is_not_taken_in_again(web: Web) -> None:
    web.shopify("orders/create", order())
    web.shopify("shop/redact", {"shop_id": 1, "shop_domain": "jsmith.myshopify.com"})
    web.shopify("orders/updated", order("12:20", total_outstanding="1"))
    web.apply()

    assert web.orders() == {"#501": ("placed", 200_000)}


def test_a_request_is_crossed_off_once(web: Web) -> None:
    web.send(
        ConnectorKind.SHOPIFY, vector(ConnectorKind.SHOPIFY, "somebody asks to see their data")
    )
    web.apply()
    with web.shop.writers.begin() as db:
        [request] = privacy_requests.undone(db)
        assert privacy_requests.done(db, request.number, NOON_MS)
        assert not privacy_requests.done(db, request.number, NOON_MS)
        assert privacy_requests.undone(db) == []


def test_what_could_not_be_read_is_kept_with_its_reason(web: Web) -> None:
    kind = ConnectorKind.SHOPIFY
    web.send(kind, vector(kind, "an order passed off as deleted"))

    [row] = deliveries(web)
    assert (row.state, row.reason) == (DeliveryState.REFUSED, Refusal.UNREADABLE)
    assert row.body
    assert failures(web, kind) == {"unreadable": 1}


def test_a_connector_that_was_taken_out_of_the_settings_holds_nobody_up(web: Web) -> None:
    web.payos(1, 1_000, "FT9")
    web.shopify("orders/create", order())
    del web.connections["payos"]
    web.apply()

    assert [row.reason for row in deliveries(web)] == ["unknown_connector", ""]
    assert web.orders().keys() == {"#501"}


def test_nobody_is_no_connector_and_what_is_too_long_is_not_even_taken_in(web: Web) -> None:
    class Unread(RawIOBase):
        def readable(self) -> bool:
            return True

        at = 0

        def seek(self, _offset: int, whence: int = 0, /) -> int:
            self.at = 1 << 21 if whence else 0  # the test client looks how long it is
            return self.at

        def tell(self) -> int:
            return self.at

        def readinto(self, _buffer: object, /) -> int:
            raise AssertionError("it was read")

    assert web.post("nobody", {}, "{}") == (404, "unknown_connector")
    answer = web.client.post("/v1/webhooks/payos", input_stream=Unread())
    assert (answer.status_code, answer.json) == (413, {"accepted": False, "reason": "too_large"})
    assert failures(web, "payos") == {"too_large": 1}


def test_bodies_are_forgotten_after_a_week_and_deliveries_after_a_month(web: Web) -> None:
    web.shopify("orders/create", order())
    web.apply()
    assert deliveries(web)[0].body
    for days, left in ((8, [b""]), (31, [])):
        with web.shop.writers.begin() as db:
            connectors.prune(db, NOON_MS + days * 86_400_000)
        assert [row.body for row in deliveries(web)] == left


def test_every_refusal_has_a_status() -> None:
    unsigned = {Refusal.UNSIGNED, Refusal.WRONG_SIGNATURE, Refusal.WRONG_SHOP}
    assert set(Refusal) - STATUS.keys() == unsigned | {Refusal.OLD, Refusal.EARLY}

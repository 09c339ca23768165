"""A shop system hands orders to the store and hears of every step; a second hand-over is a 409."""

from __future__ import annotations

from sqlalchemy import select

from contract.messages import Live, Noun
from gateway.core.api_keys import Scope
from gateway.store.alerts import AlertRow
from tests.gateway.api.system import System
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Outbox, Shop, near

ORDER = {"member": NGOC, "number": "#7", "items": 2, "store": STORE, "shelf": "B-3"}


def test_an_order_goes_its_way_and_is_handed_over_once(shop: Shop) -> None:
    shop.member()
    system = System(shop)

    assert system.said("PUT", "/orders/A-7", ORDER)["state"] == "placed"
    again = system.said("PUT", "/orders/A-7", {**ORDER, "shelf": "C-1"})
    assert (again["_"], again["shelf"], again["state"]) == (200, "C-1", "placed")
    for step in ("prepare", "make_ready", "arrive", "hand_over"):
        assert system.said("POST", "/orders/A-7/steps", {"step": step})["_"] == 200

    system.key = system.new_key("other-desk", [Scope.ORDERS_WRITE, Scope.ORDERS_READ])
    system.now_ms += 60_000
    second = system.said("POST", "/orders/A-7/steps", {"step": "hand_over"})
    assert (second["_"], second["why"]) == (409, "handed_over")
    assert (second["by"], second["at_ms"]) == ("system:web-shop", NOON_MS)
    assert second["sentence"]["vi"] == "Đơn hàng đã được giao rồi."
    steps = system.said("GET", "/orders/A-7/steps")["items"]
    assert [one["state"] for one in steps] == ["preparing", "ready", "arrived", "handed_over"]


def test_who_says_from_their_phone_that_they_are_here_is_one_card_at_once(shop: Shop) -> None:
    shop.member()
    system = System(shop)
    system.ask("PUT", "/orders/A-7", ORDER)
    early = system.said("POST", "/orders/A-7/steps", {"step": "arrive"})
    assert (early["_"], early["why"]) == (409, "not_ready")
    system.ask("POST", "/orders/A-7/steps", {"step": "make_ready"})
    system.said_live.clear()

    for _ in range(2):
        system.ask("POST", "/orders/A-7/steps", {"step": "arrive"})

    with shop.read() as db:
        (card,) = db.scalars(select(AlertRow)).all()
    assert (card.store, card.kind, card.order, card.member) == (STORE, "pick_up", "A-7", NGOC)
    assert card.offered_at_ms == NOON_MS
    assert system.said_live == [(STORE, Live(Noun.ALERT, "A-7"))]


def test_who_was_noticed_before_they_said_so_is_no_second_card(shop: Shop) -> None:
    shop.member()
    shop.order(store=STORE)
    shop.handle(Outbox().says(near(None)))

    System(shop).ask("POST", "/orders/A-1/steps", {"step": "arrive"})

    with shop.read() as db:
        assert [card.order for card in db.scalars(select(AlertRow))] == ["A-1"]


def test_lists_are_of_a_store_and_a_state_and_what_is_spoken_of_must_be_there(shop: Shop) -> None:
    shop.member()
    system = System(shop)
    for number in range(3):
        system.ask("PUT", f"/orders/A-{number}", ORDER)
    system.ask("POST", "/orders/A-1/steps", {"step": "cancel", "note": "asked by phone"})

    def ids(query: str) -> list[str]:
        return [one["order"] for one in system.said("GET", f"/orders?{query}")["items"]]

    assert ids(f"store={STORE}&state=placed") == ["A-0", "A-2"]
    assert ids("state=cancelled") == ["A-1"]
    assert ids("store=hue-9") == []
    assert system.said("GET", "/orders?state=lost")["reason"] == "wrong_query"
    assert system.said("PUT", "/orders/B-1", {**ORDER, "member": HUY})["reason"] == "no_such_member"
    assert system.said("PUT", "/orders/B-1", {**ORDER, "store": "x"})["reason"] == "no_such_store"
    assert system.said("POST", "/orders/B-1/steps", {"step": "cancel"})["reason"] == "not_found"
    assert system.said("GET", "/orders/A-1/steps")["items"][0]["note"] == "asked by phone"


def test_a_partner_makes_a_code_and_hands_over_by_it(shop: Shop) -> None:
    shop.member()
    shop.order(state="arrived", store=STORE)
    system = System(shop)

    made = system.said("POST", "/orders/A-1/pick-up-codes", {"collector": "courier", "name": "Be"})
    assert (made["_"], made["expires_at_ms"]) == (201, NOON_MS + 48 * 3_600_000)
    wrong = {"step": "hand_over", "code": "2345-6789-ACEF"}
    assert system.said("POST", "/orders/A-1/steps", wrong)["why"] == "code_unknown"
    system.said("POST", "/orders/A-1/steps", {"step": "hand_over", "code": made["code"]})

    (step,) = system.said("GET", "/orders/A-1/steps")["items"]
    assert (step["state"], step["handed_to"]) == ("handed_over", "courier Be")
    late = system.said("POST", "/orders/A-1/pick-up-codes", {"collector": "delegate"})
    assert (late["_"], late["why"]) == (409, "handed_over")

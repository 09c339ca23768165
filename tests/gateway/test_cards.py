"""Stories of staff: when a card is on the board, what it says, and what becomes of it."""

from __future__ import annotations

import pytest

from contract.events import (
    Called,
    Condition,
    Device,
    StateChanged,
    Touch,
    Touched,
)
from contract.messages import Noun
from gateway.core.alerts import STALE_AFTER_MS, AlertKind, Outcome
from gateway.core.consent import Purpose
from gateway.store import alerts
from gateway.store.orders import OrderRow
from tests.gateway.shop import (
    ALL,
    HUY,
    NGOC,
    NOON_MS,
    S1,
    S2,
    STORE,
    Outbox,
    Shop,
    near,
    pass_of,
    scan,
    shown,
)

LATER_MS = NOON_MS + STALE_AFTER_MS + 1


def cards(shop: Shop) -> list[alerts.Card]:
    with shop.read() as db:
        return list(alerts.board(db, STORE))


def test_an_arriving_member_with_a_ready_order_is_one_card_with_their_name(shop: Shop) -> None:
    shop.member()
    shop.order()
    one, two = Outbox("quay-1"), Outbox("quay-2")
    shop.handle(one.says(near(None)), two.says(near(None), NOON_MS + 5_000))
    shop.handle(two.says(scan(pass_of(NGOC)), NOON_MS + 9_000))

    (card,) = cards(shop)
    assert (card.kind, card.name, card.order_number) == (AlertKind.PICK_UP, "Trần Bảo Ngọc", "#A-1")


def test_a_golden_member_is_announced_a_silver_one_is_not(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Phạm Gia Huy", tier="gold")
    outbox = Outbox()
    shop.handle(outbox.says(near(None)), outbox.says(near(None, HUY)))

    assert [(card.kind, card.name) for card in cards(shop)] == [(AlertKind.VIP, "Phạm Gia Huy")]


def test_without_consent_to_staff_context_no_card_is_made_and_a_pick_up_has_no_name(
    shop: Shop,
) -> None:
    shop.member(consents=ALL - {Purpose.STAFF_CONTEXT}, tier="gold")
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near(None)), outbox.says(scan(pass_of(NGOC))))
    assert cards(shop) == []

    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    (card,) = cards(shop)
    assert (card.name, card.order_number) == ("", "#A-1")


def test_an_order_of_somebody_else_cannot_be_announced(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Phạm Gia Huy")
    shop.order("B-1", HUY)
    outbox = Outbox()
    shop.handle(outbox.says(scan(pass_of(NGOC))), outbox.says(Touched(S1, Touch.PICK_UP, "B-1")))

    assert cards(shop) == []


def test_a_call_for_help_is_one_card_a_session_and_nameless_until_confirmed(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    outcome = shop.handle(outbox.says(near()), outbox.says(Called(S1)), outbox.says(Called(S1)))

    assert [(card.kind, card.name) for card in cards(shop)] == [(AlertKind.HELP, "")]
    assert [live.noun for _, live in outcome.live] == [Noun.VISIT, Noun.ALERT]


def staffed(shop: Shop, outcome: Outcome) -> None:
    """Somebody takes the only card and closes it."""
    shop.staff("An")
    with shop.writers.begin() as db:
        (card,) = alerts.board(db, STORE)
        alerts.claim(db, card.alert, "an", NOON_MS)
        alerts.serve(db, card.alert, "an")
        assert alerts.close(db, card.alert, "an", outcome, NOON_MS) == alerts.Moved()


def test_who_was_helped_may_call_again(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(scan(pass_of(NGOC))), outbox.says(Called(S1)))
    staffed(shop, Outcome.ASSISTED)

    shop.handle(outbox.says(Called(S1), NOON_MS + 60_000))

    assert [card.kind for card in cards(shop)] == [AlertKind.HELP]


def test_an_order_of_another_store_is_nothing_for_this_one(shop: Shop) -> None:
    shop.member(tier="silver")
    shop.order(store="hue-2")
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    (show,) = shown(shop.handle(outbox.says(scan(pass_of(NGOC)))))
    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert [order.ready for order in show.orders] == [False]
    assert cards(shop) == []
    with shop.read() as db:
        assert db.get_one(OrderRow, "A-1").state == "ready"


def test_an_order_nobody_found_may_be_announced_again(shop: Shop) -> None:
    shop.member()
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    staffed(shop, Outcome.NOT_FOUND)
    shop.handle(outbox.says(scan(pass_of(NGOC))))
    assert cards(shop) == []  # the arrival alone is no news

    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert [card.kind for card in cards(shop)] == [AlertKind.PICK_UP]


def test_an_order_handed_over_is_over(shop: Shop) -> None:
    shop.member()
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    staffed(shop, Outcome.HANDED_OVER)

    (answer,) = shown(shop.handle(outbox.says(scan(pass_of(NGOC)))))
    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert (answer.orders, cards(shop)) == ((), [])


def test_a_visitor_has_one_card_that_says_the_most_urgent_thing(shop: Shop) -> None:
    shop.member(tier="gold")
    outbox = Outbox()
    shop.handle(outbox.says(near()), outbox.says(scan(pass_of(NGOC))))
    assert [card.kind for card in cards(shop)] == [AlertKind.VIP]
    shop.order()

    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))
    assert [(card.kind, card.order_number) for card in cards(shop)] == [(AlertKind.PICK_UP, "#A-1")]
    shop.handle(outbox.says(Called(S1)))

    assert [(card.kind, card.order_number) for card in cards(shop)] == [(AlertKind.HELP, "#A-1")]


def test_a_stranger_who_called_and_then_showed_a_pass_has_one_card(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(Called(S1)), outbox.says(scan(pass_of(NGOC))))
    shop.handle(outbox.says(Called(S1)))

    assert [(card.kind, card.name) for card in cards(shop)] == [(AlertKind.HELP, "Trần Bảo Ngọc")]


def test_a_call_from_before_the_network_was_back_is_no_task_any_more(shop: Shop) -> None:
    outbox = Outbox()
    shop.handle(outbox.says(Called(S1), NOON_MS), Outbox("quay-2").says(Called(S2), LATER_MS))

    assert [card.offered_at_ms for card in cards(shop)] == [LATER_MS]


def test_an_order_that_is_not_ready_brings_nobody(shop: Shop) -> None:
    shop.member()
    shop.order(state="preparing")
    outbox = Outbox()
    shop.handle(outbox.says(scan(pass_of(NGOC))), outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert cards(shop) == []


def test_an_order_is_not_announced_by_whoever_stands_near_a_tag(shop: Shop) -> None:
    shop.member(consents=ALL - {Purpose.STAFF_CONTEXT})
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near()), outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert cards(shop) == []


OPENED = StateChanged(Device.CASE, Condition.OUT, "somebody opened the case")


def test_an_opened_case_is_one_card_until_somebody_has_looked(shop: Shop) -> None:
    outbox = Outbox()
    closed = StateChanged(Device.CASE, Condition.OK)
    outcome = shop.handle(outbox.says(OPENED), outbox.says(closed), outbox.says(OPENED))

    assert [(card.kind, card.kiosk, card.name) for card in cards(shop)] == [
        (AlertKind.CASE, "quay-1", "")
    ]
    assert [live.noun for _, live in outcome.live] == [Noun.KIOSK, Noun.ALERT]
    staffed(shop, Outcome.ASSISTED)
    shop.handle(outbox.says(closed))
    assert cards(shop) == []
    shop.handle(outbox.says(OPENED), Outbox("quay-2").says(OPENED))
    assert [card.kiosk for card in cards(shop)] == ["quay-1", "quay-2"]


@pytest.mark.parametrize("device", [one for one in Device if one is not Device.CASE])
def test_other_parts_of_a_kiosk_are_nothing_for_the_board(shop: Shop, device: Device) -> None:
    shop.handle(Outbox().says(StateChanged(device, Condition.OUT)))

    assert cards(shop) == []

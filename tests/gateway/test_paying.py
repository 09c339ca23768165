"""From the bank's webhook to the glass at which somebody pays for their order."""

from __future__ import annotations

import pytest

from contract import vietqr
from contract.events import Touch, Touched
from contract.messages import Level, Show, ShownOrder
from contract.topics import KioskAddress
from contract.vietqr import VietQr
from gateway import own_orders, service
from gateway.connector_care import Care
from gateway.core.pay_to import Account
from gateway.store import alerts, scene
from gateway.store.orders import OrderRow
from gateway.store.scene import Shop as Scene
from tests.gateway.porch import Web
from tests.gateway.shop import (
    HUY,
    NGOC,
    NOON_MS,
    S1,
    S2,
    STORE,
    STORE_NO,
    Outbox,
    Shop,
    pass_of,
    scan,
)

ACCOUNT = Account("970422", "0011223344")
GLASS = KioskAddress(STORE, "quay-1")


@pytest.fixture
def owing(shop: Shop) -> Shop:
    """Two members, each with an order to be paid, the first of them at a screen."""
    for member, order in ((NGOC, "A-1"), (HUY, "B-1")):
        shop.member(member)
        shop.order(order, member, store=STORE)
    with shop.writers.begin() as db:
        for order, number in (("A-1", "#501"), ("B-1", "#502")):
            row = db.get_one(OrderRow, order)
            row.unpaid_vnd, row.number = 45_000, number
    return shop


def at_screen(shop: Shop, outbox: Outbox, member: str, session: str) -> Show:
    """The page after a pass was shown."""
    with shop.writers.begin() as db:
        said = service.handle(
            db,
            [outbox.says(scan(pass_of(member), session))],
            Scene({STORE: STORE_NO}, NOON_MS, pay_to=ACCOUNT),
        )
    [(_, show)] = said.shows
    return show


def bank(shop: Shop, *paid: tuple[int, int, str]) -> list[tuple[KioskAddress, Show]]:
    """What screens are told after the bank's word."""
    web, said = Web(shop), list[tuple[KioskAddress, Show]]()
    for one in paid:
        assert web.payos(*one)[0] == 200

    def tell(orders: list[str]) -> None:
        with shop.read() as db:
            said.extend(own_orders.paid(db, orders, ACCOUNT, NOON_MS))

    known, refused = web.connections, web.porch.refused
    care = Care(
        *(shop.readers, lambda: NOON_MS, known, refused),
        lambda _one: lambda _url, _headers: b"",  # type: ignore[arg-type,return-value]
        lambda: None,
        tell,
    )
    care.apply()
    return said


def test_the_page_carries_a_code_that_a_banks_app_pays_by(owing: Shop) -> None:
    [order] = at_screen(owing, Outbox(), NGOC, S1).orders

    assert vietqr.read(order.pay) == VietQr("970422", "0011223344", 45_000, "501")
    with owing.writers.begin() as db:
        row = db.get_one(OrderRow, "A-1")
        assert own_orders.shown(row, STORE, None).pay == "", "without an account there is none"
        row.unpaid_vnd = 0
        assert own_orders.shown(row, STORE, ACCOUNT).pay == ""


def test_the_banks_word_turns_the_page_of_who_pays_and_of_nobody_else(owing: Shop) -> None:
    at_screen(owing, Outbox(), NGOC, S1)
    at_screen(owing, Outbox("quay-2", "fedcba9876543210"), HUY, S2)

    said = bank(owing, (501, 45_000, "FT1"), (501, 45_000, "FT1"))

    [(at, show)] = said
    assert (at, show.session, show.level, show.name) == (GLASS, S1, Level.ORDER, "")
    assert show.orders == (ShownOrder("A-1", "#501", 3, 0, ready=True),)
    assert bank(owing, (777, 9_000, "FT9")) == [], "nobody knows that order"


def test_half_of_it_leaves_a_code_for_the_rest(owing: Shop) -> None:
    at_screen(owing, Outbox(), NGOC, S1)

    [(_, show)] = bank(owing, (501, 20_000, "FT1"))

    [order] = show.orders
    assert (order.unpaid_vnd, vietqr.read(order.pay).amount_vnd) == (25_000, 25_000)


def test_a_screen_from_which_its_member_went_away_is_told_nothing(owing: Shop) -> None:
    at_screen(owing, Outbox(), NGOC, S1)
    with owing.read() as db:
        late_ms = NOON_MS + own_orders.LATELY_MS + 1
        assert list(own_orders.paid(db, ["A-1"], ACCOUNT, late_ms)) == []


def test_the_staffs_card_says_what_is_to_be_paid_and_that_it_was(owing: Shop) -> None:
    outbox = Outbox()
    at_screen(owing, outbox, NGOC, S1)
    with owing.writers.begin() as db:
        here = scene.Shop({STORE: STORE_NO}, NOON_MS)
        service.handle(db, [outbox.says(Touched(S1, Touch.PICK_UP, "A-1"))], here)

    def owed() -> list[int]:
        with owing.read() as db:
            return [card.order_unpaid_vnd for card in alerts.board(db, STORE)]

    assert owed() == [45_000]
    bank(owing, (501, 45_000, "FT1"))
    assert owed() == [0]

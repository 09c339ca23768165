"""How connectors are, on the owner's page, in both languages."""

from __future__ import annotations

import pytest

from gateway.core.changes import Ask, ConnectorKind, Refusal
from gateway.core.connector_health import Identity, Trouble
from gateway.core.telling import Kind
from gateway.store import connectors, outgoing, privacy_requests
from gateway.store.connectors import Failure
from gateway.store.outgoing import Due, Outcome, OutgoingState
from tests.gateway.porch import Web, order
from tests.gateway.shop import NOON_MS
from tests.web_ui.office import Browser, Office
from web_ui.console.connector_words import ASKS, REFUSALS, TROUBLES
from web_ui.console.means import Means

PAGE = "/console/connectors/"
SHOP = Identity("web-shop", ConnectorKind.SHOPIFY, is_asked=True)
BANK = Identity("payos", ConnectorKind.PAYOS, is_asked=False)


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner, with a web shop, a bank and a CRM."""
    given = office.app.extensions["means"]
    office.app.extensions["means"] = Means(
        given.phone_address, given.open_door, given.card_keys, (SHOP, BANK), ("crm",)
    )
    return office.at("lan")


def test_every_reason_has_words() -> None:
    assert set(TROUBLES) == set(Trouble)
    assert set(REFUSALS) == set(Refusal)
    assert set(ASKS) == set(Ask)


def test_what_is_wrong_and_what_to_do_is_said_in_both_languages(
    lan: Browser, office: Office
) -> None:
    with office.shop.writers.begin() as db:
        connectors.failed(db, "payos", Failure(Refusal.WRONG_SIGNATURE, 3, office.now_ms))

    page = lan.get(PAGE)
    assert "Không thể hỏi bên này" in page
    assert "3 × ký bằng khoá khác, hoặc bị sửa trên đường đi" in page
    lan.post("/language", language="en")
    page = lan.get(PAGE)
    assert "It has not delivered anything yet" in page
    assert "signed with another secret" in page


def test_requests_are_crossed_off_and_payments_of_nobody_are_shown(
    lan: Browser, office: Office
) -> None:
    web = Web(office.shop)
    web.payos(777, 9_000, "FT3")
    web.shopify("orders/create", order())
    redact = {"shop_id": 1, "shop_domain": "x", "customer": {"id": 7001}}
    web.shopify("customers/redact", redact)
    web.apply()

    page = lan.get(PAGE)
    assert "muốn được xoá dữ liệu" in page
    assert "FT3" in page
    assert "9.000" in page
    with office.shop.read() as db:
        [request] = privacy_requests.undone(db)
    assert "trả lời trước" in page
    lan.post(f"{PAGE}requests/{request.number}/erase")
    assert "đang được xoá" in lan.get(PAGE)
    with office.shop.read() as db:
        assert [row.number for row in privacy_requests.to_erase(db)] == [request.number]
    lan.post(f"{PAGE}requests/{request.number}/done")
    assert "muốn được xoá dữ liệu" not in lan.get(PAGE)


def test_what_was_given_up_is_sent_again(lan: Browser, office: Office) -> None:
    with office.shop.writers.begin() as db:
        outgoing.spread(db, "crm", list(Kind), NOON_MS)
        outgoing.tell(db, Kind.ALERT_CLOSED, {"alert": 1}, NOON_MS)
        db.flush()
        outgoing.spread(db, "crm", list(Kind), NOON_MS)
        [due] = outgoing.take(db, "crm", NOON_MS, 9, NOON_MS)
        outgoing.settle(db, "crm", due, Outcome(OutgoingState.DEAD, 0, "it answered 500"))
    assert "Gửi lại" in lan.get(PAGE)

    lan.post(f"{PAGE}told/crm/again")

    assert "Gửi lại" not in lan.get(PAGE)
    with office.shop.writers.begin() as db:
        again = outgoing.take(db, "crm", office.now_ms, 9, NOON_MS)
        assert again == [Due(due.number, due.event, due.body, 0)]


def test_nobody_but_an_owner_sees_or_does_it(lan: Browser, office: Office) -> None:
    assert office.at("hanh").client.get(PAGE).status_code == 403
    assert office.at("hanh").post(f"{PAGE}requests/1/done").status_code == 403
    assert lan.client.post(f"{PAGE}told/crm/again").status_code == 400

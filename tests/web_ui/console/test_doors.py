from __future__ import annotations

import pytest

from contract.events import Decision, Entry, EntryReason
from contract.messages import Live, Noun
from gateway.store import entry_cards
from tests.gateway.shop import STORE, Outbox
from tests.kiosk.door.shop import card
from tests.web_ui.office import Browser, Office

MINUTE_MS = 60_000
CARD = "00112233445566ff"


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner, and a door that let somebody in, as quay-2 brought it."""
    wrote(office, 1, EntryReason.PASS)
    return office.at("lan")


def wrote(
    office: Office, number: int, reason: EntryReason, late_ms: int = 0, kiosk: str = "quay-2"
) -> None:
    outbox = Outbox(kiosk, epoch=f"{number:016x}")
    at_ms = office.now_ms + late_ms
    entry = Entry("front", "0a" * 8, number, at_ms, decision=Decision.GRANTED, reason=reason)
    outcome = office.shop.handle(outbox.says(entry, at_ms))
    assert (STORE, Live(Noun.KIOSK, kiosk)) in outcome.live, "open pages would not hear of it"


def test_the_order_of_who_is_signed_in_goes_to_the_kiosk_beside_the_door(
    lan: Browser, office: Office
) -> None:
    assert "Đúng, mở front ngay" in lan.get("/console/doors/")

    lan.post("/console/doors/front/open")

    assert office.orders == [(STORE, "quay-2", "front", "lan")]
    assert "Lệnh đã gửi." in lan.get("/console/doors/")


def test_a_door_that_another_kiosk_speaks_for_now_is_ordered_through_that(
    lan: Browser, office: Office
) -> None:
    wrote(office, 2, EntryReason.PASS, late_ms=MINUTE_MS, kiosk="quay-1")

    lan.post("/console/doors/front/open")

    assert office.orders == [(STORE, "quay-1", "front", "lan")]


def test_when_a_door_obeyed_stands_on_the_page(lan: Browser, office: Office) -> None:
    assert lan.get("/console/doors/").count("<dd>–</dd>") == 1

    wrote(office, 2, EntryReason.STAFF, late_ms=7 * MINUTE_MS)

    assert "13:07" in lan.get("/console/doors/")


def test_an_order_that_did_not_go_out_is_said_and_promises_nothing(
    lan: Browser, office: Office
) -> None:
    office.broker_is_away = True

    lan.post("/console/doors/front/open")

    page = lan.get("/console/doors/")
    assert "Lệnh chưa gửi được" in page
    assert "Lệnh đã gửi." not in page


def test_nobody_else_no_other_site_and_no_unknown_door(lan: Browser, office: Office) -> None:
    path = "/console/doors/front/open"

    assert office.at("hanh").post(path).status_code == 403
    assert lan.client.post(path).status_code == 400, "without the form's token"
    assert lan.client.get(path).status_code == 405
    assert lan.post("/console/doors/back/open").status_code == 404
    assert office.app.test_client().post(path).status_code in (302, 400)
    assert office.orders == []


def test_a_store_without_doors_says_so(office: Office) -> None:
    assert "Chưa có cửa nào" in office.at("lan").get("/console/doors/")


@pytest.mark.parametrize(
    ("said", "answer", "ended"),
    [
        (CARD, "Đã huỷ thẻ", (CARD,)),
        ("Ngọc", "Đây không phải số thẻ", ()),
        (card(), "Thẻ này không phải của cửa hàng", ()),
    ],
)
def test_a_printed_card_is_ended_and_what_is_none_is_said(
    lan: Browser, office: Office, said: str, answer: str, ended: tuple[str, ...]
) -> None:
    lan.post("/console/doors/cards/end", card=said)

    assert answer in lan.get("/console/doors/")
    with office.shop.read() as db:
        assert entry_cards.ended(db) == ended


def test_a_card_is_ended_by_an_owner_on_this_page_only(lan: Browser, office: Office) -> None:
    path = "/console/doors/cards/end"

    assert office.at("hanh").post(path, card=CARD).status_code == 403
    assert lan.client.post(path, data={"card": CARD}).status_code == 400

    with office.shop.read() as db:
        assert entry_cards.ended(db) == ()

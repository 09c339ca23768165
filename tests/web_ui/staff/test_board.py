from __future__ import annotations

import re

import pytest
from msgspec import json
from sqlalchemy import select

from contract.events import Arrived
from contract.messages import Live, Noun
from gateway.core.consent import Purpose
from gateway.store.alerts import AlertRow
from gateway.store.outgoing import OutgoingEventRow
from gateway.store.stores import StoreRow
from tests.gateway.shop import HUY, NGOC, STORE, Outbox
from tests.web_ui.office import Office
from web_ui.staff.board import LATE_S, MOST_CARDS


def column(page: str, state: str) -> str:
    """The part of the page with one column."""
    found = re.search(rf'id="title-{state}".*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


def kept(office: Office, card: int) -> AlertRow:
    with office.shop.read() as db:
        return db.scalars(select(AlertRow).where(AlertRow.alert == card)).one()


def test_cards_stand_in_the_column_of_their_state_longest_waiting_first(office: Office) -> None:
    late, early = office.card(waited_s=9), office.card(waited_s=90)
    mine = office.card(state="claimed", staff="hanh")
    done = office.card(state="serving", staff="hanh")
    office.card(state="closed", staff="hanh")

    page = office.at("hanh").get("/staff/")

    assert re.findall(r'id="card-(\d+)"', column(page, "offered")) == [str(early), str(late)]
    assert re.findall(r'id="card-(\d+)"', column(page, "claimed")) == [str(mine)]
    assert re.findall(r'id="card-(\d+)"', column(page, "serving")) == [str(done)]


def test_a_name_is_shown_only_with_consent(office: Office) -> None:
    office.shop.member(NGOC, "Trần Bảo Ngọc")
    office.shop.member(HUY, "Phạm Gia Huy", consents=frozenset({Purpose.PRESENCE}))
    office.card(member=NGOC)
    office.card(member=HUY)

    page = office.at("hanh").get("/staff/")

    assert "Trần Bảo Ngọc" in page
    assert "Huy" not in page
    assert "Khách ở Quầy 1" in page
    assert page.count("1.250 điểm") == 1  # of whose name may be seen, and of nobody else


def test_a_card_says_why_where_and_how_long(office: Office) -> None:
    office.shop.member()
    office.shop.order("A-20418")
    office.card("pick_up", member=NGOC, order="A-20418", waited_s=88)

    page = office.at("hanh").get("/staff/")

    assert "Lấy đơn hàng" in page
    assert "Đơn #A-20418 · 3 món" in page
    assert ">1:28<" in page
    assert "Quầy 1" in page
    assert "Bạc" in page


@pytest.mark.parametrize(
    ("kind", "why"), [("door", "Cửa cần được kiểm tra"), ("case", "Có người mở vỏ máy")]
)
def test_a_card_about_a_thing_names_its_place_and_no_shopper(
    office: Office, kind: str, why: str
) -> None:
    office.card(kind)

    page = column(office.at("hanh").get("/staff/"), "offered")

    assert why in page
    assert "<h3>Quầy 1</h3>" in page
    assert "Khách ở" not in page


@pytest.mark.parametrize(("waited_s", "is_late"), [(LATE_S, False), (LATE_S + 1, True)])
def test_who_waits_too_long_is_marked_in_words(
    office: Office, waited_s: int, is_late: bool
) -> None:
    office.card(waited_s=waited_s)

    assert ("wait number late" in office.at("hanh").get("/staff/")) is is_late


def test_a_card_goes_from_waiting_to_closed(office: Office) -> None:
    card = office.card()
    browser = office.at("hanh")

    browser.post(f"/staff/cards/{card}/claim")
    assert f"/staff/cards/{card}/serve" in column(browser.get("/staff/"), "claimed")
    browser.post(f"/staff/cards/{card}/serve")
    assert f"/staff/cards/{card}/close" in column(browser.get("/staff/"), "serving")
    browser.post(f"/staff/cards/{card}/close", outcome="assisted")

    row = kept(office, card)
    assert (row.state, row.staff, row.outcome) == ("closed", "hanh", "assisted")
    assert row.claimed_at_ms == row.closed_at_ms == office.now_ms
    assert office.said == [(STORE, Live(Noun.ALERT, str(card)))] * 3
    assert f"card-{card}" not in browser.get("/staff/")


def test_a_note_and_a_day_go_with_a_closed_card_and_are_there_the_next_time(
    office: Office,
) -> None:
    office.shop.member()
    office.shop.member(HUY, consents=frozenset())
    browser = office.at("hanh")
    for member in (NGOC, HUY):
        card = office.card(member=member, state="serving", staff="hanh")
        closing = f"/staff/cards/{card}/close"
        browser.post(closing, outcome="sold", note="thích trà sen", follow_up="2026-03-08")
        row = kept(office, card)
        assert (row.note, str(row.follow_up_on)) == ("thích trà sen", "2026-03-08")
    with office.shop.read() as db:
        told = [json.decode(one.body)["data"] for one in db.query(OutgoingEventRow)]
    assert [(one["note"], one["follow_up_on"]) for one in told] == [
        ("thích trà sen", "2026-03-08"),
        ("", "2026-03-08"),
    ]

    office.card(member=HUY)
    assert "thích trà sen" not in browser.get("/staff/")
    office.card(member=NGOC)
    assert "Lần trước: thích trà sen" in browser.get("/staff/")


def test_a_day_that_is_none_is_refused(office: Office) -> None:
    card = office.card(state="serving", staff="hanh")
    answer = office.at("hanh").post(f"/staff/cards/{card}/close", outcome="sold", follow_up="soon")

    assert (answer.status_code, kept(office, card).state) == (400, "serving")


def test_a_card_is_passed_to_a_colleague_at_work_whose_board_rings(office: Office) -> None:
    hanh, tu = office.at("hanh"), office.at("tu")
    card = office.card()
    hanh.post(f"/staff/cards/{card}/claim")
    assert 'value="tu">Tú</button>' in column(hanh.get("/staff/"), "claimed")

    answer = hanh.post(f"/staff/cards/{card}/hand-over", to="lan", scripts=True)
    assert "Người này hiện không làm việc ở đây." in answer.get_data(as_text=True)
    hanh.post(f"/staff/cards/{card}/hand-over", to="tu")

    assert kept(office, card).asks == "tu"
    for browser, asks, says in ((tu, "me", "Đang hỏi bạn"), (hanh, "others", "Đang hỏi Tú")):
        page = browser.get("/staff/")
        assert f'data-asks="{asks}"' in page
        assert says in page
    tu.post("/sign-out")
    hanh.post(f"/staff/cards/{card}/claim")
    assert 'value="tu"' not in hanh.get("/staff/")


def test_who_has_three_shoppers_takes_no_fourth(office: Office) -> None:
    for _ in range(3):
        office.card(state="claimed", staff="hanh")
    card = office.card()

    answer = office.at("hanh").post(f"/staff/cards/{card}/claim", scripts=True)

    assert "Bạn đang có ba khách." in answer.get_data(as_text=True)
    assert kept(office, card).staff is None


def test_only_a_tag_says_that_a_shopper_has_left(office: Office) -> None:
    card = office.card(state="serving", staff="hanh")
    answer = office.at("hanh").post(f"/staff/cards/{card}/close", outcome="left")
    assert answer.status_code == 400


def test_the_second_to_claim_is_told_who_was_first(office: Office) -> None:
    card = office.card()
    office.at("tu").post(f"/staff/cards/{card}/claim")
    office.said.clear()

    answer = office.at("hanh").post(f"/staff/cards/{card}/claim", scripts=True)

    assert "Tú vừa nhận khách này." in answer.get_data(as_text=True)
    assert kept(office, card).staff == "tu"
    assert office.said == []


@pytest.mark.parametrize("step", ["serve", "close"])
def test_only_who_took_a_card_can_move_it_on(office: Office, step: str) -> None:
    state = "claimed" if step == "serve" else "serving"
    card = office.card(state=state, staff="tu")
    browser = office.at("hanh")

    assert f"/staff/cards/{card}/{step}" not in browser.get("/staff/")
    browser.post(f"/staff/cards/{card}/{step}", outcome="sold")
    assert kept(office, card).state == state


def test_a_card_of_another_store_cannot_be_touched(office: Office) -> None:
    with office.shop.writers.begin() as db:
        db.add(StoreRow(store="hanoi-1", name="An Nhiên Hà Nội", store_no=8))
    card = office.card(store="hanoi-1")
    browser = office.at("hanh")

    browser.post(f"/staff/cards/{card}/claim")

    assert kept(office, card).state == "offered"
    assert f"card-{card}" not in browser.get("/staff/")


def test_a_card_that_is_gone_is_said_to_be_gone(office: Office) -> None:
    card = office.card(state="closed", staff="tu")

    answer = office.at("hanh").post(f"/staff/cards/{card}/claim", scripts=True)

    assert "đã đóng rồi" in answer.get_data(as_text=True)


def test_an_outcome_that_does_not_exist_is_refused(office: Office) -> None:
    card = office.card(state="serving", staff="hanh")

    answer = office.at("hanh").post(f"/staff/cards/{card}/close", outcome="eloped")

    assert answer.status_code == 400
    assert kept(office, card).state == "serving"


def test_a_browser_without_scripts_is_sent_back_to_the_board(office: Office) -> None:
    card = office.card()
    office.at("tu").post(f"/staff/cards/{card}/claim")
    browser = office.at("hanh")
    answer = browser.post(f"/staff/cards/{card}/claim")

    assert answer.headers["Location"] == "/staff/"
    assert "Tú vừa nhận khách này." in browser.get("/staff/")


def test_a_full_board_says_how_much_it_leaves_out(office: Office) -> None:
    for _ in range(MOST_CARDS + 2):
        office.card()

    waiting = column(office.at("hanh").get("/staff/"), "offered")

    assert waiting.count('id="card-') == MOST_CARDS
    assert "và 2 lượt nữa" in waiting
    assert f">{MOST_CARDS + 2}<" in waiting


def test_a_quiet_board_says_what_will_appear(office: Office) -> None:
    assert "Khách mới sẽ hiện ngay ở đây" in office.at("hanh").get("/staff/")


def test_names_are_shown_and_not_run(office: Office) -> None:
    office.shop.member(name="<script>alert(1)</script>")
    office.card(member=NGOC)

    page = office.at("hanh").get("/staff/")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_todays_visits_are_counted_from_the_shops_midnight(office: Office) -> None:
    office.shop.member()
    office.shop.member(HUY, "Phạm Gia Huy")
    yesterday_ms = office.now_ms - 14 * 3_600_000
    outbox = Outbox()
    office.shop.handle(outbox.says(Arrived(f"t-{HUY}", "quay-1", -60, None), yesterday_ms))
    office.shop.handle(outbox.says(Arrived(f"t-{NGOC}", "quay-1", -60, None), office.now_ms))

    assert '<b class="number">1</b>lượt khách' in office.at("hanh").get("/staff/")

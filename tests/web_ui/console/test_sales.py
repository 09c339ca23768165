"""A day's sales at the console, what brought them, and what is corrected there."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from gateway.core.attribution import Windows
from gateway.core.consent import Purpose
from gateway.core.shop_days import day_of
from gateway.journeying import Journeying
from gateway.store.audit import AuditRow
from gateway.store.sales import SaleRow
from gateway.store.stores import StoreRow
from gateway.store.touches import JourneyDueRow, TouchRow
from tests.gateway.shop import HUY, NGOC, STORE
from tests.web_ui.office import Browser, Office

DAY_MS = 86_400_000
PAGE = "/console/numbers/sales/"


def _sale(
    sale: str, at_ms: int, member: str | None, store: str = STORE, channel: str = "store"
) -> SaleRow:
    row = SaleRow(source="till-1", sale=sale, store=store, at_ms=at_ms, amount_vnd=250_000)
    row.member, row.channel, row.staff = member, channel, "hanh"
    return row


@pytest.fixture
def sold(office: Office) -> Office:
    """Today one sale of a member who came by a link and one of nobody; one of yesterday."""
    now_ms = office.now_ms
    office.shop.member(NGOC, consents=frozenset(Purpose))
    office.shop.member(HUY, "Lê Quang Huy", consents=frozenset())
    with office.shop.writers.begin() as db:
        db.add(StoreRow(store="hoi-an-1", name="Hội An", store_no=8))
        link = TouchRow(source="web", touch="1", member=NGOC, at_ms=now_ms - 9_000, key="link")
        link.campaign, link.origin, link.medium, link.click = "tet-2027", "zalo", "", ""
        db.add_all((link, JourneyDueRow(member=NGOC)))
        db.add(_sale("HD-1", now_ms - 5_000, NGOC))
        db.add(_sale("HD-2", now_ms - 4_000, None, channel="pick_up"))
        db.add(_sale("HD-3", now_ms - DAY_MS, HUY))
        db.add(_sale("HD-4", now_ms - 3_000, None, "hoi-an-1"))
    Journeying(office.shop.readers, lambda: now_ms, Windows()).round()
    return office


def _rows(page: str) -> dict[str, str]:
    """Each sale's line of a page, by its number, as words."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = [re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", one)) for one in body.split("<tr>")[1:]]
    return {re.findall(r"(HD-\d|console-\w+)", line)[0]: line for line in lines}


def _form(page: str) -> str:
    return str(re.findall(r'name="form" value="(\w+)"', page)[-1])


def _give_back(browser: Browser, sale: str, form: str, amount: str) -> int:
    answer = browser.post(f"{PAGE}back", source="till-1", sale=sale, form=form, amount=amount)
    return answer.status_code


def _row(office: Office, sale: str) -> SaleRow:
    with office.shop.read() as db:
        return db.get_one(SaleRow, ("till-1", sale))


def test_a_day_shows_its_sales_with_what_brought_who_bought(sold: Office) -> None:
    lan = sold.at("lan")
    lines = _rows(lan.get(PAGE))
    assert list(lines) == ["HD-2", "HD-1"], "newest first, of this store and day"
    assert "Trần Bảo Ngọc" in lines["HD-1"]
    assert "Đường dẫn tet-2027" in lines["HD-1"]
    assert "250.000" in lines["HD-1"]
    assert "không rõ" in lines["HD-2"]
    assert "Đặt mạng, nhận tại cửa hàng" in lines["HD-2"]
    yesterday = day_of(sold.now_ms) - timedelta(days=1)
    before = _rows(lan.get(f"{PAGE}?day={yesterday}"))
    assert list(before) == ["HD-3"]
    assert "Huy" not in before["HD-3"], "who does not let staff know them is a member"


def test_a_day_that_is_none_or_is_to_come_is_today(sold: Office) -> None:
    for day in ("x", date(2999, 1, 1)):
        assert list(_rows(sold.at("lan").get(f"{PAGE}?day={day}"))) == ["HD-2", "HD-1"]


def test_money_that_went_back_is_a_row_of_its_own_once_however_often_the_form_is_sent(
    sold: Office,
) -> None:
    lan = sold.at("lan")
    form = _form(lan.get(PAGE))
    for _ in range(2):
        _give_back(lan, "HD-1", form, "50.000")
    lines = _rows(lan.get(PAGE))
    assert _row(sold, "HD-1").amount_vnd == 250_000, "what the till told stays"
    assert _row(sold, f"console-{form}").amount_vnd == -50_000
    assert "còn 200.000" in lines["HD-1"].replace("\xa0", " ")
    assert len(lines) == 3
    with sold.shop.read() as db:
        (deed,) = db.query(AuditRow).filter_by(deed="sale_given_back")
    assert (deed.staff, deed.subject, deed.member) == ("lan", "HD-1", None)


@pytest.mark.parametrize("amount", ["0", "-1", "x", "", "250001", "²"])
def test_what_cannot_have_gone_back_is_not_written(sold: Office, amount: str) -> None:
    lan = sold.at("lan")
    _give_back(lan, "HD-1", _form(lan.get(PAGE)), amount)
    assert len(_rows(lan.get(PAGE))) == 2


def test_another_buyer_takes_the_sale_and_its_refunds_with_what_brought_them(sold: Office) -> None:
    lan = sold.at("lan")
    form = _form(lan.get(PAGE))
    _give_back(lan, "HD-2", form, "1000")
    lan.post(f"{PAGE}buyer", source="till-1", sale="HD-2", who=NGOC)
    assert (_row(sold, "HD-2").member, _row(sold, f"console-{form}").member) == (NGOC, NGOC)
    Journeying(sold.shop.readers, lambda: sold.now_ms, Windows()).round()
    assert "tet-2027" in _rows(lan.get(PAGE))["HD-2"]
    for who in ("", "0999999999"):
        lan.post(f"{PAGE}buyer", source="till-1", sale="HD-2", who=who)
        assert _row(sold, "HD-2").member == NGOC, "a number that is nobody's changes nothing"
    lan.post(f"{PAGE}buyer", source="till-1", sale="HD-2", nobody="1")
    assert _row(sold, "HD-2").member is None


def test_a_sale_of_another_store_is_not_corrected_here(sold: Office) -> None:
    lan: Browser = sold.at("lan")
    lan.get(PAGE)
    there = lan.post(f"{PAGE}buyer", source="till-1", sale="HD-4", nobody="1")
    assert there.status_code == 404
    assert _give_back(lan, "HD-4", "0" * 16, "1") == 404
    assert _give_back(lan, "HD-9", "0" * 16, "1") == 404


def test_who_serves_sees_no_sales(sold: Office) -> None:
    assert sold.at("hanh").client.get(PAGE).status_code == 403

"""Appointments at the counter: who waits, who comes next, tickets; a host who is late is seen."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from gateway.appointments import Tending
from gateway.core.appointments import MINUTE_MS, VisitState
from gateway.core.consent import Purpose
from gateway.store.appointments import AppointmentRow
from tests.gateway.shop import HUY, NGOC, STORE
from tests.web_ui.office import Office


def book(office: Office, name: str, minutes: int, member: str = NGOC) -> None:
    with office.shop.writers.begin() as db:
        db.add(
            AppointmentRow(
                appointment=name,
                store=STORE,
                kind="test_drive",
                member=member,
                host="tu",
                starts_at_ms=office.now_ms + minutes * MINUTE_MS,
                state=VisitState.BOOKED,
                day="",
                changed_at_ms=0,
                changed_by="",
            )
        )


@pytest.fixture(autouse=True)
def members(office: Office) -> None:
    office.shop.member()
    office.shop.member(HUY, "Phạm Gia Huy", consents=frozenset({Purpose.PRESENCE}))


def columns(page: str) -> list[list[str]]:
    return [re.findall(r'id="visit-([^"]+)"', part) for part in page.split("<h2>")[1:4]]


def test_the_day_stands_in_order_and_names_only_who_agreed(office: Office) -> None:
    book(office, "late", 90)
    book(office, "soon", 5, HUY)
    book(office, "tomorrow", 24 * 60)

    page = office.at("hanh").get("/staff/appointments/")

    assert columns(page) == [[], ["soon", "late"], []]
    assert "Trần Bảo Ngọc" in page
    assert "Phạm Gia Huy" not in page
    assert "13:05" in page
    assert "Tú" in page


def test_they_come_are_taken_and_go_and_each_step_is_seen_on_the_board(office: Office) -> None:
    book(office, "T-1", 50)
    browser = office.at("hanh")

    browser.post("/staff/appointments/T-1/check_in")  # early, but staff let them in
    assert columns(browser.get("/staff/appointments/")) == [["T-1"], [], []]
    board = browser.get("/staff/")
    assert "Lái thử · Số 1 · gặp Tú" in board
    assert "Trần Bảo Ngọc" in board

    browser.post("/staff/appointments/T-1/serve")
    assert "Giấy phép lái xe, Căn cước" in browser.get("/staff/appointments/")
    browser.post("/staff/appointments/T-1/finish")
    assert columns(browser.get("/staff/appointments/")) == [[], [], ["T-1"]]


def test_a_host_who_does_not_come_is_everybodys_matter(office: Office) -> None:
    book(office, "T-1", 0)
    browser = office.at("hanh")
    browser.post("/staff/appointments/T-1/check_in")
    assert "ai rảnh hãy đón khách" not in browser.get("/staff/")
    office.clock.advance(180)

    Tending(office.shop.readers, lambda: office.now_ms, lambda *_live: None).once()

    assert "ai rảnh hãy đón khách" in browser.get("/staff/")
    assert "ai rảnh hãy đón khách" in browser.get("/staff/appointments/")


def test_who_walks_in_gets_a_ticket_and_what_cannot_be_is_told(office: Office) -> None:
    browser = office.at("hanh")

    browser.post("/staff/appointments/walk-in", kind="service", who="")
    page = browser.get("/staff/appointments/")
    assert ("Số 1" in page, "Không hẹn trước" in page) == (True, True)
    assert "Một khách hàng" in browser.get("/staff/")
    assert browser.post("/staff/appointments/walk-in", kind="nothing").status_code == 400

    book(office, "tomorrow", 24 * 60)
    browser.post("/staff/appointments/tomorrow/check_in")
    assert "Lịch hẹn vào ngày khác. (13:00 2/3/26)" in browser.get("/staff/appointments/")
    assert browser.post("/staff/appointments/tomorrow/eat").status_code == 404


def test_goods_that_are_brought_back_are_settled_at_the_counter(office: Office) -> None:
    browser = office.at("hanh")
    browser.post("/staff/appointments/walk-in", kind="return", who="", order="A-20418")
    with office.shop.read() as db:
        ticket = db.scalars(select(AppointmentRow.appointment)).one()
    browser.post(f"/staff/appointments/{ticket}/serve")
    assert "A-20418" in browser.get("/staff/appointments/")

    browser.post(f"/staff/appointments/{ticket}/finish", outcome="declined", note="")
    assert "Hãy ghi kết quả" in browser.get("/staff/appointments/")
    browser.post(f"/staff/appointments/{ticket}/finish", outcome="declined", note="đã dùng")

    page = browser.get("/staff/appointments/")
    assert columns(page) == [[], [], [ticket]]
    assert ("Từ chối" in page, "đã dùng" in page) == (True, True)
    assert browser.post(f"/staff/appointments/{ticket}/finish", outcome="lost").status_code == 400

"""Who did what is written down, also when they only looked, and the owner reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from contract.events import EntryReason
from gateway.core.audit import Deed
from gateway.store import audit
from gateway.store.audit import By, Done
from tests.browser import clipped_text, open_page, small_targets, violations
from tests.gateway.shop import HUY, NGOC, STORE
from tests.web_ui.console.test_doors import wrote
from tests.web_ui.desk.test_in_browser import SIZES, serving, sign_in
from tests.web_ui.office import Office
from tests.web_ui.staff.test_appointments import book
from web_ui.console.deeds import DEEDS, SHOWN
from web_ui.desk import seen

PAGE = "/console/log/"


def looks(office: Office) -> list[tuple[str, str, str | None]]:
    with office.shop.read() as db:
        rows = audit.newest(db, 99)
        return [
            (one.staff, one.deed, one.member)
            for one in reversed(rows)
            if one.deed in (Deed.MEMBER_SEEN, Deed.CARD_SEEN)
        ]


def test_every_deed_has_words() -> None:
    assert set(DEEDS) == set(Deed)


@pytest.mark.parametrize("page", ["", "/offers"])
def test_whoever_only_looks_at_a_profile_is_written_down(office: Office, page: str) -> None:
    office.shop.member()
    lan = office.at("lan")

    lan.get(f"/console/members/{NGOC}{page}")
    lan.client.get("/console/members/00000000ffff")

    assert looks(office) == [("lan", Deed.MEMBER_SEEN, NGOC)], "and nobody who is not there"
    log = lan.get(PAGE)
    assert NGOC in log
    assert "Trần Bảo Ngọc" not in log, "a number, never a name"


def test_both_are_seen_before_they_become_one(office: Office) -> None:
    office.shop.member()
    office.shop.member(HUY, name="Huy")
    office.at("minh").post(f"/console/members/{NGOC}/merge", who=HUY)

    assert [member for _, _, member in looks(office)] == [NGOC, HUY]


def test_a_name_in_a_list_is_seen_once_an_hour_by_each_who_sees_it(office: Office) -> None:
    office.shop.member()
    office.shop.member(HUY, name="Huy", consents=frozenset())
    for member in (NGOC, HUY):
        office.card("pick_up", member=member)
    hanh, tu = office.at("hanh"), office.at("tu")

    for _ in range(3):
        hanh.get("/staff/cards")
    tu.get("/staff/")
    assert looks(office) == [("hanh", Deed.CARD_SEEN, NGOC), ("tu", Deed.CARD_SEEN, NGOC)]

    office.clock.advance(seen.AGAIN_MS / 1000)
    hanh.get("/staff/cards")
    assert len(looks(office)) == 3


def test_who_merged_opened_ordered_and_ended_is_written_down(office: Office) -> None:
    office.shop.member()
    office.shop.member(HUY, name="Huy")
    wrote(office, 1, EntryReason.PASS)
    lan, members = office.at("lan"), f"/console/members/{NGOC}"
    lan.post(f"{members}/link")
    lan.post(f"{members}/end", key_id="1")
    lan.post(f"{members}/merge/{HUY}", reason="Ngọc và Huy là một")
    lan.post(f"{members}/merge/{HUY}", reason="once more")  # is one already: nothing is done
    lan.post(f"{members}/split/{HUY}", reason="nhầm")
    lan.post("/console/doors/front/open")
    lan.post("/console/kiosks/quay-1/restart")

    with office.shop.read() as db:
        found = [
            (one.deed, one.subject, one.member, one.detail)
            for one in reversed(audit.newest(db, 99))
            if one.deed != Deed.MEMBER_SEEN
        ]
    assert found == [
        (Deed.LINK_MADE, "", NGOC, ""),
        (Deed.CARDS_ENDED, "", NGOC, "1"),
        (Deed.MEMBERS_MERGED, "", NGOC, ""),
        (Deed.MEMBERS_MERGED, "", HUY, ""),
        (Deed.MEMBERS_SPLIT, "", NGOC, ""),
        (Deed.MEMBERS_SPLIT, "", HUY, ""),
        (Deed.DOOR_ORDERED, "front", None, ""),
        (Deed.KIOSK_ORDERED, "quay-1", None, "restart"),
    ], "and why two are one stands where it goes with them"
    page = lan.get(PAGE)
    assert "ra lệnh mở cửa" in page
    assert "Ngọc" not in page


def test_names_in_the_days_appointments_are_seen_too(office: Office) -> None:
    office.shop.member()
    book(office, "visit-9", 5)
    office.at("tu").get("/staff/appointments/")

    assert ("tu", Deed.CARD_SEEN, NGOC) in looks(office)


def fill(office: Office, count: int) -> None:
    with office.shop.writers.begin() as db:
        for number in range(count):
            by = By("lan" if number % 2 else "minh", STORE, office.now_ms)
            audit.note(db, by, Done(Deed.OFFER_PAUSED, f"offer-{number}"))


def test_the_log_goes_back_page_by_page_and_by_person(office: Office) -> None:
    fill(office, SHOWN + 10)
    lan = office.at("lan")

    first = lan.get(PAGE)
    assert f"offer-{SHOWN + 9}<" in first
    assert "offer-9<" not in first
    assert "offer-9<" in lan.get(f"{PAGE}?before=11")
    by_minh = lan.get(f"{PAGE}?staff=minh&deed=offer_paused")
    assert "offer-8<" in by_minh
    assert "offer-9<" not in by_minh


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Office]:
    with serving(tmp_path) as made:
        fill(made, SHOWN + 1)
        yield made


def test_the_log_can_be_read_on_a_computer_and_a_phone(chromium: Chromium, served: Office) -> None:
    page, watch = open_page(chromium, f"{served.url}/sign-in", SIZES["computer"])
    sign_in(page, "Chị Lan")
    page.goto(f"{served.url}{PAGE}")
    wrong = clipped_text(page, scrolls=True) + small_targets(page, 44) + violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    wrong += clipped_text(page, "main", scrolls=True)

    assert wrong == []
    assert (watch.errors, watch.strangers) == ([], [])
    page.context.close()

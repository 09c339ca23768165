from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO

import pytest

from gateway.core.attribution import DAY_MS, Key, Tags, Windows
from gateway.core.consent import Purpose
from gateway.core.sales import Links, Sold
from gateway.journeying import Journeying
from gateway.store import sales, shelf_scans, touches, visits
from gateway.store.shelf_scans import Read
from gateway.store.visits import Visit
from tests.gateway.shop import ALL, HUY, NGOC, STORE
from tests.web_ui.office import Browser, Office
from web_ui.shared.i18n import SHOP_TIME

PAGE = "/console/numbers/journeys"


@pytest.fixture
def lan(office: Office) -> Browser:
    """Two met a link, one of them came and bought; another came by himself and checked in."""
    shop, now_ms = office.shop, office.now_ms
    other = "00000000c003"
    for member in (NGOC, HUY, other):
        shop.member(member, consents=ALL | {Purpose.PROFILING})
    with shop.writers.begin() as db:
        for member in (NGOC, HUY):
            met_ms = now_ms - 5 * DAY_MS
            noted = touches.Noted("web", member, met_ms, Key.LINK, Tags("tet-2027"))
            touches.learn(db, member, noted)
        for number, member in ((900, NGOC), (901, other)):
            at_ms = now_ms - 3 * DAY_MS
            stay = Visit(number, STORE, member, "quay-1", at_ms, at_ms, 1.0, "pass")
            visits.keep(db, [stay], now_ms)
        for number, member in enumerate((NGOC, other)):
            links, at_ms = Links(member), now_ms - 3 * DAY_MS + 60_000
            sold = Sold("till", f"HD-{number}", STORE, at_ms, 90_000, links=links)
            sales.book(db, sold, now_ms)
    Journeying(shop.writers, lambda: now_ms, Windows()).round()
    return office.at("lan")


def test_the_page_shows_how_far_journeys_went_and_names_nobody(lan: Browser) -> None:
    page = lan.get(f"{PAGE}?days=7")
    main = page[page.index("<h1>") :]
    assert "Đường dẫn: tet-2027</th><td>2</td><td>1</td><td>1</td><td>90.000" in main
    assert "Đến lượt ghé: trung bình 2 ngày" in main
    assert "1 dừng lại" in main
    assert NGOC not in main
    assert "Bảo Ngọc" not in main


def test_visits_and_sales_are_by_what_brought_them_and_add_up(lan: Browser) -> None:
    for touch in ("last", "first"):
        said = lan.get(f"/console/numbers/attribution.csv?days=7&touch={touch}")
        rows = [tuple(row.values()) for row in csv.DictReader(StringIO(said))]
        assert rows == [
            ("link", "tet-2027", "1", "1", "90000"),
            ("check_in", "", "1", "0", "0"),
            ("none", "", "0", "1", "90000"),
        ]


def test_codes_read_at_shelves_are_counted_and_said_to_be_no_people(
    lan: Browser, office: Office
) -> None:
    assert "Chưa có mã nào được quét" in lan.get(f"{PAGE}?days=7")
    day = datetime.fromtimestamp(office.now_ms / 1000, SHOP_TIME).date()
    with office.shop.writers.begin() as db:
        tet = Read(STORE, day, "ke-2", "tra-sen", Tags("tet-2027"))
        shelf_scans.count(db, tet, times=1_204, calls=3)

    page = lan.get(f"{PAGE}?days=7")

    assert "ke-2 · tra-sen: tet-2027</th><td>1.204</td><td>3</td>" in page
    assert "không phải số người" in page
    table = lan.get("/console/numbers/shelves.csv?days=7")
    assert table.splitlines()[1] == "ke-2,tra-sen,tet-2027,1204,3"


def test_journeys_are_a_table_for_spreadsheets(lan: Browser) -> None:
    said = lan.get("/console/numbers/journeys.csv?days=7")
    (row,) = csv.DictReader(StringIO(said))
    assert (row["began"], row["came"], row["to_visit_s"]) == ("2", "1", str(2 * 86_400))


def test_members_stand_by_the_month_of_their_first_visit(lan: Browser) -> None:
    assert '<th scope="row">02/2026</th><td>2</td><td class="heat-0">' in lan.get(PAGE)

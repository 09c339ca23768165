from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import pytest

from gateway.store.alert_rows import AlertRow
from gateway.store.sales import SaleRow
from gateway.store.stores import StoreRow
from tests.gateway.shop import STORE
from tests.web_ui.office import Browser, Office
from web_ui.console.means import means

STAFF = "/console/numbers/staff"


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner of two stores; Hạnh took two cards and sold once, Tú took one."""
    now_ms = office.now_ms
    for staff, waited_s in (("hanh", 20), ("hanh", 40), ("tu", 90)):
        number = office.card(waited_s=120, state="served", staff=staff)
        with office.shop.writers.begin() as db:
            card = db.get_one(AlertRow, number)
            card.claimed_at_ms = card.offered_at_ms + waited_s * 1000
            card.closed_at_ms = card.claimed_at_ms + 60_000
    with office.shop.writers.begin() as db:
        db.add(StoreRow(store="hoi-an-1", name="Hội An", store_no=8))
        sold = {"source": "till", "store": STORE, "at_ms": now_ms - 1, "channel": "store"}
        db.add(SaleRow(sale="HD-1", amount_vnd=250_000, staff="hanh", **sold))
    return office.at("lan")


def test_the_team_is_one_and_nobody_is_named(lan: Browser) -> None:
    page = lan.get(STAFF)
    main = page[page.index("<tbody>") :]
    assert "<td>3</td><td>50 s</td><td>1 phút 0 s</td><td>1</td><td>250.000" in main
    assert "Hạnh" not in main


def test_by_name_they_stand_in_the_order_of_the_alphabet_if_the_owner_wants_it(
    lan: Browser, office: Office
) -> None:
    with office.app.app_context():
        office.app.extensions["means"] = replace(means(), staff_by_name=True)
    page = lan.get(STAFF)
    assert page.index("Cả nhóm") < page.index(">Hạnh</th><td>2</td>") < page.index(">Tú</th>")


def test_stores_stand_side_by_side_and_what_is_unknown_is_empty(lan: Browser) -> None:
    rows = {
        row["store"]: row
        for row in csv.DictReader(StringIO(lan.get("/console/numbers/stores.csv?days=7")))
    }
    assert rows["An Nhiên"]["revenue_vnd"] == "250000"
    assert rows["An Nhiên"]["serve_s"] == "50"
    assert (rows["Hội An"]["sales"], rows["Hội An"]["serve_s"]) == ("0", "")
    assert "Hội An" in lan.get("/console/numbers/stores")


def test_revenue_is_shown_by_the_way_it_was_made(lan: Browser) -> None:
    page = lan.get("/console/numbers/?measure=revenue_vnd&days=7")
    assert '<th scope="row">Tại quầy</th><td>250.000' in page

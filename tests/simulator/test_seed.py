"""The demo shop on paper: the same every time, in the columns the import reads."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from contract.identifiers import is_name
from simulator import seed
from simulator.codes import Code, text_of
from simulator.shop import ALL_CONSENTS, Shop, make_shop

DAY = date(2026, 11, 23)
KIOSKS = ("quay-1", "quay-2", "quay-3", "cua-1")
COLUMNS = {
    "stores": "store,name,store_no",
    "kiosks": "kiosk,store,name",
    "profiles": "member,name,phone,tier,points,interests,consents,tags,pass_key_id,pass_public_key",
    "orders": "order,member,number,items,unpaid_vnd,state",
    "offers": "offer,priority,tone,interest,tier,starts_on,ends_on,kind_vi,kind_en,badge_vi,"
    "badge_en,until_vi,until_en,title_vi,title_en,why_vi,why_en,price_vnd,was_vnd,personal",
    "staff": "staff,name,role,pin",
    "catalogue": "product,name_vi,name_en,price_vnd,gtin,promo_vnd,stock:an-nhien,shelf:an-nhien",
}


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(DAY)


def test_two_shops_of_a_day_are_byte_for_byte_the_same(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        seed.write(make_shop(DAY), tmp_path / folder, KIOSKS)

    for name in COLUMNS:
        one, other = (tmp_path / folder / f"{name}.csv" for folder in ("one", "other"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("name", COLUMNS)
def test_every_table_has_the_columns_of_the_import(tmp_path: Path, name: str) -> None:
    seed.write(make_shop(DAY), tmp_path, KIOSKS)

    with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert ",".join(header) == COLUMNS[name]
    assert rows
    assert {len(row) for row in rows} == {len(header)}


def test_members_are_all_different(shop: Shop) -> None:
    assert len({member.member for member in shop.members}) == len(shop.members) == 120
    assert len({member.name for member in shop.members}) == 120
    assert len({member.phone for member in shop.members}) == 120
    assert len({member.public_key for member in shop.members}) == 120


def test_every_mixture_of_members_occurs(shop: Shop) -> None:
    """Who must be found, and who must not although something of theirs is known."""
    consenting = [one for one in shop.members if one.consents == ALL_CONSENTS]

    assert len(consenting) >= 70
    assert sum(one.may_be_noticed for one in consenting) >= 50
    assert sum(one.tag is None for one in shop.members) >= 10
    assert sum(not one.has_pass for one in shop.members) >= 5
    assert [one for one in shop.members if one.tag and "presence" not in one.consents]
    assert [one for one in shop.members if "personal_offers" not in one.consents and one.has_pass]


def test_orders_belong_to_members_and_most_are_ready(shop: Shop) -> None:
    known = {member.member for member in shop.members}

    assert {order.member for order in shop.orders} <= known
    assert any(not order.ready for order in shop.orders)
    assert any(order.unpaid_vnd for order in shop.orders)


def test_offers_say_everything_in_both_languages(shop: Shop) -> None:
    for offer in shop.offers:
        assert is_name(offer.offer)
        for vi, en in (offer.kind, offer.badge, offer.until, offer.title, offer.why):
            assert vi
            assert en


def test_a_pass_changes_every_fifteen_seconds_and_fits_the_contract(shop: Shop) -> None:
    member = shop.members[0]
    first, same, later = (text_of(Code.PASS, member, unix_s) for unix_s in (1500.0, 1514.9, 1515.0))

    assert first == same != later
    assert len({text_of(code, member, 1500.0) for code in Code}) == len(Code)

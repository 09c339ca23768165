"""Each sale once, whoever tells of it how often; an order's sale follows it to the counter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.changes import OrderChanged, PaymentConfirmed, ProfileChanged, Progress
from gateway.core.erasing import Person, spellings_of
from gateway.core.orders import OrderStep
from gateway.core.sales import Channel, GivenBack, Links, NotTaken, Sold
from gateway.core.shop_days import day_of
from gateway.store import csv_import, erasing, measured_days, merges, orders, payments, sales
from gateway.store.merges import Deed as Merged
from gateway.store.orders import Deed, OrderRow
from gateway.store.outside import Desk
from gateway.store.sales import ORDERS, SaleRow
from gateway.store.screen_sessions import ScreenSessionRow
from runtime.errors import SettingsError
from tests.gateway.shop import HUY, NGOC, NOON_MS, S1, STORE, Shop

DAY_MS = 86_400_000
BEFORE_MS = NOON_MS - 2 * DAY_MS
TILL = "till-1"


@pytest.fixture
def till(shop: Shop) -> Shop:
    shop.member(NGOC)
    shop.member(HUY, "Lê Quang Huy")
    return shop


def sold(sale: str = "HD-1", amount_vnd: int = 100_000, at_ms: int = NOON_MS, **how: str) -> Sold:
    return Sold(TILL, sale, STORE, at_ms, amount_vnd, links=Links(**how))


def book(shop: Shop, one: Sold) -> tuple[SaleRow, bool] | NotTaken:
    with shop.writers.begin() as db:
        return sales.book(db, one, NOON_MS)


def give(shop: Shop, refund: str, amount_vnd: int, sale: str = "HD-1") -> object:
    given = GivenBack(TILL, refund, sale, NOON_MS, amount_vnd)
    with shop.writers.begin() as db:
        kept = sales.give_back(db, given, NOON_MS)
        return kept if isinstance(kept, NotTaken) else kept[1]


def rows(shop: Shop) -> list[tuple[str, int, str, str]]:
    row = SaleRow
    with shop.read() as db:
        asked = select(row.sale, row.amount_vnd, row.channel, row.store).order_by(row.sale)
        return [(sale, vnd, channel, store) for sale, vnd, channel, store in db.execute(asked)]


def test_the_same_sale_told_again_is_one_and_another_under_its_number_is_refused(
    till: Shop,
) -> None:
    first, again = book(till, sold()), book(till, sold())
    assert isinstance(first, tuple)
    assert isinstance(again, tuple)
    assert (first[1], again[1]) == (True, False)
    assert book(till, sold(amount_vnd=1)) is NotTaken.OTHER_SALE
    assert rows(till) == [("HD-1", 100_000, "store", STORE)]


def test_no_more_goes_back_than_was_paid(till: Shop) -> None:
    book(till, sold())
    assert give(till, "R-1", 60_000) is True
    assert give(till, "R-1", 60_000) is False
    assert give(till, "R-1", 50_000) is NotTaken.OTHER_SALE
    assert give(till, "R-2", 40_001) is NotTaken.TOO_MUCH
    assert give(till, "R-2", 40_000) is True
    assert give(till, "R-3", 1) is NotTaken.TOO_MUCH
    assert give(till, "R-3", 1, "R-1") is NotTaken.UNKNOWN_SALE
    assert sum(one[1] for one in rows(till)) == 0


def test_who_stood_at_the_screen_bought_it(till: Shop) -> None:
    session = {"store": STORE, "kiosk": "quay-2", "session": S1, "step": "claimed"}
    with till.writers.begin() as db:
        db.add(ScreenSessionRow(member=NGOC, **session))
    kept = book(till, sold(session=S1))
    assert isinstance(kept, tuple)
    assert kept[0].member == NGOC


def test_a_sale_of_a_past_day_takes_its_kept_numbers_with_it(till: Shop) -> None:
    day = day_of(BEFORE_MS)
    with till.writers.begin() as db:
        measured_days.add(db, STORE, day)
    book(till, sold(at_ms=BEFORE_MS))
    with till.read() as db:
        assert measured_days.kept(db, STORE, day, day) == set()


def _tell(shop: Shop, at_ms: int, total_vnd: int, unpaid_vnd: int = 0, **how: Progress) -> None:
    who = ProfileChanged("c-1", 0, "Ngọc", "")
    progress = how.get("progress", Progress.PLACED)
    told = OrderChanged("7", at_ms, "#7", 1, unpaid_vnd, progress, who, total_vnd)
    with shop.writers.begin() as db:
        Desk(db, "web", at_ms).order(told)


def _take(shop: Shop, *steps: OrderStep) -> None:
    with shop.writers.begin() as db:
        for step in steps:
            taken = orders.take(db, "web-7", Deed(step, "staff:hanh", NOON_MS, store=STORE))
            assert isinstance(taken, OrderRow)


def test_a_paid_order_is_the_web_shops_until_it_is_collected_then_the_stores(till: Shop) -> None:
    _tell(till, BEFORE_MS, 90_000, 90_000)
    assert rows(till) == []
    _tell(till, BEFORE_MS + 1, 90_000)
    assert rows(till) == [("web-7", 90_000, "web", "")]
    _take(till, OrderStep.MAKE_READY, OrderStep.HAND_OVER)
    assert rows(till) == [("web-7", 90_000, "pick_up", STORE)]
    with till.read() as db:
        row = db.get_one(SaleRow, (ORDERS, "web-7"))
        assert (row.at_ms, row.staff) == (NOON_MS, "hanh")


def test_what_is_taken_off_an_order_goes_back_and_all_of_it_if_it_is_called_off(
    till: Shop,
) -> None:
    _tell(till, BEFORE_MS, 90_000)
    _tell(till, BEFORE_MS + 1, 70_000)
    _tell(till, BEFORE_MS + 2, 75_000)
    assert sum(one[1] for one in rows(till)) == 75_000
    _tell(till, BEFORE_MS + 3, 75_000, progress=Progress.CANCELLED)
    assert sum(one[1] for one in rows(till)) == 0
    assert [one[0] for one in rows(till)] == ["web-7", "web-7/1", "web-7/2"]


def test_money_that_comes_by_transfer_makes_an_order_a_sale(till: Shop) -> None:
    _tell(till, BEFORE_MS, 90_000, 90_000)
    with till.writers.begin() as db:
        payments.take(db, "bank", PaymentConfirmed("r", "#7", 90_000, NOON_MS), NOON_MS)
    assert rows(till) == [("web-7", 90_000, "web", "")]


def test_what_a_till_rings_up_for_an_order_is_not_counted_twice(till: Shop) -> None:
    _tell(till, BEFORE_MS, 90_000)
    book(till, sold(amount_vnd=95_000, order="web-7"))
    _take(till, OrderStep.MAKE_READY, OrderStep.HAND_OVER)
    _tell(till, NOON_MS, 90_000)
    assert rows(till) == [("HD-1", 95_000, "store", STORE)]


def test_a_file_brings_sales_and_what_went_back_as_often_as_one_likes(
    till: Shop, tmp_path: Path
) -> None:
    header = "sale,store,at,amount_vnd,channel,member,till,refund_of"
    lines = (
        f"HD-1,{STORE},2026-03-01T12:00:00,50000,phone,{NGOC},quay-7,",
        f"HD-2,{STORE},2026-03-01T05:00:00+00:00,7000,,,,",
        "R-1,,2026-03-01 12:05,20000,,,quay-7,HD-1",
    )
    path = tmp_path / "sales.csv"
    path.write_text("\n".join((header, *lines)))
    for _ in range(2):
        with till.writers.begin() as db:
            csv_import.load(db, path, NOON_MS)
    assert [one[:3] for one in rows(till)] == [
        ("HD-1", 50_000, "phone"),
        ("HD-2", 7_000, "store"),
        ("R-1", -20_000, "phone"),
    ]
    with till.read() as db:
        assert set(db.scalars(select(SaleRow.at_ms))) == {NOON_MS, NOON_MS + 300_000}


WRONG: Sequence[tuple[str, str]] = (
    ("HD 1,hue-1,2026-03-01,1", "sale"),
    ("HD-1,nowhere,2026-03-01,1", "store"),
    ("HD-1,hue-1,noon,1", "at"),
    ("HD-1,hue-1,2026-03-01,0", "amount_vnd"),
    ("HD-1,hue-1,2026-03-01,1000000000001", "amount_vnd"),
)


def test_a_line_that_is_wrong_is_named_with_its_column(till: Shop, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    for line, column in WRONG:
        path.write_text(f"sale,store,at,amount_vnd\n{line}\n")
        with (
            till.writers() as db,
            pytest.raises(SettingsError, match=f"sales.csv line 2: {column}: "),
        ):
            csv_import.load(db, path, NOON_MS)


def test_sales_go_over_when_two_become_one_and_stay_as_nobodys_when_somebody_goes(
    till: Shop,
) -> None:
    book(till, sold(member=HUY))
    with till.writers.begin() as db:
        merges.merge(db, NGOC, HUY, Merged("staff:hanh", NOON_MS))
        assert db.get_one(SaleRow, (TILL, "HD-1")).member == NGOC
        gone = Person(frozenset({NGOC, HUY}), frozenset(), spellings_of(()))
        report = erasing.forget(db, gone)
        row = db.get_one(SaleRow, (TILL, "HD-1"), populate_existing=True)
        assert (row.amount_vnd, row.channel) == (100_000, Channel.STORE)
        assert row.member not in (NGOC, HUY, None)
        assert report.kept["sale"] == 1

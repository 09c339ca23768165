"""A catalogue from a file and from a web shop, and how often codes at shelves are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contract.messages import Text
from contract.products import Product
from gateway.catalogue_cli import app
from gateway.core.attribution import Tags
from gateway.core.changes import ProductChanged
from gateway.store import product_lines, products, shelf_scans, stores
from gateway.store.product_lines import Brought
from gateway.store.shelf_scans import Read, ShelfTotal
from runtime.errors import SettingsError
from tests.gateway.shop import NOON_MS, STORE, Shop

HEADER = "product,name_vi,name_en,price_vnd"
WIDE = f"{HEADER},gtin,promo_vnd,promo_from,promo_until,link,adults,sold,stock:hue-1,shelf:hue-1"
TEA = (
    "tra-sen,Trà sen,Lotus tea,185000,8934563138165,150000,2026-02-28,2026-03-08T21:00:00,"
    "https://an.example/tra-sen,,,12,ke-2"
)
WINE = "ruou-nep,Rượu nếp,Rice wine,90000,,,,,,yes,,,"
DAY = date(2026, 3, 1)
SOLD = ProductChanged("tra-sen", NOON_MS, Text("Trà sen", "Lotus tea"), 185_000)
READ = Read(STORE, DAY, "ke-2", "tra-sen", Tags())

MISTAKES: list[tuple[list[str], str]] = [
    ([WIDE, TEA, "a b,x,x,1"], "line 3: product: 'a b' is not"),
    ([WIDE, TEA, TEA], "line 3: product: tra-sen stands above"),
    ([HEADER, "p,,x,1"], "line 2: name_vi: must not be empty"),
    ([HEADER, "p,x,x,0"], "line 2: price_vnd: '0' is not a number from 1"),
    ([f"{HEADER},promo_vnd", "p,x,x,10,10"], "line 2: promo_vnd: must be lower"),
    (
        [f"{HEADER},promo_vnd,promo_from,promo_until", "p,x,x,10,5,2026-02-02,2026-02-01"],
        "line 2: promo_until: must be after",
    ),
    ([f"{HEADER},gtin", "p,x,x,1,8934563138164"], "line 2: gtin: '8934563138164' is no"),
    (
        [f"{HEADER},gtin", "p,x,x,1,96385074", "q,x,x,1,96385074"],
        "line 3: gtin: p has this one",
    ),
    ([f"{HEADER},link", "p,x,x,1,ftp://x"], "line 2: link: 'ftp://x' is no"),
    ([f"{HEADER},adults", "p,x,x,1,maybe"], "line 2: adults: must be yes or no"),
    ([f"{HEADER},picture", "p,x,x,1,../x.png"], "line 2: picture: must be a file's name"),
    ([f"{HEADER},picture", "p,x,x,1,none.png"], "line 2: picture: cannot read none.png"),
    ([f"{HEADER},picture", "p,x,x,1,catalogue.csv"], "is no PNG or JPEG"),
    ([f"{HEADER},stock:hue-1", "p,x,x,1,-3"], "line 2: stock:hue-1: '-3' is not a number"),
    ([f"{HEADER},shelf:hue-1", "p,x,x,1,Kệ 2"], "line 2: shelf:hue-1: 'Kệ 2' is not"),
    ([f"{HEADER},stock:hue-9", "p,x,x,1,3"], "line 1: stock:hue-9: there is no store"),
    ([f"{HEADER},prise", "p,x,x,1,3"], "line 1: 'prise' is no column"),
    ([f"{HEADER},price_vnd", "p,x,x,1,3"], "line 1: column price_vnd is there twice"),
    (["product,name_vi"], "column name_en, price_vnd is missing"),
]


def brings(shop: Shop, path: Path, *lines: str, at_ms: int = NOON_MS) -> Brought:
    file = path / "catalogue.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    with shop.writers.begin() as db:
        return product_lines.load(db, file, at_ms)


def sold(shop: Shop) -> dict[str, Product]:
    with shop.read() as db:
        found = products.catalogue(db, STORE)
        assert found is None or found.at_ms <= NOON_MS + 1
        return {} if found is None else {one.id: one for one in found.products}


def test_a_file_says_everything_of_a_product_and_twice_the_same_is_no_news(
    shop: Shop, tmp_path: Path
) -> None:
    assert brings(shop, tmp_path, WIDE, TEA, WINE) == Brought(2, 2, 0)

    tea = sold(shop)["tra-sen"]
    assert tea == Product(
        *("tra-sen", Text("Trà sen", "Lotus tea"), 185_000, "08934563138165", 150_000),
        *(1_772_211_600_000, 1_772_978_400_000, 12, "ke-2", False),
    )
    assert sold(shop)["ruou-nep"] == Product(
        "ruou-nep", Text("Rượu nếp", "Rice wine"), 90_000, is_for_adults=True
    )
    with shop.read() as db:
        edition = stores.edition(db)
    assert brings(shop, tmp_path, WIDE, TEA, WINE, at_ms=NOON_MS + 1) == Brought(2, 0, 0)
    with shop.read() as db:
        assert stores.edition(db) == edition, "kiosks are told nothing new"


def test_what_a_file_does_not_mention_stays_and_what_is_not_sold_is_told_to_no_kiosk(
    shop: Shop, tmp_path: Path
) -> None:
    brings(shop, tmp_path, WIDE, TEA, WINE)

    assert brings(shop, tmp_path, f"{HEADER},sold", "tra-sen,Trà sen,Lotus tea,190000,no") == (
        Brought(1, 0, 1)
    )

    assert list(sold(shop)) == ["ruou-nep"]
    with shop.read() as db:
        still = products.get(db, STORE, "tra-sen")
    assert still is not None
    assert not still.row.is_sold
    assert (still.product.stock, still.product.gtin) == (12, "08934563138165")
    brings(shop, tmp_path, f"{HEADER},stock:hue-1", "ruou-nep,Rượu nếp,Rice wine,90000,0")
    assert sold(shop)["ruou-nep"].stock == 0


def test_a_mistake_is_named_by_its_line_and_nothing_is_kept(shop: Shop, tmp_path: Path) -> None:
    for lines, says in MISTAKES:
        with pytest.raises(SettingsError) as refused:
            brings(shop, tmp_path, *lines)
        assert says in str(refused.value), lines

    assert sold(shop) == {}


def test_a_catalogue_that_kiosks_cannot_hold_is_refused(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_lines, "PRODUCTS_MAX", 1)
    with pytest.raises(SettingsError, match="2 products would be sold; kiosks know 1"):
        brings(shop, tmp_path, WIDE, TEA, WINE)
    monkeypatch.setattr(product_lines, "FILE_BYTES", 10)
    with pytest.raises(SettingsError, match="a catalogue has 10 at most"):
        brings(shop, tmp_path, WIDE, TEA)


def test_a_picture_beside_the_file_is_kept(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "tea.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    brings(shop, tmp_path, f"{HEADER},picture", "tra-sen,Trà sen,Lotus tea,185000,tea.png")

    with shop.read() as db:
        found = products.get(db, STORE, "tra-sen")
    assert found is not None
    assert (found.row.picture_type, len(found.row.picture)) == ("image/png", 12)


def test_the_command_says_what_came(shop: Shop, tmp_path: Path) -> None:
    toml, file = tmp_path / "gateway.toml", tmp_path / "c.csv"
    toml.write_text(f'database = "{shop.url}"\n')
    file.write_text(f"{WIDE}\n{TEA}\n", encoding="utf-8")

    said = CliRunner().invoke(app, ["import", str(file), "--settings", str(toml), "--json"])

    assert (said.exit_code, said.stdout) == (0, '{"lines": 1, "new": 1, "changed": 0}\n')


def test_a_web_shop_says_a_price_and_an_older_word_changes_nothing(shop: Shop) -> None:
    with shop.writers.begin() as db:
        took = [
            products.take(db, "web", SOLD),
            products.take(db, "web", SOLD),
            products.take(db, "web", replace(SOLD, price_vnd=1, at_ms=NOON_MS - 1)),
            products.take(db, "web", replace(SOLD, promo_vnd=99_000, at_ms=NOON_MS + 1)),
        ]
    assert took == [True, False, False, True]
    assert (sold(shop)["tra-sen"].price_vnd, sold(shop)["tra-sen"].promo_vnd) == (185_000, 99_000)


def test_codes_that_are_read_are_counted_by_shelf_and_link_and_made_up_links_fill_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_scans, "LINKS_MAX", 2)
    tet = Tags("tet", "zalo", "post", "a-click-of-somebody")
    with shop.writers.begin() as db:
        for tags in (Tags(), Tags(), tet, *(Tags(f"made-up-{n}") for n in range(5))):
            shelf_scans.count(db, replace(READ, tags=tags), times=1)
        shelf_scans.count(db, replace(READ, tags=tet), calls=1)
        shelf_scans.count(db, replace(READ, day=date(2026, 3, 2)), times=1)
    with shop.read() as db:
        found = shelf_scans.between(db, STORE, DAY, DAY)
        rows = db.query(shelf_scans.ShelfScanRow).all()

    assert found == [
        ShelfTotal("ke-2", "tra-sen", "", 7, 0),
        ShelfTotal("ke-2", "tra-sen", "tet", 1, 1),
    ]
    assert "a-click-of-somebody" not in str([vars(row) for row in rows])

"""Labels: every product of a store with the code that leads to its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contract import product_codes
from gateway.shelf_labels_cli import app
from gateway.store.stores import StoreRow
from runtime.errors import SettingsError
from tests.gateway.shop import STORE, Shop
from tests.gateway.store.test_products import TEA, WIDE, WINE, brings
from web_ui.shared import qr
from web_ui.shelf.labels import labels, sheet

ADDRESS = "https://an.example"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    brings(made, tmp_path, WIDE, TEA, WINE)
    return made


def test_each_label_has_names_the_price_on_paper_and_a_code_that_leads_to_its_page(
    shop: Shop,
) -> None:
    with shop.read() as db:
        made = labels(db, ADDRESS, STORE)
        page = sheet(db.get_one(StoreRow, STORE), made, "vi")

    assert [one.address for one in made] == [
        f"{ADDRESS}/s/hue-1/-/ruou-nep",
        f"{ADDRESS}/s/hue-1/ke-2/tra-sen",
    ]
    assert all(product_codes.read(one.address) for one in made)
    assert [str(qr.svg(one.address)) in page for one in made] == [True, True]
    for words in ("Trà sen", "Lotus tea", "185.000", "Rượu nếp", "18+"):
        assert words in page, words
    assert "150.000" not in page, "a promotion ends, paper stays"
    assert not re.search(r"(src|href)=", page), "it asks for nothing from elsewhere"


def run(folder: Path, *words: str, url: str = f'url = "{ADDRESS}"') -> tuple[int, str, object]:
    toml = folder / "gateway.toml"
    toml.write_text(f'database = "sqlite:///{folder / "hien.db"}"\n[web]\n{url}\n')
    said = CliRunner().invoke(app, [*words, "--settings", str(toml)])
    return said.exit_code, said.stdout, said.exception


def test_the_command_writes_a_sheet_or_says_what_is_missing(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "labels.html"

    assert run(tmp_path, str(file), "--store", STORE)[:2] == (0, f"2 labels written to {file}\n")
    assert file.read_text(encoding="utf-8").count("<svg") == 2
    assert run(tmp_path, str(file), "--store", STORE, "--shelf", "ke-2")[1].startswith("1 label")
    for words, url, says in (
        (["--store", "hue-9"], f'url = "{ADDRESS}"', "there is no store"),
        (["--store", STORE, "--shelf", "x"], f'url = "{ADDRESS}"', "sells nothing yet"),
        (["--store", STORE, "--language", "fr"], f'url = "{ADDRESS}"', "no labels in 'fr'"),
        (["--store", STORE], "", r"\[web\] url is missing"),
    ):
        *_, error = run(tmp_path, str(file), *words, url=url)
        assert isinstance(error, SettingsError)
        assert re.search(says, str(error))
    assert shop.engine is not None

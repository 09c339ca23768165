"""An import is all or nothing, may be repeated, and names every mistake at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.store import csv_import, staff
from gateway.store.profiles import ProfileRow
from runtime.errors import SettingsError
from simulator.seed import write
from simulator.shop import make_shop
from tests.gateway.shop import NOON_MS, Shop


def load(shop: Shop, folder: Path) -> int:
    with shop.writers.begin() as db:
        return csv_import.load(db, folder, NOON_MS)


def profiles(shop: Shop) -> int:
    with shop.read() as db:
        return db.scalar(select(func.count()).select_from(ProfileRow)) or 0


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """The demo shop's files."""
    folder = tmp_path / "seed"
    write(make_shop(date(2026, 3, 1)), folder)
    return folder


def test_the_demo_shop_is_imported_and_again_changes_nothing(shop: Shop, seed: Path) -> None:
    assert load(shop, seed) == load(shop, seed)
    assert profiles(shop) == 120


def test_a_pin_is_kept_as_a_hash_that_opens_with_the_pin_only(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text("staff,name,role,pin\nhanh,Hạnh,owner,2468\n")
    load(shop, tmp_path)

    with shop.writers.begin() as db:
        assert staff.sign_in(db, "hanh", "1111", NOON_MS) is None
        row = staff.sign_in(db, "hanh", "2468", NOON_MS)
        assert row is not None
        assert "2468" not in row.pin_hash


def test_five_wrong_pins_lock_for_five_minutes(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text("staff,name,role,pin\nhanh,Hạnh,owner,2468\n")
    load(shop, tmp_path)

    with shop.writers.begin() as db:
        for _ in range(5):
            assert staff.sign_in(db, "hanh", "0000", NOON_MS) is None
        assert staff.sign_in(db, "hanh", "2468", NOON_MS + 299_000) is None
        assert staff.sign_in(db, "hanh", "2468", NOON_MS + 300_000) is not None


def test_every_mistake_is_named_with_file_line_and_column_and_nothing_is_kept(
    shop: Shop, seed: Path
) -> None:
    with (seed / "profiles.csv").open("a", encoding="utf-8") as file:
        file.write("xyz,Ai Đó,,member,0,,,,,\n0000000000aa,,,member,-1,,,,,\n")
    with (seed / "orders.csv").open("a", encoding="utf-8") as file:
        file.write("Z-9,ffffffffffff,#Z-9,1,0,ready\n")

    with pytest.raises(SettingsError) as caught:
        load(shop, seed)

    sentence = str(caught.value)
    assert "profiles.csv line 122: member: 'xyz' is not 12 hex digits" in sentence
    assert "profiles.csv line 123: name: must not be empty" in sentence
    assert "member: there is no profile ffffffffffff" in sentence
    assert profiles(shop) == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("store,name\nhue,Huế\n", "column store_no is missing", id="no column"),
        pytest.param(b"\xff\xfe\x00", "cannot be read as UTF-8 CSV", id="not text"),
        pytest.param("store,name,store_no\nHuế,Huế,1\n", "is not 1 to 32 of", id="not a name"),
        pytest.param("store,name,store_no\nhue,Huế,0\n", "not a number from 1", id="zero"),
    ],
)
def test_a_file_that_makes_no_sense_says_why(
    shop: Shop, tmp_path: Path, content: str | bytes, says: str
) -> None:
    data = content.encode() if isinstance(content, str) else content
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "stores.csv").write_bytes(data)

    with pytest.raises(SettingsError, match=says):
        load(shop, folder)


def test_an_empty_folder_is_a_mistake(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(SettingsError, match=r"there is none of stores\.csv"):
        load(shop, tmp_path / "nothing")

"""Who reads first and writes later does not fail because somebody else wrote in between."""

from __future__ import annotations

import pytest

from gateway.store import base
from gateway.store.stores import StoreRow
from runtime.errors import SettingsError
from tests.gateway.shop import STORE, Shop


def test_a_transaction_that_will_write_takes_its_turn_at_the_beginning(shop: Shop) -> None:
    with base.writing(shop.readers) as db:
        first = db.get_one(StoreRow, STORE)
        with shop.readers() as other:
            assert other.get_one(StoreRow, STORE).name == first.name  # readers are not held up
        first.name = "Một"

    with shop.read() as db:
        assert db.get_one(StoreRow, STORE).name == "Một"


def test_a_database_is_durable_and_minds_its_keys(shop: Shop) -> None:
    with shop.engine.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert settings == ["wal", 2, 1]


def test_a_url_that_is_none_says_so() -> None:
    with pytest.raises(SettingsError, match="is no database URL"):
        base.connect("hien.db")

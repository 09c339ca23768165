"""Who reads first and writes later does not fail because somebody else wrote in between."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.store import base
from gateway.store.stores import KioskRow, StoreRow
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


DURABLE: dict[str, dict[str, object]] = {
    "sqlite": {
        "PRAGMA journal_mode": "wal",
        "PRAGMA synchronous": 2,
        "PRAGMA busy_timeout": 30_000,
    },
    "postgresql": {"SHOW synchronous_commit": "on", "SHOW lock_timeout": "30s"},
}


def test_a_database_is_durable_and_minds_its_keys(shop: Shop) -> None:
    durable = DURABLE[shop.engine.dialect.name]
    with shop.engine.connect() as connection:
        said = {question: connection.exec_driver_sql(question).scalar() for question in durable}
    assert said == durable

    with pytest.raises(IntegrityError), shop.writers.begin() as db:
        db.add(KioskRow(store="nowhere", kiosk="quay-1", name="Quầy 1"))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("hien.db", "'hien.db' is no database URL"),
        ("mysql://hien:secret@db/hien", "neither sqlite:///… nor postgresql://…"),
        ("postgresql://hien:secret@db:port/hien", "is no database URL"),
    ],
)
def test_a_url_that_is_none_says_so_and_keeps_its_password(url: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        base.connect(url)

    assert "secret" not in str(caught.value)


HOLDS_S, RESTS_S = 0.050, 0.002  # of one who writes nearly all the time
TURNS = 10


def test_who_waits_to_write_is_not_overtaken_for_long(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'busy.db'}"
    busy, waiting = base.connect(url), base.connect(url)
    is_over, holds, turns = Event(), Event(), count()

    def write_all_the_time() -> None:
        while not is_over.is_set():
            with base.writers(busy).begin() as db:
                db.connection()
                next(turns)
                holds.set()
                is_over.wait(HOLDS_S)
            is_over.wait(RESTS_S)

    writer = Thread(target=write_all_the_time, name="busy writer")
    writer.start()
    try:
        for _ in range(TURNS):
            holds.clear()
            assert holds.wait(10.0)
            with base.writers(waiting).begin() as db:
                db.connection()
    finally:
        is_over.set()
        writer.join()
        busy.dispose()
        waiting.dispose()

    # One turn is waited for each time. SQLite's own waiter let 247 pass.
    assert next(turns) < TURNS * 3

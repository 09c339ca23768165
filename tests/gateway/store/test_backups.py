"""A backup holds all there is, is made while others write, and comes back into either database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from contract.events import Arrived, Called
from gateway.store import backups, base, dead_letters, migrations
from gateway.store.dead_letters import Letter
from gateway.store.tables import Base
from runtime.errors import SettingsError, UnavailableError
from tests.gateway.shop import NGOC, NOON_MS, STORE, Outbox, Shop
from tests.postgres import Postgres

Rows = dict[str, list[tuple[object, ...]]]


def everything(engine: Engine) -> Rows:
    """All rows, but for the count of changes: to restore is one."""
    found: Rows = {}
    with engine.connect() as db:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.key != "people"]
            rows = db.execute(select(*columns).order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
    return found


def in_use(shop: Shop) -> Outbox:
    """A shop with something in most tables; returns the kiosk that goes on."""
    kiosk = Outbox()
    shop.member()
    shop.order()
    shop.offer()
    shop.staff("Lan")
    shop.handle(kiosk.says(Called("0000000000000001")), kiosk.says(Arrived(f"t-{NGOC}", "k", -60)))
    with shop.writers.begin() as db:
        dead_letters.add(db, [Letter("a", b"\0\xff", "v: 2 is not 1")], NOON_MS)
    return kiosk


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_all_there_is_comes_back_into_either_database_and_goes_on(
    shop: Shop, into: str, tmp_path: Path, postgres: Postgres
) -> None:
    kiosk = in_use(shop)
    before = everything(shop.engine)
    file = tmp_path / "copy.db"
    with base.writing(shop.writers) as db:  # somebody is writing meanwhile: what is not there yet
        db.execute(text("UPDATE store SET name = 'later'"))
        db.flush()
        backups.backup(shop.engine, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]

    url = f"sqlite:///{tmp_path / 'new.db'}" if into == "sqlite" else postgres.new()
    engine = base.connect(url)
    assert backups.restore(engine, file) == 2

    assert everything(engine) == before
    other = Shop.__new__(Shop)
    other.engine, other.writers, other.readers = engine, base.writers(engine), base.readers(engine)
    other.member("00000000c003", "Lê Văn An")
    outcome = other.handle(kiosk.says(Arrived("t-00000000c003", "k", -60)))
    assert outcome.receipts[0][1].upto == 3  # new rows get numbers nobody has
    engine.dispose()


def test_what_is_there_is_given_up_only_if_that_is_said(shop: Shop, tmp_path: Path) -> None:
    kiosk, file = in_use(shop), tmp_path / "copy.db"
    backups.backup(shop.engine, file)
    shop.handle(kiosk.says(Called("0000000000000001")))
    with pytest.raises(SettingsError, match=r"holds 3 events; --replace gives them up"):
        backups.restore(shop.engine, file)
    assert len(everything(shop.engine)["event"]) == 3
    with pytest.raises(SettingsError, match="never overwritten"):
        backups.backup(shop.engine, file)

    assert backups.restore(shop.engine, file, replace=True) == 2


def test_what_is_no_whole_backup_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    in_use(shop)
    before, file = everything(shop.engine), tmp_path / "copy.db"
    with pytest.raises(SettingsError, match="there is no such file"):
        backups.restore(shop.engine, file, replace=True)
    file.write_text("no database")
    with pytest.raises(SettingsError, match="is no backup of a gateway"):
        backups.restore(shop.engine, file, replace=True)
    file.unlink()
    backups.backup(shop.engine, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises((SettingsError, UnavailableError), match=str(file)):
        backups.restore(shop.engine, file, replace=True)

    assert everything(shop.engine) == before


def test_a_backup_of_an_older_release_is_brought_up_to_date(shop: Shop, tmp_path: Path) -> None:
    in_use(shop)
    file = tmp_path / "copy.db"
    backups.backup(shop.engine, file)
    old = base.connect(f"sqlite:///{file}")
    migrations.downgrade(old, "0002")
    old.dispose()

    assert backups.restore(shop.engine, file, replace=True) == 2
    assert everything(shop.engine)["store"] == [(STORE, "An Nhiên", 7, 0)]

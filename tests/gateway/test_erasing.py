"""After an erasure nothing says who it was: not a row, a log, a free page, a topic or an export."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contract import codec
from gateway.core import trust
from gateway.core.changes import ProfileChanged
from gateway.core.erasing import Person
from gateway.core.incidents import Said, What
from gateway.erasing import OPEN_ORDER, Eraser
from gateway.store import (
    backups,
    base,
    consents,
    csv_import,
    door_trust,
    erasing,
    event_check,
    incidents,
    privacy_requests,
    profiles,
    tombstones,
)
from gateway.store.base import Base
from gateway.store.connectors import DeliveryRow
from gateway.store.csv_import import Choices
from gateway.store.events import EventRow
from gateway.store.ledger import LotRow
from gateway.store.orders import OrderRow, OrderStepRow
from gateway.store.outside import Desk
from gateway.store.profiles import PassKeyRow, ProfileRow, TagRow
from gateway.store.visits import VisitRow
from tests.contract.denying import SALT
from tests.gateway.seeded import (
    ALL,
    CONNECTOR,
    HUY_HERE,
    LAM_HERE,
    NGOC_HERE,
    SEEDED,
    asks,
    erased_by,
)
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Shop
from tests.gateway.store.test_retention import filled

NOW = datetime.fromtimestamp(NOON_MS / 1000, UTC)
ON_BOTH = pytest.mark.parametrize("shop", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def eraser(shop: Shop, tmp_path: Path) -> Eraser:
    return erased_by(shop, tmp_path)


def dumped(db: Session) -> bytes:
    """Every value of every table, as text."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in db.execute(select(table)):
            found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)


def retained(shop: Shop) -> bytes:
    """What kiosks and doors are told by topics that stay, after they were told who came before."""
    with shop.writers.begin() as db:
        now = profiles.next_trust(db, STORE, NOW)
        papers = door_trust.papers(db, STORE, now.epoch, NOON_MS, {})
    denial = trust.first(now, SALT)
    return b"\n".join(map(codec.encode, (now, denial, *papers)))


def found(shop: Shop, folder: Path, log: str) -> set[str]:
    """The seeded words that are still somewhere: rows, files byte by byte, topics, export, log."""
    export = folder / "export.db"
    export.unlink(missing_ok=True)
    backups.backup(shop.engine, export)
    with shop.read() as db:
        heaps = [dumped(db), retained(shop), log.encode()]
    heaps += [file.read_bytes() for file in folder.iterdir() if file.is_file()]
    words = {word for one in ALL for word in one.words}
    assert len(words) == SEEDED
    return {word for word in words if any(word.encode() in heap for heap in heaps)}


@ON_BOTH
def test_every_word_is_somewhere_and_then_nowhere(
    shop: Shop, eraser: Eraser, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = found(shop, tmp_path, caplog.text)
    assert len(before) == SEEDED
    asks(shop, *ALL)

    assert eraser.round() == 3

    assert found(shop, tmp_path, caplog.text) == set()
    with shop.read() as db:
        everybody = Person(frozenset(one.member for one in ALL), frozenset(), frozenset())
        bodies = db.scalars(select(EventRow.body)).all()
        assert not any(everybody.is_in(body.encode()) for body in bodies), "a pass says who"
        assert sum(body != "" for body in bodies) == len(ALL), "calls for help name nobody"
        assert list(event_check.check(db)) == []
    assert eraser.round() == 0


PLANTS: dict[str, Callable[[Shop, Path], object]] = {
    "a row": lambda shop, _: plant(shop, OrderStepRow, {"note": f"của {HUY_HERE.name}"}),
    "a body": lambda shop, _: plant(shop, DeliveryRow, {"body": LAM_HERE.email.encode()}),
    "a file": lambda _, folder: (folder / "old.log").write_text(f"gọi {NGOC_HERE.e164}"),
    "the incident log": lambda shop, _: plant_incident(shop, f"gọi {NGOC_HERE.zalo}"),
    "a topic": lambda shop, _: plant_key(shop),
}


def plant(shop: Shop, table: type[Base], columns: dict[str, object]) -> None:
    with shop.writers.begin() as db:
        db.execute(insert(table).values(filled(table, columns)))


def plant_incident(shop: Shop, words: str) -> None:
    with shop.writers.begin() as db:
        incidents.say(db, 1, Said(What.NOTE, words, NOON_MS, "lan"))


def plant_key(shop: Shop) -> None:
    with shop.writers.begin() as db:
        nobody = db.scalars(select(ProfileRow.member)).first()
        db.add(PassKeyRow(member=nobody, key_id=9, public_key=NGOC_HERE.key))


def test_each_word_that_is_planted_is_found(shop: Shop, eraser: Eraser, tmp_path: Path) -> None:
    asks(shop, *ALL)
    eraser.round()
    seen: set[str] = set()
    for where, put in PLANTS.items():
        put(shop, tmp_path)
        now = found(shop, tmp_path, "")
        assert len(now - seen) == 1, where
        seen = now


def test_others_and_the_shops_accounts_are_as_they_were(shop: Shop, eraser: Eraser) -> None:
    with shop.read() as db:
        points = sum(db.scalars(select(LotRow.left)).all())
        huy = erasing.person(db, HUY)
    asks(shop, NGOC_HERE)

    eraser.round()

    with shop.read() as db:
        assert erasing.person(db, HUY) == huy
        assert sum(db.scalars(select(LotRow.left)).all()) == points
        assert len(db.scalars(select(OrderRow.order)).all()) == len(ALL)
        owner = db.get_one(OrderRow, NGOC_HERE.order).member
        assert (db.get_one(ProfileRow, owner).name, owner in (NGOC, HUY)) == ("", False)
        kept = consents.history(db, [owner])
        assert [(row.purpose, row.evidence, row.device) for row in kept] == [("sms", "", "")]
        assert {row.member for row in db.scalars(select(VisitRow))} == {HUY, LAM_HERE.member}


def test_who_has_something_to_pick_up_is_erased_once_they_have_it(
    shop: Shop, eraser: Eraser
) -> None:
    shop.order("A-2", NGOC, state="ready")
    asks(shop, NGOC_HERE)

    assert eraser.round() == 0
    with shop.writers.begin() as db:
        (row,) = privacy_requests.to_erase(db)
        assert row.report == OPEN_ORDER
        db.get_one(OrderRow, "A-2").state = "handed_over"

    assert eraser.round() == 1


def test_neither_a_web_shop_nor_a_file_brings_somebody_back(
    shop: Shop, eraser: Eraser, tmp_path: Path
) -> None:
    asks(shop, NGOC_HERE)
    eraser.round()
    keyed = base.writers(tombstones.keyed(shop.engine, eraser.graves))

    with keyed.begin() as db:
        desk = Desk(db, CONNECTOR, NOON_MS + 1)
        told = ProfileChanged(NGOC_HERE.customer, NOON_MS + 1, NGOC_HERE.name, "")
        assert not desk.profile(told)
        other = ProfileChanged("999", NOON_MS + 1, NGOC_HERE.name, NGOC_HERE.phone)
        assert not desk.profile(other)
        assert desk.profile(ProfileChanged("998", NOON_MS + 1, "Ai Đó", "0909999999"))
        assert NGOC_HERE.name not in db.scalars(select(ProfileRow.name)).all()


def test_a_backup_that_is_restored_forgets_them_again(
    shop: Shop, eraser: Eraser, tmp_path: Path
) -> None:
    old = tmp_path / "old" / "before.db"
    old.parent.mkdir()
    backups.backup(shop.engine, old)
    asks(shop, NGOC_HERE, LAM_HERE)
    eraser.round()

    backups.restore(shop.engine, old, replace=True)
    with shop.read() as db:
        assert db.get(ProfileRow, NGOC) is not None, "it holds them"

    assert eraser.again() == 2
    gone = {word for one in (NGOC_HERE, LAM_HERE) for word in one.words}
    assert not found(shop, tmp_path, "") & gone
    with shop.read() as db:
        assert db.get(TagRow, f"t-{HUY}") is not None
    assert eraser.again() == 0


def test_a_file_that_brings_somebody_back_is_refused_and_names_nobody(
    shop: Shop, eraser: Eraser, tmp_path: Path
) -> None:
    asks(shop, NGOC_HERE)
    eraser.round()
    keyed = base.writers(tombstones.keyed(shop.engine, eraser.graves))
    folder = tmp_path / "files"
    folder.mkdir()
    lines = [
        f"{NGOC},Ngọc,,",
        f",Ngọc,{NGOC_HERE.phone},",
        f",Ngọc,0909999999,{NGOC_HERE.identity}",
        ",Ai Đó,0908888888,",
    ]
    text = "\n".join(["member,name,phone,tags", *lines])
    (folder / "profiles.csv").write_text(text, encoding="utf-8")

    tally = csv_import.load_good(keyed, folder, NOON_MS, Choices(tmp_path / "wrong"))

    assert (tally.refused, tally.new) == (3, 1)
    refused = (tmp_path / "wrong" / "profiles.csv").read_text(encoding="utf-8")
    assert refused.count("was erased at their own request") == 3


def test_every_table_with_a_member_in_it_has_its_way() -> None:
    """A new one that nobody thought of would keep somebody who was erased."""
    named = {table.name for table in Base.metadata.sorted_tables if "member" in table.columns}
    known = {table.__tablename__ for table in (*erasing.GO, *erasing.STAY)}

    assert named == known | erasing.OTHERWISE

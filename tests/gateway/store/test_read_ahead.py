"""What was read of people before the turn to write is true until somebody changes any of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from contract.events import Event, Left
from gateway.core.consent import Method, Purpose
from gateway.store import consents, erasing, merges, pauses, phones, profiles, read_ahead
from gateway.store.consents import Proof
from gateway.store.profiles import PassKeyRow, TagRow
from gateway.store.read_ahead import MANY, NOTHING_AHEAD, Ahead
from tests.gateway.shop import HUY, NGOC, NOON_MS, Outbox, Shop, near, pass_of, scan

PROOF = Proof(NOON_MS, Method.DESK, "desk", "asked")


def batch(events: int = MANY) -> list[Event]:
    """Two members come, one goes, and one shows a pass."""
    told = [near(), near(member=HUY), Left(f"t-{NGOC}", "quay-1", 9.0), scan(pass_of(HUY))]
    outbox = Outbox()
    return [outbox.says(body).event for body in (*told, *[near()] * (events - len(told)))]


def read(shop: Shop, events: int = MANY) -> Ahead:
    """What is asked ahead for that batch."""
    shop.member(NGOC)
    shop.member(HUY, consents=frozenset())
    return read_ahead.read(shop.writers, batch(events), NOON_MS)


def still_true(shop: Shop, ahead: Ahead) -> bool:
    with shop.read() as db:
        return read_ahead.still_true(db, ahead) is ahead


def test_it_knows_what_the_turn_would_ask_for(shop: Shop) -> None:
    ahead = read(shop)

    assert still_true(shop, ahead)
    with shop.read() as db:
        assert ahead.owners == profiles.owners(db, {f"t-{NGOC}", f"t-{HUY}"}) == {f"t-{NGOC}": NGOC}
        assert ahead.consents == profiles.consents(db, {NGOC, HUY})
        assert ahead.keys == profiles.pass_keys(db, {HUY}, NOON_MS)


def test_whom_it_does_not_know_the_database_is_asked_for(shop: Shop) -> None:
    ahead = read(shop)
    shop.member("00000000c003")
    with shop.read() as db:
        assert ahead.owners_of(db, {"t-00000000c003"})["t-00000000c003"] == "00000000c003"
        assert ahead.consents_of(db, {"00000000c003"})["00000000c003"]
        assert ("00000000c003", 1) in ahead.keys_of(db, {"00000000c003"}, NOON_MS)


def test_for_a_few_events_nothing_is_read_ahead(shop: Shop) -> None:
    assert read(shop, MANY - 1) is NOTHING_AHEAD
    assert not still_true(shop, Ahead(tags={"t"}))


def test_what_a_batch_changes_is_remembered_by_nobody_else(shop: Shop) -> None:
    with shop.read() as db:
        NOTHING_AHEAD.owners_of(db, ())["t"] = NGOC
        NOTHING_AHEAD.consents_of(db, ())[NGOC] = {Purpose.PRESENCE}
        NOTHING_AHEAD.keys_of(db, (), NOON_MS)[NGOC, 1] = b""

    assert Ahead() == NOTHING_AHEAD


def _withdraw(db: Session) -> None:
    consents.withdraw(db, NGOC, Purpose.PRESENCE, PROOF)


def _agree(db: Session) -> None:
    consents.agree(db, HUY, Purpose.PRESENCE, PROOF)


def _pause(db: Session) -> None:
    pauses.begin(db, NGOC, NOON_MS)


def _erase(db: Session) -> None:
    erasing.forget(db, erasing.person(db, NGOC))


def _merge(db: Session) -> None:
    merges.merge(db, HUY, NGOC, merges.Deed("lan", NOON_MS))


def _revoke(db: Session) -> None:
    phones.revoke(db, HUY, None, NOON_MS)


def _lose(db: Session) -> None:
    db.execute(delete(TagRow).filter_by(member=NGOC))


def _enrol(db: Session) -> None:
    db.add(PassKeyRow(member=NGOC, key_id=2, public_key="00"))


@pytest.mark.parametrize(
    "change", [_withdraw, _agree, _pause, _erase, _merge, _revoke, _lose, _enrol]
)
def test_it_is_true_no_longer_once_somebody_changes_it(
    shop: Shop, change: Callable[[Session], None]
) -> None:
    ahead = read(shop)
    with shop.writers.begin() as db:
        change(db)

    assert not still_true(shop, ahead)


def test_what_others_do_to_other_things_leaves_it_true(shop: Shop) -> None:
    ahead = read(shop)
    shop.offer()
    shop.order()
    shop.handle(Outbox("quay-2").says(near()))

    assert still_true(shop, ahead)


def test_the_database_counts_changes_of_every_table_it_is_read_from(shop: Shop) -> None:
    asked: set[str] = set()

    def note(action: int, name: str | None, *_rest: str | None) -> int:
        if action == sqlite3.SQLITE_READ and name:
            asked.add(name)
        return sqlite3.SQLITE_OK

    with shop.engine.connect() as db:
        driver = db.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_authorizer(note)
    read_ahead.read(shop.writers, batch(), NOON_MS)
    tables = asked - {"edition", "json_each", "sqlite_master"}
    with shop.engine.connect() as db:
        counting = set(db.scalars(text("SELECT name FROM sqlite_schema WHERE type = 'trigger'")))

    assert "tag" in tables
    changes = ("insert", "update", "delete")
    assert {f"people_{table}_{change}" for table in tables for change in changes} <= counting

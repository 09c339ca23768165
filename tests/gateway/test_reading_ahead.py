"""A turn to write asks for nobody whom its intake knows already; but what was taken back counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, event, update

from gateway import service
from gateway.core.consent import Method, Purpose
from gateway.store import consents, erasing
from gateway.store.consents import Proof
from gateway.store.events import EventRow, Received
from gateway.store.profiles import TagRow
from gateway.store.read_ahead import MANY, Ahead
from gateway.store.visits import VisitRow
from tests.gateway.desk import Desk
from tests.gateway.shop import HUY, NGOC, NOON_MS, Outbox, Shop, near

PROOF = Proof(NOON_MS, Method.DESK, "desk", "asked")


def crowd(shop: Shop) -> list[Received]:
    """One member's tag, which kiosks heard coming many times."""
    shop.member()
    outbox = Outbox()
    return [outbox.says(near(session=None)) for _ in range(MANY)]


def prepare(shop: Shop, batch: list[Received]) -> Ahead:
    return service.prepare(shop.writers, batch, NOON_MS)


def who_came(shop: Shop) -> set[str]:
    with shop.read() as db:
        return {row.member for row in db.query(VisitRow)}


def test_whose_tags_these_are_is_asked_once_and_before_the_turn_if_there_is_one(shop: Shop) -> None:
    batch, said = crowd(shop), list[str]()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(shop.engine, "before_cursor_execute", note)
    event.listen(shop.engine, "begin", lambda _connection: said.append("begin"))
    Desk(shop).take(*batch)

    (asked,) = (number for number, one in enumerate(said) if "FROM tag" in one)
    (wrote,) = (number for number, one in enumerate(said) if 'INSERT INTO "event"' in one)
    has_turns = shop.engine.dialect.name == "sqlite"
    assert ("begin" in said[asked:wrote]) is has_turns
    assert who_came(shop) == {NGOC}


def test_who_takes_their_consent_back_before_the_turn_was_not_here(shop: Shop) -> None:
    batch = crowd(shop)
    ahead = prepare(shop, batch)
    with shop.writers.begin() as db:
        consents.withdraw(db, NGOC, Purpose.PRESENCE, PROOF)
    shop.handle(*batch, ahead=ahead)

    assert (shop.count(EventRow), who_came(shop)) == (MANY, set())


def test_of_who_is_erased_before_the_turn_no_visit_is_kept(shop: Shop) -> None:
    batch = crowd(shop)
    ahead = prepare(shop, batch)
    with shop.writers.begin() as db:
        erasing.forget(db, erasing.person(db, NGOC))
    shop.handle(*batch, ahead=ahead)

    assert who_came(shop) == set()


def test_a_tag_that_is_anothers_by_the_turn_is_theirs(shop: Shop) -> None:
    batch = crowd(shop)
    shop.member(HUY)
    ahead = prepare(shop, batch)
    with shop.writers.begin() as db:
        db.execute(delete(TagRow).filter_by(member=HUY))
        db.execute(update(TagRow).values(member=HUY))
    shop.handle(*batch, ahead=ahead)

    assert who_came(shop) == {HUY}

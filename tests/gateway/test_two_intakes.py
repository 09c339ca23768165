"""Two intakes on one PostgreSQL, and everybody shows one pass in two stores at the same instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from contract import passes
from contract.messages import Refusal
from contract.topics import KioskAddress, Leaf
from gateway.core.matching import PassUse
from gateway.core.visits import Place
from gateway.store import pass_uses
from gateway.store.events import EventRow, Received
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.stores import KioskRow, StoreRow
from tests.gateway.desk import Desk
from tests.gateway.shop import NOON_MS, STORE, STORE_NO, Outbox, Shop, pass_of, scan
from tests.postgres import Postgres

ELSEWHERE = "hue-2"
MEMBERS = [f"{number:012x}" for number in range(1, 61)]
MEET_S = 30.0


@pytest.fixture
def chain(tmp_path: Path, postgres: Postgres) -> Iterator[Shop]:
    made = Shop(tmp_path, postgres.empty())
    for member in MEMBERS:
        made.member(member)
    with made.writers.begin() as db:
        db.add(StoreRow(store=ELSEWHERE, name="", store_no=STORE_NO + 1))
        db.flush()
        db.add(KioskRow(store=ELSEWHERE, kiosk="quay-1", name=""))
    yield made
    made.engine.dispose()


def passes_shown(store: str, members: Iterable[str]) -> list[Received]:
    outbox, found = Outbox(), []
    for member in members:
        shown = pass_of(member, NOON_MS, passes.ANY_STORE)
        one = outbox.says(scan(shown, f"{member:0>16}"))
        found.append(replace(one, event=structs.replace(one.event, store=store)))
    return found


def test_each_pass_is_good_in_one_of_them_and_no_event_is_lost(
    chain: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    both_have_read, real = Barrier(2), pass_uses.add
    met: list[None] = []

    def add(db: Session, uses: Iterable[tuple[str, int, PassUse]]) -> None:
        if len(met) < 2:
            met.append(None)
            both_have_read.wait(MEET_S)
        real(db, uses)

    monkeypatch.setattr(pass_uses, "add", add)
    said = {STORE: MEMBERS, ELSEWHERE: MEMBERS[::-1]}

    def take(store: str) -> None:
        topic = KioskAddress(store, "quay-1").topic(Leaf.UP)
        Desk(chain).take(*passes_shown(store, said[store]), topic=topic)

    with caplog.at_level("INFO"), ThreadPoolExecutor(2) as pool:
        list(pool.map(take, said))

    row = ScreenSessionRow
    with chain.read() as db:
        answers = Counter((one, why) for one, why in db.execute(select(row.session, row.refusal)))
    assert chain.count(EventRow) == 2 * len(MEMBERS)
    for member in MEMBERS:
        assert answers[f"{member:0>16}", None] == 1
        assert answers[f"{member:0>16}", Refusal.REPLAYED_PASS] == 1
    assert "one by one" not in caplog.text
    assert "Deadlock" not in caplog.text


def test_who_writes_the_same_passes_the_other_way_round_waits_and_is_no_deadlock(
    chain: Shop,
) -> None:
    here = Place(STORE, "quay-1", NOON_MS)
    uses = [(f"{number:012x}", 1, PassUse(7, here)) for number in range(5_000)]
    both_have_begun = Barrier(2)

    def write(some: list[tuple[str, int, PassUse]]) -> str:
        with chain.writers() as db:
            db.connection()
            both_have_begun.wait(MEET_S)
            try:
                pass_uses.add(db, some)
                db.commit()
            except DBAPIError as error:
                return type(error.orig).__name__
            return ""

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(write, (uses, uses[::-1])))
    assert ended == ["", "UniqueViolation"]

"""The log in the order it came: nothing is committed behind who reads it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from contract.events import Called
from gateway.store import arrivals, backups, base, events, migrations
from gateway.store.events import EventRow, Received
from tests.gateway.shop import S1, Outbox, Shop
from tests.postgres import Postgres


def _seen(shop: Shop, after: int) -> list[tuple[int, str]]:
    """Who reads on from a number: what is there by now and settled."""
    row = EventRow
    with shop.readers() as db:
        upto = arrivals.settled(db)
        mine = select(row.arrival, row.kiosk).where(row.arrival > after, row.arrival <= upto)
        return [(number, kiosk) for number, kiosk in db.execute(mine.order_by(row.arrival))]


def _says(kiosk: str, times: int = 1) -> list[Received]:
    outbox = Outbox(kiosk)
    return [outbox.says(Called(S1)) for _ in range(times)]


def _write(shop: Shop, *received: Received) -> None:
    with shop.writers.begin() as db:
        events.append(db, received)


def test_events_are_numbered_as_they_come(shop: Shop) -> None:
    _write(shop, *_says("quay-1", 2))
    _write(shop, *_says("quay-2"))
    first, second, third = _seen(shop, 0)
    assert first[0] < second[0] < third[0]
    assert [kiosk for _, kiosk in (first, second, third)] == ["quay-1", "quay-1", "quay-2"]
    assert _seen(shop, second[0]) == [third]


def test_a_reader_remembers_its_place_and_two_of_one_name_do_not_both_go_on(shop: Shop) -> None:
    with shop.writers.begin() as db:
        assert arrivals.place_of(db, "r") == 0
        assert arrivals.move_on(db, "r", 0, 7)
        assert not arrivals.move_on(db, "r", 0, 7)
        assert arrivals.place_of(db, "r") == 7


def test_nothing_is_committed_behind_a_reader_by_who_drew_its_number_first(
    postgres: Postgres, tmp_path: Path
) -> None:
    shop = Shop(tmp_path, postgres.empty())
    _write(shop, *_says("quay-1"))
    ((newest, _),) = _seen(shop, 0)
    with shop.writers.begin() as slow:
        events.append(slow, _says("quay-2"))
        _write(shop, *_says("quay-1", 2)[1:])
        assert _seen(shop, newest) == [], "the one behind it may still come"
    late, other = _seen(shop, newest)
    assert (late[1], other[1]) == ("quay-2", "quay-1")
    assert late[0] < other[0]
    shop.engine.dispose()


def test_who_gives_up_holds_nobody_up(postgres: Postgres, tmp_path: Path) -> None:
    shop = Shop(tmp_path, postgres.empty())
    with shop.writers() as gone:
        events.append(gone, _says("quay-2"))
        _write(shop, *_says("quay-1"))
        assert _seen(shop, 0) == []
        gone.rollback()
    assert [kiosk for _, kiosk in _seen(shop, 0)] == ["quay-1"]
    shop.engine.dispose()


def test_after_a_restored_backup_numbers_go_on_where_it_ends(
    shop: Shop, tmp_path: Path, postgres: Postgres
) -> None:
    _write(shop, *_says("quay-1", 5))
    backups.backup(shop.engine, tmp_path / "kept.db")
    newest = _seen(shop, 0)[-1][0]
    engine = base.connect(postgres.new())
    backups.restore(engine, tmp_path / "kept.db")
    with Session(engine) as db:
        assert arrivals.settled(db) == newest
        assert list(arrivals.draw(db, 2)) == [newest + 1, newest + 2]
    engine.dispose()


def test_events_of_before_are_numbered_in_their_order(shop: Shop) -> None:
    _write(shop, *_says("quay-1", 3))
    migrations.downgrade(shop.engine, "0034")
    migrations.upgrade(shop.engine)
    numbers = [number for number, _ in _seen(shop, 0)]
    assert numbers == [1, 2, 3]
    with shop.writers.begin() as db:
        assert list(arrivals.draw(db, 1)) == [4]

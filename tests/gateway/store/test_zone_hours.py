"""Stays in zones of a small shop, counted by hand from what its kiosks told."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select, update

from contract.events import Arrived, Left, Moved
from gateway.core.measures import Measure, Tally
from gateway.core.shop_days import HOUR_MS, span
from gateway.store import events, measured_days, measures
from gateway.store.events import FORGOTTEN, EventRow, Received
from gateway.store.profiles import ConsentRow
from gateway.store.zone_hours import ZoneHourRow
from gateway.zoning import Zoning
from tests.gateway.shop import HUY, NGOC, STORE, Outbox, Shop

DAY = date(2026, 3, 1)
NINE_MS = span(DAY).from_ms + 9 * HOUR_MS
LATER_MS = span(DAY).until_ms + HOUR_MS
MINUTE_MS = 60_000
TAG, OTHER = f"t-{NGOC}", f"t-{HUY}"


def _here(tag: str, zone: str) -> Arrived:
    return Arrived(tag, zone, -60)


def _walk(kiosk: Outbox) -> list[Received]:
    """Through two zones and back, and a second visit an hour later that nobody saw the end of."""
    return [
        kiosk.says(_here(TAG, "quay-1"), NINE_MS),
        kiosk.says(_here(OTHER, "quay-1"), NINE_MS + 1),
        kiosk.says(Moved(TAG, "cua"), NINE_MS + 2 * MINUTE_MS),
        kiosk.says(Left(OTHER, "quay-1", 60), NINE_MS + 2 * MINUTE_MS),
        kiosk.says(Moved(TAG, "quay-1"), NINE_MS + 6 * MINUTE_MS),
        kiosk.says(Left(TAG, "quay-1", 480), NINE_MS + 9 * MINUTE_MS),  # heard for 8 minutes
        kiosk.says(_here(TAG, "quay-1"), NINE_MS + 60 * MINUTE_MS),
    ]


BY_HAND = {"quay-1": Tally(3, 120 + 60 + 120), "cua": Tally(1, 240)}


def _write(shop: Shop, *received: Received) -> None:
    with shop.writers.begin() as db:
        events.append(db, received)


def _people(shop: Shop) -> None:
    shop.member(NGOC)
    shop.member(HUY, "Lê Quang Huy")


def _zones(shop: Shop) -> dict[str, Tally]:
    with shop.readers() as db:
        found = measures.parts(db, STORE, Measure.STAY_S, [DAY])
    return {zone: tally for (_, zone), tally in found.items()}


def _count(shop: Shop) -> int:
    return Zoning(shop.readers, lambda: LATER_MS).round()


def test_stays_are_what_a_person_counts_however_the_events_come(shop: Shop) -> None:
    _people(shop)
    for one in _walk(Outbox()):  # each by itself: where they came from is known from the log only
        _write(shop, one)
        _count(shop)
    assert _zones(shop) == BY_HAND
    assert _count(shop) == 0, "and none of them twice"


def test_a_closed_day_is_counted_anew_when_a_kiosk_brings_its_stays_late(shop: Shop) -> None:
    _people(shop)
    with shop.writers.begin() as db:
        measures.keep(db, STORE, DAY)
    assert _zones(shop) == {}
    _write(shop, *_walk(Outbox()))
    assert _count(shop) == 4
    with shop.readers() as db:
        assert not measured_days.kept(db, STORE, DAY, DAY)
    assert _zones(shop) == BY_HAND
    with shop.writers.begin() as db:
        measures.keep(db, STORE, DAY)
        db.execute(delete(ZoneHourRow))  # so it is not counted again
    assert _zones(shop) == BY_HAND


def test_two_kiosks_that_hear_one_tag_tell_two_stories(shop: Shop) -> None:
    _people(shop)
    one, two = Outbox("quay-1"), Outbox("quay-2")
    _write(
        shop,
        one.says(_here(TAG, "quay-1"), NINE_MS),
        two.says(_here(TAG, "quay-2"), NINE_MS + MINUTE_MS),
        one.says(Left(TAG, "quay-1", 100), NINE_MS + 2 * MINUTE_MS),
        two.says(Left(TAG, "quay-2", 40), NINE_MS + 2 * MINUTE_MS),
    )
    _count(shop)
    assert _zones(shop) == {"quay-1": Tally(1, 100), "quay-2": Tally(1, 40)}


def test_who_does_not_agree_is_in_no_number_and_who_is_forgotten_in_no_later_one(
    shop: Shop,
) -> None:
    _people(shop)
    _write(shop, *_walk(Outbox()))
    with shop.writers.begin() as db:
        db.execute(delete(ConsentRow).filter_by(member=HUY))
        came = (EventRow.kind == "arrived", EventRow.body.contains(TAG))
        db.execute(update(EventRow).where(*came).values(body=FORGOTTEN))
    _count(shop)
    assert _zones(shop) == {}


def test_a_number_of_stays_says_nothing_of_whose_they_are(shop: Shop) -> None:
    _people(shop)
    _write(shop, *_walk(Outbox()))
    _count(shop)
    with shop.readers() as db:
        rows = [[*row] for row in db.execute(select(*ZoneHourRow.__table__.columns))]
    assert sorted(map(str, rows)) == sorted(
        str([STORE, NINE_MS, zone, tally.count, tally.total]) for zone, tally in BY_HAND.items()
    )

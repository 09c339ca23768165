"""A link held to a kiosk is the touch of whose page is open, and brought them to this visit."""

from __future__ import annotations

from contract.events import Arrived, Body, Followed
from gateway.core.attribution import Windows
from gateway.core.consent import Purpose
from gateway.core.shop_days import day_of
from gateway.journeying import Journeying
from gateway.store import journeys
from gateway.store.journeys import Credited
from gateway.store.touches import TouchRow
from tests.gateway.shop import NGOC, NOON_MS, S1, S2, STORE, Outbox, Shop, pass_of, scan

LINK = Followed(S1, "tet-2027", "to-roi", "poster")


def _touches(shop: Shop) -> list[tuple[str, str, str, str]]:
    with shop.read() as db:
        rows = db.query(TouchRow).order_by(TouchRow.touch).all()
        return [(row.member, row.key, row.campaign, row.source) for row in rows]


def _says(shop: Shop, *bodies: Body) -> None:
    outbox = Outbox()
    for number, body in enumerate(bodies):
        shop.handle(outbox.says(body, NOON_MS + number * 1_000))


def test_it_is_kept_once_and_credited_for_the_visit_they_are_on(shop: Shop) -> None:
    shop.member(consents=frozenset(Purpose))
    outbox = Outbox()
    shop.handle(outbox.says(scan(pass_of(NGOC))))
    held = outbox.says(LINK, NOON_MS + 5_000)
    for _ in range(2):
        shop.handle(held)
    assert _touches(shop) == [(NGOC, "check_in", "tet-2027", f"{STORE}/quay-1")]

    Journeying(shop.readers, lambda: NOON_MS, Windows()).round()
    with shop.read() as db:
        today = [day_of(NOON_MS)]
        credited = journeys.credited(db, STORE, today, is_last=True)
        assert credited == {("check_in", "tet-2027"): Credited(visits=1)}
        assert journeys.funnel(db, today) == {}, "it is no meeting online"


def test_nothing_is_kept_without_consent_to_profiling(shop: Shop) -> None:
    shop.member(consents=frozenset(Purpose) - {Purpose.PROFILING})
    _says(shop, scan(pass_of(NGOC)), LINK)
    assert _touches(shop) == []


def test_a_tag_that_is_near_has_held_nothing_up(shop: Shop) -> None:
    shop.member(consents=frozenset(Purpose))
    _says(shop, Arrived(f"t-{NGOC}", "quay-1", -60, S1), LINK, Followed(S2, "tet-2027"))
    assert _touches(shop) == []

"""Signatures are checked before a batch's turn to write; what is decided is decided in it."""

from __future__ import annotations

from sqlalchemy import delete, update

from contract.messages import Level, Refusal
from gateway import pass_judging, service
from gateway.store.events import Received
from gateway.store.profiles import PassKeyRow
from gateway.store.read_ahead import MANY, Ahead
from tests.gateway.desk import Desk
from tests.gateway.shop import NGOC, NOON_MS, Outbox, Shop, key_of, pass_of, scan, shown

MEMBERS = [f"{number:012x}" for number in range(1, MANY + 1)]


def crowd(shop: Shop) -> list[Received]:
    """Many members, and each shows a pass at one kiosk."""
    for member in MEMBERS:
        shop.member(member)
    outbox = Outbox()
    return [outbox.says(scan(pass_of(one), f"{one:0>16}")) for one in MEMBERS]


def prepare(shop: Shop, batch: list[Received]) -> Ahead:
    return service.prepare(shop.writers, batch, NOON_MS)


def test_the_intake_checks_no_signature_while_others_wait_to_write(shop: Shop) -> None:
    batch = crowd(shop)
    pass_judging.is_genuine.cache_clear()
    Desk(shop).take(*batch)

    asked = pass_judging.is_genuine.cache_info()
    assert (asked.misses, asked.hits) == (len(batch), len(batch)), "checked, then found"


def test_who_checks_waits_for_nobody_who_writes(shop: Shop) -> None:
    batch = crowd(shop)
    pass_judging.is_genuine.cache_clear()
    with shop.writers.begin() as db:
        db.execute(update(PassKeyRow).values(key_id=PassKeyRow.key_id))
        prepare(shop, batch)

    assert pass_judging.is_genuine.cache_info().misses == len(batch)


def test_what_was_checked_ahead_is_let_in(shop: Shop) -> None:
    batch = crowd(shop)
    ahead = prepare(shop, batch)

    assert {one.level for one in shown(shop.handle(*batch, ahead=ahead))} == {Level.PERSONAL}


def test_a_key_that_is_gone_since_opens_nothing(shop: Shop) -> None:
    batch = crowd(shop)
    ahead = prepare(shop, batch)
    with shop.writers.begin() as db:
        db.execute(delete(PassKeyRow))

    assert {one.refusal for one in shown(shop.handle(*batch, ahead=ahead))} == {
        Refusal.UNKNOWN_PASS
    }


def test_a_key_that_is_another_since_opens_nothing(shop: Shop) -> None:
    batch = crowd(shop)
    ahead = prepare(shop, batch)
    with shop.writers.begin() as db:
        others = key_of(NGOC).public_key().public_bytes_raw().hex()
        db.execute(update(PassKeyRow).values(public_key=others))

    assert {one.refusal for one in shown(shop.handle(*batch, ahead=ahead))} == {Refusal.FORGED_PASS}


def test_a_forged_pass_stays_forged_and_one_that_cannot_be_read_stops_nobody(shop: Shop) -> None:
    batch = crowd(shop)
    outbox = Outbox("quay-2")
    forged = pass_of(MEMBERS[0], NOON_MS + 15_000)[:-2] + "00"
    batch += [outbox.says(scan(text)) for text in (forged, "MD1:hello", pass_of("0000000000ff"))]
    ahead = prepare(shop, batch)
    *good, bad, strange, nobodys = shown(shop.handle(*batch, ahead=ahead))

    assert {one.level for one in good} == {Level.PERSONAL}
    assert bad.refusal is Refusal.FORGED_PASS
    assert {strange.refusal, nobodys.refusal} == {Refusal.UNKNOWN_PASS}

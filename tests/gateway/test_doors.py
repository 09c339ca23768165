"""What doors wrote down, and what the gateway makes of it: each record counts once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contract import codec
from contract.door_trust import Keyring, Revocations
from contract.events import (
    Decision,
    Direction,
    Entry,
    EntryReason,
    Incident,
    Passage,
    Scanned,
    Trouble,
    Verdict,
)
from gateway.core.alerts import AlertKind, Outcome
from gateway.core.consent import Purpose
from gateway.store import alerts, door_trust, entry_cards, phones, stores
from gateway.store.entries import DoorRecordRow
from gateway.store.entry_cards import EndedCardRow
from gateway.store.visits import VisitRow
from kiosk.core import door_keys
from kiosk.core import entry as kiosk_entry
from kiosk.core.door_keys import DoorKeys
from kiosk.core.entry import Memory
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Outbox, Shop, key_of, pass_of
from tests.kiosk.door.shop import (
    CARD,
    NOW_S,
    RETAILER,
    RETAILER_KEY_ID,
    RULES,
    At,
    card,
    public_hex,
)

JOURNAL = "00000000000000aa"
MINUTE_MS = 60_000


def entry(number: int = 1, holder: str = NGOC, at_ms: int = NOON_MS, granted: bool = True) -> Entry:
    decision = Decision.GRANTED if granted else Decision.REFUSED
    reason = EntryReason.PASS if granted else EntryReason.REPLAYED
    return Entry(
        "front",
        JOURNAL,
        number,
        at_ms,
        decision=decision,
        reason=reason,
        holder=holder,
        occupancy=3,
    )


def rows(shop: Shop) -> list[DoorRecordRow]:
    with shop.read() as db:
        return list(db.scalars(select(DoorRecordRow).order_by(DoorRecordRow.number)))


def visits(shop: Shop) -> list[tuple[str, str, int]]:
    with shop.read() as db:
        found = db.scalars(select(VisitRow).order_by(VisitRow.first_at_ms)).all()
    return [(row.member, row.evidence, row.first_at_ms - NOON_MS) for row in found]


@pytest.fixture
def told(shop: Shop) -> Shop:
    shop.member(consents=frozenset())
    return shop


def test_who_was_let_in_is_here(told: Shop) -> None:
    outbox = Outbox()

    told.handle(outbox.says(entry()))

    assert visits(told) == [(NGOC, "door", 0)]
    (row,) = rows(told)
    assert (row.kind, row.what, row.is_granted) == ("entry", "pass", True)
    assert (row.holder, row.people, row.kiosk) == (NGOC, 3, "quay-1")


def test_who_shows_the_pass_inside_too_is_one_visit(told: Shop) -> None:
    outbox = Outbox()
    later_ms = NOON_MS + MINUTE_MS
    told.handle(outbox.says(entry()))
    scan = Scanned("0" * 16, Verdict.GOOD, pass_of(NGOC, later_ms))
    told.handle(outbox.says(scan, later_ms))

    assert visits(told) == [(NGOC, "pass", 0)]


def test_an_entry_that_comes_hours_later_belongs_where_it_happened(told: Shop) -> None:
    outbox = Outbox()
    told.handle(outbox.says(Scanned("0" * 16, Verdict.GOOD, pass_of(NGOC))))

    told.handle(outbox.says(entry(at_ms=NOON_MS - MINUTE_MS), NOON_MS + 300 * MINUTE_MS))

    assert visits(told) == [(NGOC, "pass", -MINUTE_MS)]


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(entry(granted=False), id="refused"),
        pytest.param(entry(holder=HUY), id="not a member any more"),
        pytest.param(entry(holder="00112233445566ff"), id="a card"),
        pytest.param(entry(holder=""), id="nobody"),
    ],
)
def test_nobody_else_is_here(told: Shop, refused: Entry) -> None:
    told.handle(Outbox().says(refused))

    assert visits(told) == []
    assert len(rows(told)) == 1


def test_a_record_counts_once_whoever_brings_it_however_often(told: Shop) -> None:
    one, other = Outbox(), Outbox("quay-2", "fedcba9876543210")
    told.handle(one.says(entry()), one.says(entry()))
    told.handle(one.says(entry()), other.says(entry()))
    told.handle(one.says(Incident("front", JOURNAL, 2, NOON_MS, trouble=Trouble.FORCED)))
    told.handle(one.says(Incident("front", JOURNAL, 2, NOON_MS, trouble=Trouble.FORCED)))

    assert [row.number for row in rows(told)] == [1, 2]
    assert len(visits(told)) == 1


def test_passages_and_ends_of_troubles_are_kept(told: Shop) -> None:
    outbox = Outbox()
    out = Passage("front", JOURNAL, 1, NOON_MS, direction=Direction.OUT, occupancy=2)
    over = Incident("front", JOURNAL, 2, NOON_MS, trouble=Trouble.FORCED, is_over=True)
    told.handle(outbox.says(out), outbox.says(over))

    said = [(row.kind, row.what, row.is_granted, row.people) for row in rows(told)]

    assert said == [("passage", "out", False, 2), ("incident", "forced", True, None)]
    with told.read() as db:
        assert alerts.board(db, STORE) == []


def test_trouble_at_a_door_is_one_card_until_somebody_has_looked(told: Shop) -> None:
    told.staff("Tu")
    outbox = Outbox()
    for number, trouble in enumerate((Trouble.TAILGATED, Trouble.HELD_OPEN), start=1):
        told.handle(outbox.says(Incident("front", JOURNAL, number, NOON_MS, trouble=trouble)))
    with told.read() as db:
        (card,) = alerts.board(db, STORE)
    assert (card.kind, card.kiosk, card.name) == (AlertKind.DOOR, "quay-1", "")
    with told.writers.begin() as db:
        alerts.claim(db, card.alert, "tu", NOON_MS)
        alerts.serve(db, card.alert, "tu")
        alerts.close(db, card.alert, "tu", Outcome.ASSISTED, NOON_MS)

    told.handle(outbox.says(Incident("front", JOURNAL, 3, NOON_MS, trouble=Trouble.FORCED)))

    with told.read() as db:
        assert len(alerts.board(db, STORE)) == 1


def test_the_door_is_told_of_every_key_and_of_those_that_ended(shop: Shop) -> None:
    for member in (NGOC, HUY):
        shop.member(member)
    with shop.writers.begin() as db:
        phones.revoke(db, HUY, None, NOON_MS)
    retailer = {3: "ab" * 32}

    with shop.read() as db:
        keyring, revocations = door_trust.papers(db, STORE, 17, NOON_MS, retailer)

    keys = learned(keyring, revocations)
    assert keys.member(NGOC, 1) == key_of(NGOC).public_key().public_bytes_raw()
    assert [keys.is_revoked(member, 1) for member in (NGOC, HUY)] == [False, True]
    assert keys.retailer == {3: b"\xab" * 32}
    assert keys.issued_s == NOON_MS / 1_000


def test_a_door_keeps_an_ended_card_out_by_what_it_was_told_and_no_other(shop: Shop) -> None:
    """What it was told lies in its folder: it needs no network for it."""
    with shop.writers.begin() as db:
        before = stores.edition(db)
        assert entry_cards.end(db, CARD, NOON_MS)
        assert stores.edition(db) > before, "nobody would tell the doors"
    with shop.writers.begin() as db:
        assert not entry_cards.end(db, CARD, NOON_MS + 1)
        retailer = {RETAILER_KEY_ID: public_hex(RETAILER)}
        told = door_trust.papers(db, STORE, 17, int(NOW_S * 1_000), retailer)

    keys = learned(*told)

    other = "00112233445566fe"
    verdicts = [
        kiosk_entry.decide(RULES, keys, Memory(), card(number), At().situation)
        for number in (CARD, other)
    ]
    assert [one.reason for one in verdicts] == [EntryReason.REVOKED, EntryReason.PASS]


def test_the_list_of_ended_cards_is_bounded_and_says_so(shop: Shop) -> None:
    with shop.writers.begin() as db:
        rows = [EndedCardRow(card=f"{n:016x}", ended_at_ms=0) for n in range(entry_cards.MOST)]
        db.add_all(rows)
        db.flush()

        with pytest.raises(OverflowError):
            entry_cards.end(db, CARD, NOON_MS)
        _, revocations = door_trust.papers(db, STORE, 17, NOON_MS, {})

    assert len(codec.encode(revocations)) < 200_000


def learned(keyring: Keyring, revocations: Revocations) -> DoorKeys:
    keys = door_keys.learn(DoorKeys(), keyring, revocations)
    assert keys is not None
    return keys


def test_a_member_without_any_consent_may_enter(shop: Shop) -> None:
    """The pass itself is their wish; nothing else follows from it."""
    shop.member(consents=frozenset({Purpose.PERSONAL_OFFERS}))
    outcome = shop.handle(Outbox().says(entry()))

    assert outcome.shows == []
    with shop.read() as db:
        assert alerts.board(db, STORE) == []

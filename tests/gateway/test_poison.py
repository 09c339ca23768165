"""What nobody can read stops nobody: it is counted, kept for a person, and the next ones go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import DecodeError, json
from sqlalchemy import select, text

from contract.codec import MAX_COUNTED_BYTES, MAX_EVENT_BYTES
from contract.events import Arrived, Called
from gateway.store import dead_letters
from gateway.store.dead_letters import DeadLetterRow
from gateway.store.events import EventRow
from tests.gateway.desk import Desk
from tests.gateway.shop import NGOC, Outbox, Shop

SESSION = "0000000000000001"
CALLED = b'{"session":"0000000000000001"}'
HELLO = Called(SESSION)

Poison = Callable[[Outbox], bytes]

COUNTED: list[tuple[str, Poison, str]] = [
    ("a field is missing", lambda box: box.says_strangely(b"{}"), "body"),
    ("a field too many", lambda box: box.says_strangely(b'{"sesion":"1"}'), "body"),
    ("a wrong type", lambda box: box.says_strangely(b'{"session":[1]}'), "body.session"),
    ("no object", lambda box: box.says_strangely(b"17"), "body"),
    ("NUL", lambda box: box.says_strangely(b'{"\\u0000":1}'), "body"),
    ("a kind of tomorrow", lambda box: box.says_strangely(CALLED, kind="weighed"), "kind"),
    ("a field of tomorrow", lambda box: box.says_strangely(CALLED, mood="good"), "payload"),
    ("a huge number", lambda box: box.says_strangely(b'{"session":1e999}'), "body"),
    ("too large", lambda box: box.says_strangely(b'"%s"' % (b"x" * MAX_EVENT_BYTES)), "payload"),
]

NOT_COUNTED: list[tuple[str, Poison, str]] = [
    ("a newer version", lambda box: box.says_strangely(CALLED, v=2), "v"),
    ("no number", lambda box: box.says_strangely(CALLED, seq="two"), "seq"),
    ("larger than is kept", lambda box: box.says_strangely(b"1" * MAX_COUNTED_BYTES), "payload"),
    ("another's name", lambda box: box.says_strangely(b"{}", kiosk="quay-2"), "kiosk"),
    ("another shop's", lambda box: box.says_strangely(b"{}", store="hue-2"), "kiosk"),
    ("another chain", lambda box: box.says_strangely(b"{}", chain="0" * 32), "body"),
    ("a number far ahead", lambda box: box.says_strangely(b"{}", seq=9), "body"),
    ("no JSON", lambda box: box.says_strangely(b"{"), "payload"),
    ("deep", lambda box: box.says_strangely(b"[" * 1_500 + b"]" * 1_500), "payload"),
]


def stored(shop: Shop) -> list[int]:
    with shop.read() as db:
        return list(db.scalars(select(EventRow.seq).order_by(EventRow.seq)))


def letters(shop: Shop) -> list[DeadLetterRow]:
    with shop.read() as db:
        return list(dead_letters.newest_first(db, 1_000))


@pytest.mark.parametrize(
    ("poison", "field"), [pytest.param(*rest, id=name) for name, *rest in COUNTED]
)
def test_an_event_nobody_can_read_is_counted_and_the_next_ones_go_on(
    shop: Shop, poison: Poison, field: str
) -> None:
    desk, kiosk = Desk(shop), Outbox()
    desk.take(kiosk.says(HELLO), poison(kiosk), kiosk.says(HELLO))

    assert stored(shop) == [1, 3]
    assert desk.told == (3, 1)
    (letter,) = letters(shop)
    assert letter.reason.startswith(field)
    assert letter.event is not None


@pytest.mark.parametrize(
    ("poison", "field"), [pytest.param(*rest, id=name) for name, *rest in NOT_COUNTED]
)
def test_what_is_nobodys_next_event_is_kept_and_not_counted(
    shop: Shop, poison: Poison, field: str
) -> None:
    desk, kiosk = Desk(shop), Outbox()
    desk.take(kiosk.says(HELLO), poison(kiosk), kiosk.says(HELLO))

    assert stored(shop) == [1]
    assert desk.told == (1, 0)
    (letter,) = letters(shop)
    assert letter.reason.startswith(field)
    assert letter.event is None


def test_what_nobody_can_read_counts_once_however_often_it_comes(shop: Shop) -> None:
    desk, kiosk = Desk(shop), Outbox()
    poison = kiosk.says_strangely(b"{}")
    desk.take(poison, poison)
    desk.take(poison)
    anew = Outbox(epoch="fedcba9876543210").says_strangely(b"{}", id=letters(shop)[0].event)
    desk.take(anew)

    assert [receipt.unread for receipt in desk.receipts] == [1, 1, 0]
    assert stored(shop) == []


def test_a_decision_that_stumbles_over_our_own_slip_stops_nobody(shop: Shop) -> None:
    shop.member()
    with shop.writers.begin() as db:  # as an import of tomorrow might leave it
        db.execute(text("UPDATE profile SET tier = 'platinum'"))
    desk, kiosk = Desk(shop), Outbox()

    desk.take(*map(kiosk.says, (HELLO, Arrived(f"t-{NGOC}", "quay-1", -60), HELLO)))

    assert stored(shop) == [1, 2, 3]
    assert desk.receipts[-1].upto == 3
    assert [letter.reason for letter in letters(shop)] == ["kept, but led to nothing"]


@given(st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_poison_is_mixed_in_every_number_is_an_event_or_a_letter(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    shop, kiosk = Shop(tmp_path_factory.mktemp("mixed")), Outbox()
    desk = Desk(shop)
    is_poison = data.draw(st.lists(st.booleans(), min_size=1, max_size=8))
    body = st.binary(max_size=40) | st.sampled_from([b"{}", b"[]", b'{"a\\u0000\\ud800":0}'])
    sent = [
        kiosk.says_strangely(b'{"x":%s}' % data.draw(body)) if bad else kiosk.says(HELLO)
        for bad in is_poison
    ]
    for batch in data.draw(st.lists(st.lists(st.sampled_from(sent), max_size=8), max_size=4)):
        desk.take(*batch)
    for one in sent:
        desk.take(one)

    unread = {letter.event for letter in letters(shop) if letter.event is not None}
    good = [seq for seq, bad in enumerate(is_poison, 1) if not bad]
    upto, counted = desk.told
    assert stored(shop) == [seq for seq in good if seq <= upto]
    assert len(unread) == counted == upto - len(stored(shop))
    # An envelope that is no JSON at all has no number; there the stream waits for a person.
    assert upto == len(sent) or not _is_json(sent[upto])
    shop.engine.dispose()


def _is_json(message: object) -> bool:
    try:
        json.decode(message if isinstance(message, bytes) else b"0")
    except DecodeError:
        return False
    return True

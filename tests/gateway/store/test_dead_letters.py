"""Dead letters are bounded: by number, by size, and by how often one thing is said."""

from __future__ import annotations

from sqlalchemy import insert

from gateway.store import dead_letters
from gateway.store.dead_letters import KEPT, PAYLOAD_BYTES, DeadLetterRow, Letter
from tests.gateway.shop import NOON_MS, Shop


def test_the_oldest_go_when_there_are_too_many(shop: Shop) -> None:
    flood = [Letter("hien/1/up", b"%d" % number, "payload: nonsense") for number in range(10)]
    before = {"topic": "", "payload": b"", "reason": "", "at_ms": 0, "times": 1}
    counted = Letter("hien/1/up", b"of an event", "body: nonsense", event="e-1")
    with shop.writers.begin() as db:
        dead_letters.add(db, [counted], NOON_MS)
        db.execute(insert(DeadLetterRow), [{**before, "digest": str(n)} for n in range(KEPT - 5)])
        dead_letters.add(db, flood, NOON_MS)

    with shop.read() as db:
        assert dead_letters.count(db) == KEPT + 1
        (newest,) = dead_letters.newest_first(db, 1)
        assert dead_letters.counted(db, ["e-1", "e-2"]) == {"e-1"}  # no flood drives it out
    assert newest.payload == flood[-1].payload


def test_a_huge_message_is_cut(shop: Shop) -> None:
    with shop.writers.begin() as db:
        dead_letters.add(db, [Letter("t" * 70_000, b"\0" * 1_000_000, "r" * 5_000)], NOON_MS)
        (letter,) = dead_letters.newest_first(db, 1)

    assert [len(part) for part in (letter.topic, letter.payload, letter.reason)] == [
        200,
        PAYLOAD_BYTES,
        200,
    ]


def test_what_is_said_again_and_again_is_one_letter_and_the_newest(shop: Shop) -> None:
    same, other = Letter("a", b"x", "v: 2 is not 1"), Letter("a", b"y", "v: 2 is not 1")
    with shop.writers.begin() as db:
        dead_letters.add(db, [same, same], NOON_MS)
        dead_letters.add(db, [other], NOON_MS + 1)
        dead_letters.add(db, [same], NOON_MS + 2)

    with shop.read() as db:
        letters = dead_letters.newest_first(db, 10)
    assert [(letter.payload, letter.times) for letter in letters] == [(b"x", 3), (b"y", 1)]


def test_what_strangers_write_into_a_reason_fits_into_every_database(shop: Shop) -> None:
    with shop.writers.begin() as db:
        dead_letters.add(db, [Letter("a", b"x", "unknown field `\0\ud800`")], NOON_MS)
        (letter,) = dead_letters.newest_first(db, 1)

    assert letter.reason == "unknown field `\N{REPLACEMENT CHARACTER}?`"

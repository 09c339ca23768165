"""One-time codes and the keys they lead to, in a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest

from gateway.core.phones import CODE_LIFE_MS, OLD_KEY_LIFE_MS
from gateway.store import phones, stores
from gateway.store.base import writing
from gateway.store.phones import Enrolled, PhoneCodeRow
from gateway.store.profiles import PassKeyRow, next_trust, pass_keys
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Shop

KEYS = [bytes([number]) * 32 for number in range(8)]
UNTIL_MS = NOON_MS + CODE_LIFE_MS


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.member()
    return made


def invite(shop: Shop, member: str = NGOC) -> str:
    with shop.writers.begin() as db:
        code = phones.invite(db, member, UNTIL_MS)
    assert code is not None
    return code


def enrol(shop: Shop, code: str, key: bytes = KEYS[2], at_ms: int = NOON_MS) -> Enrolled | None:
    with shop.writers.begin() as db:
        return phones.enrol(db, code, key, at_ms)


def good(shop: Shop, at_ms: int = NOON_MS) -> set[int]:
    with shop.read() as db:
        return {key_id for _, key_id in pass_keys(db, {NGOC}, at_ms)}


def test_a_code_makes_one_phone_its_members(shop: Shop) -> None:
    code = invite(shop)
    with shop.read() as db:
        before = stores.edition(db)

    assert enrol(shop, code) == Enrolled(NGOC, 2, "Trần Bảo Ngọc")
    assert enrol(shop, code, KEYS[3]) is None
    assert enrol(shop, code) == Enrolled(NGOC, 2, "Trần Bảo Ngọc"), "its answer may be lost"
    with shop.read() as db:
        assert stores.edition(db) > before, "nobody tells the kiosks"
        assert pass_keys(db, {NGOC}, NOON_MS)[NGOC, 2] == KEYS[2]


def test_a_code_lives_for_a_quarter_of_an_hour(shop: Shop) -> None:
    assert enrol(shop, invite(shop), at_ms=UNTIL_MS) is None
    assert enrol(shop, invite(shop), at_ms=UNTIL_MS - 1) is not None
    assert enrol(shop, "guessed") is None


def test_nobody_who_reads_the_database_can_use_a_code(shop: Shop) -> None:
    code = invite(shop)

    with shop.read() as db:
        (row,) = db.query(PhoneCodeRow).all()

    assert code not in (row.digest, row.member)
    assert enrol(shop, row.digest) is None


def test_nobody_is_invited_who_is_no_member(shop: Shop) -> None:
    with shop.writers.begin() as db:
        assert phones.invite(db, HUY, UNTIL_MS) is None


def test_the_old_phone_goes_on_for_a_week(shop: Shop) -> None:
    enrol(shop, invite(shop))

    assert good(shop) == {1, 2}
    assert good(shop, NOON_MS + OLD_KEY_LIFE_MS) == {2}
    enrol(shop, invite(shop), KEYS[3], NOON_MS + 1)
    assert good(shop, NOON_MS + 1) == {2, 3}, "never three"


def test_kiosks_are_told_of_the_keys_that_are_good(shop: Shop) -> None:
    enrol(shop, invite(shop))
    week = datetime.fromtimestamp((NOON_MS + OLD_KEY_LIFE_MS) / 1_000, UTC)

    with shop.writers.begin() as db:
        trust = next_trust(db, STORE, week)

    assert [(key.key_id, key.public_key) for key in trust.keys] == [(2, KEYS[2].hex())]


def test_a_lost_phone_is_ended_and_open_invitations_with_it(shop: Shop) -> None:
    enrol(shop, invite(shop))
    waiting = invite(shop)

    with shop.writers.begin() as db:
        assert phones.revoke(db, NGOC, 2, NOON_MS) == 1

    assert good(shop) == {1}
    assert enrol(shop, waiting) is None
    with shop.writers.begin() as db:
        assert phones.revoke(db, NGOC, None, NOON_MS) == 1
    assert good(shop) == set()


def test_after_255_numbers_begin_again(shop: Shop) -> None:
    with shop.writers.begin() as db:
        for number in (255, 0):
            key = KEYS[number % 8].hex()
            db.add(
                PassKeyRow(member=NGOC, key_id=number, public_key=key, enrolled_at_ms=9 - number)
            )
    enrolled = enrol(shop, invite(shop))

    assert enrolled is not None
    assert enrolled.key_id == 1
    with shop.read() as db:
        assert pass_keys(db, {NGOC}, NOON_MS)[NGOC, 1] == KEYS[2]


def test_two_phones_at_once_are_one(shop: Shop) -> None:
    code, instant, got = invite(shop), Barrier(2, timeout=30), []

    def phone(key: bytes) -> None:
        instant.wait()
        with writing(shop.readers) as db:
            got.append(phones.enrol(db, code, key, NOON_MS))

    both = [Thread(target=phone, args=(key,)) for key in KEYS[4:6]]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert sorted(one is None for one in got) == [False, True]

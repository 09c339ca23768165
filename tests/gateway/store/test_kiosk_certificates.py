"""Kiosks' codes and certificates, in a real database."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest

from contract.topics import KioskAddress
from gateway.store import kiosk_certificates, stores
from gateway.store.kiosk_certificates import CODE_LIFE_MS, Signed
from tests.gateway.shop import NOON_MS, STORE, Shop

QUAY_1, QUAY_2 = KioskAddress(STORE, "quay-1"), KioskAddress(STORE, "quay-2")
DAY_MS = 86_400_000
ENDS_MS = NOON_MS + 90 * DAY_MS


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    with made.writers.begin() as db:
        assert kiosk_certificates.invite(db, QUAY_1, "code", NOON_MS)
    return made


def redeem(shop: Shop, key: str, at_ms: int = NOON_MS, code: str = "code") -> KioskAddress | None:
    with shop.writers.begin() as db:
        return kiosk_certificates.redeem(db, code, key, at_ms)


def keep(shop: Shop, serial: int, kiosk: KioskAddress = QUAY_1) -> None:
    with shop.writers.begin() as db:
        kiosk_certificates.keep(db, kiosk, Signed(serial, NOON_MS, ENDS_MS))


def revoke(shop: Shop, kiosk: KioskAddress = QUAY_1) -> int:
    with shop.writers.begin() as db:
        return kiosk_certificates.revoke(db, kiosk, NOON_MS)


def admitted(shop: Shop, at_ms: int = NOON_MS) -> set[KioskAddress]:
    with shop.read() as db:
        return kiosk_certificates.admitted(db, at_ms)


def test_a_code_is_good_for_one_key_and_for_that_one_again(shop: Shop) -> None:
    assert redeem(shop, "key 1") == QUAY_1
    assert redeem(shop, "key 2") is None
    assert redeem(shop, "key 1") == QUAY_1, "its answer may be lost"
    assert redeem(shop, "key 1", code="another") is None


def test_a_code_lives_for_a_quarter_of_an_hour(shop: Shop) -> None:
    assert redeem(shop, "key", NOON_MS + CODE_LIFE_MS) is None
    assert redeem(shop, "key", NOON_MS + CODE_LIFE_MS - 1) == QUAY_1


def test_of_many_keys_at_once_one_gets_the_kiosk(shop: Shop) -> None:
    start, won = Barrier(8), list[str]()

    def ask(key: str) -> None:
        start.wait()
        if redeem(shop, key) is not None:
            won.append(key)

    threads = [Thread(target=ask, args=(f"key {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1


def test_nobody_is_invited_who_is_no_kiosk(shop: Shop) -> None:
    with shop.writers.begin() as db:
        assert not kiosk_certificates.invite(db, KioskAddress(STORE, "quay-9"), "c", NOON_MS)


def test_a_certificate_is_good_until_its_end_or_its_revocation(shop: Shop) -> None:
    serial = 1 << 158 | 7  # longer than any number of a database
    keep(shop, serial)
    with shop.read() as db:
        assert kiosk_certificates.holder(db, serial, ENDS_MS - 1) == QUAY_1
        assert kiosk_certificates.holder(db, serial, ENDS_MS) is None
        assert kiosk_certificates.holder(db, serial + 1, NOON_MS) is None
        before = stores.edition(db)

    assert revoke(shop) == 1

    with shop.read() as db:
        assert kiosk_certificates.holder(db, serial, NOON_MS) is None
        assert kiosk_certificates.revoked(db) == {serial}
        assert kiosk_certificates.holders(db, {serial}) == {QUAY_1}
        assert stores.edition(db) > before, "nobody tells the broker"


def test_who_is_revoked_has_no_rights_and_no_open_code_and_others_have_theirs(shop: Shop) -> None:
    keep(shop, 7)
    keep(shop, 8, QUAY_2)
    assert admitted(shop) == {QUAY_1, QUAY_2}, "also before the first certificate"

    revoke(shop)

    assert admitted(shop) == {QUAY_2}
    assert redeem(shop, "key") is None
    with shop.read() as db:
        assert kiosk_certificates.revoked(db) == {7}


def test_a_new_code_lets_a_kiosk_in_again_and_the_old_certificate_stays_out(shop: Shop) -> None:
    keep(shop, 7)
    revoke(shop)
    with shop.writers.begin() as db:
        before = stores.edition(db)
        kiosk_certificates.invite(db, QUAY_1, "next", NOON_MS)
        assert stores.edition(db) > before

    assert QUAY_1 in admitted(shop)
    assert QUAY_1 not in admitted(shop, NOON_MS + CODE_LIFE_MS), "nobody used it"

    keep(shop, 9)
    assert QUAY_1 in admitted(shop, NOON_MS + CODE_LIFE_MS)
    with shop.read() as db:
        assert kiosk_certificates.revoked(db) == {7}

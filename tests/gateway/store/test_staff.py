"""A PIN has few digits, so tries are counted, also when they come all at once."""

from __future__ import annotations

import threading

from gateway.store import base, staff
from gateway.store.staff import MAX_FAILURES, StaffRow
from tests.gateway.shop import NOON_MS, Shop


def test_guesses_at_once_are_all_counted(shop: Shop) -> None:
    with shop.writers.begin() as db:
        db.add(StaffRow(staff="an", name="An", role="staff", pin_hash=staff.hash_pin("1234")))
    together = threading.Barrier(MAX_FAILURES)

    def guess(pin: str) -> None:
        together.wait()
        with base.writing(shop.readers) as db:
            assert staff.sign_in(db, "an", pin, NOON_MS) is None

    threads = [threading.Thread(target=guess, args=(f"900{n}",)) for n in range(MAX_FAILURES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with base.writing(shop.readers) as db:
        assert staff.sign_in(db, "an", "1234", NOON_MS + 1) is None  # right, but locked


def test_nobody_signs_in_as_somebody_who_is_not_there_or_has_no_pin(shop: Shop) -> None:
    shop.staff("Tu")
    with base.writing(shop.readers) as db:
        assert staff.sign_in(db, "nobody", "1234", NOON_MS) is None
        assert staff.sign_in(db, "tu", "", NOON_MS) is None

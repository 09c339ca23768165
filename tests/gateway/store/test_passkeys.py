from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select

from gateway.core.audit import Deed
from gateway.core.passkeys import MOST_PASSKEYS, Asked, NewKey, Refusal, Shown
from gateway.store import audit, passkeys, workforce
from gateway.store.audit import By
from gateway.store.base import writing
from gateway.store.passkeys import PasskeyRow, SpentChallengeRow
from gateway.store.staff import StaffRow
from tests.gateway.shop import NOON_MS, STORE, Shop

AN, LAN = By("an", STORE, NOON_MS), By("lan", STORE, NOON_MS)
UNTIL_MS = NOON_MS + 300_000


def asked(number: int) -> Asked:
    return Asked(f"challenge-{number}", UNTIL_MS)


def new(credential: str = "key-1", sign_count: int = 0) -> NewKey:
    return NewKey(credential, b"\xa0", sign_count)


@pytest.fixture
def desk(shop: Shop) -> Shop:
    """An with one passkey, and the owner Lan."""
    with shop.writers.begin() as db:
        db.add(StaffRow(staff="an", name="An", role="staff", pin_hash=""))
        db.add(StaffRow(staff="lan", name="Lan", role="owner", pin_hash=""))
    assert add(shop, new()) is None
    return shop


def add(shop: Shop, key: NewKey, number: int = 0, by: By = AN) -> Refusal | None:
    with writing(shop.writers) as db:
        return passkeys.add(db, by, key, "my phone", asked(number))


def use(shop: Shop, shown: Shown, number: int, at_ms: int = NOON_MS) -> str | Refusal:
    with writing(shop.writers) as db:
        row = passkeys.use(db, shown, asked(number), (STORE, at_ms))
        return row if isinstance(row, Refusal) else row.staff


def deeds(shop: Shop) -> list[tuple[str, str, str]]:
    with shop.read() as db:
        return [(row.deed, row.subject, row.detail) for row in reversed(audit.newest(db, 50))]


def test_a_passkey_lets_its_person_in_and_each_answer_once(desk: Shop) -> None:
    assert use(desk, Shown("key-1", 1), 1) == "an"
    assert use(desk, Shown("key-1", 2), 1) is Refusal.SPENT
    assert use(desk, Shown("key-1", 2), 2) == "an"
    with desk.read() as db:
        row = db.get_one(PasskeyRow, "key-1")
        assert (row.sign_count, row.used_at_ms) == (2, NOON_MS)


def test_a_key_that_never_counts_is_no_copy_and_its_answers_count_once(desk: Shop) -> None:
    assert use(desk, Shown("key-1", 0), 1) == "an"
    assert use(desk, Shown("key-1", 0), 1) is Refusal.SPENT
    assert use(desk, Shown("key-1", 0), 2) == "an"


def test_a_count_that_went_back_is_refused_and_written_down(desk: Shop) -> None:
    assert use(desk, Shown("key-1", 7), 1) == "an"
    assert use(desk, Shown("key-1", 7), 2) is Refusal.COPY
    assert use(desk, Shown("key-1", 3), 3) is Refusal.COPY

    assert deeds(desk)[1:] == [
        (Deed.PASSKEY_REFUSED, "an", "my phone: 7 → 7"),
        (Deed.PASSKEY_REFUSED, "an", "my phone: 7 → 3"),
    ]
    with desk.read() as db:
        assert db.get_one(PasskeyRow, "key-1").sign_count == 7


def test_answers_are_remembered_just_as_long_as_they_might_be_shown_again(desk: Shop) -> None:
    use(desk, Shown("key-1", 1), 1)
    assert use(desk, Shown("key-1", 2), 1, UNTIL_MS) is Refusal.SPENT
    with writing(desk.writers) as db:
        later = Asked("another", UNTIL_MS + 300_000)
        passkeys.use(db, Shown("key-1", 3), later, (STORE, UNTIL_MS + 1))
    with desk.read() as db:
        assert db.scalars(select(SpentChallengeRow.challenge)).all() == ["another"]


def test_a_key_is_added_once_and_by_one_answer_once(desk: Shop) -> None:
    assert add(desk, new("key-2"), 0) is Refusal.SPENT
    assert add(desk, new("key-1"), 1) is Refusal.KNOWN
    assert add(desk, new("key-1"), 2, LAN) is Refusal.KNOWN
    for number in range(1, MOST_PASSKEYS):
        assert add(desk, new(f"more-{number}"), 2 + number) is None
    assert add(desk, new("one-more"), 50) is Refusal.TOO_MANY
    assert add(desk, new("hers"), 51, LAN) is None


def test_only_ones_own_can_be_removed(desk: Shop) -> None:
    with writing(desk.writers) as db:
        assert not passkeys.remove(db, LAN, "key-1")
        assert passkeys.remove(db, AN, "key-1")
    with writing(desk.writers) as db:
        assert not passkeys.remove(db, AN, "key-1")

    assert use(desk, Shown("key-1", 1), 1) is Refusal.UNKNOWN
    assert [deed for deed, *_ in deeds(desk)] == [Deed.PASSKEY_ADDED, Deed.PASSKEY_REMOVED]


@pytest.mark.parametrize("step", [workforce.dismiss, workforce.new_pin])
def test_who_left_or_was_given_a_new_pin_has_no_passkeys(desk: Shop, step: object) -> None:
    with writing(desk.writers) as db:
        assert callable(step)
        step(db, LAN, "an")

    assert use(desk, Shown("key-1", 1), 1) is Refusal.UNKNOWN
    assert (Deed.PASSKEY_REMOVED, "an", "my phone") in deeds(desk)
    with desk.read() as db:
        assert not passkeys.has_any(db)


def test_a_passkey_of_somebody_dismissed_in_any_other_way_lets_nobody_in(desk: Shop) -> None:
    with desk.writers.begin() as db:
        db.get_one(StaffRow, "an").disabled_at_ms = NOON_MS

    assert use(desk, Shown("key-1", 1), 1) is Refusal.UNKNOWN


def test_passkeys_go_with_their_person(desk: Shop) -> None:
    with desk.writers.begin() as db:
        db.execute(delete(StaffRow).where(StaffRow.staff == "an"))

    with desk.read() as db:
        assert db.scalar(select(func.count()).select_from(PasskeyRow)) == 0

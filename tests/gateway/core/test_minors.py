"""Who is a child, and what may be agreed to for them."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.consent import Purpose
from gateway.core.minors import GUARDIAN, NEVER, age, is_minor, may_agree

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("birthday", "years"),
    [
        ("2010-03-01", 16),
        ("2010-03-02", 15),
        ("2026-03-01", 0),
        ("2008-02-29", 18),
        ("03-01", None),
        ("", None),
    ],
)
def test_years_are_counted_on_the_birthday_itself(birthday: str, years: int | None) -> None:
    assert age(birthday, TODAY) == years


def test_a_child_is_under_sixteen_and_who_tells_no_year_is_none() -> None:
    assert [is_minor(one, TODAY) for one in ("2010-03-02", "2010-03-01", "03-02", "")] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("purpose", Purpose)
def test_a_guardian_agrees_to_recognition_only_and_a_child_to_nothing(purpose: Purpose) -> None:
    child, grown = "2015-01-01", "2000-01-01"

    assert not may_agree(purpose, child, TODAY, "signed by themselves")
    assert may_agree(purpose, child, TODAY, f"{GUARDIAN}mẹ; form") == (purpose not in NEVER)
    assert may_agree(purpose, grown, TODAY, "")
    assert may_agree(purpose, "", TODAY, "")


def test_what_is_never_agreed_to_is_all_that_advertises_or_profiles() -> None:
    assert set(Purpose) - NEVER == {Purpose.PRESENCE, Purpose.STAFF_CONTEXT}

"""Who is too young to be profiled or advertised to, and what a guardian may agree to for them.

A reading of the law, for who advises the owner (docs/what-the-law-asks.md), and no advice. Who does
not tell the year of their birth is of no known age: neither a child, nor old enough for anything.
"""

from __future__ import annotations

from datetime import date

from contract.messages import Text
from gateway.core.consent import Purpose

OF_AGE = 16  # the law's child is younger: their own consent is not enough
WITH_YEAR = len("1990-03-01")
# Nobody agrees to these for a child: they choose by what is known of somebody, or advertise.
NEVER = frozenset(
    {Purpose.PERSONAL_OFFERS, Purpose.PROFILING, Purpose.EMAIL, Purpose.SMS, Purpose.ZALO}
)
GUARDIAN = "guardian: "  # so begins the evidence of a consent that a guardian gave
SENTENCE = Text(
    "Thành viên dưới 16 tuổi: không lập hồ sơ, không quảng cáo; việc nhận diện cần người giám hộ "
    "đồng ý.",
    "The member is under 16: no profiling and no advertising; a guardian has to agree to "
    "recognition.",
)


class MinorError(Exception):
    """A child cannot give such a consent: nothing was written; say so."""


def age(birthday: str, today: date) -> int | None:
    """How old somebody is who was born on `1990-03-01`; None if the year is not known."""
    if len(birthday) != WITH_YEAR:
        return None
    born = date.fromisoformat(birthday)
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday)


def is_minor(birthday: str, today: date) -> bool:
    """Whether somebody is known to be a child."""
    years = age(birthday, today)
    return years is not None and years < OF_AGE


def may_agree(purpose: Purpose, birthday: str, today: date, evidence: str) -> bool:
    """Whether a consent with this evidence holds for somebody born then."""
    if not is_minor(birthday, today):
        return True
    return purpose not in NEVER and evidence.startswith(GUARDIAN)


def with_guardian(guardian: str, evidence: str) -> str:
    """The evidence of a consent that a guardian gave."""
    return f"{GUARDIAN}{guardian}; {evidence}"

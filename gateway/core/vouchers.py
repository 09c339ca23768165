"""Voucher codes: drawn so that nobody guesses one, written so that nobody misreads one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.core.offers.reasons import Reason

# 23 signs, none like another on paper or by ear: no 0 O D Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V.
# 23 is a prime, so that the weighted sum below finds every single wrong sign and every swap.
ALPHABET = "23456789ACEFHJKMNPRTWXY"
MEANT = str.maketrans("ZSGB", "2568")  # what a person reads into a sign that we do use
DRAWN = 11  # 23**11 is 2**49.8: with a million codes out, one guess in a billion hits one
LENGTH = DRAWN + 1
GROUP = 4


class VoucherKind(StrEnum):
    """How codes are given out."""

    GENERIC = "generic"  # one word for everybody, chosen by the owner: TET2027
    POOL = "pool"  # drawn, handed out one by one, good for whoever shows it
    PERSONAL = "personal"  # drawn, good for one member only


@dataclass(frozen=True, slots=True)
class Voucher:
    """One code and what it is good for."""

    code: str
    offer: str
    kind: VoucherKind
    member: str | None = None
    store: str | None = None  # None: every store of the offer
    starts_on: date = date.min
    ends_on: date = date.max
    max_uses: int = 1


def draw(below: Callable[[int], int]) -> str:
    """A new code; `below(n)` draws a number under n that nobody can foresee."""
    payload = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(DRAWN))
    return payload + check_sign(payload)


def check_sign(payload: str) -> str:
    """The last sign of a code: makes the sum of position times sign divisible by 23."""
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(payload, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def is_drawn(code: str) -> bool:
    """Whether a code could be one of ours: its length, its signs, its check sign."""
    is_ours = len(code) == LENGTH and set(code) <= set(ALPHABET)
    return is_ours and check_sign(code[:-1]) == code[-1]


def typed(text: str) -> str:
    """What somebody typed or read out, as we keep it."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    meant = plain.translate(MEANT)
    return meant if is_drawn(meant) else plain


def written(code: str) -> str:
    """A code as it is printed: in groups of four, if it was drawn."""
    if not is_drawn(code):
        return code
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def judge(voucher: Voucher | None, member: str | None, store: str, today: date) -> Reason | None:
    """Why a code is not good for this person here today; None if it is, as far as it says."""
    if voucher is None:
        return Reason.UNKNOWN_CODE
    if voucher.store not in (None, store):
        return Reason.WRONG_STORE
    if today < voucher.starts_on:
        return Reason.NOT_STARTED
    if today > voucher.ends_on:
        return Reason.ENDED
    if voucher.kind is VoucherKind.PERSONAL and voucher.member != member:
        return Reason.WRONG_RECIPIENT
    return None

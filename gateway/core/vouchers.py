"""Voucher codes: drawn so that nobody guesses one, written so that nobody misreads one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contract.drawn_codes import is_drawn
from gateway.core.offers.reasons import Reason

MEANT = str.maketrans("ZSGB", "2568")  # what a person reads into a sign that we do use


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


def typed(text: str) -> str:
    """What somebody typed or read out, as we keep it."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    meant = plain.translate(MEANT)
    return meant if is_drawn(meant) else plain


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

"""What a customer's bank app scans to pay for an order. It takes no money itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contract import vietqr
from contract.vietqr import VietQr

NOTE_MAX = 25  # contract.vietqr: what banks carry


@dataclass(frozen=True, slots=True)
class Account:
    """Where the money goes."""

    bank_bin: str
    account: str


def code(account: Account | None, order: str, number: str, unpaid_vnd: int) -> str:
    """The VietQR text for what is unpaid of an order; empty if nothing is, or nowhere to pay it.

    Its note is what confirmations are matched by (gateway.store.payments): the order's number.
    """
    if account is None or unpaid_vnd <= 0:
        return ""
    bare = re.sub(r"[^0-9A-Za-z-]", "", number)
    is_whole = number in (bare, f"#{bare}") and len(bare) <= NOTE_MAX
    note = bare if is_whole else order[:NOTE_MAX]
    return vietqr.write(VietQr(account.bank_bin, account.account, unpaid_vnd, note))

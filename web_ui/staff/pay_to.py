"""What a customer's bank app scans to pay for an order at the counter. It takes no money itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from contract import vietqr
from contract.vietqr import VietQr
from gateway.store.orders import OrderRow

NOTE_MAX = 25  # contract.vietqr: what banks carry


@dataclass(frozen=True)
class Account:
    """Where the money goes."""

    bank_bin: str
    account: str


def install(app: Flask, account: Account | None) -> None:
    """Give an application the shop's account; without one it shows no code."""
    app.extensions["pay_to"] = account


def code(row: OrderRow) -> str:
    """The VietQR text for what is unpaid of an order; empty if nothing is, or nowhere to pay it.

    Its note is what confirmations are matched by (gateway.store.payments): the order's number.
    """
    account = cast(Account | None, current_app.extensions.get("pay_to"))
    if account is None or row.unpaid_vnd <= 0:
        return ""
    number = re.sub(r"[^0-9A-Za-z-]", "", row.number)
    is_whole = row.number in (number, f"#{number}") and len(number) <= NOTE_MAX
    note = number if is_whole else row.order[:NOTE_MAX]
    return vietqr.write(VietQr(account.bank_bin, account.account, row.unpaid_vnd, note))

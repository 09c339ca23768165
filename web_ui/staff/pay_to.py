"""What a customer's bank app scans to pay for an order at the counter, for the board's pages."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from gateway.core import pay_to
from gateway.core.pay_to import Account
from gateway.store.orders import OrderRow


def install(app: Flask, account: Account | None) -> None:
    """Give an application the shop's account; without one it shows no code."""
    app.extensions["pay_to"] = account


def code(row: OrderRow) -> str:
    """The VietQR text for what is unpaid of an order; empty if nothing is, or nowhere to pay it."""
    account = cast(Account | None, current_app.extensions.get("pay_to"))
    return pay_to.code(account, row.order, row.number, row.unpaid_vnd)

"""A sheet of labels to print and cut: name, price and code of each product. It is one HTML page.

What a label says is true when it is printed: the price is the one without a promotion, because
nobody takes paper down at nine in the evening. The code leads to the price that holds.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from sqlalchemy.orm import Session

from contract.product_codes import label
from contract.products import Product
from gateway.store import products
from gateway.store.stores import StoreRow
from web_ui.shared import qr
from web_ui.shared.i18n import speak
from web_ui.shared.site import site


@dataclass(frozen=True)
class Label:
    """One of them."""

    product: Product
    address: str


def labels(db: Session, address: str, store: str, shelf: str = "") -> list[Label]:
    """The labels of a store, or of one of its shelves, in the order in which one walks by them."""
    return [
        Label(one.product, label(address, store, one.product.shelf, one.product.id))
        for one in products.every(db, store)
        if not shelf or one.product.shelf == shelf
    ]


def sheet(store: StoreRow, made: list[Label], language: str) -> str:
    """The page."""
    app = site(["shelf"])
    app.jinja_env.globals["qr"] = qr.svg
    with app.app_context():
        speak(language)
        return render_template("shelf/labels.html", store=store, labels=made)

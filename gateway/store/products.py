"""Products, what they cost, and where in which store they stand.

Which of its prices holds is said by one rule, `contract.products.price`, here and on every screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.messages import Text
from contract.products import PRODUCTS_MAX, Catalogue, Product
from gateway.core.changes import ProductChanged
from gateway.store import stores
from gateway.store.base import Base

FILE = "file"  # who tells of a product, if it was not a connector


class ProductRow(Base):
    """One product, the same in every store."""

    __tablename__ = "product"
    __table_args__ = (Index("ix_product_gtin", "gtin"),)

    product: Mapped[str] = mapped_column(primary_key=True)
    gtin: Mapped[str] = mapped_column(default="")  # 14 digits, or none
    name_vi: Mapped[str]
    name_en: Mapped[str]
    price_vnd: Mapped[int]
    promo_vnd: Mapped[int | None]
    promo_from_ms: Mapped[int | None]
    promo_until_ms: Mapped[int | None]
    link: Mapped[str] = mapped_column(default="")  # its page in the web shop
    is_for_adults: Mapped[bool] = mapped_column(default=False)
    is_sold: Mapped[bool] = mapped_column(default=True)
    picture: Mapped[bytes] = mapped_column(default=b"")
    picture_type: Mapped[str] = mapped_column(default="")  # as a browser is told it
    source: Mapped[str]  # who said this
    said_at_ms: Mapped[int]  # when they said it; an older word changes nothing


class StockRow(Base):
    """One product in one store."""

    __tablename__ = "stock"

    store: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    stock: Mapped[int | None]  # None: nobody counted it
    shelf: Mapped[str] = mapped_column(default="")
    said_at_ms: Mapped[int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A product as a store has it."""

    row: ProductRow
    product: Product
    said_at_ms: int  # the newest word about it


def get(db: Session, store: str, product: str) -> Standing | None:
    """One product in one store, also one that is not sold any more; None if nobody knows it."""
    row = db.get(ProductRow, product)
    return None if row is None else _standing(row, db.get(StockRow, (store, product)))


def shelf_known(db: Session, store: str, shelf: str) -> str:
    """A shelf's name, if this store has one of that name; else nothing."""
    query = select(StockRow.shelf).where(StockRow.store == store, StockRow.shelf == shelf)
    return db.scalar(query.limit(1)) or ""


def beside(db: Session, store: str, standing: Standing, most: int) -> Sequence[Standing]:
    """Others that are sold, those of the same shelf first, that are known to be there before."""
    shelf = standing.product.shelf
    found = [one for one in _every(db, store) if one.row.product != standing.row.product]
    found.sort(key=lambda one: (one.product.shelf != shelf, one.product.stock == 0))
    return found[:most]


def every(db: Session, store: str) -> Sequence[Standing]:
    """All that a store sells, by shelf."""
    return sorted(_every(db, store), key=lambda one: (one.product.shelf, one.product.id))


def catalogue(db: Session, store: str) -> Catalogue | None:
    """The same for its kiosks; None if nobody ever named a product."""
    found = _every(db, store)[:PRODUCTS_MAX]
    if not found:
        return (
            None if db.scalar(select(ProductRow.product).limit(1)) is None else Catalogue(store, 0)
        )
    newest_ms = max(one.said_at_ms for one in found)
    return Catalogue(store, newest_ms, tuple(one.product for one in found))


def number(db: Session) -> int:
    """How many products are sold."""
    query = select(func.count()).select_from(ProductRow).where(ProductRow.is_sold)
    return db.scalar(query) or 0


def take(db: Session, source: str, told: ProductChanged) -> bool:
    """What a web shop says of a product; False if a newer word is here, or it says nothing new."""
    row = db.get(ProductRow, told.product)
    if row is not None and row.said_at_ms > told.at_ms:
        return False
    if row is None:
        if told.is_sold and number(db) >= PRODUCTS_MAX:
            return False  # a kiosk could not be told of it
        row = ProductRow(product=told.product, picture=b"", picture_type="")
    before = _said(row)
    row.gtin, row.name_vi, row.name_en = told.gtin, told.name.vi, told.name.en
    row.price_vnd, row.promo_vnd = told.price_vnd, told.promo_vnd
    row.promo_from_ms, row.promo_until_ms = told.promo_from_ms, told.promo_until_ms
    row.link, row.is_for_adults, row.is_sold = told.link, told.is_for_adults, told.is_sold
    row.source, row.said_at_ms = source, told.at_ms
    db.add(row)
    if _said(row) == before:
        return False
    stores.next_edition(db)
    return True


def _said(row: ProductRow) -> tuple[object, ...]:
    names, prices = (row.gtin, row.name_vi, row.name_en), (row.price_vnd, row.promo_vnd)
    window, what = (row.promo_from_ms, row.promo_until_ms), (row.link, row.is_for_adults)
    return (*names, *prices, *window, *what, row.is_sold)


def _every(db: Session, store: str) -> list[Standing]:
    at = (StockRow.product == ProductRow.product) & (StockRow.store == store)
    query = select(ProductRow, StockRow).outerjoin(StockRow, at).where(ProductRow.is_sold)
    return [_standing(row, place) for row, place in db.execute(query.order_by(ProductRow.product))]


def _standing(row: ProductRow, place: StockRow | None) -> Standing:
    said_at_ms = max(row.said_at_ms, place.said_at_ms if place is not None else 0)
    product = Product(
        row.product,
        Text(row.name_vi, row.name_en),
        row.price_vnd,
        row.gtin,
        row.promo_vnd,
        row.promo_from_ms,
        row.promo_until_ms,
        place.stock if place is not None else None,
        place.shelf if place is not None else "",
        row.is_for_adults,
    )
    return Standing(row, product, said_at_ms)

"""Reads a catalogue from a CSV file: all of it or nothing, with every mistake by its line.

What the file does not mention stays as it is: a column, a product, what another store has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from contract import product_codes
from contract.products import PRODUCTS_MAX
from gateway.store import csv_lines, products, stores
from gateway.store.csv_lines import Line, MistakeError, Mistakes
from gateway.store.products import FILE, ProductRow, StockRow
from runtime.errors import SettingsError

REQUIRED = ("product", "name_vi", "name_en", "price_vnd")
OPTIONAL = (
    *("gtin", "promo_vnd", "promo_from", "promo_until"),
    *("link", "picture", "adults", "sold"),
)
OF_STORES = ("stock", "shelf")  # as `stock:hue-1`
FILE_BYTES = 16 * 1024 * 1024  # PRODUCTS_MAX lines of 3 KB; what is longer is another file
PRICE_MAX = 10**12  # contract.messages.Vnd
STOCK_MAX = 1_000_000
PICTURE_BYTES = 40 * 1024  # a third of what a phone's page may weigh
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

_PRODUCT = re.compile(r"[0-9a-zA-Z-]{1,40}")  # contract.messages.Id
_LINK = re.compile(r"https?://[!-~]{1,500}")
_YES_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did."""

    lines: int
    new: int
    changed: int


def load(db: Session, path: Path, at_ms: int) -> Brought:
    """Import a catalogue, all of it or nothing.

    SettingsError names the lines that are wrong; the caller's transaction must then be rolled back.
    """
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    if size_bytes > FILE_BYTES:
        raise SettingsError(f"{path}: {size_bytes} bytes; a catalogue has {FILE_BYTES} at most")
    mistakes, lines, new, changed = Mistakes(), 0, 0, 0
    with csv_lines.opened(path, lambda _bytes: None) as (header, rows):
        _check(db, path, header)
        desk = _Desk(db, path.parent, at_ms)
        for line in rows:
            lines += 1
            try:
                is_new, is_other = desk.keep(_cells(line))
            except MistakeError as mistake:
                mistakes.refuse(line, mistake.reason)
            else:
                new, changed = new + is_new, changed + (is_other and not is_new)
    if mistakes.count:
        raise SettingsError(mistakes.sentence)
    db.flush()
    if (sold := products.number(db)) > PRODUCTS_MAX:
        raise SettingsError(f"{path}: {sold} products would be sold; kiosks know {PRODUCTS_MAX}")
    if new or changed:
        stores.next_edition(db)
    return Brought(lines, new, changed)


def _check(db: Session, path: Path, header: list[str]) -> None:
    if missing := csv_lines.missing(header, REQUIRED):
        raise SettingsError(f"{path.name} line 1: column {', '.join(missing)} is missing")
    known = {row.store for row in stores.every(db)}
    for name in header:
        what, _, store = name.partition(":")
        if what in OF_STORES and store not in known:
            raise SettingsError(f"{path.name} line 1: {name}: there is no store {store!r}")
        if what not in OF_STORES and name not in (*REQUIRED, *OPTIONAL):
            raise SettingsError(f"{path.name} line 1: {name!r} is no column of a catalogue")
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise SettingsError(f"{path.name} line 1: column {', '.join(twice)} is there twice")


def _cells(line: Line) -> Cells:
    return {name: line.cell(at) for at, name in enumerate(line.header)}


class _Desk:
    """Keeps one line after the other."""

    def __init__(self, db: Session, folder: Path, at_ms: int) -> None:
        """`folder` is where pictures lie."""
        self._db, self._folder, self._at_ms = db, folder, at_ms
        self._seen: set[str] = set()
        named = select(ProductRow.gtin, ProductRow.product).where(ProductRow.gtin != "")
        self._owners = {row.gtin: row.product for row in db.execute(named)}

    def keep(self, cells: Cells) -> tuple[bool, bool]:
        """Keep one product: whether it is new, whether anything about it is."""
        name = cells["product"]
        if _PRODUCT.fullmatch(name) is None:
            raise MistakeError(
                "product",
                f"{name[:60]!r} không phải là 1 đến 40 ký tự A-Z, a-z, 0-9 và -",
                f"{name[:60]!r} is not 1 to 40 of A-Z, a-z, 0-9 and -",
            )
        if name in self._seen:
            raise MistakeError("product", f"{name} đã có ở trên", f"{name} stands above already")
        self._seen.add(name)
        said = self._said(name, cells)
        row = self._db.get(ProductRow, name)
        is_new = row is None
        if row is None:
            row = ProductRow(product=name, **_NOTHING)
        is_other = is_new or any(getattr(row, key) != value for key, value in said.items())
        if is_other:
            for key, value in said.items():
                setattr(row, key, value)
            row.source, row.said_at_ms = FILE, self._at_ms
            self._db.add(row)
        for column in cells:
            what, _, store = column.partition(":")
            if what in OF_STORES and cells[column]:
                is_other |= self._stand(store, name, what, cells[column])
        return is_new, is_other

    def _said(self, name: str, cells: Cells) -> dict[str, object]:
        price = csv_lines.number(cells["price_vnd"], "price_vnd", 1, PRICE_MAX)
        said: dict[str, object] = {
            "name_vi": csv_lines.text(cells["name_vi"], "name_vi"),
            "name_en": csv_lines.text(cells["name_en"], "name_en"),
            "price_vnd": price,
        }
        if "promo_vnd" in cells:
            said |= _promotion(cells, price)
        if "gtin" in cells:
            said["gtin"] = self._gtin(name, cells["gtin"])
        if "link" in cells:
            said["link"] = _link(cells["link"])
        for column, field, usual in (("adults", "is_for_adults", False), ("sold", "is_sold", True)):
            if column in cells:
                said[field] = _yes(cells[column], column, usual=usual)
        if cells.get("picture"):
            said |= self._picture(cells["picture"])
        return said

    def _gtin(self, name: str, value: str) -> str:
        if not value:
            return ""
        code = product_codes.read(value)
        if code is None or not value.isdigit():
            raise MistakeError(
                "gtin",
                f"{value[:60]!r} không phải là mã vạch đúng số kiểm tra",
                f"{value[:60]!r} is no barcode with a right check digit",
            )
        owner = self._owners.setdefault(code.gtin, name)
        if owner != name:
            raise MistakeError(
                "gtin", f"{owner} đã có mã vạch này", f"{owner} has this one already"
            )
        return code.gtin

    def _picture(self, name: str) -> dict[str, object]:
        path = self._folder / name
        if Path(name).name != name:
            raise MistakeError(
                "picture", "phải là tên tệp cạnh tệp CSV", "must be a file's name beside the CSV"
            )
        try:
            with path.open("rb") as file:
                data = file.read(PICTURE_BYTES + 1)
        except OSError as error:
            raise MistakeError(
                "picture", f"không đọc được {name}", f"cannot read {name} ({error.strerror})"
            ) from error
        kind = next((kind for start, kind in PICTURES.items() if data.startswith(start)), None)
        if kind is None or len(data) > PICTURE_BYTES:
            raise MistakeError(
                "picture",
                f"{name} không phải là PNG hoặc JPEG nhẹ hơn {PICTURE_BYTES} byte",
                f"{name} is no PNG or JPEG of at most {PICTURE_BYTES} bytes",
            )
        return {"picture": data, "picture_type": kind}

    def _stand(self, store: str, product: str, what: str, value: str) -> bool:
        row = self._db.get(StockRow, (store, product))
        if row is None:
            row = StockRow(store=store, product=product, shelf="", stock=None)
        column = f"{what}:{store}"
        found = (
            csv_lines.number(value, column, 0, STOCK_MAX)
            if what == "stock"
            else csv_lines.name(value, column)
        )
        is_other = bool(getattr(row, what) != found)
        setattr(row, what, found)
        row.said_at_ms = self._at_ms
        self._db.add(row)
        return is_other


_NOTHING: dict[str, object] = {
    "gtin": "",
    "promo_vnd": None,
    "promo_from_ms": None,
    "promo_until_ms": None,
    "link": "",
    "is_for_adults": False,
    "is_sold": True,
    "picture": b"",
    "picture_type": "",
}


def _promotion(cells: Cells, price_vnd: int) -> dict[str, object]:
    if not cells["promo_vnd"]:
        return {"promo_vnd": None, "promo_from_ms": None, "promo_until_ms": None}
    promo = csv_lines.number(cells["promo_vnd"], "promo_vnd", 0, PRICE_MAX)
    if promo >= price_vnd:
        raise MistakeError("promo_vnd", "phải thấp hơn price_vnd", "must be lower than price_vnd")
    begins, ends = cells.get("promo_from", ""), cells.get("promo_until", "")
    from_ms = csv_lines.moment_ms(begins, "promo_from") if begins else None
    until_ms = csv_lines.moment_ms(ends, "promo_until") if ends else None
    if from_ms is not None and until_ms is not None and until_ms <= from_ms:
        raise MistakeError("promo_until", "phải sau promo_from", "must be after promo_from")
    return {"promo_vnd": promo, "promo_from_ms": from_ms, "promo_until_ms": until_ms}


def _link(value: str) -> str:
    if value and _LINK.fullmatch(value) is None:
        raise MistakeError(
            "link",
            f"{value[:60]!r} không phải là địa chỉ https://…",
            f"{value[:60]!r} is no https://…",
        )
    return value


def _yes(value: str, column: str, *, usual: bool) -> bool:
    if value not in _YES_NO:
        raise MistakeError(column, "phải là yes hoặc no", "must be yes or no")
    said = _YES_NO[value]
    return usual if said is None else said

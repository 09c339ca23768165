"""Lines of the small files, one row each: stores, kiosks, orders, offers, staff and sales."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.core.interests import DAY_MS
from gateway.core.orders import OrderState
from gateway.core.roles import Role
from gateway.core.sales import SENTENCES, Channel, GivenBack, Links, NotTaken, Sold
from gateway.core.vouchers import typed
from gateway.store import csv_lines, offer_lines, sales
from gateway.store.base import Base
from gateway.store.csv_lines import SHORT, MistakeError
from gateway.store.offers import OfferRow, Owner
from gateway.store.orders import OrderRow
from gateway.store.profile_lines import MEMBER_BYTES
from gateway.store.profiles import ProfileRow
from gateway.store.staff import StaffRow, hash_pin
from gateway.store.stores import KioskRow, StoreRow

PIN_DIGITS = (4, 8)
TILL = "file"  # who tells of a sale, if the file does not say which till it was
SALE_ID = re.compile("[0-9A-Za-z._/-]{1,64}")  # as in the REST API

Cells = Mapping[str, str]
Keep = Callable[[Session, Cells], None]


def store(db: Session, cells: Cells) -> None:
    """A shop."""
    found, title = csv_lines.name(cells["store"], "store"), csv_lines.text(cells["name"], "name")
    store_no = csv_lines.number(cells["store_no"], "store_no", 1, 65_535)
    other = db.scalar(select(StoreRow.store).where(StoreRow.store_no == store_no))
    if other not in (None, found):
        raise MistakeError(
            "store_no",
            f"cửa hàng {other} đã có số {store_no}",
            f"store {other} has number {store_no} already",
        )
    row = db.get(StoreRow, found) or StoreRow(store=found)
    row.name, row.store_no = title, store_no
    db.add(row)
    db.flush()


def kiosk(db: Session, cells: Cells) -> None:
    """A screen in a shop."""
    store, kiosk = csv_lines.name(cells["store"], "store"), csv_lines.name(cells["kiosk"], "kiosk")
    if db.get(StoreRow, store) is None:
        raise MistakeError("store", f"không có cửa hàng {store!r}", f"there is no store {store!r}")
    row = db.get(KioskRow, (store, kiosk)) or KioskRow(store=store, kiosk=kiosk)
    row.name = csv_lines.text(cells["name"], "name")
    db.add(row)


def order(db: Session, cells: Cells) -> None:
    """An order of a member."""
    member = csv_lines.hexadecimal(cells["member"], "member", MEMBER_BYTES)
    if db.get(ProfileRow, member) is None:
        raise MistakeError("member", f"không có hồ sơ {member}", f"there is no profile {member}")
    values = {
        "member": member,
        "number": csv_lines.text(cells["number"], "number", SHORT),
        "items": csv_lines.number(cells["items"], "items", 1, 1_000),
        "unpaid_vnd": csv_lines.number(cells["unpaid_vnd"], "unpaid_vnd", 0, 10**12),
        "state": csv_lines.one_of(cells["state"], "state", OrderState),
    }
    _upsert(db, OrderRow, {"order": csv_lines.order_id(cells["order"])}, values)


def offer(db: Session, cells: Cells) -> None:
    """An offer in both languages, unless the console looks after it and says something else."""
    name = csv_lines.name(cells["offer"], "offer")
    values = offer_lines.checked(cells)
    row = db.get(OfferRow, name)
    if row is not None and row.owner == Owner.CONSOLE and _is_another(row, values):
        raise _of_console("offer", name)
    _upsert(db, OfferRow, {"offer": name}, values)


def _of_console(column: str, name: str) -> MistakeError:
    return MistakeError(
        column,
        f"{name!r} do bảng quản trị giữ; tệp không được nói khác đi",
        f"the console looks after {name!r}; the file may not say something else",
    )


def _is_another(row: Base, values: Mapping[str, object]) -> bool:
    return any(getattr(row, column) != value for column, value in values.items())


def staff(db: Session, cells: Cells) -> None:
    """Somebody who works here."""
    pin = cells["pin"]
    shortest, longest = PIN_DIGITS
    if not (pin.isascii() and pin.isdigit() and shortest <= len(pin) <= longest):
        raise MistakeError(
            "pin",
            f"phải có {shortest} đến {longest} chữ số",
            f"must be {shortest} to {longest} digits",
        )
    name = csv_lines.name(cells["staff"], "staff")
    values = {
        "name": csv_lines.text(cells["name"], "name"),
        "role": csv_lines.one_of(cells["role"], "role", Role),
        **{one: csv_lines.at_most(cells[one], one) for one in ("skills", "zones") if one in cells},
    }
    row = db.get(StaffRow, name)
    if row is not None and row.owner == Owner.CONSOLE:
        if _is_another(row, values):
            raise _of_console("staff", name)
        return  # nor does a file's PIN take the place of the one they chose
    _upsert(db, StaffRow, {"staff": name}, {**values, "pin_hash": hash_pin(pin)})


def sale(db: Session, cells: Cells) -> None:
    """Something a till sold, or money that went back; what is here already stays as it is."""
    at_ms = csv_lines.moment_ms(cells["at"], "at")
    number, amount_vnd = _sale_id(cells, "sale"), _vnd(cells["amount_vnd"], "amount_vnd", 1)
    source = csv_lines.name(cells.get("till") or TILL, "till")
    then_ms = at_ms + DAY_MS  # its day is over, for all we know: it must be counted again
    if cells.get("refund_of"):
        given = GivenBack(source, number, _sale_id(cells, "refund_of"), at_ms, amount_vnd)
        kept = sales.give_back(db, given, then_ms)
    else:
        store = csv_lines.name(cells["store"], "store")
        if db.get(StoreRow, store) is None:
            raise MistakeError(
                "store", f"không có cửa hàng {store!r}", f"there is no store {store!r}"
            )
        channel = csv_lines.one_of(cells.get("channel") or Channel.STORE, "channel", Channel)
        links = _links(db, cells)
        sold = Sold(source, number, store, at_ms, amount_vnd, Channel(channel), links)
        kept = sales.book(db, sold, then_ms)
    if isinstance(kept, NotTaken):
        raise MistakeError("sale", SENTENCES[kept].vi, SENTENCES[kept].en)


def _links(db: Session, cells: Cells) -> Links:
    member: str | None = None
    if said := cells.get("member"):
        found = csv_lines.hexadecimal(said, "member", MEMBER_BYTES)
        row = db.get(ProfileRow, found)
        if row is None:
            raise MistakeError("member", f"không có hồ sơ {found}", f"there is no profile {found}")
        member = row.merged_into or found
    order = csv_lines.order_id(cells["order"]) if cells.get("order") else None
    bought = None if order is None else db.get(OrderRow, order)
    if member is None and bought is not None:
        member = bought.member
    staff = csv_lines.name(cells["staff"], "staff") if cells.get("staff") else ""
    return Links(member, None, order, typed(cells.get("voucher", "")) or None, staff)


def _vnd(value: str, column: str, least: int = 0) -> int:
    return csv_lines.number(value, column, least, 10**12)


def _sale_id(cells: Cells, column: str) -> str:
    if SALE_ID.fullmatch(cells[column]) is None:
        raise MistakeError(
            column,
            "phải là 1 đến 64 ký tự A-Z, a-z, 0-9 hoặc . _ / -",
            "must be 1 to 64 of A-Z, a-z, 0-9 and . _ / -",
        )
    return cells[column]


def _upsert(
    db: Session, row: type[Base], key: Mapping[str, object], values: Mapping[str, object]
) -> None:
    db.merge(row(**key, **values))


OFFER_COLUMNS = (
    "offer,priority,tone,interest,tier,starts_on,ends_on,kind_vi,kind_en,badge_vi,badge_en,"
    "until_vi,until_en,title_vi,title_en,why_vi,why_en,price_vnd,was_vnd,personal"
)
OF_SALES = ("till", "channel", "staff", "member", "order", "voucher", "refund_of")
OPTIONAL = ("terms", "skills", "zones", *OF_SALES)  # columns a file may do without
COLUMNS = {
    "stores": "store,name,store_no",
    "kiosks": "kiosk,store,name",
    "orders": "order,member,number,items,unpaid_vnd,state",
    "offers": OFFER_COLUMNS,
    "staff": "staff,name,role,pin",
    "sales": "sale,store,at,amount_vnd",
}
KEEP: Mapping[str, Keep] = {
    "stores": store,
    "kiosks": kiosk,
    "orders": order,
    "offers": offer,
    "staff": staff,
    "sales": sale,
}

"""Writes the demo shop as the CSV files that the gateway's commands read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from simulator.goods import PRODUCTS, PlannedOffer, PlannedProduct
from simulator.shop import STORE, STORE_NAME, STORE_NO, Member, Order, Shop, last_day

CATALOGUE = "catalogue"  # has a command of its own: hien gateway catalogue import

Row = dict[str, object]


def write(shop: Shop, folder: Path, kiosks: Sequence[str]) -> None:
    """One file a noun; an existing file is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Sequence[Row]] = {
        "stores": [{"store": STORE, "name": STORE_NAME, "store_no": STORE_NO}],
        "kiosks": [{"kiosk": kiosk, "store": STORE, "name": kiosk_name(kiosk)} for kiosk in kiosks],
        "profiles": [_profile(member) for member in shop.members],
        "orders": [_order(order) for order in shop.orders],
        "offers": [_offer(offer, shop.opened_on) for offer in shop.offers],
        "staff": [
            {"staff": one.staff, "name": one.name, "role": one.role, "pin": one.pin}
            for one in shop.staff
        ],
    }
    tables[CATALOGUE] = [_product(one) for one in PRODUCTS]
    for name, rows in tables.items():
        _write_table(folder / f"{name}.csv", rows)


def _product(one: PlannedProduct) -> Row:
    return {
        "product": one.product,
        "name_vi": one.name[0],
        "name_en": one.name[1],
        "price_vnd": one.price_vnd,
        "gtin": one.gtin,
        "promo_vnd": "" if one.promo_vnd is None else one.promo_vnd,
        f"stock:{STORE}": "" if one.stock is None else one.stock,
        f"shelf:{STORE}": one.shelf,
    }


def kiosk_name(kiosk: str) -> str:
    """What people call a kiosk: `quay-2` is `Quầy 2`, `cua-1` is `Cửa 1`."""
    return f"{'Cửa' if kiosk.startswith('cua') else 'Quầy'} {kiosk.rpartition('-')[2]}"


def _profile(member: Member) -> Row:
    return {
        "member": member.member,
        "name": member.name,
        "phone": member.phone,
        "tier": member.tier,
        "points": member.points,
        "interests": _joined(member.interests),
        "consents": _joined(member.consents),
        "tags": member.tag.identity if member.tag else "",
        "pass_key_id": member.key_id if member.has_pass else "",
        "pass_public_key": member.public_key.hex() if member.has_pass else "",
    }


def _order(order: Order) -> Row:
    return {
        "order": order.order,
        "member": order.member,
        "number": order.number,
        "items": order.items,
        "unpaid_vnd": order.unpaid_vnd,
        "state": "ready" if order.ready else "preparing",
    }


def _offer(offer: PlannedOffer, opened_on: date) -> Row:
    ends_on = last_day(opened_on)
    row: Row = {
        "offer": offer.offer,
        "priority": offer.priority,
        "tone": offer.tone,
        "interest": offer.interest,
        "tier": offer.tier,
        "starts_on": opened_on.isoformat(),
        "ends_on": ends_on.isoformat(),
    }
    for name in ("kind", "badge", "until", "title", "why"):
        vi, en = getattr(offer, name)
        row[f"{name}_vi"] = vi.format(d=ends_on.day, m=ends_on.month)
        row[f"{name}_en"] = en.format(d=ends_on.day, m=ends_on.month)
    row["price_vnd"] = "" if offer.price_vnd is None else offer.price_vnd
    row["was_vnd"] = "" if offer.was_vnd is None else offer.was_vnd
    row["personal"] = int(offer.personal)
    return row


def _joined(words: Iterable[str]) -> str:
    return ";".join(words)


def _write_table(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)

"""`/v1/sales`: a till tells what it sold and gave back, each once; who may reads all of it."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from contract.identifiers import MemberId, StoreId
from gateway.api.problems import Problem, RefusedError
from gateway.api.profiles import one_of
from gateway.api.redemptions import Code
from gateway.api.routes import Call, Items, Number, OrderId, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.sales import SENTENCES, Channel, GivenBack, Links, NotTaken, Sold
from gateway.core.vouchers import typed
from gateway.store import sale_lists, sales
from gateway.store.orders import OrderRow
from gateway.store.sale_lists import Brought, Wanted
from gateway.store.sales import SaleRow
from gateway.store.stores import StoreRow

SaleId = Annotated[str, Meta(pattern="^[0-9A-Za-z._/-]{1,64}$", max_length=64)]
# Who told of the last sale of the page before, a connector or a file's till, and its number.
After = Annotated[str, Meta(pattern="^([0-9a-z-]{0,32}:[0-9A-Za-z._/-]{1,64})?$", max_length=97)]
Staff = Annotated[str, Meta(pattern="^[0-9a-z-]{0,32}$", max_length=32)]
Session = Annotated[str, Meta(pattern="^[0-9a-f]{16}$", max_length=16)]
Vnd = Annotated[int, Meta(ge=1, le=10**12)]


class NewSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was sold; now, if nothing else is said."""

    sale: SaleId
    store: Annotated[StoreId, Meta(max_length=32)]
    amount_vnd: Vnd
    at_ms: Number | None = None
    channel: Channel = Channel.STORE
    staff: Staff = ""
    member: Annotated[MemberId, Meta(max_length=12)] | None = None
    session: Session | None = None
    order: OrderId | None = None
    voucher: Code | None = None


class NewRefund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money that went back; now, if nothing else is said."""

    sale: SaleId
    refund: SaleId
    amount_vnd: Vnd
    at_ms: Number | None = None


class Touched(msgspec.Struct, frozen=True):
    """What a buyer met the shop by."""

    key: str
    campaign: str


class Sale(msgspec.Struct, frozen=True):
    """A sale, or with an amount below zero a refund, as it is kept."""

    sale: str
    store: str
    at_ms: int
    amount_vnd: int
    channel: str
    staff: str
    member: str | None
    order: str | None
    refund_of: str | None


class ListedSale(Sale, frozen=True):
    """The same, with who told of it and what came before it; null: nothing is known."""

    source: str
    first_touch: Touched | None
    last_touch: Touched | None


class SalePage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which sales, and which part of them."""

    after: After = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    store: Annotated[StoreId, Meta(max_length=32)] | None = None
    day: date | None = None  # of the shop
    member: Annotated[MemberId, Meta(max_length=12)] | None = None
    source: Annotated[str, Meta(pattern="^[0-9a-z-]{1,32}$", max_length=32)] | None = None
    sale: SaleId | None = None  # of that source; else of the connector that asks


def list_sales(call: Call[None]) -> Result:
    """Sales and refunds of all tills, in the order of their numbers."""
    asked = call.query
    till, _, sale = asked.after.partition(":")
    source = asked.source or (None if asked.sale is None else call.connector)
    wanted = Wanted(asked.store, asked.day, asked.member, asked.sale, source)
    found = sale_lists.after(call.db, wanted, (till, sale) if sale else None, asked.limit + 1)
    rows = found[: asked.limit]
    brought = sale_lists.brought(call.db, rows)
    last = f"{rows[-1].source}:{rows[-1].sale}" if len(found) > asked.limit else None
    items = tuple(_listed(row, brought.get((row.source, row.sale))) for row in rows)
    return Result(Items[Any](items, last))


def _listed(row: SaleRow, brought: Brought | None) -> ListedSale:
    touched = (None, None) if brought is None else (brought.first, brought.last)
    first, last = (None if one is None else Touched(*one) for one in touched)
    known = msgspec.structs.asdict(_sale(row))
    return ListedSale(**known, source=row.source, first_touch=first, last_touch=last)


def add_sale(call: Call[NewSale]) -> Result:
    """Keep a sale; the same number with the same amount again is the same sale."""
    body = call.body
    if call.db.get(StoreRow, body.store) is None:
        raise RefusedError(Problem.NO_SUCH_STORE, "store")
    links = Links(_member(call), body.session, body.order, _code(body), body.staff)
    at_ms = _then(body.at_ms, call.now_ms)
    sold = Sold(call.connector, body.sale, body.store, at_ms, body.amount_vnd, body.channel, links)
    return _said(sales.book(call.db, sold, call.now_ms))


def add_refund(call: Call[NewRefund]) -> Result:
    """Keep that money went back, at most what is left of the sale."""
    body, at_ms = call.body, _then(call.body.at_ms, call.now_ms)
    given = GivenBack(call.connector, body.refund, body.sale, at_ms, body.amount_vnd)
    return _said(sales.give_back(call.db, given, call.now_ms))


def _member(call: Call[NewSale]) -> str | None:
    """Who is named; else who ordered it."""
    if call.body.member is not None:
        return one_of(call.db, call.body.member)
    order = None if call.body.order is None else call.db.get(OrderRow, call.body.order)
    return None if order is None else order.member


def _code(body: NewSale) -> str | None:
    return typed(body.voucher) or None if body.voucher else None


def _then(at_ms: int | None, now_ms: int) -> int:
    """A till whose clock is fast has sold nothing tomorrow."""
    return now_ms if at_ms is None else min(at_ms, now_ms)


def _said(kept: tuple[SaleRow, bool] | NotTaken) -> Result:
    if isinstance(kept, NotTaken):
        problem = Problem.NOT_FOUND if kept is NotTaken.UNKNOWN_SALE else Problem.REFUSED
        raise RefusedError(problem, why=str(kept), sentence=SENTENCES[kept])
    row, is_new = kept
    return Result(_sale(row), HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def _sale(row: SaleRow) -> Sale:
    return Sale(
        row.sale,
        row.store,
        row.at_ms,
        row.amount_vnd,
        row.channel,
        row.staff,
        row.member,
        row.order,
        row.refund_of,
    )


NEW = (HTTPStatus.OK, HTTPStatus.CREATED)
ROUTES = (
    Route(
        "GET",
        "/sales",
        Scope.SALES_READ,
        "What was sold and given back, and what brought who bought it.",
        list_sales,
        query=SalePage,
        answer=Items[ListedSale],
    ),
    Route(
        "POST",
        "/sales",
        Scope.SALES_WRITE,
        "A till sold something.",
        add_sale,
        NewSale,
        answer=Sale,
        statuses=NEW,
        problems=(Problem.NO_SUCH_STORE, Problem.NO_SUCH_MEMBER, Problem.REFUSED),
    ),
    Route(
        "POST",
        "/refunds",
        Scope.SALES_WRITE,
        "Money of a sale went back.",
        add_refund,
        NewRefund,
        answer=Sale,
        statuses=NEW,
        problems=(Problem.NOT_FOUND, Problem.REFUSED),
    ),
)

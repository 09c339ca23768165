"""`/v1/sales`: a till tells what it sold and what it gave back, each once, by its own numbers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from contract.identifiers import MemberId, StoreId
from gateway.api.problems import Problem, RefusedError
from gateway.api.profiles import one_of
from gateway.api.redemptions import Code
from gateway.api.routes import Call, Number, OrderId, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.sales import SENTENCES, Channel, GivenBack, Links, NotTaken, Sold
from gateway.core.vouchers import typed
from gateway.store import sales
from gateway.store.orders import OrderRow
from gateway.store.sales import SaleRow
from gateway.store.stores import StoreRow

SaleId = Annotated[str, Meta(pattern="^[0-9A-Za-z._/-]{1,64}$", max_length=64)]
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
    said = Sale(
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
    return Result(said, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


NEW = (HTTPStatus.OK, HTTPStatus.CREATED)
ROUTES = (
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

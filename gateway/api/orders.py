"""`/v1/orders`: what a shop system hands to the store, and every step that is taken with it. J5."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy.orm import Session

from contract.identifiers import MemberId, StoreId
from contract.messages import Live, Noun
from gateway.api import pages
from gateway.api.problems import Problem, RefusedError
from gateway.api.profiles import one_of
from gateway.api.routes import Call, Items, Line, Nothing, Number, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.orders import GIVING, OPEN, SENTENCES, OrderState, OrderStep, why_not
from gateway.core.pick_up_codes import LONGEST_H, VALID_H, Collector
from gateway.store import alerts, orders, pick_up_codes, sales
from gateway.store.orders import Deed, OrderRow, Stopped
from gateway.store.pick_up_codes import Wish
from gateway.store.stores import StoreRow

Text = Annotated[str, Meta(pattern=r"^(?![\s\S]*[\u0000-\u001f\u007f])", max_length=80)]
PickUp = Annotated[str, Meta(pattern=r"^[\u0020-\u007e]*$", max_length=40)]  # as it was typed


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order as the shop system has it; where it is on its way, steps say."""

    member: Annotated[MemberId, Meta(max_length=12)]
    number: Line
    items: Annotated[int, Meta(ge=1, le=1_000)]
    store: Annotated[StoreId, Meta(max_length=32)]
    unpaid_vnd: Annotated[int, Meta(ge=0, le=10**12)] = 0
    total_vnd: Annotated[int, Meta(ge=0, le=10**12)] | None = None
    shelf: Text = ""
    promised_at_ms: Number | None = None


class Order(msgspec.Struct, frozen=True):
    """An order as it stands."""

    order: str
    member: str
    number: str
    items: int
    store: str
    unpaid_vnd: int
    total_vnd: int | None
    shelf: str
    promised_at_ms: int | None
    state: OrderState
    changed_at_ms: int
    changed_by: str


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done with an order."""

    step: OrderStep
    note: Text = ""
    code: PickUp = ""  # by which somebody else takes it


class NewCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who picks up an order instead of its customer."""

    collector: Collector
    name: Text = ""
    valid_h: Annotated[int, Meta(ge=1, le=LONGEST_H)] = VALID_H


class MadeCode(msgspec.Struct, frozen=True):
    """The code, which is said this once, and until when it is good."""

    code: str
    expires_at_ms: int


class Taken(msgspec.Struct, frozen=True):
    """A step that was taken, by staff or by the shop's own system."""

    step: str
    state: OrderState
    at_ms: int
    by: str
    note: str
    handed_to: str


class OrderPage(pages.AtStore, frozen=True):
    """Which orders: of a store, in a state, and which part of them."""

    state: OrderState | None = None


def list_orders(call: Call[None]) -> Result:
    """In the order of their ids."""
    return pages.at_store(call, OrderRow, OrderRow.order, _shown)


def get_order(call: Call[None]) -> Result:
    """One order."""
    return Result(_shown(_row(call.db, call.params["order"])))


def put_order(call: Call[NewOrder]) -> Result:
    """All that the shop system knows of an order; a new one is `placed`."""
    body, order = call.body, call.params["order"]
    if call.db.get(StoreRow, body.store) is None:
        raise RefusedError(Problem.NO_SUCH_STORE, "store")
    member = one_of(call.db, body.member)
    sales.in_turn(call.db, order, body.store)
    row = call.db.get(OrderRow, order)
    is_new = row is None
    if row is None:
        row = OrderRow(order=order, state=OrderState.PLACED)
        row.changed_at_ms, row.changed_by = call.now_ms, f"system:{call.connector}"
        call.db.add(row)
    for name, value in msgspec.structs.asdict(body).items():
        setattr(row, name, value)
    row.member = member
    call.db.flush()
    orders.settle(call.db, row, call.now_ms, call.now_ms)
    call.live.append((row.store, Live(Noun.ALERT, order)))
    return Result(_shown(row), HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def step_order(call: Call[Step]) -> Result:
    """Take a step; refused, with who was faster and when, if it cannot be taken any more."""
    by, order = f"system:{call.connector}", call.params["order"]
    deed, code = Deed(call.body.step, by, call.now_ms, call.body.note), call.body.code
    is_by_code = code and deed.step in GIVING
    taken = (
        pick_up_codes.hand_over(call.db, order, deed, code)
        if is_by_code
        else orders.take(call.db, order, deed)
    )
    if isinstance(taken, Stopped):
        raise refused(call.db, order, taken)
    if call.body.step is OrderStep.ARRIVE:
        alerts.call_for(call.db, taken, call.now_ms)
    call.live.append((taken.store, Live(Noun.ALERT, order)))
    return Result(_shown(taken))


def add_pick_up_code(call: Call[NewCode]) -> Result:
    """A code for one order; those before it are good no more."""
    body, row = call.body, _row(call.db, call.params["order"])
    if row.state not in OPEN:
        raise refused(call.db, row.order, Stopped(why_not(OrderState(row.state)), row.changed_by))
    by = f"system:{call.connector}"
    wish = Wish(row.order, body.collector, body.name, by, call.now_ms, body.valid_h)
    return Result(MadeCode(*pick_up_codes.make(call.db, wish)), HTTPStatus.CREATED)


def list_order_steps(call: Call[None]) -> Result:
    """What was done with an order, first to last: what a shop system missed it finds here."""
    steps = orders.steps_of(call.db, _row(call.db, call.params["order"]).order)
    found = (
        Taken(row.step, OrderState(row.state), row.at_ms, row.by, row.note, row.handed_to)
        for row in steps
    )
    return Result(Items(tuple(found), None))


def refused(db: Session, order: str, stopped: Stopped) -> RefusedError:
    """Why a step cannot be taken."""
    _row(db, order)
    error = RefusedError(Problem.REFUSED, why=str(stopped.stop), sentence=SENTENCES[stopped.stop])
    return error.faster(stopped.by, stopped.at_ms)


def _row(db: Session, order: str) -> OrderRow:
    row = db.get(OrderRow, order)
    if row is None:
        raise RefusedError(Problem.NOT_FOUND)
    return row


def _shown(row: OrderRow) -> Order:
    return Order(
        row.order,
        row.member,
        row.number,
        row.items,
        row.store,
        row.unpaid_vnd,
        row.total_vnd,
        row.shelf,
        row.promised_at_ms,
        OrderState(row.state),
        row.changed_at_ms,
        row.changed_by,
    )


READ, WRITE = Scope.ORDERS_READ, Scope.ORDERS_WRITE
ONE = "/orders/{order}"
NEW = (HTTPStatus.OK, HTTPStatus.CREATED)
MISSING = (Problem.NOT_FOUND,)
ROUTES = (
    Route("GET", "/orders", READ, "All orders.", list_orders, None, OrderPage, Items[Order]),
    Route("GET", ONE, READ, "One order.", get_order, answer=Order, problems=MISSING),
    Route(
        "PUT",
        ONE,
        WRITE,
        "All of an order; a new one is placed.",
        put_order,
        NewOrder,
        Nothing,
        Order,
        NEW,
        (Problem.NO_SUCH_STORE, Problem.NO_SUCH_MEMBER),
    ),
    Route(
        "POST",
        ONE + "/steps",
        WRITE,
        "Take a step with an order.",
        step_order,
        Step,
        answer=Order,
        problems=(*MISSING, Problem.REFUSED),
    ),
    Route(
        "GET",
        ONE + "/steps",
        READ,
        "What was done with an order.",
        list_order_steps,
        answer=Items[Taken],
        problems=MISSING,
    ),
    Route(
        "POST",
        ONE + "/pick-up-codes",
        WRITE,
        "A code by which a courier or somebody else picks up an order.",
        add_pick_up_code,
        NewCode,
        answer=MadeCode,
        statuses=(HTTPStatus.CREATED,),
        problems=(*MISSING, Problem.REFUSED),
    ),
)

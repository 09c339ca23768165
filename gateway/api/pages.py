"""Lists in pages: each says where the next begins, so that nothing is skipped when rows come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from contract.identifiers import StoreId
from gateway.api.routes import Call, Cursor, Items, Result
from gateway.store.appointments import AppointmentRow
from gateway.store.orders import OrderRow


def result(
    call: Call[None],
    query: Select[Any],
    key: InstrumentedAttribute[str],
    shown: Callable[[Sequence[Any]], Iterable[Struct]],
) -> Result:
    """One page of a query, by its key; `next` is the last key on it while there is more."""
    limit = call.query.limit
    if call.query.after:
        query = query.where(key > call.query.after)
    rows = call.db.scalars(query.order_by(key).limit(limit + 1)).all()
    last = getattr(rows[limit - 1], key.key) if len(rows) > limit else None
    return Result(Items[Any](tuple(shown(rows[:limit])), last))


class AtStore(Struct, frozen=True, forbid_unknown_fields=True):
    """Which of a store's, and which part of them."""

    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    store: Annotated[StoreId, Meta(max_length=32)] | None = None


def at_store(
    call: Call[None],
    row: type[OrderRow | AppointmentRow],
    key: InstrumentedAttribute[str],
    shown: Callable[[Any], Struct],
) -> Result:
    """Those of a store and in a state, if the query says which; in the order of their ids."""
    query = select(row)
    if call.query.store is not None:
        query = query.where(row.store == call.query.store)
    if call.query.state is not None:
        query = query.where(row.state == str(call.query.state))
    return result(call, query, key, lambda rows: map(shown, rows))

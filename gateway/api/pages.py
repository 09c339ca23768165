"""Lists in pages: each says where the next begins, so that nothing is skipped when rows come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from gateway.api.routes import Call, Items, Result


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

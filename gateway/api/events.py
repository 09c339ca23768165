"""`/v1/events`: the log of what kiosks reported, in the order it came to be here; for ever onwards.

What was committed is never behind who reads on: a page ends below all who are still writing. What
is a secret in somebody's hand, a pass or a code, does not travel; nor does what is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import select

from contract.events import Kind
from contract.identifiers import StoreId
from gateway.api.problems import Problem, RefusedError
from gateway.api.routes import Call, Result, Route
from gateway.core.api_keys import Scope
from gateway.store import arrivals
from gateway.store.events import FORGOTTEN, EventRow

LOOK_THROUGH = 10_000  # events for one page at most, however few of them are asked for: 50 ms
SECRETS = frozenset({"text", "code"})  # of a body: a pass, a code that pays


class EventPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which events: after which number, of which store and kind."""

    after: Annotated[int, Meta(ge=0, lt=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    store: Annotated[StoreId, Meta(max_length=32)] | None = None
    kind: Kind | None = None


class LoggedEvent(msgspec.Struct, frozen=True):
    """One event as its kiosk sent it; `body` is null once that is forgotten."""

    number: int
    id: str
    store: str
    kiosk: str
    epoch: str
    seq: int
    at_ms: int
    clock: str
    kind: str
    body: dict[str, Any] | None


class LoggedEvents(msgspec.Struct, frozen=True):
    """Some of the log; ask again with `after` = `next`, at once unless it is the end for now."""

    items: tuple[LoggedEvent, ...]
    next: int
    is_end: bool


def list_events(call: Call[None]) -> Result:
    """In the order they came; a page may be empty before the end, where few are asked for."""
    asked = call.query
    settled = arrivals.settled(call.db)
    if asked.after > settled:
        raise RefusedError(Problem.LOG_ENDS_BEFORE, str(settled))
    upto = min(settled, asked.after + LOOK_THROUGH)
    row = EventRow
    query = select(row).where(row.arrival > asked.after, row.arrival <= upto)
    if asked.store is not None:
        query = query.where(row.store == asked.store)
    if asked.kind is not None:
        query = query.where(row.kind == str(asked.kind))
    rows: Sequence[EventRow] = call.db.scalars(query.order_by(row.arrival).limit(asked.limit)).all()
    following = rows[-1].arrival if len(rows) == asked.limit else upto
    said = tuple(_shown(one) for one in rows)
    return Result(LoggedEvents(said, following, following == settled))


def _shown(row: EventRow) -> LoggedEvent:
    return LoggedEvent(
        row.arrival,
        row.id,
        row.store,
        row.kiosk,
        row.epoch,
        row.seq,
        row.at_ms,
        row.clock,
        row.kind,
        _body(row.body),
    )


def _body(body: str) -> dict[str, Any] | None:
    if body == FORGOTTEN:
        return None
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:  # a disk changed it; `hien gateway check` says so
        return None
    return {name: value for name, value in said.items() if name not in SECRETS}


ROUTES = (
    Route(
        "GET",
        "/events",
        Scope.EVENTS_READ,
        "What kiosks reported, in the order it came.",
        list_events,
        query=EventPage,
        answer=LoggedEvents,
        problems=(Problem.LOG_ENDS_BEFORE,),
    ),
)

"""`POST /v1/webhooks/<connector>`: what a web shop or a bank tells us. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from gateway.connections import Connection
from gateway.connectors.vendor import Incoming
from gateway.core.changes import Refusal
from gateway.reception import Refused, Taken, receive

MAX_BYTES = 1 << 20  # Shopify's own limit of what it compares; an order of 500 lines has half

# What each refusal is answered with, where the vendor is told of it at all.
STATUSES = {reason: Taken(reason, is_acknowledged=False).status for reason in Refusal}
# Theirs and not understood: some vendors hear 200 all the same, for whom an error is the end.
KEPT = (Refusal.UNREADABLE, Refusal.FOREIGN_CURRENCY)

bp = Blueprint("webhooks", __name__, url_prefix="/v1")


@dataclass(frozen=True)
class Porch:
    """What the endpoint was given."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    connections: Mapping[str, Connection]
    arrived: Callable[[], None]  # something waits to be applied
    refused: Refused = field(default_factory=Refused)


def install(app: Flask, porch: Porch) -> None:
    """Give an application the endpoint. It has no cookie: a signature proves who speaks."""
    app.extensions["webhooks"] = porch
    if "csrf" in app.extensions:
        app.extensions["csrf"].exempt(bp)
    app.register_blueprint(bp)


@bp.post("/webhooks/<connector>")
def take(connector: str) -> ResponseReturnValue:
    """Answer at once with `accepted` and, if not, a reason from the closed list."""
    porch = cast(Porch, current_app.extensions["webhooks"])
    connection = porch.connections.get(connector)
    if connection is None:
        return _said(Taken(Refusal.UNKNOWN_CONNECTOR, is_acknowledged=False))
    if request.content_length is None or request.content_length > MAX_BYTES:
        porch.refused.add(connector, Refusal.TOO_LARGE)
        return _said(Taken(Refusal.TOO_LARGE, is_acknowledged=False))
    request.max_content_length = MAX_BYTES
    headers = {name.lower(): text for name, text in request.headers.items()}
    incoming = Incoming(headers, request.get_data(cache=False), porch.now_ms())
    taken = receive(porch.sessions, connection, incoming, porch.refused)
    porch.arrived()
    return _said(taken)


def _said(taken: Taken) -> ResponseReturnValue:
    reason = "accepted" if taken.reason is None else str(taken.reason)
    return {"accepted": taken.reason is None, "reason": reason}, taken.status

"""One stream of what changed in a store, for every page of the desk. Ids only, never content."""

from __future__ import annotations

import queue
from collections.abc import Iterator

from flask import Blueprint, Response

from contract.messages import Live
from gateway.core.roles import Right
from web_ui.desk.context import desk
from web_ui.desk.sign_in import only, present
from web_ui.shared.hub import Hub
from web_ui.shared.streams import HEARTBEAT, HEARTBEAT_S, HELLO, event

bp = Blueprint("live", __name__)
bp.before_request(only(Right.SERVE))


@bp.get("/live")
def stream() -> Response:
    """`visit`, `alert` and `kiosk` with the id of what changed; `missed` if there was too much."""
    return desk().streams.stream(_changes(desk().hub, present().store))


def _changes(hub: Hub[Live], store: str) -> Iterator[bytes]:
    with hub.listen(store) as listener:
        yield HELLO
        while not hub.closed:
            try:
                change = listener.get(timeout=HEARTBEAT_S)
            except queue.Empty:
                yield HEARTBEAT
                continue
            if change is not None:
                yield event(change.noun, change.id.encode())
            elif not hub.closed:
                yield event("missed", b"-")

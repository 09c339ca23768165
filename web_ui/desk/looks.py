"""Whose names and profiles somebody at the desk saw, written down: also when they only looked.

A page that refreshes itself is one look an hour, not a thousand. It writes no name and no number.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Response, after_this_request

from gateway.core.audit import Deed
from gateway.store import audit
from gateway.store.audit import By, Done
from gateway.store.base import writing
from web_ui.desk.context import Desk, desk, session
from web_ui.desk.sign_in import by


def opened(*members: str) -> None:
    """Somebody opens profiles: it is written down before they are shown."""
    me = by()
    session().rollback()
    _write(desk(), me, Deed.MEMBER_SEEN, members)


def listed(members: Collection[str]) -> None:
    """Names stand on a page: it is written down once the page is on its way.

    A board that waits for the database's one writer would be late for the shopper.
    """
    here, me = desk(), by()
    fresh = here.seen.fresh(me.staff, members, me.at_ms)
    if fresh:

        @after_this_request
        def later(response: Response) -> Response:
            response.call_on_close(lambda: _write(here, me, Deed.CARD_SEEN, fresh))
            return response


def _write(here: Desk, me: By, deed: Deed, members: Collection[str]) -> None:
    with writing(here.sessions) as db:
        for member in members:
            audit.note(db, me, Done(deed, member=member))

"""Asks vendors what changed, takes in what they did not tell, and so notices who went silent."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, sessionmaker

from gateway import reception
from gateway.connections import Connection
from gateway.connectors.vendor import Poll
from gateway.core.changes import Change, OrderChanged, ProfileChanged, Refusal
from gateway.core.connector_health import ASK_EVERY_MS, GRACE_MS
from gateway.store import connectors
from gateway.store.base import writing
from gateway.store.connectors import PollRow
from gateway.store.outside import Desk
from runtime.errors import UnavailableError
from runtime.outbound import Request, Response

FIRST_LOOK_MS = 30 * 86_400_000  # what may still be picked up when a connector is new
OVERLAP_MS = 5 * 60_000  # the vendor's clock may be behind ours by this much
PAGES_MAX = 40  # 10,000 orders of Shopify; what is left is asked for the next time
PAGE_MAX_BYTES = 32 << 20  # 250 large orders

_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*\brel="?next"?')

log = logging.getLogger(__name__)


class Ask(Protocol):
    """How a vendor is asked."""

    def send(self, request: Request) -> Response:
        """Its answer; UnavailableError if there is none."""


@dataclass(frozen=True, slots=True)
class Found:
    """What asking for one noun brought."""

    changes: tuple[Change, ...] = ()
    until_ms: int = 0  # all that changed before is among them
    problem: str = ""


def due(db: Session, connection: Connection, now_ms: int) -> list[Poll]:
    """What it is time to ask this vendor for."""
    asked = {row.noun: row.asked_at_ms for row in connectors.polls(db, connection.name)}
    return [
        poll
        for poll in connection.vendor.polls
        if now_ms - asked.get(poll.noun, -ASK_EVERY_MS) >= ASK_EVERY_MS
    ]


def look(sessions: sessionmaker[Session], connection: Connection, ask: Ask, now_ms: int) -> int:
    """Ask for whatever is due and take it in; how many changes had not been told."""
    if not connection.is_asked:
        return 0
    with sessions() as db:
        waiting = due(db, connection, now_ms)
        cursors = {row.noun: row.cursor_ms for row in connectors.polls(db, connection.name)}
    missed = 0
    for poll in waiting:
        cursor_ms = cursors.get(poll.noun)
        since_ms = now_ms - FIRST_LOOK_MS if cursor_ms is None else cursor_ms - OVERLAP_MS
        found = _ask(connection, poll, ask, since_ms)
        settled = _settled(found, now_ms)
        with writing(sessions) as db:
            row = db.get(PollRow, (connection.name, poll.noun)) or _first(connection, poll)
            db.add(row)
            missed += _keep(db, connection, row, settled, now_ms)
    return missed


def _first(connection: Connection, poll: Poll) -> PollRow:
    row = PollRow(connector=connection.name, noun=poll.noun)
    row.cursor_ms, row.answered_at_ms, row.missed, row.silent_since_ms = 0, None, 0, None
    return row


def _settled(found: Found, now_ms: int) -> Found:
    """Without what is so new that its delivery may still be on its way."""
    known = tuple(one for one in found.changes if _at_ms(one) <= now_ms - GRACE_MS)
    return replace(found, changes=known, until_ms=min(found.until_ms, now_ms - GRACE_MS))


def _keep(db: Session, connection: Connection, row: PollRow, found: Found, now_ms: int) -> int:
    """Take in what was found; how much of it had not been told."""
    is_first = row.answered_at_ms is None
    desk = Desk(db, connection.name, now_ms, connection.matches_phones)
    row.asked_at_ms, row.problem = now_ms, found.problem
    missed = 0
    for change in found.changes:
        if not is_first and _is_news(desk, change):
            missed += 1
            row.silent_since_ms = min(row.silent_since_ms or _at_ms(change), _at_ms(change))
        reception.apply(desk, [change], is_delivery=False)
    row.missed += missed
    if not found.problem:
        row.answered_at_ms = now_ms
    row.cursor_ms = max(row.cursor_ms, found.until_ms)
    if missed:
        log.warning("connector %s: %d changes were not told", connection.name, missed)
    return missed


def _is_news(desk: Desk, change: Change) -> bool:
    noun = reception.noun_of(change)
    return (
        isinstance(change, ProfileChanged | OrderChanged)
        and noun is not None
        and desk.is_news(noun, change.outside, change.at_ms)
    )


def _at_ms(change: Change) -> int:
    return change.at_ms if isinstance(change, ProfileChanged | OrderChanged) else 0


def _ask(connection: Connection, poll: Poll, ask: Ask, since_ms: int) -> Found:
    """All pages, the oldest change first. A page that fails leaves what the others brought."""
    changes: list[Change] = []
    newest_ms = since_ms
    url = f"{connection.url}{poll.path(since_ms)}"
    for _ in range(PAGES_MAX):
        try:
            answer = ask.send(_question(connection, url))
            said = list(_read(connection, poll, answer))
        except UnavailableError as error:
            return Found(tuple(changes), newest_ms, str(error))
        changes += said
        newest_ms = max([newest_ms, *map(_at_ms, said)])
        following = _following(url, answer.headers.get("link", ""))
        if following is None:
            return Found(tuple(changes), max(newest_ms, _FOREVER_MS))
        url = following
    return Found(tuple(changes), newest_ms)


_FOREVER_MS = 1 << 62  # all was read: up to now, which `_settled` makes of it


def _question(connection: Connection, url: str) -> Request:
    headers = {"Accept": "application/json", **connection.vendor.login(connection.token)}
    return Request("GET", url, headers, answer_max_bytes=PAGE_MAX_BYTES)


def _read(connection: Connection, poll: Poll, answer: Response) -> Iterator[Change]:
    if answer.status != 200:
        raise UnavailableError(f"it answered {answer.status}")
    objects = poll.objects(answer.body)
    if isinstance(objects, Refusal):
        raise UnavailableError("its answer cannot be read")
    for one in objects:
        said = connection.vendor.normalise(poll.topic, one)
        if not isinstance(said, Refusal):  # a delivery of it would be refused, too
            yield from said


def _following(url: str, link: str) -> str | None:
    """The next page (RFC 8288); never at another server, which would get our login."""
    found = _NEXT.search(link)
    if found is None or urlsplit(found[1])[:2] != urlsplit(url)[:2]:
        return None
    return found[1]

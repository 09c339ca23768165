"""What a request may use: database, clock, hub. Opened late, closed with the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session, sessionmaker

from contract.messages import Live, Noun
from runtime.clock import Clock, unix_ms
from web_ui.desk.seen import Seen
from web_ui.shared.hub import Hub
from web_ui.shared.streams import StreamLimit


@dataclass(frozen=True)
class Desk:
    """What the gateway's application was given."""

    sessions: sessionmaker[Session]
    clock: Clock
    hub: Hub[Live]
    publish_live: Callable[[str, Live], None]
    streams: StreamLimit
    seen: Seen = field(default_factory=Seen)

    def now_ms(self) -> int:
        """The time of day as the store writes it."""
        return unix_ms(self.clock.utc())

    def say(self, store: str, noun: Noun, id_: object) -> None:
        """Tell every page of a store to read something again."""
        self.publish_live(store, Live(noun, str(id_)))


def install(app: Flask, desk: Desk) -> None:
    """Give an application its desk."""
    app.extensions["desk"] = desk
    app.teardown_appcontext(_close)


def desk() -> Desk:
    """The desk of the present request's application."""
    return cast(Desk, current_app.extensions["desk"])


def session() -> Session:
    """A database session to read with; it closes with the request. Writers take their own."""
    if "db" not in g:
        g.db = desk().sessions()
    return cast(Session, g.db)


def _close(_error: BaseException | None) -> None:
    db: Session | None = g.pop("db", None)
    if db is not None:
        db.close()

"""The gateway's web application: the staff board and the owner's console under one roof."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from contract.messages import Live
from runtime.clock import Clock
from web_ui.shared.hub import Hub
from web_ui.shared.site import site

STREAMS = 40  # twice the staff of a large shop; each holds a thread
THREADS = STREAMS + 24  # for `Server`: the rest answer ordinary requests at once

PublishLive = Callable[[str, Live], None]


def create_app(
    sessions: sessionmaker[Session],
    clock: Clock,
    hub: Hub[Live],
    publish_live: PublishLive,
    secret_key: bytes,
) -> Flask:
    """The application of one gateway; reads no environment."""
    del sessions, clock, hub, publish_live
    app = site([])
    app.secret_key = secret_key
    return app

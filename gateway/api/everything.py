"""All that machines and phones may ask of a gateway, put on one application."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from contract.messages import Live, Show
from contract.topics import KioskAddress
from gateway.api import arrivals, rest, screen_codes, webhooks
from gateway.api.arrivals import Reception
from gateway.api.front import Front
from gateway.api.webhooks import Porch

Say = Callable[[str, Live], None]
Present = Callable[[KioskAddress, Show], None]


def install(
    app: Flask, sessions: sessionmaker[Session], porch: Porch, say: Say, present: Present
) -> None:
    """Answer phones, screens' codes, shop systems and web shops."""
    arrivals.install(app, Reception(sessions, porch.now_ms, say))
    screen_codes.install(app, screen_codes.Desk(sessions, porch.now_ms, present))
    rest.install(app, Front(sessions, porch.now_ms, say))
    webhooks.install(app, porch)

"""What a kiosk is made of: how it decides, and everything outside its own state. Does nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.closing import Closing
from kiosk.core.codes import CodeRules
from kiosk.core.presence import PresenceRules
from kiosk.core.screen_rules import ScreenRules
from kiosk.lending import Lending
from kiosk.obeying import Obeying
from kiosk.ports import Asker, Door, Panel, ScreenFeed, Time
from kiosk.reporter import Reporter
from kiosk.shelf import Shelf
from kiosk.tending import Tending
from runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class Rules:
    """How this kiosk decides."""

    kiosk: str
    presence: PresenceRules
    codes: CodeRules
    screen: ScreenRules
    has_camera: bool = True
    phone_url: str = ""  # where phones find the gateway; without it the screen has no code for them


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside the kiosk's own state."""

    reporter: Reporter
    feed: ScreenFeed
    panel: Panel
    clock: Clock
    time: Time
    new_session: Callable[[], str]
    lending: Lending
    obeying: Obeying | None = None
    closing: Closing | None = None  # else the shop is always open
    tending: Tending | None = None  # else nobody looks after it at its screen
    asker: Asker | None = None  # then who has no pass at hand may type their number
    shelf: Shelf | None = None  # else a product's code is as any that is none of ours
    door: Door | None = None  # then what the camera reads is shown to it, and it decides

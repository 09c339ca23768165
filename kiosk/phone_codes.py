"""The codes this screen shows to phones: drawn anew as they age, used up once a phone claims one.

Owned by the main thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contract.messages import ShownCode
from contract.screen_codes import link
from kiosk.core import screen, screen_codes
from kiosk.core.screen import ScreenState
from kiosk.core.screen_codes import Codes


@dataclass
class PhoneCodes:
    """What is on the screen, and what is still good."""

    phone_url: str  # where phones find the gateway; without it none is shown
    kiosk: str
    draw: Callable[[], str]
    shown: Codes = ()  # newest first

    def renew(self, state: ScreenState, now_s: float) -> ScreenState:
        """The screen with a code that is new enough."""
        if not self.phone_url:
            return state
        self.shown = screen_codes.renew(self.shown, now_s, self.draw)
        return screen.link_phones(state, link(self.phone_url, self.kiosk, self.shown[0].session))

    def is_good(self, session: str, now_s: float) -> bool:
        """Whether a session may begin by a code of ours."""
        return screen_codes.is_good(self.shown, session, now_s)

    def use_up(self) -> None:
        """A phone claimed one: that is used, and so are those that others may still look at."""
        self.shown = ()

    def told(self, now_s: float) -> tuple[ShownCode, ...]:
        """What the gateway may know of them."""
        return screen_codes.told(self.shown, now_s)

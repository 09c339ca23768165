"""A leaflet's code held to this screen, until it is known whose hand it is in. It names nobody.

Only links of the shop's own hosts, and of those only their tags: what else a code says stays here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from contract import tracked_links
from contract.events import Followed
from contract.tracked_links import Shown
from kiosk.core.own_page import CheckIn, Choices, OfferDetail, Offers, PickUp, Privacy, WhyNot
from kiosk.core.screen_state import Screen

WAIT_S = 30.0  # who holds up a leaflet shows who they are right after, or is not asked again

OWN_PAGES = (Offers, OfferDetail, WhyNot, Privacy, Choices, PickUp, CheckIn)


@dataclass
class Leaflets:
    """One kiosk's. One thread owns it."""

    hosts: frozenset[str] = frozenset()
    _held: Shown | None = field(default=None, init=False)
    _until_s: float = field(default=0.0, init=False)

    def read(self, text: str, now_s: float) -> bool:
        """Whether a text is a tracked link of ours; if so it waits for whoever holds it."""
        if tracked_links.host(text) not in self.hosts:
            return False
        held = tracked_links.shown(text)
        if not held.campaign:
            return False
        self._held, self._until_s = held, now_s + WAIT_S
        return True

    def due(self, screen: Screen, session: str, now_s: float) -> list[Followed]:
        """What to report, once, when a shopper's own page is open; call it at every tick."""
        held = self._held
        if held is None:
            return []
        if now_s > self._until_s:
            self._held = None
            return []
        if not isinstance(screen, OWN_PAGES):
            return []
        self._held = None
        return [Followed(session, held.campaign, held.origin, held.medium)]

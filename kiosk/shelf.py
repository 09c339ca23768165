"""Answers a product's code from what this kiosk was sent, with or without the gateway.

Owned by the main thread. It reports nothing: who looks at what is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from contract import product_codes
from contract.products import Catalogue
from kiosk.core import at_the_shelf, screen_state
from kiosk.core.at_the_shelf import NoProduct, Own, ProductShown
from kiosk.core.screen import (
    Attract,
    Goodbye,
    Hello,
    OfferDetail,
    Offers,
    Recorded,
    Refused,
    ScreenState,
    StaffCalled,
    WhyNot,
)
from kiosk.ports import Time

# What gives way to a product. Whoever types, waits for an answer or picks up an order is not
# interrupted by a bag that comes before the camera.
GIVES_WAY = (
    Attract
    | Hello
    | Recorded
    | Refused
    | Goodbye
    | StaffCalled
    | Offers
    | OfferDetail
    | WhyNot
    | ProductShown
    | NoProduct
)


class Shelf:
    """What the store sells, as far as this kiosk was told."""

    def __init__(
        self, store: str, phone_url: str, told: Callable[[], Catalogue | None], time: Time
    ) -> None:
        """`told` is the newest word; `phone_url` is where this store's own labels lead."""
        self._own = Own(store, urlsplit(phone_url).netloc)
        self._told = told
        self._time = time

    def read(self, state: ScreenState, text: str, now_s: float) -> ScreenState | None:
        """The screen after a code was read; None if it is no product's code."""
        code = product_codes.read(text)
        if code is None:
            return None
        if not isinstance(state.screen, GIVES_WAY):
            return state
        belief = self._time.belief()
        now_ms = int(belief.unix_s * 1000) if belief.is_known else None
        found = at_the_shelf.answer(code, self._told(), now_ms, self._own)
        page = replace(found, shown=screen_state.shown_on(state.screen))
        return screen_state.to(state, page, now_s)

"""Obeys what the console orders of a kiosk itself: say which one you are, start anew.

Orders to doors are not its own.

Owned by the main thread.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping

from contract.commands import Deed
from contract.topics import KioskAddress
from contract.vitals import OrderAnswer, Outcome, Shown
from kiosk.closing import Closing
from kiosk.core import obedience
from kiosk.core.find_me import find_me
from kiosk.core.glass import redacted
from kiosk.core.obedience import Memory
from kiosk.core.screen import ScreenState
from kiosk.health import Health
from kiosk.ports import Panel, Time
from runtime.clock import Clock

REMEMBERED = 100  # an order lives 5 s; nobody's hand gives more
TOLD = 4  # as many answers as a kiosk's state holds
RESTART_AFTER_S = 2.0  # first the console hears that it was obeyed

Photograph = Callable[[str, int], None]
"""Takes a picture for an order: its nonce, and the revision of the screen it may show."""

log = logging.getLogger(__name__)


class Obeying:
    """The orders this kiosk had, and what became of each."""

    def __init__(
        self, here: KioskAddress, keys: Mapping[int, bytes], panel: Panel, clock: Clock, time: Time
    ) -> None:
        """`keys` are the retailer's, by number."""
        self._here = here
        self._keys = keys
        self._panel = panel
        self._clock = clock
        self._time = time
        self._started_s = clock.monotonic_s()
        self._answers: OrderedDict[str, Outcome] = OrderedDict()  # by nonce
        self._restart_at_s: float | None = None
        self._photograph: Photograph | None = None
        self._closing: Closing | None = None

    def close_with(self, closing: Closing) -> None:
        """Somebody here knows whether the shop is closed."""
        self._closing = closing

    def look_with(self, photograph: Photograph) -> None:
        """Somebody here can take pictures of the screen."""
        self._photograph = photograph

    def obey(self, sealed: bytes, state: ScreenState, health: Health) -> ScreenState | None:
        """The screen after an order for this kiosk; None if it is none, and perhaps the door's."""
        now_s = self._clock.monotonic_s()
        memory = Memory(now_s - self._started_s, self._answers)
        judged = obedience.judge(self._keys, sealed, self._here, memory, self._time.belief())
        if judged is None:
            return None
        order, outcome = judged.order, judged.outcome
        if outcome is Outcome.DONE and order.deed is Deed.LOOK:
            outcome = self._look(order.nonce, state, health)
        if outcome is Outcome.DONE and order.deed in (Deed.CLOSE, Deed.OPEN):
            outcome = self._close(is_closed=order.deed is Deed.CLOSE)
        log.info("staff %s ordered %s: %s (%s)", order.staff, order.deed, outcome, order.nonce)
        self._answers[order.nonce] = outcome
        if len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        newest = list(self._answers.items())[-TOLD:]
        health.answer_orders(tuple(OrderAnswer(nonce, said) for nonce, said in newest))
        if outcome is not Outcome.DONE or order.deed in (Deed.LOOK, Deed.CLOSE, Deed.OPEN):
            return state
        if order.deed is Deed.RESTART:
            self._restart_at_s = now_s + RESTART_AFTER_S
            return state
        self._panel.invite()
        return find_me(state, now_s)

    def _close(self, *, is_closed: bool) -> Outcome:
        """The screen follows with the next tick, once nobody is served."""
        closing = self._closing
        done = closing is not None and closing.obey(is_closed=is_closed)
        return Outcome.DONE if done else Outcome.UNABLE

    def _look(self, nonce: str, state: ScreenState, health: Health) -> Outcome:
        """Only a picture of which the browser said that it is painted, and of nobody's screen."""
        if self._photograph is None:
            return Outcome.UNABLE
        if redacted(state.screen) is Shown.SERVING or not health.is_painted(state.revision):
            return Outcome.SERVING
        self._photograph(nonce, state.revision)
        return Outcome.DONE

    def wants_restart(self) -> bool:
        """Whether this process is to end now, and whoever watches over it to start it anew."""
        return self._restart_at_s is not None and self._clock.monotonic_s() >= self._restart_at_s

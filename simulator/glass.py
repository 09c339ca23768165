"""What was on the kiosks' screens, held against what people did: who saw whose name, and how soon.

Browser threads tell what was painted, the stage's thread what hands did; one lock is between them.
"""

from __future__ import annotations

import html
import re
import threading
from dataclasses import dataclass, field

from kiosk.core.inputs import Button
from runtime.clock import stopwatch_ms
from simulator.browser import Painted
from simulator.errand import PERSONAL
from simulator.people import Shopper
from simulator.shop import Shop

OPENING = (Button.HELLO, Button.CONFIRM)  # the touches that may make a screen personal
ANSWERS = ("confirm", "offers")
PROMISES = frozenset(
    ("waiting", "offer_detail", "pick_up", "check_in", "rain_check", "staff_called")
)
"""Screens that tell a shopper "it is noted": an event stands behind each."""

_AT_DOORS = ("door_asked", "let_in", "kept_out")
_NEUTRAL = frozenset(("attract", "hello", "goodbye", "refused", "lost", *_AT_DOORS))


@dataclass
class _Pane:
    """One kiosk's glass."""

    opened_at: int | None = None  # the revision on which somebody touched or showed a code
    is_held_to: bool = False
    actor: Shopper | None = None
    asked_ms: float | None = None
    frames_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the screens did wrong, in sentences without names, and what they did in numbers."""

    leaks: tuple[str, ...]
    mistaken: tuple[str, ...]
    latencies_ms: tuple[float, ...]
    accepted_ms: tuple[float, ...]  # from a pass before the camera to the kiosk's own "one moment"
    promises: int


class Glass:
    """All kiosks' screens."""

    def __init__(self, shop: Shop) -> None:
        self._lock = threading.Lock()
        self._panes: dict[str, _Pane] = {}
        self._personal = _personal_words(shop)
        self._leaks: list[str] = []
        self._mistaken: list[str] = []
        self._latencies_ms: list[float] = []
        self._accepted_ms: list[float] = []
        self._promised: set[tuple[str, int]] = set()

    def raised(self, kiosk: str, shopper: Shopper, revision: int) -> None:
        """A phone is held to the camera, while that revision is on the screen."""
        with self._lock:
            pane = self._pane(kiosk)
            pane.actor, pane.is_held_to, pane.opened_at = shopper, True, revision
            pane.asked_ms, pane.frames_ms = None, []

    def taken(self, kiosk: str, at_ms: float) -> None:
        """The camera is about to take a frame of the phone."""
        with self._lock:
            self._pane(kiosk).frames_ms.append(at_ms)

    def lowered(self, kiosk: str) -> None:
        """The phone is gone."""
        with self._lock:
            self._pane(kiosk).is_held_to = False

    def touched(self, kiosk: str, shopper: Shopper, button: Button, revision: int) -> None:
        """A finger is about to touch a button."""
        with self._lock:
            pane = self._pane(kiosk)
            pane.actor = shopper
            if button in OPENING:
                pane.opened_at, pane.asked_ms = revision, stopwatch_ms()

    def painted(self, painted: Painted) -> None:
        """A screen is on the glass."""
        seen = painted.seen
        with self._lock:
            pane = self._pane(painted.kiosk)
            if seen.screen in PROMISES:
                self._promised.add((painted.kiosk, seen.revision))
            if seen.screen == "waiting" and pane.is_held_to and pane.frames_ms:
                # The frame with the code is the last or, if one was begun since, the one before.
                pane.asked_ms, pane.frames_ms = pane.frames_ms[-2:][0], []
                self._accepted_ms.append(painted.at_ms - pane.asked_ms)
            self._look_for_names(pane, painted)
            if seen.screen in ANSWERS and pane.asked_ms is not None:
                self._latencies_ms.append(painted.at_ms - pane.asked_ms)
                pane.asked_ms = None
                self._look_for_mistake(pane, painted)

    def verdicts(self) -> Verdicts:
        """All so far."""
        with self._lock:
            return Verdicts(
                tuple(self._leaks),
                tuple(self._mistaken),
                tuple(self._latencies_ms),
                tuple(self._accepted_ms),
                len(self._promised),
            )

    def _look_for_names(self, pane: _Pane, painted: Painted) -> None:
        seen = painted.seen
        is_new = pane.opened_at is None or seen.revision > pane.opened_at
        if seen.screen in _NEUTRAL and is_new and not pane.is_held_to:
            pane.opened_at = None
        if pane.opened_at is not None and seen.screen not in _NEUTRAL:
            return
        if self._personal.search(html.unescape(painted.html)):
            self._leaks.append(
                f"{painted.kiosk}: screen {seen.screen} (revision {seen.revision}) said something"
                " personal before a touch or a pass"
            )

    def _look_for_mistake(self, pane: _Pane, painted: Painted) -> None:
        member = pane.actor.member if pane.actor else None
        if painted.seen.screen not in PERSONAL:
            return
        if not self._personal.search(painted.seen.title):
            return  # for everybody: the gateway is silent, and the kiosk gives what it may
        if member is None or member.given_name not in painted.seen.title:
            who = pane.actor.shopper if pane.actor else "nobody"
            self._mistaken.append(f"{painted.kiosk}: {who} was shown another person's screen")

    def _pane(self, kiosk: str) -> _Pane:
        return self._panes.setdefault(kiosk, _Pane())


def _personal_words(shop: Shop) -> re.Pattern[str]:
    """Every given name, phone number and order number of the shop, as whole words."""
    words = {member.given_name for member in shop.members}
    words |= {member.phone for member in shop.members} | {order.number for order in shop.orders}
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, words)))})\b")

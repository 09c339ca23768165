"""When known tags were last heard, and what they said of their batteries. Knows no stranger.

Bounded, and in memory only; the kiosk's state tells it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from contract.messages import TagHeard
from kiosk.core.advertisement import decode
from kiosk.core.formats.bthome import BtHome
from kiosk.core.formats.eddystone import EddystoneTlm
from kiosk.core.inputs import Advertisement

KEPT = 64  # tags, as many as a kiosk's state tells
EVERY_S = 10.0  # a battery lasts years; the state itself is told every 15 s


class _News(NamedTuple):
    heard_s: float
    battery_mv: int | None
    battery_percent: int | None


class TagNews:
    """One thread owns it."""

    def __init__(self) -> None:
        self._news: dict[str, _News] = {}  # whoever was heard last stands last

    def hear(self, tag: str, heard: Advertisement, at_s: float) -> None:
        """A known tag was heard; costs nothing unless it is news."""
        was = self._news.get(tag)
        if was is not None and at_s - was.heard_s < EVERY_S:
            return
        millivolts, percent = (None, None) if was is None else was[1:]
        for beacon in decode(heard):
            if isinstance(beacon, EddystoneTlm):
                millivolts = beacon.battery_mv
            elif isinstance(beacon, BtHome) and beacon.battery_percent is not None:
                percent = min(beacon.battery_percent, 100)
        self._news.pop(tag, None)
        self._news[tag] = _News(at_s, millivolts, percent)
        if len(self._news) > KEPT:
            del self._news[next(iter(self._news))]

    def keep(self, may_be_noticed: Callable[[str], bool]) -> None:
        """Forget whoever may be noticed no more."""
        self._news = {tag: news for tag, news in self._news.items() if may_be_noticed(tag)}

    def told(self, now_s: float, unix_s: float) -> tuple[TagHeard, ...]:
        """All of it, by the clock on the wall."""
        return tuple(
            TagHeard(
                tag,
                max(0, round((unix_s - (now_s - news.heard_s)) * 1_000)),
                news.battery_mv,
                news.battery_percent,
            )
            for tag, news in self._news.items()
        )

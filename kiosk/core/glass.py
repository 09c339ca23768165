"""A screen as others may know it: one word, and whether the browser has painted it.

What a shopper sees is in no word of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from contract.vitals import Shown
from kiosk.core.identify import Identify
from kiosk.core.screen import Attract, Closed, OutOfOrder, Screen

IMPERSONAL: dict[type[Screen], Shown] = {
    Attract: Shown.INVITATION,
    Closed: Shown.CLOSED,
    Identify: Shown.IDENTIFY,
    OutOfOrder: Shown.OUT_OF_ORDER,
}


@dataclass(frozen=True, slots=True)
class Owed:
    """The newest picture, and since when the browser owes it; None once it is painted."""

    revision: int
    since_s: float | None
    painted: int = -1  # the newest that was; its word may come before the kiosk looks

    def behind_s(self, now_s: float) -> float:
        """For how long it has owed it."""
        return 0.0 if self.since_s is None else max(0.0, now_s - self.since_s)


def shown(owed: Owed, revision: int, now_s: float) -> Owed:
    """The kiosk shows a revision now; a picture that is owed already stays owed since then."""
    if revision == owed.revision:
        return owed
    if revision <= owed.painted:
        return replace(owed, revision=revision, since_s=None)
    return replace(owed, revision=revision, since_s=now_s if owed.since_s is None else owed.since_s)


def painted(owed: Owed, revision: int) -> Owed:
    """The browser has painted a revision; an older one is none that is waited for."""
    if revision < owed.revision:
        return owed
    return replace(owed, since_s=None, painted=revision)


def redacted(screen: Screen) -> Shown:
    """What others may know: anything that is not known to be impersonal is somebody's."""
    return IMPERSONAL.get(type(screen), Shown.SERVING)

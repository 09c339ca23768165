"""The codes this screen shows to phones: which is new, which are still good. It draws none itself.

A code names the session that begins here if a phone claims it. Monotonic seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contract.messages import ShownCode
from contract.screen_codes import digest

ROTATE_S = 60.0  # how long a code is shown
LIFE_S = 90.0  # who scanned it in its last moment has half a minute to say yes


@dataclass(frozen=True, slots=True)
class ScreenCode:
    """One code, and since when it is shown."""

    session: str
    since_s: float


Codes = tuple[ScreenCode, ...]  # newest first; the first is on the screen


def renew(codes: Codes, now_s: float, draw: Callable[[], str]) -> Codes:
    """What is good now; with a new code in front if the newest was shown for long enough."""
    good = tuple(one for one in codes if _is_good(one, now_s))
    if good and now_s - good[0].since_s < ROTATE_S:
        return good
    return (ScreenCode(draw(), now_s), *good)


def is_good(codes: Codes, session: str, now_s: float) -> bool:
    """Whether a session may begin by this code."""
    return any(one.session == session and _is_good(one, now_s) for one in codes)


def told(codes: Codes, now_s: float) -> tuple[ShownCode, ...]:
    """What the kiosk says of them: no code itself, and no time of day."""
    return tuple(
        ShownCode(digest(one.session), round((LIFE_S - (now_s - one.since_s)) * 1_000))
        for one in codes
        if _is_good(one, now_s)
    )


def _is_good(code: ScreenCode, now_s: float) -> bool:
    return now_s - code.since_s < LIFE_S

"""What others may be told of this shop, when an attempt is repeated, and when it is given up."""

from __future__ import annotations

from enum import StrEnum

ATTEMPTS_MAX = 15  # over forty hours, with these waits: a Sunday and the night after
FIRST_WAIT_MS = 5_000  # a server that restarts is back by then
LONGEST_WAIT_MS = 6 * 3_600_000  # a server that was away over night is told in the morning


class Kind(StrEnum):
    """What happens here that others may want to know. Bodies hold ids, states and amounts."""

    ALERT_CLOSED = "alert.closed"  # the follow-up: who was served, by whom, with which outcome
    ORDER_HANDED_OVER = "order.handed_over"
    RETURN_SETTLED = "return.settled"  # goods that were brought back: taken, exchanged, declined
    DAY_COUNTED = "day.counted"  # a store's numbers of a day that is over, each time they change
    PRIVACY_ASKED = "privacy.asked"  # a request that reaches others who hold a copy


def wait_ms(attempts: int, luck: float) -> int:
    """How long after the `attempts`-th failure the next attempt is; `luck` is from 0 to 1.

    Three times longer each, and up to a fifth more, so that what failed together does not come
    back together: 5 s, 15 s, 45 s, 2 min, 7 min, 20 min, 1 h, 3 h, then every 6 h.
    """
    grown = FIRST_WAIT_MS * 3 ** (attempts - 1)
    return int(min(grown, LONGEST_WAIT_MS) * (1 + luck / 5))


def is_given_up(attempts: int) -> bool:
    """Whether that was the last attempt."""
    return attempts >= ATTEMPTS_MAX

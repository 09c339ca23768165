"""What makes a screen easier to see, to hear and to reach. It draws nothing."""

from __future__ import annotations

from enum import StrEnum


class Ease(StrEnum):
    """One way of making the screen easier; they go together in any number."""

    LARGE = "large"  # letters as large as EN 301 549, 5.1.4 asks
    CONTRAST = "contrast"  # black, white and yellow
    ALOUD = "aloud"  # the screen is read to whoever cannot read it: kiosk.core.aloud
    REACH = "reach"  # all there is to touch in the lower part of an upright screen


def turned(chosen: frozenset[Ease], name: str) -> frozenset[Ease]:
    """What is chosen after the one of that name was touched; any other name changes nothing."""
    return chosen ^ {Ease(name)} if name in set(Ease) else chosen

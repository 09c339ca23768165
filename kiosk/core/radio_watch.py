"""When a Bluetooth radio counts as deaf, and what is tried next. Touches no radio and no clock.

Nothing else notices: while scanning, an adapter may vanish, BlueZ restart and the bus die, and
bleak goes on to say nothing, without an error.
"""

from __future__ import annotations

from enum import StrEnum

# A guess between two needs: health has to say "deaf" within 30 s, and one beacon at the slowest
# interval Bluetooth allows, 10.24 s, should be heard within it.
SILENT_S = 20.0


class Step(StrEnum):
    """What may bring a deaf radio back, gentlest first."""

    RESCAN = "scan anew"
    POWER_CYCLE = "switch the adapter off and on"
    NEXT_ADAPTER = "go on with the next adapter"
    RESTART_BLUETOOTH = "ask systemd to restart bluetooth"


_COSTLY = (Step.POWER_CYCLE, Step.NEXT_ADAPTER, Step.RESTART_BLUETOOTH)

# A shop where at night nobody transmits is as silent as a broken radio. So scanning begins anew
# every 20 s, which costs nothing, and the rest comes back ever more seldom: at once, after
# another 4 scans, then after every 32, which is 11 minutes.
_RESCANS, _RESCANS_GROW, _MOST_RESCANS = 1, 4, 32


def step(attempt: int) -> Step:
    """What to try at the nth attempt (from 0) since something was last heard."""
    rescans = _RESCANS
    while attempt >= rescans + len(_COSTLY):
        attempt -= rescans + len(_COSTLY)
        rescans = min(rescans * _RESCANS_GROW, _MOST_RESCANS)
    return Step.RESCAN if attempt < rescans else _COSTLY[attempt - rescans]


class Hearing(StrEnum):
    """What can be said of a radio by what it has heard."""

    UNPROVEN = "unproven"  # too early to say
    GOOD = "good"
    WEAK = "weak"  # it hears others, but not the reference tag
    DEAF = "deaf"


class RadioWatch:
    """What one radio has heard, and how often it was tried to mend. One thread owns it."""

    def __init__(self, silent_s: float = SILENT_S, *, has_reference: bool = False) -> None:
        """`has_reference`: a tag that is always there; only hearing it proves anything."""
        self._silent_s = silent_s
        self._has_reference = has_reference
        self._since_s = float("-inf")  # when the present scan began
        self._heard_s = float("-inf")
        self._reference_s = float("-inf")
        self._attempts = 0

    def begin(self, now_s: float) -> None:
        """A scan begins; what was heard before proves nothing of it."""
        self._since_s = now_s

    def hear(self, now_s: float) -> None:
        """Somebody was heard."""
        self._heard_s = now_s
        if not self._has_reference:
            self._attempts = 0

    def hear_reference(self, now_s: float) -> None:
        """The reference tag was heard."""
        self._heard_s = self._reference_s = now_s
        self._attempts = 0

    def hearing(self, now_s: float) -> Hearing:
        """How well the present scan hears."""
        if now_s - max(self._since_s, self._heard_s) >= self._silent_s:
            return Hearing.DEAF
        proof_s = self._reference_s if self._has_reference else self._heard_s
        if now_s - max(self._since_s, proof_s) >= self._silent_s:
            return Hearing.WEAK
        return Hearing.GOOD if proof_s >= self._since_s else Hearing.UNPROVEN

    def climb(self) -> Step:
        """What to try now that this scan is of no use."""
        tried = self._attempts
        self._attempts += 1
        return step(tried)

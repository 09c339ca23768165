"""Other people's presence rules in a few lines each, and ours behind the same face.

Written from the descriptions and default values these projects publish, to be measured beside
ours on the same recordings. An estimate says how loud a tag is at one receiver; `Near` and
`Nearest` decide on any estimate.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import exp
from statistics import fmean, quantiles
from typing import Protocol

from kiosk.core import presence
from kiosk.core.presence import NOBODY, PresenceRules

ENTER_DBM = -66.0  # where the fitted building and the simulated shop put two metres
STALE_S = 3.0


class Estimate(Protocol):
    """How loud a tag is at a receiver."""

    def hear(self, t_s: float, rssi_dbm: float) -> float:
        """One more sample; the estimate in dBm."""


class Raw:
    """The last sample is the truth."""

    def hear(self, t_s: float, rssi_dbm: float) -> float:  # noqa: ARG002 - as all do
        """One more sample."""
        return rssi_dbm


class Ewma:
    """Each sample counts 0.3 (habluetooth's smoothing)."""

    level_dbm: float | None = None

    def hear(self, t_s: float, rssi_dbm: float) -> float:  # noqa: ARG002 - as all do
        """One more sample."""
        was = rssi_dbm if self.level_dbm is None else self.level_dbm
        self.level_dbm = was + 0.3 * (rssi_dbm - was)
        return self.level_dbm


class TimedEwma:
    """Each sample counts for the time since the last, with a time constant of 2.5 s."""

    level_dbm: float | None = None
    heard_s = 0.0

    def hear(self, t_s: float, rssi_dbm: float) -> float:
        """One more sample."""
        was = rssi_dbm if self.level_dbm is None else self.level_dbm
        self.level_dbm = was + (1 - exp((self.heard_s - t_s) / 2.5)) * (rssi_dbm - was)
        self.heard_s = t_s
        return self.level_dbm


class Kalman:
    """One dimension, process noise 0.008, measurement noise 4 (room-assistant's defaults)."""

    level_dbm: float | None = None
    variance = 4.0

    def hear(self, t_s: float, rssi_dbm: float) -> float:  # noqa: ARG002 - as all do
        """One more sample."""
        if self.level_dbm is None:
            self.level_dbm = rssi_dbm
            return rssi_dbm
        self.variance += 0.008
        gain = self.variance / (self.variance + 4.0)
        self.level_dbm += gain * (rssi_dbm - self.level_dbm)
        self.variance *= 1 - gain
        return self.level_dbm


class Fenced:
    """The mean of the last 15 s within Tukey's fences (ESPresense)."""

    def __init__(self) -> None:
        self._heard: deque[tuple[float, float]] = deque()

    def hear(self, t_s: float, rssi_dbm: float) -> float:
        """One more sample."""
        self._heard.append((t_s, rssi_dbm))
        while t_s - self._heard[0][0] > 15.0:
            self._heard.popleft()
        levels = [level for _, level in self._heard]
        if len(levels) < 4:
            return fmean(levels)
        low, _, high = quantiles(levels, n=4, method="inclusive")
        fence = 1.5 * (high - low)
        return fmean(level for level in levels if low - fence <= level <= high + fence)


class Rule(Protocol):
    """Whether one tag is near one receiver."""

    @property
    def is_here(self) -> bool:
        """Now."""

    def hear(self, t_s: float, rssi_dbm: float) -> None:
        """The receiver heard it."""

    def wait(self, t_s: float) -> None:
        """Time passed."""


class Near:
    """Here from `ENTER_DBM` on, until weaker than `leave_dbm`, or silent for `lost_s`."""

    def __init__(
        self,
        estimate: Estimate,
        leave_dbm: float = ENTER_DBM,
        in_s: float = 0.0,
        out_s: float = 0.0,
        lost_s: float = 12.0,
    ) -> None:
        self._estimate, self._leave_dbm = estimate, leave_dbm
        self._in_s, self._out_s, self._lost_s = in_s, out_s, lost_s
        self._since_s: float | None = None  # when it began to be near, or weak
        self._heard_s = 0.0
        self.is_here = False

    def hear(self, t_s: float, rssi_dbm: float) -> None:
        """The receiver heard it."""
        self.wait(t_s)
        self._heard_s = t_s
        level_dbm = self._estimate.hear(t_s, rssi_dbm)
        is_other = level_dbm < self._leave_dbm if self.is_here else level_dbm >= ENTER_DBM
        if not is_other:
            self._since_s = None
            return
        self._since_s = t_s if self._since_s is None else self._since_s
        if t_s - self._since_s >= (self._out_s if self.is_here else self._in_s):
            self._turn()

    def wait(self, t_s: float) -> None:
        """Time passed."""
        if self.is_here and t_s - self._heard_s > self._lost_s:
            self._turn()

    def _turn(self) -> None:
        self.is_here, self._since_s = not self.is_here, None


class Ours:
    """The kiosk's own rules, at one receiver."""

    def __init__(self, rules: PresenceRules) -> None:
        self._rules, self._now = rules, NOBODY

    @property
    def is_here(self) -> bool:
        """Whether a visit is open."""
        return self._now.is_here

    def hear(self, t_s: float, rssi_dbm: float) -> None:
        """The receiver heard it."""
        self._now, _ = presence.hear(self._now, self._rules, t_s, "here", rssi_dbm)

    def wait(self, t_s: float) -> None:
        """Time passed."""
        self._now, _ = presence.wait(self._now, self._rules, t_s)


class ZoneRule(Protocol):
    """Which receiver one tag is nearest to."""

    @property
    def zone(self) -> str:
        """Now; "" while nobody can tell."""

    def hear(self, t_s: float, receiver: str, rssi_dbm: float) -> None:
        """A receiver heard it."""


class Nearest:
    """The loudest estimate, once it beats the holder's by `margin_db` for `hold_s`."""

    def __init__(
        self, estimate: Callable[[], Estimate], margin_db: float = 0.0, hold_s: float = 0.0
    ) -> None:
        self._new, self._margin_db, self._hold_s = estimate, margin_db, hold_s
        self._estimates: dict[str, Estimate] = {}
        self._heard: dict[str, tuple[float, float]] = {}  # when, and how loud
        self._challenger, self._since_s = "", 0.0
        self.zone = ""

    def hear(self, t_s: float, receiver: str, rssi_dbm: float) -> None:
        """A receiver heard it."""
        estimate = self._estimates.setdefault(receiver, self._new())
        self._heard[receiver] = (t_s, estimate.hear(t_s, rssi_dbm))
        fresh = {one: dbm for one, (at_s, dbm) in self._heard.items() if t_s - at_s <= STALE_S}
        best = max(fresh, key=fresh.__getitem__)
        if not self.zone:
            self.zone = best
        if best == self.zone or fresh[best] < self._heard[self.zone][1] + self._margin_db:
            self._challenger = ""
            return
        if best != self._challenger:
            self._challenger, self._since_s = best, t_s
        if t_s - self._since_s >= self._hold_s:
            self.zone, self._challenger = best, ""


class OursNearest:
    """The kiosk's own rules, over several receivers."""

    def __init__(self, rules: PresenceRules) -> None:
        self._rules, self._now = rules, NOBODY

    @property
    def zone(self) -> str:
        """As `hien presence replay` tells it."""
        return self._now.zone

    def hear(self, t_s: float, receiver: str, rssi_dbm: float) -> None:
        """A receiver heard it."""
        self._now, _ = presence.hear(self._now, self._rules, t_s, receiver, rssi_dbm)

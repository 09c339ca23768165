"""How loud a tag is at a receiver, advertisement by advertisement.

The model and every number are those of the synthetic store on which the presence rules were
tuned: log-distance path loss with exponent 1.9 and -61 dBm at one metre, shadowing of 4 dB that
changes slowly along a walk, 8 dB where a body is in between, fading of 2.9 dB whose neighbouring
samples correlate by 0.19 (median of 972 static recordings of the CC0 data set
philotuxo/Position-Annotated-BLE-RSSI-Dataset), 12 % deep fades and 15 % lost packets. It knows
nothing of people: it is asked for one tag, one receiver, one moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import atan2, cos, log10, pi, sin, sqrt
from random import Random

from simulator.floor import Spot, metres

POWER_AT_1M_DBM = -61.0
EXPONENT = 1.9
NEAREST_M = 0.3  # the far-field formula means nothing closer to the antenna
SHADOW_DB = 4.0
SHADOW_M = 3.0  # shadowing forgets itself over about the width of an aisle
BODY_DB = 8.0
FADING_DB = 2.9
FADING_RHO = 0.19
DEEP_FADE_SHARE = 0.12
DEEP_FADE_DB = (6.0, 14.0)  # a null of two paths: up to about this much below the mean
LOST_SHARE = 0.15
FAINTEST_DBM = -98  # a Raspberry Pi's controller reports hardly anything below

_RIPPLES = 16  # plane waves that add up to a Gaussian field; more look the same


class Shadow:
    """The shadowing around one receiver: the same place is always equally dark."""

    def __init__(self, rng: Random) -> None:
        self._ripples = []
        for _ in range(_RIPPLES):
            turn, phase = rng.uniform(0, 2 * pi), rng.uniform(0, 2 * pi)
            per_m = 2 * pi / (SHADOW_M * rng.uniform(1.0, 4.0))
            self._ripples.append((per_m * cos(turn), per_m * sin(turn), phase))
        self._scale_db = SHADOW_DB * sqrt(2 / _RIPPLES)

    def at_db(self, spot: Spot) -> float:
        """How much louder (or, negative, fainter) a tag at that spot is than the distance says."""
        waves = sum(cos(x * spot.x_m + y * spot.y_m + phase) for x, y, phase in self._ripples)
        return self._scale_db * waves


@dataclass
class Receiver:
    """One kiosk's antenna, its surroundings, and how each tag last faded at it."""

    at: Spot
    shadow: Shadow
    rng: Random
    _fading_db: dict[str, float] = field(default_factory=dict)

    def mean_dbm(self, tag_at: Spot, heading_rad: float) -> float:
        """The level without fading of a tag worn in front by somebody who faces `heading_rad`."""
        far_m = max(metres(self.at, tag_at), NEAREST_M)
        path_dbm = POWER_AT_1M_DBM - 10 * EXPONENT * log10(far_m)
        return path_dbm + self.shadow.at_db(tag_at) - self._body_db(tag_at, heading_rad)

    def hear(self, tag: str, tag_at: Spot, heading_rad: float) -> int | None:
        """One advertisement's RSSI in dBm, or None if it is lost or drowned."""
        past_db = self._fading_db.get(tag)
        fresh_db = self.rng.gauss(0.0, FADING_DB)
        fading_db = (
            fresh_db
            if past_db is None
            else FADING_RHO * past_db + sqrt(1 - FADING_RHO**2) * fresh_db
        )
        self._fading_db[tag] = fading_db
        if self.rng.random() < LOST_SHARE:
            return None
        level_dbm = self.mean_dbm(tag_at, heading_rad) + fading_db
        if self.rng.random() < DEEP_FADE_SHARE:
            level_dbm -= self.rng.uniform(*DEEP_FADE_DB)
        return None if level_dbm < FAINTEST_DBM else min(round(level_dbm), 20)

    def forget(self, tag: str) -> None:
        """The tag has left the shop."""
        self._fading_db.pop(tag, None)

    def _body_db(self, tag_at: Spot, heading_rad: float) -> float:
        """Full loss when the wearer's back is turned to the receiver, none from the side on."""
        towards_rad = atan2(self.at.y_m - tag_at.y_m, self.at.x_m - tag_at.x_m)
        return BODY_DB * max(0.0, -cos(towards_rad - heading_rad))

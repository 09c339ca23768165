"""What readings of one tag, held one metre before each receiver, say about the receivers.

A reading is the receiver's doing and the place's; only the receiver's part is corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles

from kiosk.core.presence import PresenceRules, Receiver

# Receivers differed by 3 dB (twelve of one kind in one building), places do by 4 dB: of what one
# receiver reads more than the others, 3² of 3² + 4² is its own. Believing all of it, or none,
# doubled the false or the missed visits in the simulated shop.
RECEIVER_SHARE = 0.36

# Tags differ by about as much, so what was fitted over 972 recordings counts like three places.
FITTED_POWER_DBM = -61.4
FITTED_COUNTS_LIKE = 3

# What a person with a tag in the hand can do wrong. The bounds are four sigma of places, receivers
# and tags (5 dB in all) around the fitted power, and four of a held tag's fading (2.9 dB).
LEAST_READINGS = 20  # a minute of the slowest tag we know has twice as many
FAINTEST_DBM, LOUDEST_DBM = FITTED_POWER_DBM - 20, FITTED_POWER_DBM + 20
WIDEST_DB = 12.0  # from the tenth percentile to the ninetieth


class ImplausibleError(ValueError):
    """The tag was not held still, one metre away: measure again. Says what speaks against it."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a store's presence rules are told."""

    power_at_1m_dbm: float
    offsets_db: Mapping[str, float]  # by receiver: how much louder than the others it reports


def level_dbm(readings_dbm: Sequence[float]) -> float:
    """How loud a tag is at a receiver one metre away; ImplausibleError if it was not there.

    The median, because a hand between tag and receiver costs 8 dB for a moment.
    """
    if len(readings_dbm) < LEAST_READINGS:
        raise ImplausibleError(
            f"heard {len(readings_dbm)} times; {LEAST_READINGS} are needed: hold it for longer"
        )
    level = median(readings_dbm)
    if level < FAINTEST_DBM:
        raise ImplausibleError(f"{level:.0f} dBm is too faint: come nearer, or change its battery")
    if level > LOUDEST_DBM:
        raise ImplausibleError(f"{level:.0f} dBm is too loud: step back to one metre")
    tenths = quantiles(readings_dbm, n=10, method="inclusive")
    spread_db = tenths[-1] - tenths[0]
    if spread_db > WIDEST_DB:
        raise ImplausibleError(f"it varied by {spread_db:.0f} dB: hold it still, nobody in between")
    return level


def calibrate(levels_dbm: Mapping[str, float]) -> Calibration:
    """The store's power at one metre, and each receiver's offset, from levels by receiver.

    At least one receiver is needed.
    """
    middle_dbm = median(levels_dbm.values())
    share = len(levels_dbm) / (len(levels_dbm) + FITTED_COUNTS_LIKE)
    return Calibration(
        FITTED_POWER_DBM + share * (middle_dbm - FITTED_POWER_DBM),
        {receiver: RECEIVER_SHARE * (level - middle_dbm) for receiver, level in levels_dbm.items()},
    )


def calibrated(rules: PresenceRules, levels_dbm: Mapping[str, float]) -> PresenceRules:
    """The rules with what was measured of their receivers; what was not stays as it was."""
    measured = {name: dbm for name, dbm in levels_dbm.items() if name in rules.receivers}
    if not measured:
        return rules
    found = calibrate(measured)
    receivers = {
        name: Receiver(known.zone, found.offsets_db.get(name, known.offset_db))
        for name, known in rules.receivers.items()
    }
    return replace(rules, power_at_1m_dbm=found.power_at_1m_dbm, receivers=receivers)

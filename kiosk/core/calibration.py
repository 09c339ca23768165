"""What readings of one tag, held one metre before each receiver, say about the receivers.

A reading is the receiver's doing and the place's; only the receiver's part is corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

# Receivers differed by 3 dB (twelve of one kind in one building), places do by 4 dB: of what one
# receiver reads more than the others, 3² of 3² + 4² is its own. Believing all of it, or none,
# doubled the false or the missed visits in the simulated shop.
RECEIVER_SHARE = 0.36

# Tags differ by about as much, so what was fitted over 972 recordings counts like three places.
FITTED_POWER_DBM = -61.4
FITTED_COUNTS_LIKE = 3


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a store's presence rules are told."""

    power_at_1m_dbm: float
    offsets_db: Mapping[str, float]  # by receiver: how much louder than the others it reports


def calibrate(readings_dbm: Mapping[str, Sequence[float]]) -> Calibration:
    """The store's power at one metre, and each receiver's offset, from readings by receiver.

    At least one receiver, and one reading of each, are needed. Medians, because a hand between
    tag and receiver costs 8 dB for a moment.
    """
    levels_dbm = {receiver: median(readings) for receiver, readings in readings_dbm.items()}
    middle_dbm = median(levels_dbm.values())
    share = len(levels_dbm) / (len(levels_dbm) + FITTED_COUNTS_LIKE)
    return Calibration(
        FITTED_POWER_DBM + share * (middle_dbm - FITTED_POWER_DBM),
        {
            receiver: RECEIVER_SHARE * (level_dbm - middle_dbm)
            for receiver, level_dbm in levels_dbm.items()
        },
    )

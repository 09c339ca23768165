"""What one receiver makes of one tag: how loud it is, on average, at best, and usually.

Every advertisement counts for the time it stands for, so that a chatty tag is neither louder nor
smoother than a quiet one. Decides nothing; that is for zones and presence.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

# The average. Shorter than the 2.5 s that is best for a plain threshold: here the excess over the
# threshold is added up as well, and that smooths (docs/presence.md).
TAU_S = 0.5

# Loudness, for comparing receivers, rises fast and falls slowly: bodies and echoes take 8 to 14 dB
# away for a moment, and nothing ever adds as much. Chosen on 81 sets of four (bench/tracks.py).
RISE_S, FALL_S = 0.7, 3.0

# Below this, receivers only agree that it is far; comparing them is comparing noise.
FAR_BELOW_ENTER_DB = 10.0

# What a receiver usually hears of this tag, over a minute; it begins as a guess worth 10 s.
USUAL_S, USUAL_GUESS_S, USUAL_GUESS_BELOW_ENTER_DB = 60.0, 10.0, 7.0

LASTS_S = 3.0  # after a longer silence, one advertisement says nothing of the time before it

# Near is what was above the entry level by enough for long enough: 2.6 s at 10 dB, 13 s at 2 dB.
# Somebody at the screen is quickly there, somebody whom an echo lifts to the threshold is not.
NEAR_ENOUGH_DB_S = 26.0
NEAR_AT_MOST_DB = 13.0  # of any second, so nobody is near in under 2 s: passers-by

# A gap longer than expected is believed at once, a shorter one slowly: the estimate settles
# near the longest usual gap, and nobody is declared gone because two packets were lost.
_LONGER_GAP_WEIGHT = 1 / 2
_SHORTER_GAP_WEIGHT = 1 / 16  # habluetooth learns an interval from 16 advertisements

# The slowest a beacon may advertise (Core Specification 4.2, Vol 6, Part B, 4.4.2.2). Without
# this bound a tag heard now and then teaches ever longer gaps and stays here for ever.
SLOWEST_INTERVAL_S = 10.24


class Signal(NamedTuple):
    """One tag at one receiver. A tuple, because one is made for every advertisement."""

    heard_s: float
    level_dbm: float  # the average
    loud_dbm: float  # the average of the good moments, never below "far"
    usual_dbm: float
    usual_s: float  # the time behind `usual_dbm`
    near_db_s: float  # how long and how far the average was above the entry level, added up
    near_samples: int  # since then
    interval_s: float  # about the longest usual gap between two advertisements


_signal = Signal._make  # from a tuple, in a third of the time that the class takes


def first(now_s: float, level_dbm: float, enter_dbm: float) -> Signal:
    """What is known after the first advertisement."""
    return Signal(
        heard_s=now_s,
        level_dbm=level_dbm,
        loud_dbm=max(level_dbm, enter_dbm - FAR_BELOW_ENTER_DB),
        usual_dbm=enter_dbm - USUAL_GUESS_BELOW_ENTER_DB,
        usual_s=USUAL_GUESS_S,
        near_db_s=0.0,
        near_samples=int(level_dbm >= enter_dbm),
        interval_s=0.0,
    )


def hear(was: Signal, now_s: float, level_dbm: float, enter_dbm: float) -> Signal:
    """What is known after one more advertisement; `level_dbm` is without the receiver's offset.

    Written without `min` and `max`: it runs for every advertisement of everybody who is known, and
    takes a third less time so.
    """
    heard_s, average_dbm, loud_dbm, usual_dbm, usual_s, near_db_s, samples, interval_s = was
    gap_s = now_s - heard_s if now_s > heard_s else 0.0  # two radios may report out of order
    lasts_s = gap_s if gap_s < LASTS_S else LASTS_S
    average_dbm += (1.0 - exp(-gap_s / TAU_S)) * (level_dbm - average_dbm)
    far_dbm = enter_dbm - FAR_BELOW_ENTER_DB
    heard_dbm = level_dbm if level_dbm > far_dbm else far_dbm
    follow_s = RISE_S if heard_dbm > loud_dbm else FALL_S
    loud_dbm += (1.0 - exp(-gap_s / follow_s)) * (heard_dbm - loud_dbm)
    usual_s = usual_s + lasts_s if usual_s + lasts_s < USUAL_S else USUAL_S
    usual_dbm += lasts_s / usual_s * (heard_dbm - usual_dbm)
    above_db = average_dbm - enter_dbm
    near_db_s += (above_db if above_db < NEAR_AT_MOST_DB else NEAR_AT_MOST_DB) * lasts_s
    near_db_s = near_db_s if near_db_s < NEAR_ENOUGH_DB_S else NEAR_ENOUGH_DB_S
    samples += 1
    if near_db_s <= 0.0:
        near_db_s, samples = 0.0, int(above_db >= 0.0)
    surprise_s = gap_s - interval_s
    interval_s += surprise_s * (_LONGER_GAP_WEIGHT if surprise_s > 0.0 else _SHORTER_GAP_WEIGHT)
    interval_s = interval_s if interval_s < SLOWEST_INTERVAL_S else SLOWEST_INTERVAL_S
    return _signal(
        (
            heard_s + gap_s,
            average_dbm,
            loud_dbm,
            usual_dbm,
            usual_s,
            near_db_s,
            samples,
            interval_s,
        )
    )

"""Which of several receivers a tag is nearest to. Says nothing about whether it is near at all.

The holder keeps the tag until another receiver is louder than it, and clearly so when each is
measured against what it usually hears of this tag. That takes out most of the deafness of a badly
placed receiver, and news weighs more than habit.
"""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.core.signal import Signal

# Won a comparison over five walks and 81 sets of four receivers (bench/tracks.py); with 4 or 5 dB
# zones are right as often and change more.
MARGIN_DB = 6.0

STALE_S = 3.0  # an advertisement older than this wins nothing

# A receiver that has lost its power must not keep a tag: one at the screen, 20 dB above the
# others, is let go after ten seconds beyond the usual gap.
SILENCE_DB_PER_S = 2.0


def nearest(signals: Mapping[str, Signal], holder: str, now_s: float) -> str:
    """The receiver that holds the tag from now on; `holder` is "" while none does.

    On equal, and up to 6 dB beyond it, the holder keeps the tag.
    """
    if holder not in signals:
        return max(signals, key=lambda receiver: _claim(signals[receiver], now_s))
    if len(signals) == 1:
        return holder
    held = signals[holder]
    held_dbm = held.loud_dbm - _silence_db(held, now_s)
    to_beat_db = held_dbm - held.usual_dbm + MARGIN_DB
    for receiver, heard in signals.items():
        if heard.loud_dbm > held_dbm and now_s - heard.heard_s <= STALE_S:
            news_db = heard.loud_dbm - heard.usual_dbm
            if news_db > to_beat_db and receiver != holder:
                holder, to_beat_db = receiver, news_db
    return holder


def _claim(heard: Signal, now_s: float) -> tuple[bool, float]:
    """Who may begin to hold: the loudest of those that hear it now."""
    return now_s - heard.heard_s <= STALE_S, heard.loud_dbm


def _silence_db(held: Signal, now_s: float) -> float:
    """What the holder has lost by silence beyond the tag's own habit."""
    allowed_s = max(STALE_S, 2 * held.interval_s)
    return SILENCE_DB_PER_S * max(0.0, now_s - held.heard_s - allowed_s)

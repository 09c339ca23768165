"""How much louder each of the twelve receivers is than the others, fitted on static recordings.

In a shop `hien kiosk calibrate` says so; here nobody held a tag at one metre from each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

import numpy as np

from bench.recorded import Recording

# What is left when distance and receiver are known, and how far receivers differ: a receiver with
# few recordings is believed less.
PLACE_DB, RECEIVER_DB = 4.0, 3.0


def fit(recordings: Iterable[Recording]) -> dict[str, float]:
    """Offsets in dB by receiver, beside one power and one exponent for all (ridge regression)."""
    known = list(recordings)
    names = sorted({one.receiver for one in known})
    level_dbm = np.array([fmean(dbm for _, dbm in one.samples) for one in known])
    is_of = np.array([[one.receiver == name for name in names] for one in known], float)
    decades = np.log10([one.distance_m for one in known])
    design = np.column_stack([np.ones(len(known)), decades, is_of])
    doubt = np.diag([0.0, 0.0, *[(PLACE_DB / RECEIVER_DB) ** 2] * len(names)])
    found = np.linalg.solve(design.T @ design + doubt, design.T @ level_dbm)
    return dict(zip(names, (float(db) for db in found[2:]), strict=True))


def without(recording: Recording, offsets_db: dict[str, float]) -> Recording:
    """A recording as a calibrated store would have it."""
    off_db = offsets_db.get(recording.receiver, 0.0)
    return recording._replace(samples=[(t_s, dbm - off_db) for t_s, dbm in recording.samples])


def on_the_other_half(recordings: Sequence[Recording]) -> list[Recording]:
    """Each recording corrected by what the others, without it and its half, say of its receiver."""
    halves = recordings[::2], recordings[1::2]
    fitted = fit(halves[1]), fit(halves[0])
    return [
        without(one, offsets_db)
        for half, offsets_db in zip(halves, fitted, strict=True)
        for one in half
    ]

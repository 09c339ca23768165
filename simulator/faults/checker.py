"""Attempted, acknowledged, stored: what was lost, doubled or invented. Sets and counters only.

The names are those of Jepsen's total-queue checker. Where the three lists come from is for the
scenario; `simulator/audit.py` reads them from a whole shop's databases and logs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable

from simulator.faults.scenario import Tally


def judge(
    attempted: Iterable[Hashable],
    acknowledged: Iterable[Hashable],
    stored: Iterable[Hashable],
) -> Tally:
    """Compare what was found with what was promised. `stored` names a thing as often as it is."""
    tried, promised, found = set(attempted), set(acknowledged), Counter(stored)
    return Tally(
        attempted=len(tried),
        acknowledged=len(promised),
        stored=found.total(),
        lost=len(promised - found.keys()),
        doubled=found.total() - len(found),
        # An acknowledgement of what nobody asked for is as false as a row of it.
        invented=len((found.keys() | promised) - tried),
    )


def together(tallies: Iterable[Tally]) -> Tally:
    """Many runs as one: counts and figures add up, but of seconds the longest counts."""
    numbers, figures, broken = Counter[str](), dict[str, float](), dict[str, None]()
    for one in tallies:
        for name in _COUNTS:
            numbers[name] += getattr(one, name)
        for name, value in one.figures.items():
            before = figures.get(name, 0)
            figures[name] = max(before, value) if name.endswith("_s") else before + value
        broken |= dict.fromkeys(one.broken)
    return Tally(**{name: numbers[name] for name in _COUNTS}, figures=figures, broken=(*broken,))


_COUNTS = ("attempted", "acknowledged", "stored", "lost", "doubled", "invented")

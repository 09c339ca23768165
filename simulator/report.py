"""What one busy hour showed: the figures the demo prints, and a sentence for all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

from simulator.audit import Books, Reckoning
from simulator.glass import Verdicts
from simulator.night import Doorbook
from simulator.truth import Truth

# One event stands behind each screen that promises something, so there can be no fewer.
_PROMISED_KINDS = ("scanned", "touched", "called")


@dataclass(frozen=True, slots=True)
class Report:
    """The figures, whose names are a public interface, and what did not hold."""

    figures: Mapping[str, object]
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was lost or doubled, and everybody was treated as they agreed to."""
        return not self.faults


def reported(
    books: Books,
    reckoning: Reckoning,
    verdicts: Verdicts,
    truths: tuple[Truth, Doorbook],
    seconds: float,
) -> Report:
    """Draw the sum."""
    figures: dict[str, object] = {
        "events": books.numbers.total(),
        "visits": len(books.visits),
        "matched": sum(member != "" for member, _, _ in books.visits),
        "offers_shown": books.offers_shown,
        "alerts": books.alerts,
        "entries": books.doors.entries,
        "lost": reckoning.lost,
        "duplicated": reckoning.duplicated,
        "latency_ms": _percentiles(verdicts.latencies_ms),
        "seconds": round(seconds, 1),
    }
    truth, at_door = truths
    faults = [*_faults(books, reckoning, verdicts, truth), *_faults_at_door(books, at_door)]
    return Report(figures, tuple(faults))


def _faults(books: Books, reckoning: Reckoning, verdicts: Verdicts, truth: Truth) -> Sequence[str]:
    faults = []
    if reckoning.lost:
        faults.append(f"{reckoning.lost} events were lost")
    if reckoning.unread:
        faults.append(f"{reckoning.unread} events could not be read")
    if reckoning.duplicated:
        faults.append(f"{reckoning.duplicated} events or visits were counted twice")
    kept = sum(books.kinds[kind] for kind in _PROMISED_KINDS)
    if verdicts.promises > kept:
        faults.append(f"screens promised {verdicts.promises} things and {kept} were recorded")
    missed = truth.must - books.matched
    if missed:
        faults.append(f"members who had to be recognised were not: {_some(missed)}")
    wrong = books.matched - truth.may
    if wrong:
        faults.append(f"members were recognised who gave no reason to be: {_some(wrong)}")
    if not verdicts.latencies_ms:
        faults.append("no screen ever answered anybody")
    return [*faults, *verdicts.leaks[:5], *verdicts.mistaken[:5]]


def _faults_at_door(books: Books, truth: Doorbook) -> Sequence[str]:
    known, faults = books.doors, truth.surprises[:5]
    if known.entries != truth.entries:
        faults.append(f"{truth.entries} people were let in and {known.entries} are in the books")
    if known.people is not None and known.people != truth.inside:
        faults.append(f"{truth.inside} people are inside and the door thinks {known.people}")
    for alarm, times in truth.alarms.items():
        if known.alarms[alarm] != times:
            faults.append(f"{times} times {alarm} and {known.alarms[alarm]} in the books")
    return faults


def _some(members: set[str] | frozenset[str]) -> str:
    ids = sorted(members)
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


def _percentiles(latencies_ms: Sequence[float]) -> dict[str, float | None]:
    """By nearest rank between neighbours; None where nothing was measured."""
    if len(latencies_ms) < 2:
        return dict.fromkeys(("p50", "p95", "p99"))
    cuts = quantiles(latencies_ms, n=100, method="inclusive")
    return {
        name: round(cuts[rank - 1], 1) for name, rank in (("p50", 50), ("p95", 95), ("p99", 99))
    }

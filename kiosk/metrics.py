"""What a kiosk says of itself in numbers, at its own port: its last state, and its inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contract import measures
from contract.messages import KioskState
from runtime.metrics import Family, Kind, Sample, Source, gauge


def of_kiosk(state: Callable[[], KioskState | None], waiting: Callable[[], int]) -> Source:
    """The state as it was last said, at most 15 s ago; nothing of it before that."""

    def families() -> Iterator[Family]:
        yield gauge("hien_inbox_waiting", "Inputs that were not handled yet.", waiting())
        said = state()
        by_name: dict[str, list[Sample]] = {}
        for name, labels, value in measures.of_state(said) if said is not None else ():
            by_name.setdefault(name, []).append((labels, value))
        for name, samples in by_name.items():
            yield Family(name, Kind.GAUGE, measures.ABOUT[name], samples)

    return families

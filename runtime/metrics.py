"""Numbers of a process in Prometheus' text format 0.0.4. It opens no port and asks nobody.

Labels come from closed lists and from ids of kiosks and stores: no person is in any of them.
"""

from __future__ import annotations

import os
import threading
from collections import Counter as Times
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SAMPLES_MAX = 20_000  # of a family: a chain's thousand kiosks with ten devices each, twice
STAT_STARTED, STAT_THREADS, STAT_CPU = 19, 17, (11, 12)  # proc(5), counted after the name


class Kind(StrEnum):
    """How Prometheus reads it."""

    GAUGE = "gauge"
    COUNTER = "counter"


Sample = tuple[Mapping[str, str], float]  # labels, value


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with all its samples."""

    name: str
    kind: Kind
    about: str
    samples: Sequence[Sample]


Source = Callable[[], Iterable[Family]]
"""What a process can say at the moment it is asked. Called by the port's thread."""


@dataclass
class Counter:
    """Counts from several threads, by one label of few values."""

    name: str
    about: str
    label: str
    _times: Times[str] = field(default_factory=Times)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, value: str, amount: float = 1) -> None:
        """It happened (again)."""
        with self._lock:
            self._times[value] += amount  # type: ignore[assignment]  # sums of seconds too

    def families(self) -> list[Family]:
        """As a source."""
        with self._lock:
            samples = [({self.label: value}, times) for value, times in self._times.items()]
        return [Family(self.name, Kind.COUNTER, self.about, samples)]


def gauge(name: str, about: str, value: float) -> Family:
    """One number that goes up and down."""
    return Family(name, Kind.GAUGE, about, [({}, value)])


def gathered(sources: Iterable[Source]) -> str:
    """All of it as text."""
    return "".join(line for source in sources for one in source() for line in _lines(one))


def of_process(process: str, version: str, proc: Path = Path("/proc")) -> Source:
    """Who it is and what it uses, under the names that Prometheus' own clients have."""

    def families() -> Iterator[Family]:
        info = [({"process": process, "version": version}, 1.0)]
        yield Family("hien_process_info", Kind.GAUGE, "Which process and version.", info)
        try:
            stat = (proc / "self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            pages = (proc / "self/statm").read_text(encoding="ascii").split()
            started = (proc / "stat").read_text(encoding="ascii").partition("btime ")[2].split()
            files = len(list((proc / "self/fd").iterdir()))
        except (OSError, UnicodeDecodeError):
            return  # no Linux, or a sandbox that hides it
        ticks = os.sysconf("SC_CLK_TCK")
        resident, used = int(pages[1]) * os.sysconf("SC_PAGE_SIZE"), sum(map(int, _cpu(stat)))
        cpu: list[Sample] = [({}, used / ticks)]
        yield Family("process_cpu_seconds_total", Kind.COUNTER, "CPU seconds used.", cpu)
        yield gauge("process_resident_memory_bytes", "Memory in use.", resident)
        yield gauge("process_open_fds", "Open files.", files)
        yield gauge("process_threads", "Threads.", int(stat[STAT_THREADS]))
        if started:
            at_s = int(started[0]) + int(stat[STAT_STARTED]) / ticks
            yield gauge("process_start_time_seconds", "When it started, Unix time.", at_s)

    return families


def _cpu(stat: Sequence[str]) -> list[str]:
    return [stat[place] for place in STAT_CPU]


def _lines(family: Family) -> Iterator[str]:
    if not family.samples:
        return
    yield f"# HELP {family.name} {_escaped(family.about)}\n"
    yield f"# TYPE {family.name} {family.kind}\n"
    for labels, value in family.samples[:SAMPLES_MAX]:
        said = ",".join(f'{name}="{_quoted(text)}"' for name, text in labels.items())
        yield f"{family.name}{{{said}}} {value:.17g}\n" if said else f"{family.name} {value:.17g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', r"\"")

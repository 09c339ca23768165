"""What an event costs a kiosk: bytes, fsyncs and waiting, beside a log that only grows.

Singly means that each event has its receipt before the next one comes, as with a quick gateway.
Bytes are what the kernel counts as dirtied in /proc/self/io; fsyncs are counted by strace.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import which
from statistics import quantiles
from time import perf_counter

from bench.measure import Bench, Result
from contract.events import ClockTrust, Scanned, Verdict
from kiosk.adapters.outbox import Outbox
from runtime.errors import UnavailableError

EVENTS = 2_000  # twenty lie above the 99th percentile
COUNTED = 500  # under strace; with as many, the end of a log counts for little
TOGETHER = 10
AT_MS = 1_800_000_000_000
CODE = Scanned(session="0123456789abcdef", verdict=Verdict.GOOD, text="M" * 140)  # the largest kind
RECORD = bytes(470)  # as large as such an event in the outbox


def run() -> list[Result]:
    """Each way in turn on a new file, in this folder: /tmp may be memory, which has no card."""
    if which("strace") is None:
        raise UnavailableError("counting fsyncs needs strace; install it (apt install strace)")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        place = Path(folder)
        singly, together, bare = (_measured(place, way) for way in ("singly", "together", "bare"))
        fsyncs = {way: _fsyncs(place, way) for way in WAYS}
    return [
        _less("outbox-bytes-singly", "B an event", singly.bytes, bare.bytes),
        _less("outbox-fsyncs-singly", "an event", fsyncs["singly"], fsyncs["bare"]),
        _less("outbox-bytes-together", "B an event", together.bytes, bare.bytes),
        _less("outbox-fsyncs-together", "an event", fsyncs["together"], fsyncs["bare"]),
        _less("outbox-p50", "ms", singly.p50_ms, bare.p50_ms),
        _less("outbox-p99", "ms", singly.p99_ms, bare.p99_ms),
        _more("outbox-rate-singly", "events/s", singly.rate, bare.rate),
        _more("outbox-rate-together", "events/s", together.rate, bare.rate),
    ]


BENCH = Bench(
    what="keeping an event until its receipt, wall time",
    peer="appending 470 bytes to a file and fsync",
    goal="singly at most 10 kB and 1.4 fsyncs an event, and 3 kB when ten arrive together",
    run=run,
)


class _Cost:
    """What one way of keeping events cost."""

    def __init__(self, steps_ms: list[float], dirtied_bytes: int, events: int) -> None:
        cuts = quantiles(steps_ms, n=100, method="inclusive")
        self.p50_ms, self.p99_ms = cuts[49], cuts[98]
        self.bytes = dirtied_bytes / events
        self.rate = events / (sum(steps_ms) / 1_000)


def _measured(place: Path, way: str) -> _Cost:
    each = TOGETHER if way == "together" else 1
    steps_ms = list[float]()
    before_bytes = _dirtied_bytes()
    with closing(WAYS[way](place / way)) as work:
        for _ in range(EVENTS // each):
            began_s = perf_counter()
            work.step()
            steps_ms.append((perf_counter() - began_s) * 1_000)
    return _Cost(steps_ms, _dirtied_bytes() - before_bytes, EVENTS)


def _dirtied_bytes() -> int:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["write_bytes"])


def _fsyncs(place: Path, way: str) -> float:
    """In a process of its own, which strace watches."""
    said, path = place / f"{way}.strace", str(place / f"{way}-counted")
    code = "import sys; from bench.outbox import count; count(sys.argv[1], sys.argv[2])"
    watch = ("strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", str(said))
    subprocess.run([*watch, sys.executable, "-c", code, way, path], check=True, timeout=120)
    return len(said.read_text(encoding="utf-8").splitlines()) / COUNTED


def count(way: str, path: str) -> None:
    """Keep some events, while somebody counts."""
    with closing(WAYS[way](Path(path))) as work:
        for _ in range(COUNTED // (TOGETHER if way == "together" else 1)):
            work.step()


class _Kept:
    """An outbox whose gateway answers at once."""

    def __init__(self, path: Path, at_once: int) -> None:
        self._outbox = Outbox(path, "hue-1", "quay-1")
        self._bodies = [CODE] * at_once

    def step(self) -> None:
        self._outbox.append_all(self._bodies, AT_MS, ClockTrust.TRUSTED)
        self._outbox.forget(self._outbox.last)

    def close(self) -> None:
        self._outbox.close()


class _Bare:
    """A file that only grows."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def step(self) -> None:
        self._file.write(RECORD)
        os.fsync(self._file)

    def close(self) -> None:
        self._file.close()


WAYS: dict[str, Callable[[Path], _Kept | _Bare]] = {
    "singly": lambda path: _Kept(path, 1),
    "together": lambda path: _Kept(path, TOGETHER),
    "bare": _Bare,
}


def _less(name: str, unit: str, ours: float, bare: float) -> Result:
    return Result(name, float(f"{ours:.3g}"), unit, float(f"{bare:.3g}"), round(bare / ours, 3))


def _more(name: str, unit: str, ours: float, bare: float) -> Result:
    return Result(name, round(ours), unit, round(bare), round(ours / bare, 3))

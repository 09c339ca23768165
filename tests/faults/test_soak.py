"""What a soak makes of its samples: flat is flat, and each planted leak is named."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import closing

import pytest

from simulator.faults import soak
from simulator.faults.soak import Sample, Use

HOURS = 24


def day(
    slope_mb: float = 0.0,
    threads: int = 0,
    files: int = 0,
    log_bytes: int = 210_680,
    intake_log: int = 4_165_352,
) -> list[Sample]:
    """A day in which one kiosk grows so much an hour, or has so many more at its end."""
    samples = []
    for ten_minutes in range(1, HOURS * 6 + 1):
        hour = ten_minutes / 6
        warm_mb = min(hour, 2.0) * 10  # caches fill in the first hours
        late = hour > HOURS * 0.9
        leaky = Use(60 + warm_mb + slope_mb * hour, 23 + threads * late, 16 + files * late)
        steady = Use(90 + warm_mb + ten_minutes % 3, 3, 10 + ten_minutes % 2)
        logs = {"quay-1": log_bytes, "intake": intake_log}
        samples.append(Sample(hour, {"quay-1": leaky, "intake": steady}, logs))
    return samples


def test_a_day_without_leaks_is_kept_although_caches_fill_at_first() -> None:
    figures, broken = soak.judged(day(slope_mb=0.2, threads=2, files=2))

    assert broken == ()
    assert figures["worst_slope_mb_an_hour"] == pytest.approx(0.2, abs=0.02)
    assert figures["outbox_log_bytes"] == 210_680
    assert figures["gateway_log_bytes"] == 4_165_352


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        pytest.param(day(slope_mb=1.2), "quay-1 grows by 1.20 MB an hour", id="memory"),
        pytest.param(day(threads=3), "quay-1 has 3 threads more at the end", id="threads"),
        pytest.param(day(files=3), "quay-1 has 3 files more at the end", id="files"),
        pytest.param(
            day(log_bytes=1_000_001),
            "the write-ahead log of quay-1 grew to 1,000,001 bytes",
            id="log",
        ),
        pytest.param(
            day(intake_log=33_000_000),
            "the write-ahead log of intake grew to 33,000,000 bytes",
            id="the gateway's log",
        ),
    ],
)
def test_each_leak_is_named(samples: list[Sample], said: str) -> None:
    assert soak.judged(samples)[1] == (said,)


def test_what_a_process_uses_is_seen() -> None:
    before, let_go = soak._use(os.getpid()), threading.Event()
    thread = threading.Thread(target=let_go.wait)
    with closing(socket.socket()):
        thread.start()
        block = bytes(40_000_000).replace(b"\0", b"1")
        during = soak._use(os.getpid())
        let_go.set()
        thread.join()

    assert (during.threads - before.threads, during.files - before.files) == (1, 1)
    assert during.rss_mb - before.rss_mb > len(block) / 2**20 / 2

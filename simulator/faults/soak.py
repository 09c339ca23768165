"""Hours in a simulated shop: memory, threads and open files of kiosks and intake must stay flat.

The real processes live by the stage's clock, so a day passes in minutes; what they use is real.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import linear_regression

from msgspec import json

from gateway.store import base
from simulator import audit, busy_hour, ports
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.opening import Opening, OpenShop, open_shop
from simulator.people import passers
from simulator.premises import KIOSK_NAMES, SERVERS, Premises
from simulator.shop import Shop, make_shop

OPENS = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # eight in the morning in Huế
OPEN_H, DAY_H = 14, 24  # then the shop is empty until the next morning
GAP_S = 22.0  # between two shoppers on average, as in the living demo
CROWDED = 9  # people inside
STILL_FPS = 1.0  # of cameras before which nobody stands
INTAKE = "intake"
SAMPLE_S = 600.0  # of the shop's time
WARM_UP = 6  # a sixth of the time: caches fill, and code is used for the first time

SLOPE_MAX_MB = 1.0  # an hour: a gateway of 512 MB then lives for weeks, and a leak shows in a day
MORE_MAX = 2  # a connection that just then is made anew
OUTBOX_LOG_MAX_BYTES = 1_000_000  # the write-ahead log of a kiosk with a small card
# Twice what the gateway lets it grow to: beyond it no copying into the file gets through.
GATEWAY_LOG_MAX_BYTES = 2 * base.LOG_PAGES * 4_120
SPEED_MIN = 50.0  # times as fast as time


@dataclass(frozen=True, slots=True)
class Use:
    """What one process has at one moment."""

    rss_mb: float
    threads: int
    files: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at all of them, and at the write-ahead logs of their databases."""

    at_h: float
    uses: Mapping[str, Use]
    log_bytes: Mapping[str, int]


def soak(run: Run) -> Tally:
    """Keep a shop for so many hours, and look at its processes all the time."""
    numbers = dict(zip(SERVERS, ports.free(len(SERVERS)), strict=True))
    premises = Premises(run.folder, numbers)
    shop = make_shop(OPENS.date())
    opening = Opening(OPENS.timestamp(), run.seed, STILL_FPS, is_headless=True)
    with open_shop(premises, shop, opening) as opened:
        began_s = opened.clock.monotonic_s()
        samples = []
        for sample in _hours(opened, shop, run):
            samples.append(sample)
            with (run.folder / "samples.jsonl").open("ab") as lines:
                lines.write(json.encode(sample) + b"\n")
        real_s = opened.clock.monotonic_s() - began_s
        busy_hour.drain(opened)
    books = audit.read(premises.database)
    reckoning = audit.reckon(books, premises.outboxes, premises.logs)
    speed = run.dose * 3_600 / real_s
    figures, broken = judged(samples)
    if speed < SPEED_MIN:
        broken = (*broken, f"time passed {speed:.0f} times as fast, not {SPEED_MIN:.0f}")
    stored = books.numbers.total()
    return Tally(
        attempted=stored + reckoning.lost,
        acknowledged=stored + reckoning.lost,
        stored=stored,
        lost=reckoning.lost,
        doubled=reckoning.duplicated,
        figures={"times_as_fast": round(speed), **figures},
        broken=broken,
    )


def judged(samples: Sequence[Sample]) -> tuple[dict[str, float], tuple[str, ...]]:
    """The worst figure of each kind, and what is over its bar."""
    settled = samples[len(samples) // WARM_UP :]
    slopes = {name: _slope_mb(name, settled) for name in settled[0].uses}
    worst = max(slopes, key=lambda name: slopes[name])
    grown = dict[str, int]()
    broken = [
        f"{name} grows by {slope:.2f} MB an hour"
        for name, slope in slopes.items()
        if slope >= SLOPE_MAX_MB
    ]
    for kind in ("threads", "files"):
        for name in slopes:
            numbers = [getattr(one.uses[name], kind) for one in settled if name in one.uses]
            quarter = max(len(numbers) // 4, 1)
            more = max(numbers[-quarter:]) - max(numbers[:quarter])
            grown[kind] = max(grown.get(kind, more), more)
            if more > MORE_MAX:
                broken.append(f"{name} has {more} {kind} more at the end")
    logs = {name: max(one.log_bytes.get(name, 0) for one in samples) for name in slopes}
    for name, size in logs.items():
        if size > (GATEWAY_LOG_MAX_BYTES if name == INTAKE else OUTBOX_LOG_MAX_BYTES):
            broken.append(f"the write-ahead log of {name} grew to {size:,} bytes")
    figures: dict[str, float] = {
        "worst_slope_mb_an_hour": round(slopes[worst], 3),
        "largest_mb": round(max(use.rss_mb for use in settled[-1].uses.values()), 1),
        "more_threads": grown["threads"],
        "more_files": grown["files"],
        "outbox_log_bytes": max(size for name, size in logs.items() if name != INTAKE),
        "gateway_log_bytes": logs.get(INTAKE, 0),
    }
    return figures, tuple(broken)


def _slope_mb(name: str, samples: Sequence[Sample]) -> float:
    points = [(one.at_h, one.uses[name].rss_mb) for one in samples if name in one.uses]
    if len(points) < 2:
        return 0.0
    hours, megabytes = zip(*points, strict=True)
    return linear_regression(hours, megabytes).slope


def _hours(opened: OpenShop, shop: Shop, run: Run) -> Iterator[Sample]:
    """Let the time pass, with shoppers while the shop is open."""
    coming = passers(Random(run.seed), shop, GAP_S)
    following, closed_s = next(coming), 0.0
    world = opened.stage.world
    began_s, passed_s, sampled_s = world.now_s, 0.0, 0.0
    while passed_s < run.dose * 3_600:
        is_open = passed_s / 3_600 % DAY_H < OPEN_H
        while is_open and following.enters_s + closed_s <= passed_s and len(world.people) < CROWDED:
            world.enter(following)
            following = next(coming)
        opened.processes.tend()
        opened.stage.step(busy_hour.pace(opened))
        before_s, passed_s = passed_s, world.now_s - began_s
        closed_s += 0.0 if is_open else passed_s - before_s
        if passed_s - sampled_s >= SAMPLE_S:
            sampled_s = passed_s
            run.progress(int(passed_s / 3_600), run.dose)
            yield _sample(opened, passed_s / 3_600)


def _sample(opened: OpenShop, at_h: float) -> Sample:
    uses = {}
    for name in (*KIOSK_NAMES, INTAKE):
        pid = opened.processes.pid(name)
        uses[name] = _use(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):  # of each thread
            for child in children.read_text(encoding="ascii").split():
                uses[f"{name}'s camera"] = _use(int(child))
    databases = {**opened.premises.outboxes, INTAKE: opened.premises.database}
    logs = {name: path.with_name(f"{path.name}-wal") for name, path in databases.items()}
    return Sample(
        at_h, uses, {name: log.stat().st_size for name, log in logs.items() if log.exists()}
    )


def _use(pid: int) -> Use:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    said = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return Use(int(said["VmRSS"].split()[0]) / 1_024, int(said["Threads"]), files)


SCENARIOS = (
    Scenario(
        "soak",
        "A shop for a day and a night, with a shopper every 22 seconds while it is open.",
        "Memory grows by less than 1 MB an hour, threads and files not at all, logs stay short.",
        "hours",
        full=24,
        short=1,
        run=soak,
    ),
)

"""An update that is killed before each thing it does to the disk: real files, links, processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.house import ROOT
from tests.updates.bench_machine import NEW, OLD

SCENARIOS = ("well", "ill twice", "ill late", "ill hasty")
# What may have been decided already when it died: the new version had been watched, and was well.
DECIDED = {"proving", "resting"}

MEMORY = Path("/dev/shm")

Death = dict[str, Any]


@pytest.fixture(scope="module")
def deaths() -> dict[str, list[Death]]:
    # in memory: a process that is killed loses nothing that a flush would have kept
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        script = [sys.executable, "-m", "tests.updates.killing", folder, *SCENARIOS]
        done = subprocess.run(script, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found = defaultdict(list)
    for line in done.stdout.splitlines():
        death = json.loads(line)
        found[death["scenario"]].append(death)
    return found


def wrong(death: Death) -> Iterator[str]:
    """What must not be so after a death, whatever was killed."""
    is_new_allowed = death["phase"] in DECIDED and death["scenario"].startswith("well")
    if death["runs"] != OLD and not is_new_allowed:
        yield f"{death['runs']} runs, and was never seen to be well"
    if death["comes_back_by"] != OLD and not is_new_allowed:
        yield f"comes back by {death['comes_back_by']}, which was never seen to be well"
    if not death["runs"] == death["serving"] == death["proven"]:
        yield "services, and the links, are of several versions"
    if not death["rests"]:
        yield "it does not come to an end"
    has_begun = death["said"] or death["was_killed"] is False
    if has_begun and f"{death['runs']} runs" not in death["said"]:
        yield f"it says {death['said']!r}, and {death['runs']} runs"


def unharmed(found: list[Death]) -> Death:
    """The one that nobody killed."""
    return next(one for one in found if not one["was_killed"] and len(one["killed_before"]) == 1)


@pytest.mark.parametrize("scenario", ["well", "ill twice"])
def test_whenever_it_is_killed_a_version_runs_that_was_well_and_it_says_so(
    deaths: dict[str, list[Death]], scenario: str
) -> None:
    found = deaths[scenario]

    assert [(one["killed_before"], *wrong(one)) for one in found if [*wrong(one)]] == []
    phases = {one["phase"] for one in found if one["was_killed"]}
    after = {"proving"} if scenario.startswith("well") else {"returning"}
    assert phases >= {"resting", "fetching", "building", "switching", "trying", *after}
    if "twice" in scenario:
        assert sum(len(one["killed_before"]) == 2 for one in found) > 20
    assert unharmed(found)["runs"] == (NEW if scenario.startswith("well") else OLD)


@pytest.mark.parametrize("scenario", ["ill late", "ill hasty"])
def test_a_planted_defect_is_seen(deaths: dict[str, list[Death]], scenario: str) -> None:
    assert [one for one in deaths[scenario] if [*wrong(one)]]


def test_a_version_that_never_becomes_well_is_taken_back_and_says_why(
    deaths: dict[str, list[Death]],
) -> None:
    through = unharmed(deaths["ill twice"])

    assert through["said"] == (
        f"{NEW} was taken back (hien-kiosk had to be started again): {OLD} runs again"
    )

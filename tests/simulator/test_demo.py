"""`hien demo` as a command: it plays its script to the end, or says in a sentence why not."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import ports
from simulator.processes import hien
from tests.house import ROOT

EXAMPLE = ROOT / "docs" / "example-shop.toml"


def demo(*arguments: str, timeout_s: float = 110.0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        hien("demo", *arguments), capture_output=True, text=True, check=False, timeout=timeout_s
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short one: a door listens in it, and a socket's path has 107 bytes at most."""
    made = Path(tempfile.mkdtemp(prefix="hien-"))
    yield made
    shutil.rmtree(made)


@pytest.mark.timeout(200)  # it took 85 s at a load of 20
def test_a_busy_while_loses_and_doubles_nothing_and_recognises_the_right_people(
    folder: Path,
) -> None:
    """Six minutes of the busy hour, in which the broker is killed, with the files of a plan.

    Kiosks enrol over TLS at the broker that the plan became; at the end its files are as built.
    """
    script = ("--shoppers", "20", "--minutes", "6", "--dir", str(folder))
    done = demo("--once", "--json", "--plan", str(EXAMPLE), *script, timeout_s=180.0)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert list(figures) == [
        *("events", "visits", "matched", "offers_shown", "alerts", "entries"),
        *("lost", "duplicated", "latency_ms", "seconds"),
    ]
    assert figures["lost"] == figures["duplicated"] == 0
    assert figures["events"] > 30
    assert figures["visits"] == figures["matched"] > 8
    assert figures["offers_shown"] > 5
    assert figures["entries"] > 5
    assert set(figures["latency_ms"]) == {"p50", "p95", "p99"}
    lives = (folder / "broker.log").read_text().count(" running")
    assert lives == 3  # it was killed, by day and by night, and came back
    assert (folder / "enrol.log").read_text().count("@an-nhien has a certificate until") == 4
    told = folder / "built" / "cua-1" / "boot" / "hien" / "files" / "etc" / "hien" / "door.toml"
    assert 'driver = "gpiozero"' in told.read_text()  # what is simulated, the environment says


def test_a_taken_port_is_one_sentence_and_status_69() -> None:
    with socket.create_server((ports.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        done = demo("--port", str(port))

    assert done.returncode == os.EX_UNAVAILABLE
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr


def test_json_without_an_end_is_refused() -> None:
    done = demo("--json")

    assert done.returncode == 2
    assert "--once" in done.stderr


def test_a_plan_of_another_shop_cannot_be_played(tmp_path: Path) -> None:
    plan = tmp_path / "shop.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    plan.write_text(text.replace('"quay-3"', '"quay-4"'), encoding="utf-8")

    done = demo("--once", "--plan", str(plan))

    assert done.returncode == os.EX_CONFIG
    assert "the demo's shop has kiosks cua-1, quay-1, quay-2, quay-3, and door" in done.stderr

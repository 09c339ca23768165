"""`hien demo` as a command: it plays its script to the end, or says in a sentence why not."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

from simulator import ports
from simulator.processes import hien


def demo(*arguments: str, timeout_s: float = 110.0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        hien("demo", *arguments), capture_output=True, text=True, check=False, timeout=timeout_s
    )


def test_a_busy_while_loses_and_doubles_nothing_and_recognises_the_right_people(
    tmp_path: Path,
) -> None:
    """Ten minutes of the busy hour; the broker is killed in the middle of them."""
    script = ("--shoppers", "30", "--minutes", "10", "--dir", str(tmp_path))
    done = demo("--once", "--json", *script)

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
    lives = (tmp_path / "broker.log").read_text().count(" running")
    assert lives == 3  # it was killed, by day and by night, and came back


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

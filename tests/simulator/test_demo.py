"""The whole shop for real: broker, gateway, three kiosks, as `hien demo` starts them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import ports
from simulator.premises import KIOSK_NAMES
from simulator.processes import hien
from tests.living import OPENS_WITHIN_S, Living, living_demo
from tests.waiting import until

SOON_S = 60.0  # seven processes on a machine that may be busy with other tests


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


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Living]:
    with living_demo(tmp_path) as made:
        yield made


def test_a_living_shop_serves_a_guest_survives_a_death_and_leaves_nothing_behind(
    living: Living, tmp_path: Path
) -> None:
    known = next(one for one in living.get("stage/members") if one["has_pass"])
    guest = living.post("enter", {"member": known["member"]})["shopper"]
    living.post("hold", {"shopper": guest, "kiosk": "quay-2"})
    until(lambda: living.screen("quay-2") == "offers", "the guest's own page", SOON_S)
    assert living.screen("quay-1") == "attract"

    link = living.redirect("stage/phone")
    assert link.startswith(f"{living.url('web')}/phone/#")
    living.post("lower", {"kiosk": "quay-2"})
    before_s = living.get("stage/people")["t_s"]
    living.post("skip", {"seconds": 90})
    until(lambda: living.screen("quay-2") == "attract", "the page is wiped", SOON_S)
    assert living.get("stage/people")["t_s"] - before_s > 60

    pids = _children(living.process.pid)
    assert len(pids) == 3 + len(KIOSK_NAMES)  # broker, intake, web
    victim = next(pid for pid in pids if b"quay-3.toml" in _command(pid))
    os.kill(victim, signal.SIGKILL)
    until(lambda: living.screen("quay-3") == "", "a black screen", SOON_S)
    until(lambda: living.screen("quay-3") == "attract", "the kiosk is back", OPENS_WITHIN_S)

    pids = _children(living.process.pid)
    living.process.send_signal(signal.SIGTERM)
    assert living.process.wait(30) == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()

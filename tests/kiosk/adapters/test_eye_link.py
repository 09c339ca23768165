"""A kiosk and its eye, which does all that a process full of C code may do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest

from contract.events import Condition, Device
from kiosk.adapters import eye_link
from kiosk.adapters.eye_link import EYE, EyeLink
from kiosk.core.camera_watch import WatchRules
from kiosk.core.eye_wire import Orders
from kiosk.core.inputs import CodeRead, DeviceChanged, Input
from runtime.clock import SystemClock
from tests.waiting import PATIENCE_S, until

# What every play begins with: an eye without cameras, which starts in a blink.
STAGE = """
import json, os, signal, socket, sys, time
line = socket.socket(fileno=int(sys.argv[1]))
orders = json.loads(line.recv(4096))
def say(**sign):
    line.sendall(json.dumps(sign).encode())
    return line.recv(1)
def beat(brightness=90, has_changed=True):
    return say(eye="beat", brightness=brightness, has_changed=has_changed)
def read(text):
    return say(eye="read", text=text, grabbed_ms=1.5)
"""
FOR_EVER = "while True: beat() or sys.exit(); time.sleep(0.02)\n"
ORDERS = Orders("webcam", {"device": "/dev/video9"}, "system", {})
HASTE = WatchRules(
    starts_within_s=20, beats_within_s=1.0, frozen_s=0.2, dark_s=0.2, first_retry_s=0.01
)

Play = Callable[[str], Queue[Input]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """Starts links to eyes that play a script, and stops them even if the test fails."""
    monkeypatch.setattr(eye_link, "ENDS_WITHIN_S", 0.5)
    started: list[EyeLink] = []

    def play(script: str) -> Queue[Input]:
        inputs: Queue[Input] = Queue()
        command = (sys.executable, "-S", "-c", STAGE + script)
        started.append(EyeLink(ORDERS, inputs.put, SystemClock(), HASTE, command))
        started[-1].start()
        return inputs

    yield play
    for one in started:
        one.stop()
        one.stop()  # safe to call twice
        assert not one._thread.is_alive()


def conditions(inputs: Queue[Input], count: int) -> list[tuple[Condition, str]]:
    """The next changes of the camera's condition."""
    changes: list[tuple[Condition, str]] = []
    while len(changes) < count:
        seen = inputs.get(timeout=PATIENCE_S)
        if isinstance(seen, DeviceChanged):
            assert seen.device is Device.CAMERA
            changes.append((seen.condition, seen.detail))
    return changes


def test_a_code_goes_into_the_inbox_before_the_eye_looks_on(play: Play) -> None:
    inputs = play("beat(); read('A'); read('B')\n" + FOR_EVER)

    assert inputs.get(timeout=PATIENCE_S) == DeviceChanged(Device.CAMERA, Condition.OK)
    assert inputs.get(timeout=PATIENCE_S) == CodeRead("A", 1.5)
    assert inputs.get(timeout=PATIENCE_S) == CodeRead("B", 1.5)


def test_an_eye_hears_its_orders_first(play: Play) -> None:
    inputs = play(
        "beat(); read(orders['camera'] + orders['camera_options']['device'])\n" + FOR_EVER
    )

    inputs.get(timeout=PATIENCE_S)
    assert inputs.get(timeout=PATIENCE_S) == CodeRead("webcam/dev/video9", 1.5)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        pytest.param("os.kill(os.getpid(), signal.SIGSEGV)", "process ended", id="crashes"),
        pytest.param("sys.exit()", "process ended", id="ends"),
        pytest.param("say(eye='lost', detail='no cable')", "no cable", id="loses its camera"),
        pytest.param("say(eye='open', door=1)", "is broken", id="says nonsense"),
        pytest.param("line.sendall(b'x' * 5000); line.recv(1)", "is broken", id="says too much"),
        pytest.param("while beat(90, False): time.sleep(.05)", "frozen", id="frozen"),
    ],
)
def test_whatever_becomes_of_an_eye_is_said_and_another_is_started(
    play: Play, trouble: str, says: str
) -> None:
    inputs = play(f"beat()\n{trouble}\n")

    said = conditions(inputs, 3)
    assert [condition for condition, _ in said] == [Condition.OK, Condition.OUT, Condition.OK]
    assert says in said[1][1]


def test_an_eye_that_never_starts_to_see_is_out_once_and_not_again_and_again(play: Play) -> None:
    inputs = play("read('dying'); sys.exit()")

    dying = [inputs.get(timeout=PATIENCE_S) for _ in range(4)]
    assert dying.count(CodeRead("dying", 1.5)) == 3
    assert [one for one in dying if isinstance(one, DeviceChanged)] == [
        DeviceChanged(Device.CAMERA, Condition.OUT, "the camera's process ended")
    ]


def test_a_covered_lens_is_a_degraded_camera_and_codes_do_not_heal_it(play: Play) -> None:
    dark = "beat()\nwhile beat(0, False):\n    time.sleep(.1); read('x')\n"
    inputs = play(dark)

    assert [one for one, _ in conditions(inputs, 2)] == [Condition.OK, Condition.DEGRADED]
    later = [inputs.get(timeout=PATIENCE_S) for _ in range(5)]
    assert all(isinstance(one, CodeRead) for one in later)


def test_an_eye_that_hangs_is_killed_and_gone_and_another_is_started(play: Play) -> None:
    inputs = play("beat(); read(str(os.getpid())); os.kill(os.getpid(), signal.SIGSTOP)\n")
    conditions(inputs, 1)
    read = inputs.get(timeout=PATIENCE_S)
    assert isinstance(read, CodeRead)

    (out, says), (again, _) = conditions(inputs, 2)
    assert (out, again) == (Condition.OUT, Condition.OK)
    assert "hangs" in says
    with pytest.raises(ProcessLookupError):
        os.kill(int(read.text), 0)


def test_an_eye_does_not_outlive_a_killed_kiosk() -> None:
    kiosk = f"""
import socket, subprocess, sys, time
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
eye = subprocess.Popen([*{EYE!r}, str(theirs.fileno())], pass_fds=[theirs.fileno()])
print(eye.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", kiosk], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        eye = int(parent.stdout.readline())
        parent.kill()

    until(lambda: not is_alive(eye), "the eye has ended")


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("camera", "says"),
    [("picamera2", "python3-picamera2"), ("nonsense", "'nonsense' is not one of hien.cameras")],
)
def test_the_real_eye_says_why_it_cannot_see(camera: str, says: str) -> None:
    inputs: Queue[Input] = Queue()
    link = EyeLink(Orders(camera, {}, "system", {}), inputs.put, SystemClock(), where=EYE)
    link.start()
    try:
        ((condition, detail),) = conditions(inputs, 1)
    finally:
        link.stop()

    assert condition is Condition.OUT
    assert says in detail


def serve(listener: socket.socket, scripts: list[str]) -> None:
    """What systemd does at an accepting socket: a process for each caller, with the line as 0."""
    for script in scripts:
        line, _ = listener.accept()
        with line:
            command = [sys.executable, "-S", "-c", STAGE + script, "0"]
            subprocess.run(command, stdin=line.fileno(), check=False, timeout=PATIENCE_S)


def test_an_eye_that_somebody_else_starts_is_as_good_and_is_called_again(tmp_path: Path) -> None:
    inputs: Queue[Input] = Queue()
    path = tmp_path / "eye.sock"
    link = EyeLink(ORDERS, inputs.put, SystemClock(), HASTE, path)
    link.start()
    ((condition, detail),) = conditions(inputs, 1)
    assert (condition, f"nobody starts one at {path}: No such file" in detail) == (
        Condition.OUT,
        True,
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(path))
        listener.listen()
        scripts = ["beat(); read('A')\n", "beat(); read('B')\n" + FOR_EVER]
        thread = threading.Thread(target=serve, args=(listener, scripts))
        thread.start()
        seen: list[Input] = []
        while CodeRead("B", 1.5) not in seen:
            seen.append(inputs.get(timeout=PATIENCE_S))
        link.stop()
        thread.join()  # the second eye ended when it was hung up on

    assert CodeRead("A", 1.5) in seen
    said = [one.condition for one in seen if isinstance(one, DeviceChanged)]
    assert said == [Condition.OK, Condition.OUT, Condition.OK]

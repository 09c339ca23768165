"""`hien kiosk run` as an operator meets it: wrong files, taken ports, no broker, no hardware."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from simulator.processes import hien
from tests.broker import free_port
from tests.kiosk.starting import GOOD, Refused, settings
from tests.terminal import needs_a_terminal
from tests.waiting import until

WITH_BEACON = f"""{GOOD}
[beacon]
identity = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:7:1"
"""


def test_a_file_that_is_not_there_or_not_toml_or_wrong_is_one_sentence_and_status_78(
    tmp_path: Path, refused: Refused
) -> None:
    assert refused(tmp_path / "none.toml")[0] == os.EX_CONFIG
    broken = tmp_path / "broken.toml"
    broken.write_text("store = ")
    assert refused(broken)[0] == os.EX_CONFIG

    status, line = refused(settings(tmp_path, 8080, GOOD + "idle_s = 5\n[radoi]\n"))

    assert status == os.EX_CONFIG
    assert "idle_s must be between 20 and 120" in line
    assert "radoi is not a setting (did you mean radio?)" in line


@pytest.mark.parametrize(
    ("told", "says"),
    [
        pytest.param('[pins]\ndriver = "gpiozer"\n', "did you mean gpiozero?", id="pins"),
        pytest.param('[[scanners]]\ndriver = "serail"\n', "did you mean serial?", id="scanner"),
        pytest.param('[camera]\ndriver = "webcan"\n', "did you mean webcam?", id="camera"),
        pytest.param(
            '[camera]\ndriver = "webcam"\noptions = {{ fps = 99 }}\n',
            "driver webcam, options: ",
            id="option",
        ),
    ],
)
def test_an_unknown_driver_or_option_is_named(
    tmp_path: Path, refused: Refused, told: str, says: str
) -> None:
    status, line = refused(settings(tmp_path, free_port(), GOOD + told))

    assert status == os.EX_CONFIG
    assert says in line


def test_a_taken_port_is_one_sentence_and_status_69(tmp_path: Path, refused: Refused) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, line = refused(settings(tmp_path, port))

    assert status == os.EX_UNAVAILABLE
    assert f"port {port} on 127.0.0.1 is taken" in line


def test_a_folder_it_cannot_write_to_is_one_sentence_and_status_69(
    tmp_path: Path, refused: Refused
) -> None:
    (tmp_path / "file").touch()
    text = GOOD.replace('data_dir = "{folder}"', 'data_dir = "{folder}/file"')

    status, line = refused(settings(tmp_path, 8080, text))

    assert status == os.EX_UNAVAILABLE
    assert "outbox" in line


def shown(port: int) -> Any:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/screen") as answer:
        return json.load(answer)
    return None


@contextmanager
def running(folder: Path, text: str, stop: signal.Signals) -> Iterator[tuple[int, Path]]:
    """A kiosk where nothing is: its page's port, and its log; it ends well when told to stop."""
    port, log = free_port(), folder / "kiosk.log"
    with log.open("w") as output:
        kiosk = subprocess.Popen(
            hien("kiosk", "run", "--settings", str(settings(folder, port, text))),
            stderr=output,
            env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder / 'no-bus'}"},
        )
    try:
        until(lambda: shown(port), "the screen is served")
        yield port, log
    finally:
        kiosk.send_signal(stop)
        status = kiosk.wait(30)
    assert status == 0
    assert "Traceback" not in log.read_text()


def test_without_broker_and_hardware_the_screen_lives_says_so_and_stops_cleanly(
    tmp_path: Path,
) -> None:
    pins = """
[pins]
driver = "gpiozero"
options = {{ light = 18, buzzer = 23 }}
[switches.tamper]
driver = "gpiozero"
options = {{ pin = 5, on_when = "open" }}
"""
    with running(tmp_path, WITH_BEACON + pins, signal.SIGTERM) as (port, log):
        until(lambda: "no broker answers" in log.read_text(), "the missing broker is said")
        until(lambda: "camera is out" in log.read_text(), "the missing camera is said")
        until(lambda: "pins is out light on GPIO18" in log.read_text(), "the missing pins")
        until(lambda: "; tamper: " in log.read_text(), "the missing switch is said")
        until(lambda: "radio is out" in log.read_text(), "the missing radio is said")
        until(lambda: "own beacon is silent" in log.read_text(), "the missing beacon is said")
        assert shown(port)["screen"] == "attract"


@needs_a_terminal
def test_a_kiosk_without_a_camera_reads_what_a_scanner_sends(tmp_path: Path) -> None:
    scanner, theirs = os.openpty()
    text = (
        GOOD
        + f"""
[camera]
driver = "none"
[[scanners]]
driver = "serial"
options = {{{{ device = "{os.ttyname(theirs)}" }}}}
"""
    )
    with running(tmp_path, text, signal.SIGINT) as (port, log):
        until(lambda: "đến máy quét" in shown(port)["html"], "people are sent to the scanner")
        os.write(scanner, b"NONE OF OURS\r")
        until(lambda: shown(port)["screen"] == "refused", "the code is answered")
        os.close(scanner)
        os.close(theirs)
        until(lambda: "scanner is out" in log.read_text(), "the scanner is missed")

    assert "camera is" not in log.read_text()

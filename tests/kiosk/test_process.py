"""`hien kiosk run` as an operator meets it: wrong files, taken ports, no broker, no hardware."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from simulator.processes import hien
from tests.broker import free_port
from tests.terminal import needs_a_terminal
from tests.waiting import until

GOOD = """\
store = "hue-1"
store_no = 1
kiosk = "quay-1"
store_name = "An Nhiên"
kiosk_name = "Quầy 1"
data_dir = "{folder}"
[broker]
host = "127.0.0.1"
port = {broker}
[screen]
port = {screen}
"""


WITH_BEACON = f"""{GOOD}
[beacon]
identity = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:7:1"
"""


def settings(folder: Path, screen: int, text: str = GOOD) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text.format(folder=folder, broker=free_port(), screen=screen))
    return path


def refused(path: Path) -> tuple[int, str]:
    """The status and the one line with which a kiosk does not start."""
    done = subprocess.run(
        hien("kiosk", "run", "--settings", str(path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    own = [line for line in done.stderr.splitlines() if line.startswith("hien: ")]
    assert "Traceback" not in done.stderr
    assert len(own) == 1, done.stderr
    return done.returncode, own[0]


def test_a_file_that_is_not_there_or_not_toml_or_wrong_is_one_sentence_and_status_78(
    tmp_path: Path,
) -> None:
    assert refused(tmp_path / "none.toml")[0] == os.EX_CONFIG
    broken = tmp_path / "broken.toml"
    broken.write_text("store = ")
    assert refused(broken)[0] == os.EX_CONFIG

    status, line = refused(settings(tmp_path, 8080, GOOD + "idle_s = 5\n[radoi]\n"))

    assert status == os.EX_CONFIG
    assert "idle_s must be between 20 and 120" in line
    assert "radoi is not a setting (did you mean radio?)" in line


def test_an_unknown_driver_or_option_is_named(tmp_path: Path) -> None:
    status, line = refused(settings(tmp_path, 8080, GOOD + '[pins]\ndriver = "gpiozer"\n'))

    assert status == os.EX_CONFIG
    assert "did you mean gpiozero?" in line


def test_a_taken_port_is_one_sentence_and_status_69(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, line = refused(settings(tmp_path, port))

    assert status == os.EX_UNAVAILABLE
    assert f"port {port} on 127.0.0.1 is taken" in line


def test_a_folder_it_cannot_write_to_is_one_sentence_and_status_69(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    text = GOOD.replace('data_dir = "{folder}"', 'data_dir = "{folder}/file"')

    status, line = refused(settings(tmp_path, 8080, text))

    assert status == os.EX_UNAVAILABLE
    assert "outbox" in line


def shown(port: int) -> Any:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/screen") as answer:
        return json.load(answer)
    return None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_broker_and_hardware_the_screen_lives_says_so_and_stops_cleanly(
    tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    log = tmp_path / "kiosk.log"
    pins = """
[pins]
driver = "gpiozero"
options = {{ light = 18, buzzer = 23 }}
[switches.tamper]
driver = "gpiozero"
options = {{ pin = 5, on_when = "open" }}
"""
    with log.open("w") as output:
        kiosk = subprocess.Popen(
            hien("kiosk", "run", "--settings", str(settings(tmp_path, port, WITH_BEACON + pins))),
            stderr=output,
            env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path / 'no-bus'}"},
        )
    try:
        until(lambda: shown(port), "the screen is served")
        until(lambda: "no broker answers" in log.read_text(), "the missing broker is said")
        until(lambda: "camera is out" in log.read_text(), "the missing camera is said")
        until(lambda: "pins is out light on GPIO18" in log.read_text(), "the missing pins")
        until(lambda: "; tamper: " in log.read_text(), "the missing switch is said")
        until(lambda: "radio is out" in log.read_text(), "the missing radio is said")
        until(lambda: "own beacon is silent" in log.read_text(), "the missing beacon is said")
        assert shown(port)["screen"] == "attract"
    finally:
        kiosk.send_signal(number)
        status = kiosk.wait(30)

    assert status == 0
    assert "Traceback" not in log.read_text()


@needs_a_terminal
def test_a_kiosk_without_a_camera_reads_what_a_scanner_sends(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "kiosk.log"
    scanner, theirs = os.openpty()
    device = tmp_path / "scanner"
    text = (
        GOOD
        + f"""
[camera]
driver = "none"
[[scanners]]
driver = "serial"
options = {{{{ device = "/dev/..{device}" }}}}
"""
    )
    with log.open("w") as output:
        kiosk = subprocess.Popen(
            hien("kiosk", "run", "--settings", str(settings(tmp_path, port, text))),
            stderr=output,
            env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path / 'no-bus'}"},
        )
    try:
        until(lambda: "scanner is out" in log.read_text(), "there is no scanner yet")
        until(lambda: "không đọc được mã" in shown(port)["html"], "people are sent to staff")
        device.symlink_to(os.ttyname(theirs))
        until(lambda: "scanner is ok" in log.read_text(), "the scanner is plugged in")
        until(lambda: "đến máy quét" in shown(port)["html"], "people are sent to the scanner")
        os.write(scanner, b"NONE OF OURS\r")
        until(lambda: shown(port)["screen"] == "refused", "the code is answered")
    finally:
        kiosk.terminate()
        status = kiosk.wait(30)
        os.close(scanner)
        os.close(theirs)

    assert status == 0
    assert "camera is" not in log.read_text()


def test_an_unknown_scanner_is_named(tmp_path: Path) -> None:
    text = GOOD + '[[scanners]]\ndriver = "serail"\n'

    status, line = refused(settings(tmp_path, 8080, text))

    assert status == os.EX_CONFIG
    assert "did you mean serial?" in line

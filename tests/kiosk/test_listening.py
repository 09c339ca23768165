"""`hien beacon listen` with real bleak on a bus of our own."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from kiosk.core.nearby import Row
from kiosk.listen_cli import Lines
from kiosk.listening import anywhere, listen
from runtime.settings import Driver
from simulator.processes import hien
from tests.kiosk.adapters.fake_bluez import FakeBluez, system_bus
from tests.terminal import needs_a_terminal
from tests.waiting import PATIENCE_S

TAG = "C2:00:00:00:00:07"
IBEACON = bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")
LISTEN = ["beacon", "listen", "--option", "management_socket=false"]


@pytest.fixture
def bluez(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBluez]:
    with system_bus(tmp_path) as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        made = FakeBluez()
        made.start()
        yield made
        made.stop()


@pytest.fixture
def on_air(bluez: FakeBluez) -> Iterator[None]:
    """A tag that advertises until the end of the test."""
    over = threading.Event()

    def advertise() -> None:
        while not over.wait(0.02):
            bluez.air(TAG, -60, {0x4C: IBEACON})

    thread = threading.Thread(target=advertise, name="tag")
    thread.start()
    yield
    over.set()
    thread.join()


def test_every_beacon_heard_is_a_line_for_programs(
    on_air: None, capsys: pytest.CaptureFixture[str]
) -> None:
    class Reader(Lines):
        times = 0

        def heard(self, rows: list[Row]) -> None:
            super().heard(rows)
            self.times += len(rows)

    reader = Reader()
    radio = Driver(driver="bleak", options={"management_socket": False})
    listen(anywhere(radio), reader, lambda passed_s: reader.times >= 3 or passed_s > PATIENCE_S)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    t_s = lines[0].pop("t_s")
    assert t_s > 0
    assert lines[0] == {
        "tag": None,
        "format": "ibeacon",
        "identity": "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:4949",
        "receiver": "here",
        "zone": "here",
        "rssi_dbm": -60,
        "signal_dbm": -60.0,
        "times": 1,
    }
    assert [line["times"] for line in lines] == [1, 2, 3]


def test_it_ends_after_so_many_seconds(
    bluez: FakeBluez, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*LISTEN, "--seconds", "0.1", "--json"]) == os.EX_OK

    assert capsys.readouterr() == ("", "")


def test_beside_a_kiosk_with_a_certificate_it_says_why_nobody_is_named(
    bluez: FakeBluez, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second connection would end the kiosk's own."""
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        'store = "hue-1"\nstore_no = 7\nkiosk = "quay-1"\nstore_name = ""\nkiosk_name = ""\n'
        f'data_dir = "{tmp_path}"\nradio = {{ driver = "bleak" }}\n'
        '[broker.tls]\nca = "ca.pem"\ncertificate = "identity.pem"\n'
        f'[trust.issuers]\n1 = "{"07" * 32}"\n'
    )

    assert main([*LISTEN, "--settings", str(settings), "--seconds", "0.1", "--json"]) == os.EX_OK

    sentence = "whose tags these are only the kiosk hears: it may connect once"
    assert sentence in capsys.readouterr().err


def test_without_bluetooth_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'no-bus'}")

    assert main([*LISTEN]) == os.EX_UNAVAILABLE

    said = capsys.readouterr()
    remedy = "run: sudo systemctl start dbus"
    assert said.out == ""
    assert said.err == f"hien: no Bluetooth on hci0: the system bus does not answer; {remedy}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--driver", "bleek"], "did you mean bleak?"),
        (["--option", "adapter"], "it must be name=value"),
        (["--option", "adaptor=hci1"], "adaptor"),
        (["--option", "silent_s=60"], "silent_s"),
        (["--settings", "no-kiosk.toml"], "cannot be read"),
    ],
)
def test_a_mistake_is_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["beacon", "listen", *arguments]) == os.EX_CONFIG

    assert words in capsys.readouterr().err


def test_an_option_is_for_the_driver_of_the_settings_unless_another_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        'store = "hue-1"\nstore_no = 1\nkiosk = "quay-1"\nstore_name = "An Nhiên"\n'
        'kiosk_name = "Quầy 1"\ndata_dir = "data"\n[radio]\ndriver = "simulated"\n',
        encoding="utf-8",
    )
    asked = ["beacon", "listen", "--settings", str(file), "--option", "stage=nowhere"]

    assert main(asked) == os.EX_CONFIG
    assert "stage must be host:port" in capsys.readouterr().err
    assert main([*asked, "--driver", "bleak"]) == os.EX_CONFIG
    assert "driver bleak, options: " in capsys.readouterr().err


@needs_a_terminal
def test_a_person_sees_a_table_until_they_have_seen_enough(on_air: None) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(hien(*LISTEN), stdout=theirs, stderr=subprocess.PIPE) as command:
        os.close(theirs)
        seen = b""
        while b"ibeacon" not in seen:
            seen += os.read(ours, 65_536)
        command.send_signal(signal.SIGINT)
        drain = threading.Thread(target=_drain, args=(ours,), name="terminal")
        drain.start()
        _, said = command.communicate(timeout=PATIENCE_S)
        drain.join()
        os.close(ours)

    assert (command.returncode, said) == (os.EX_OK, b"")


def _drain(terminal: int) -> None:
    try:
        while os.read(terminal, 65_536):
            pass
    except OSError:  # the other side has gone
        return

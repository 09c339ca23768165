"""A person with a tag in the hand, one metre before a receiver."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from contract.events import Condition, Device
from kiosk import calibrating
from kiosk.core.inputs import Advertisement, DeviceChanged, Heard, Input
from runtime.clock import SystemClock
from runtime.errors import SettingsError, UnavailableError
from runtime.inbox import Inbox
from runtime.mqtt_link import LinkOptions, MqttLink
from simulator.processes import hien
from tests.broker import Broker, free_port
from tests.kiosk.starting import GOOD, Refused, settings
from tests.kiosk.test_settings import BOARD, loaded

UUID = "fda50693-a4e2-4fb1-afcf-c6eb07647825"
HELD, OTHER = f"ibeacon:{UUID}:1:17", f"ibeacon:{UUID}:1:18"


def heard(minor: int, rssi_dbm: int) -> Heard:
    data = bytes.fromhex("0215" + UUID.replace("-", "")) + bytes((0, 1, 0, minor, 0xC5))
    return Heard(Advertisement({0x4C: data, 0x59: b"\x02\x15"}, {}, rssi_dbm), 0.0)


def collected(*happened: Input) -> calibrating.Readings:
    inbox = Inbox[Input](100)
    for one in happened:
        inbox.put(one)
    return calibrating.collect(inbox, SystemClock(), seconds=0.05)


def test_readings_are_kept_by_tag() -> None:
    readings = collected(heard(17, -60), heard(18, -80), heard(17, -62))

    assert readings == {HELD: [-60, -62], OTHER: [-80]}


def test_a_radio_that_fails_ends_it_with_its_own_words() -> None:
    with pytest.raises(UnavailableError, match="no Bluetooth"):
        collected(DeviceChanged(Device.RADIO, Condition.OUT, "no Bluetooth on hci0"))


def test_the_loudest_tag_is_taken_unless_another_is_named() -> None:
    readings = {HELD: [-60.0] * 20, OTHER: [-70.0] * 30, "ibeacon:seldom": [-50.0] * 19}

    assert calibrating.judged("quay-1", None, readings) == ("quay-1", HELD, -60, 20)
    assert calibrating.judged("quay-1", OTHER, readings) == ("quay-1", OTHER, -70, 30)


@pytest.mark.parametrize(
    ("tag", "words"),
    [(None, "quay-1: no tag was heard 20 times"), (HELD, "quay-1: ibeacon:.*: heard 3 times")],
)
def test_what_is_implausible_is_refused_with_the_receivers_name(
    tag: str | None, words: str
) -> None:
    with pytest.raises(UnavailableError, match=words):
        calibrating.judged("quay-1", tag, {HELD: [-60.0] * 3})


def test_a_receiver_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'tra'; there are quay-1, espresense:tra"):
        calibrating.measure(loaded(tmp_path, BOARD), "tra", None, 1.0)


def test_a_board_is_calibrated_over_the_broker_and_the_kiosk_keeps_it(
    broker: Broker, tmp_path: Path
) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(GOOD.format(folder=tmp_path, broker=broker.port, screen=8080) + BOARD)
    (tmp_path / "calibration.json").write_text('{"levels_dbm": {"quay-1": -58.0}}')
    board = MqttLink(LinkOptions("board"), lambda _one: None, lambda _online: None)
    board.open(broker.host, broker.port)
    message = json.dumps({"id": f"iBeacon:{UUID}-1-17", "rssi": -68.4, "mac": ""}).encode()
    command = hien("kiosk", "calibrate", "--settings", str(path), "--seconds", "4")
    command += ["--receiver", "espresense:tra"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        status = None
        while status is None:
            board.publish(f"espresense/devices/iBeacon:{UUID}-1-17/tra", message)
            with suppress(subprocess.TimeoutExpired):
                status = run.wait(0.05)
        assert run.stdout is not None
        said = json.loads(run.stdout.read())
    board.close()

    assert status == 0
    assert (said["receiver"], said["tag"], said["level_dbm"]) == ("espresense:tra", HELD, -68)
    assert (said["power_at_1m_dbm"], said["offset_db"]) == (-62.0, -1.8)
    kept = json.loads((tmp_path / "calibration.json").read_text())
    assert kept == {"levels_dbm": {"quay-1": -58.0, "espresense:tra": -68.0}}


def test_a_kiosk_does_not_start_with_a_calibration_it_cannot_read(
    tmp_path: Path, refused: Refused
) -> None:
    (tmp_path / "calibration.json").write_text("torn")

    status, line = refused(settings(tmp_path, free_port()))

    assert status == os.EX_CONFIG
    assert "delete it and calibrate again" in line

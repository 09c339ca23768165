"""A kiosk process that is told of a board listens to it at the broker."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from runtime.mqtt_link import LinkOptions, MqttLink
from simulator.processes import hien
from tests.broker import Broker, free_port
from tests.kiosk.starting import GOOD
from tests.waiting import until

BOARD = '[[receivers]]\nkind = "espresense"\nid = "tra"\nzone = "ke-tra"\n'


def test_a_kiosk_listens_to_the_boards_in_its_settings(broker: Broker, tmp_path: Path) -> None:
    path, log = tmp_path / "kiosk.toml", tmp_path / "kiosk.log"
    path.write_text(GOOD.format(folder=tmp_path, broker=broker.port, screen=free_port()) + BOARD)
    board = MqttLink(LinkOptions("board"), lambda _one: None, lambda _online: None)
    board.open(broker.host, broker.port)
    with log.open("w") as output:
        kiosk = subprocess.Popen(
            hien("kiosk", "run", "--settings", str(path)),
            stderr=output,
            env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path / 'no-bus'}"},
        )

    def is_heard() -> bool:
        board.publish("espresense/devices/x/tra", b"garbage")
        return "receiver espresense:tra: 1 words refused" in log.read_text()

    try:
        until(is_heard, "the kiosk hears the board", patience_s=60)
    finally:
        kiosk.terminate()
        status = kiosk.wait(30)
        board.close()
    assert status == 0
    assert "Traceback" not in log.read_text()

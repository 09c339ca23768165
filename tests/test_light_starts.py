"""A process loads what it needs and no more: it starts sooner, and has less to break into."""

from __future__ import annotations

import subprocess
import sys

import pytest

PICTURES = {"PIL", "cv2", "numpy", "pyzbar", "zxingcpp"}

# what a process imports at its start: what must not come along
DOES_WITHOUT = {
    "gateway.cli": PICTURES | {"alembic", "bleak", "gpiozero"},
    "kiosk.cli, kiosk.adapters.camera_options, simulator.stage_link": PICTURES
    | {"bleak", "dbus_fast", "gpiozero", "sqlalchemy"},
    "kiosk.door.cli, kiosk.adapters.pins_gpiozero": PICTURES
    | {"bleak", "flask", "paho", "sqlalchemy", "web_ui"},
}


@pytest.mark.parametrize("modules", DOES_WITHOUT)
def test_a_process_brings_few_libraries_along(modules: str) -> None:
    script = f"import sys, {modules}; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()

    assert not DOES_WITHOUT[modules] & set(loaded)

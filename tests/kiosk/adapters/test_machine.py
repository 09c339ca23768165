"""A Raspberry Pi's own files, as its kernel writes them, and what is made of worse ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.vitals import Vitals
from kiosk.adapters.machine import CARD, TEMPERATURE, THROTTLED, MachineFiles

STAT = "    2345     1200   180000     4500    61000   22000  1433600    99000        0   60000\n"
FILES = {
    TEMPERATURE: "61322\n",
    THROTTLED: "50005\n",
    f"{CARD}/device/life_time": "0x01 0x03\n",
    f"{CARD}/stat": STAT,
    "proc/meminfo": "MemTotal: 3884200 kB\nMemAvailable:    1048576 kB\n",
    "proc/uptime": "93211.52 360000.00\n",
}


def machine(root: Path, **files: str) -> Vitals:
    for name, text in (FILES | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return MachineFiles(root, root).vitals()


def test_a_raspberry_pi_says_how_it_is(tmp_path: Path) -> None:
    vitals = machine(tmp_path)

    assert vitals.temperature_c == 61.322
    assert vitals.throttled == 0x50005
    assert vitals.card_worn_percent == 30, "its worse half"
    assert vitals.card_written_bytes == 1_433_600 * 512
    assert vitals.memory_free_bytes == 1 << 30
    assert vitals.up_s == 93_211.52
    assert vitals.disk_free_bytes is not None
    assert vitals.disk_total_bytes is not None
    assert 0 < vitals.disk_free_bytes < vitals.disk_total_bytes


def test_what_another_machine_does_not_say_is_unknown(tmp_path: Path) -> None:
    assert MachineFiles(tmp_path / "nowhere", tmp_path / "nowhere").vitals() == Vitals()


@pytest.mark.parametrize(
    ("file", "text", "field"),
    [
        (TEMPERATURE, "hot\n", "temperature_c"),
        (TEMPERATURE, "-274000\n", "temperature_c"),
        (THROTTLED, "\n", "throttled"),
        (THROTTLED, "fffffffff\n", "throttled"),
        (f"{CARD}/device/life_time", "0x00 0x00\n", "card_worn_percent"),
        (f"{CARD}/device/life_time", "0x0c 0xff\n", "card_worn_percent"),
        (f"{CARD}/stat", "1 2 3\n", "card_written_bytes"),
        ("proc/meminfo", "MemAvailable: lots\n", "memory_free_bytes"),
        ("proc/uptime", "\n", "up_s"),
    ],
)
def test_nonsense_is_unknown(tmp_path: Path, file: str, text: str, field: str) -> None:
    assert getattr(machine(tmp_path, **{file: text}), field) is None

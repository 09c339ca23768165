"""The floor's file, and the kernel's word on the time."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.adapters.clock_floor import ClockFloor
from kiosk.adapters.time_source import AssumedTime, KernelTime
from runtime.errors import DeviceError, SettingsError


def test_the_floor_is_kept_and_replaced(tmp_path: Path) -> None:
    floor = ClockFloor(tmp_path / "floor")
    assert floor.load() == 0.0

    floor.save(1_800_000_000.25)
    floor.save(1_800_000_600.0)

    assert ClockFloor(tmp_path / "floor").load() == 1_800_000_600.0
    assert [file.name for file in tmp_path.iterdir()] == ["floor"]


@pytest.mark.parametrize("rubbish", ["", "yesterday", "nan", "inf", "-5", "\x00" * 9, "é"])
def test_a_floor_that_makes_no_sense_forbids_nothing(tmp_path: Path, rubbish: str) -> None:
    (tmp_path / "floor").write_text(rubbish, encoding="utf-8")

    assert ClockFloor(tmp_path / "floor").load() == 0.0


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"cannot keep the time in .*/gone/floor: No such file"):
        ClockFloor(tmp_path / "gone" / "floor").save(1.0)


def test_the_kernel_has_a_word_on_the_time() -> None:
    assert KernelTime({}).is_synced() in (True, False)
    assert AssumedTime({}).is_synced()


def test_time_sources_have_no_options() -> None:
    for source in (KernelTime, AssumedTime):
        with pytest.raises(SettingsError, match="server is not an option"):
            source({"server": "pool.ntp.org"})

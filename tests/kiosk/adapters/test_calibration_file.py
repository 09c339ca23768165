from pathlib import Path

import pytest

from kiosk.adapters.calibration_file import CalibrationFile
from runtime.errors import DeviceError, SettingsError


def test_what_was_measured_is_there_after_a_restart(tmp_path: Path) -> None:
    CalibrationFile(tmp_path).save({"quay-1": -60.5, "espresense:tra": -66.0})

    assert CalibrationFile(tmp_path).load() == {"quay-1": -60.5, "espresense:tra": -66.0}


def test_before_the_first_time_nothing_was_measured(tmp_path: Path) -> None:
    assert CalibrationFile(tmp_path).load() == {}


@pytest.mark.parametrize("text", ["", "[]", '{"levels_dbm": {"a": -500}}', '{"levels": {}}'])
def test_a_broken_file_is_named_and_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "calibration.json").write_text(text)

    with pytest.raises(SettingsError, match=r"calibration\.json: .*; delete it and calibrate"):
        CalibrationFile(tmp_path).load()


def test_a_folder_that_is_not_there_is_a_broken_device(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="cannot keep"):
        CalibrationFile(tmp_path / "none").save({})

"""What was measured of a kiosk's receivers, in one small file that a power cut leaves whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import DecodeError, Meta, Struct, json

from runtime import small_file
from runtime.errors import DeviceError, SettingsError

NAME = "calibration.json"  # in the kiosk's data folder


class _File(Struct, forbid_unknown_fields=True):
    levels_dbm: dict[str, Annotated[float, Meta(ge=-127, le=20)]]  # one metre away, by receiver


class CalibrationFile:
    """One file; deleting it goes back to what the settings say."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / NAME

    def load(self) -> dict[str, float]:
        """Levels by receiver, empty before the first calibration; SettingsError if it is broken."""
        try:
            return json.decode(self.path.read_bytes(), type=_File).levels_dbm
        except FileNotFoundError:
            return {}
        except (OSError, DecodeError) as error:
            raise SettingsError(f"{self.path}: {error}; delete it and calibrate again") from error

    def save(self, levels_dbm: Mapping[str, float]) -> None:
        """Replace what was measured; DeviceError if it cannot be kept."""
        text = json.format(json.encode(_File(dict(levels_dbm))), indent=1).decode()
        try:
            small_file.replace(self.path, f"{text}\n")
        except OSError as error:
            raise DeviceError(f"cannot keep {self.path}: {error.strerror}") from error

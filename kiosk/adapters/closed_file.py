"""Whether the owner has closed this kiosk's shop: one empty file, which a power cut leaves."""

from __future__ import annotations

from pathlib import Path

from runtime import small_file
from runtime.errors import DeviceError

NAME = "closed"  # in the kiosk's data folder


class ClosedFile:
    """It is there while the shop is closed."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / NAME

    def is_closed(self) -> bool:
        """What was said last."""
        return self.path.exists()

    def keep(self, *, is_closed: bool) -> None:
        """Remember it over a restart; DeviceError if the disk does not."""
        try:
            if is_closed:
                small_file.replace(self.path, "")
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise DeviceError(f"cannot keep {self.path}: {error.strerror}") from error

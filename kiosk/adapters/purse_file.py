"""The file in which a kiosk remembers its leases and what it gave out of them; it decides nothing.

Lost or unreadable, it is a new memory under a new name, and leases of the old one are not spent.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from kiosk.core.leases import Purses
from runtime import small_file
from runtime.errors import DeviceError


class PurseFile:
    """One kiosk's purses. Written a few times an hour, whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Purses:
        """What is remembered, or a new memory."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Purses)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return Purses(os.urandom(8).hex())

    def save(self, purses: Purses) -> None:
        """On the disk when this returns; else DeviceError."""
        try:
            small_file.replace(self._path, msgspec.json.encode(purses).decode())
        except OSError as error:
            raise DeviceError(f"cannot keep {self._path}: {error.strerror}") from error

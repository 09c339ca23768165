"""Bytes on a disk that are kept only to be given up: without any room not even deleting works.

It never takes room that others may need soon, and does without rather than fail.
"""

from __future__ import annotations

import os
from pathlib import Path


class Ballast:
    """Some files of no content; owned by whoever writes beside them."""

    def __init__(self, paths: tuple[Path, ...], each_bytes: int) -> None:
        """Takes nothing yet, but knows what one before it left."""
        self._each_bytes = each_bytes
        self._held = [path for path in paths if path.exists()]
        self._missing = [path for path in paths if path not in self._held]

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is given up."""
        return not self._missing

    @property
    def is_gone(self) -> bool:
        """Whether nothing of it is left."""
        return not self._held

    def hold(self) -> None:
        """Take what is missing, as long as as much again stays free."""
        while self._missing and self._free_bytes() >= 2 * self._each_bytes:
            path = self._missing[-1]
            try:
                with path.open("wb") as file:
                    os.posix_fallocate(file.fileno(), 0, self._each_bytes)  # blocks, not a hole
            except OSError:
                path.unlink(missing_ok=True)
                return
            self._held.append(self._missing.pop())

    def give_up(self, keep: int = 0) -> bool:
        """Let go of one file; False if no more than `keep` are left."""
        if len(self._held) <= keep:
            return False
        try:
            self._held[-1].unlink(missing_ok=True)
        except OSError:  # a disk that can only be read
            return False
        self._missing.append(self._held.pop())
        return True

    def _free_bytes(self) -> int:
        try:
            disk = os.statvfs(self._missing[-1].parent)
        except OSError:
            return 0
        return disk.f_bavail * disk.f_frsize

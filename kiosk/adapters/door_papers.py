"""Lays the sealed keyring and revocations, as they come, where the door looks for them.

Believes and reads nothing: the door checks the seals by itself.
"""

from __future__ import annotations

from pathlib import Path

from contract import topics
from runtime import small_file
from runtime.errors import DeviceError


class DoorPapers:
    """One folder of sealed files."""

    def __init__(self, store: str, folder: Path) -> None:
        """Their names are those the door knows (kiosk/door/trust_files.py)."""
        self._paths = {
            topics.keyring(store): folder / "keyring.sealed",
            topics.revocations(store): folder / "revocations.sealed",
        }

    @property
    def topics(self) -> tuple[str, ...]:
        """Where they come from."""
        return tuple(self._paths)

    def lay(self, topic: str, sealed: bytes) -> bool:
        """Replace one file as a whole; False if the topic is none of ours. DeviceError: no disk."""
        path = self._paths.get(topic)
        if path is None:
            return False
        try:
            small_file.replace(path, sealed.decode("utf-8", "replace"))
        except OSError as error:
            raise DeviceError(f"{path}: {error.strerror}") from error
        return True

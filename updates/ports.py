"""What an update needs of the world: where releases come from, what builds, what runs services."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from updates.core.release import Release
from updates.core.wellness import Unit


class Source(Protocol):
    """Where releases are published."""

    def manifest(self) -> bytes:
        """The sealed manifest; UnavailableError if there is none to be had."""

    def fetch(self, release: Release, folder: Path) -> None:
        """Bring what fits this machine, checked against the manifest; UnavailableError if not."""


class Builder(Protocol):
    """Makes software out of a release."""

    def build(self, release: Release, files: Path, into: Path) -> None:
        """`into/bin/hien` runs the release, also after a power cut; UnavailableError if not."""


class Services(Protocol):
    """What systemd runs of ours."""

    def units(self) -> Mapping[str, Unit]:
        """How each of ours is."""

    def lay(self) -> None:
        """Put units of the version that serves in place, restart all; UnavailableError if not."""

"""A machine of files on which updates are tried: two links, versions as folders, one service."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runtime import small_file
from runtime.errors import UnavailableError
from tests.fakes import FakeClock
from updates.app import Hands, Updater
from updates.core.release import MANIFEST, Release, ReleaseFile, sealed
from updates.core.wellness import Patience, Unit
from updates.links import COMMAND, Links
from updates.sources import Published

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {1: KEY.public_key().public_bytes_raw()}
OLD, NEW = "0.1.0", "0.2.0"
KIOSK = "hien-kiosk"


@dataclass(frozen=True)
class FolderBuilder:
    """Makes a folder whose command is a text: its version."""

    breaks: bool = False

    def build(self, release: Release, files: Path, into: Path) -> None:
        assert (files / release.wheel).is_file()
        shutil.rmtree(into, ignore_errors=True)
        (into / "bin").mkdir(parents=True)
        if self.breaks:
            raise UnavailableError("pip had no room")
        (into / COMMAND).write_text(release.version)


@dataclass(frozen=True)
class FileServices:
    """One service, which runs whatever version it was last started with."""

    running: Path
    serving: Path
    ill: frozenset[str] = frozenset()

    def units(self) -> Mapping[str, Unit]:
        is_ill = self.running.read_text() in self.ill
        return {KIOSK: Unit(not is_ill, restarts=int(is_ill))}

    def lay(self) -> None:
        """What starts is where the link leads; so it is when the power is back."""
        small_file.replace(self.running, self.serving.read_text())


@dataclass(frozen=True)
class BenchMachine:
    """Everything below one folder."""

    root: Path
    ill: frozenset[str] = frozenset()
    breaks: bool = False

    def set_up(self) -> None:
        """The old version, as a person installed it, and the new one on offer."""
        first = self.root / "first"
        (first / "bin").mkdir(parents=True)
        (first / COMMAND).write_text(OLD)
        self.links.serve(first)
        self.links.prove(first)
        self.services.lay()
        (self.root / "slots").mkdir()
        self.publish(NEW)

    def publish(self, version: str) -> Release:
        """A signed release of two small files."""
        shelf = self.root / "shelf"
        shelf.mkdir(exist_ok=True)
        files = []
        for name in (f"hien-{version}-py3-none-any.whl", "requirements.txt"):
            data = f"{name} of {version}".encode()
            (shelf / name).write_bytes(data)
            files.append(ReleaseFile(name, len(data), sha256(data).hexdigest()))
        release = Release(version, OLD, tuple(files), percent=100)
        (shelf / MANIFEST).write_bytes(sealed(release, KEY, 1))
        return release

    @property
    def links(self) -> Links:
        return Links(self.root / "serving", self.root / "proven")

    @property
    def services(self) -> FileServices:
        return FileServices(self.root / "running", self.root / "serving", self.ill)

    @property
    def updater(self) -> Updater:
        clock = FakeClock()
        hands = Hands(
            self.links,
            Published(str(self.root / "shelf")),
            FolderBuilder(self.breaks),
            self.services,
            clock,
            clock.advance,
        )
        return Updater(self.root / "slots", hands, Patience(start_s=60, steady_s=30))

    def with_ill(self, *versions: str) -> BenchMachine:
        return replace(self, ill=frozenset(versions))

    def runs(self) -> str:
        return self.services.running.read_text()

    def leads_to(self) -> tuple[str, str]:
        """The versions behind the two links."""
        return self.links.serving.read_text(), self.links.proven.read_text()

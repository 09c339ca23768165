"""Where releases come from: a folder, or a web server. Brings nothing that the manifest denies."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path

from runtime.errors import UnavailableError
from runtime.outbound import Outbound, Request
from updates.core.release import MANIFEST, MANIFEST_MAX_BYTES, Release, fits

WHOLE_S = 1_800.0  # 50 MB over a shop's bad line
WORDS_BYTES = 1 << 16  # a server that has no such file says so at some length
PRIVATE = Outbound(allow_private=True, whole_s=WHOLE_S)  # the seal is believed, not the way


@dataclass(frozen=True)
class Published:
    """A place with a manifest and files: `where` is a folder, or an http or https address."""

    where: str
    outbound: Outbound = field(default=PRIVATE, repr=False)

    def manifest(self) -> bytes:
        """The sealed manifest."""
        return self._read(MANIFEST, MANIFEST_MAX_BYTES)

    def fetch(self, release: Release, folder: Path) -> None:
        """Bring what is for this Python and processor, and nothing that is there already.

        Nothing is flushed: what a power cut leaves of a file has another hash, and is brought anew.
        """
        folder.mkdir(parents=True, exist_ok=True)
        here = (sys.version_info[:2], platform.machine())
        wanted = {file.name: file for file in release.files if fits(file.name, *here)}
        for other in {path.name for path in folder.iterdir()} - {*wanted}:
            (folder / other).unlink()  # pip must find nothing else
        for name, file in wanted.items():
            path = folder / name
            if path.is_file() and _digest(path) == file.sha256:
                continue
            data = self._read(name, file.size_bytes)
            if len(data) != file.size_bytes or sha256(data).hexdigest() != file.sha256:
                raise UnavailableError(f"{name} is not the file that was signed")
            path.write_bytes(data)

    def _read(self, name: str, max_bytes: int) -> bytes:
        """A file; UnavailableError if it is not there or longer than it may be."""
        if self.where.startswith(("http://", "https://")):
            url = f"{self.where.rstrip('/')}/{name}"
            answer = self.outbound.send(
                Request("GET", url, answer_max_bytes=max(max_bytes, WORDS_BYTES))
            )
            if answer.status != 200:
                raise UnavailableError(f"{url}: the server says {answer.status}")
            return answer.body
        path = Path(self.where, name)
        try:
            if path.stat().st_size > max_bytes:
                raise UnavailableError(f"{path} is longer than was signed")
            return path.read_bytes()
        except OSError as error:
            raise UnavailableError(f"{path}: {error.strerror}") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()

"""Makes a virtual environment out of a release's wheels, without a network. Touches no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import UnavailableError
from updates.core.release import REQUIREMENTS, Release
from updates.links import COMMAND

PATIENCE_S = 1_800  # a Raspberry Pi 4 with a slow card needs 5 minutes
OUTSIDE = "include-system-site-packages = true"  # pyvenv.cfg, where apt brings camera and pins


BASE = Path(sys.base_prefix, "bin", "python3")


@dataclass(frozen=True)
class VenvBuilder:
    """Builds by the Python that this process runs by, and with what of the system it sees."""

    python: Path = BASE
    like: Path = Path(sys.prefix)

    def build(self, release: Release, files: Path, into: Path) -> None:
        """All anew; at the end the new command has said its version once."""
        shutil.rmtree(into, ignore_errors=True)
        outside = ["--system-site-packages"] if self._sees_outside() else []
        _run(self.python, "-m", "venv", *outside, into)
        pip = (
            into / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
        )
        needed = ("--find-links", files, "--require-hashes", "-r", files / REQUIREMENTS)
        _run(*pip, "--only-binary=:all:", *needed)
        _run(*pip, files / release.wheel)
        said = _run(into / COMMAND, "--version").strip()
        if said != f"hien {release.version}":
            raise UnavailableError(f"what was built says {said!r}, not hien {release.version}")
        os.sync()  # pip flushes nothing, and a power cut would leave empty files that look built

    def _sees_outside(self) -> bool:
        try:
            return OUTSIDE in (self.like / "pyvenv.cfg").read_text(encoding="utf-8")
        except FileNotFoundError:
            return False


def _run(*command: str | Path) -> str:
    words = [str(word) for word in command]
    alone = {**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, timeout=PATIENCE_S, env=alone
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{words[0]}: {error}") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "without a word").splitlines()[-1]
        raise UnavailableError(f"{' '.join(words[:4])} … failed: {last}")
    return done.stdout

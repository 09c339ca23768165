"""The demo's processes: started in order, started again when they die, stopped from the top down.

It does what systemd does for a real shop. Owned by one thread; nothing it started outlives it,
because the kernel ends the children when that thread is gone.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from runtime.errors import SettingsError, UnavailableError

STOPS_WITHIN_S = 8.0  # waitress and paho need up to 2 s each; then it is killed
DEATHS_MAX = 5  # a process that dies as often as this before it has lived LIVES_S will not live
LIVES_S = 10.0
LAST_WORDS_BYTES = 2_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A process to be kept alive. Those with the highest `floor` are stopped first, together."""

    name: str
    command: Sequence[str]
    floor: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)  # besides ours


@dataclass
class _Child:
    job: Job
    process: subprocess.Popen[bytes]
    started_s: float
    deaths: int = 0
    again_at_s: float | None = None


def hien(*arguments: str) -> list[str]:
    """The command that runs `hien` with these arguments in this very Python."""
    start = "import sys; from cli.main import main; sys.exit(main(sys.argv[1:]))"
    return [sys.executable, "-P", "-c", start, *arguments]


def hien_in_turn(*commands: Sequence[str]) -> list[str]:
    """Like `hien`, several commands one after the other until one fails; imports only once."""
    start = (
        "import json, sys; from cli.main import main;"
        " sys.exit(next(filter(None, map(main, json.loads(sys.argv[1]))), 0))"
    )
    return [sys.executable, "-P", "-c", start, json.dumps(commands)]


@dataclass
class Processes:
    """All children, with their logs in `folder`. `now_s` is real, monotonic time."""

    folder: Path
    now_s: Callable[[], float]
    restart_s: float = 1.0  # systemd's RestartSec in our units
    stops_within_s: float = STOPS_WITHIN_S
    _children: dict[str, _Child] = field(default_factory=dict)

    def start(self, job: Job) -> None:
        """Start a process and keep it alive from now on."""
        self._children[job.name] = _Child(job, self._spawn(job), self.now_s())

    def run(self, job: Job, meanwhile: Callable[[], None]) -> None:
        """Run a process to its end, calling `meanwhile` all the time.

        Raises UnavailableError with its last words if it fails.
        """
        process = self._spawn(job)
        try:
            while process.poll() is None:
                meanwhile()
        finally:
            process.kill()  # does nothing to one that has ended
            process.wait()
        if process.returncode != os.EX_OK:
            raise UnavailableError(f"{job.name} failed: {self._last_words(job.name)}")

    def pid(self, name: str) -> int:
        """The process id of a child, dead or alive."""
        return self._children[name].process.pid

    def kill(self, name: str) -> None:
        """SIGKILL a child and its own children, as a power cut would; `tend` starts it again."""
        child = self._children[name]
        with suppress(ProcessLookupError):  # it died just now
            os.killpg(child.process.pid, signal.SIGKILL)  # it leads its group; see `_spawn`
        child.process.wait()
        child.started_s = self.now_s() - LIVES_S  # not its own fault

    def tend(self) -> None:
        """Start again who has died; call it often.

        Raises SettingsError or UnavailableError if a child refuses to live.
        """
        for child in self._children.values():
            if child.again_at_s is None and child.process.poll() is not None:
                self._mourn(child)
            if child.again_at_s is not None and self.now_s() >= child.again_at_s:
                child.process, child.started_s = self._spawn(child.job), self.now_s()
                child.again_at_s = None

    def stop_all(self) -> None:
        """End everything, floor by floor from above; safe to call twice."""
        while self._children:
            top = max(child.job.floor for child in self._children.values())
            going = [child for child in self._children.values() if child.job.floor == top]
            for child in going:
                child.process.terminate()
            for child in going:
                self._wait(child)
                del self._children[child.job.name]

    def _wait(self, child: _Child) -> None:
        try:
            child.process.wait(self.stops_within_s)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop and was killed", child.job.name)
            child.process.kill()
            child.process.wait()

    def _mourn(self, child: _Child) -> None:
        status, name = child.process.returncode, child.job.name
        words = self._last_words(name)
        if status == os.EX_CONFIG:
            raise SettingsError(f"{name}: {words}")
        child.deaths = 1 if self.now_s() - child.started_s >= LIVES_S else child.deaths + 1
        if child.deaths >= DEATHS_MAX:
            raise UnavailableError(f"{name} does not stay alive (exit status {status}): {words}")
        log.info("%s ended with status %s and is started again", name, status)
        child.again_at_s = self.now_s() + self.restart_s

    def _last_words(self, name: str) -> str:
        """The last line a process wrote, which by house rule is one sentence."""
        log_file = self.folder / f"{name}.log"
        text = log_file.read_bytes()[-LAST_WORDS_BYTES:].decode(errors="replace")
        lines = text.strip().splitlines()
        return lines[-1].removeprefix("hien: ") if lines else "it said nothing"

    def _spawn(self, job: Job) -> subprocess.Popen[bytes]:
        with (self.folder / f"{job.name}.log").open("ab") as output:
            return subprocess.Popen(
                [*_dies_with_us(), *job.command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**_environment(), **job.environment},
                process_group=0,  # Ctrl-C is for us; we stop the children in order
            )


def _environment() -> dict[str, str]:
    """Ours, without settings that a person made for their own kiosk or gateway."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HIEN_")}


def _dies_with_us() -> list[str]:
    """util-linux' way to say prctl(PR_SET_PDEATHSIG), so that a killed demo leaves nothing."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []

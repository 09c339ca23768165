"""One mosquitto, started and stopped here; its log is read without end, so that it never waits.

What it says of itself goes on to our own log; what it says of others becomes alarms. Judges nothing
by itself: see firmware_config/broker_watch.py.
"""

from __future__ import annotations

import logging
import resource
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable

from firmware_config.broker_folder import BrokerFolder, broker_program
from firmware_config.broker_watch import BEGINNINGS, Alarm, Watch
from firmware_config.mosquitto import OPEN_FILES_MAX
from runtime.clock import Clock
from runtime.errors import UnavailableError

STOPS_WITHIN_S = 10.0  # it writes down what it keeps; then it is killed
OF_ITSELF = (b"Error", b"Warning", b"mosquitto ", b"Unable", b"Reloading")
LAST_WORDS = 5  # why it ended stands in the last lines

log = logging.getLogger(__name__)


class Mosquitto:
    """A running broker. `put` gets alarms in its reader's thread, and must only enqueue."""

    def __init__(self, files: BrokerFolder, clock: Clock, put: Callable[[Alarm], object]) -> None:
        """Start it; UnavailableError if it is not installed."""
        self._clock, self._put = clock, put
        self._watch = Watch()
        self._words: deque[str] = deque(maxlen=LAST_WORDS)
        self._process = subprocess.Popen(
            [broker_program(), "-c", str(files.configuration)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        limits = (OPEN_FILES_MAX, OPEN_FILES_MAX)
        resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE, limits)
        self._thread = threading.Thread(target=self._read, name="broker-log")
        self._thread.start()

    def check(self) -> None:
        """UnavailableError, with its last words, if it has ended by itself."""
        if self._process.poll() is not None:
            self._thread.join()
            words = " / ".join(self._words) or "it said nothing"
            raise UnavailableError(f"mosquitto ended ({self._process.returncode}): {words}")

    def reload(self) -> None:
        """Have it read its files again, before it accepts another connection."""
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """End it; safe to call twice."""
        self._process.terminate()
        try:
            self._process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()

    def _read(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - we asked for it
        with self._process.stderr as lines:
            for said in lines:
                # Until it has read that it shall not, it writes the time before each line.
                line = said.lstrip(b"0123456789").removeprefix(b": ")
                if line.startswith(OF_ITSELF):
                    words = line.decode(errors="replace").strip()
                    self._words.append(words)
                    log.info("%s", words)
                elif line.startswith(BEGINNINGS):
                    self._judge(line.decode(errors="replace").rstrip("\n"))

    def _judge(self, line: str) -> None:
        alarm = self._watch.read(line, self._clock.monotonic_s())
        if alarm is not None:
            self._put(alarm)

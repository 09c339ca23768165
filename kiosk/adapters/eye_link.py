"""The kiosk's side of its eye: starts the process, believes its signs, ends it when they stop.

The camera and the decoders are much C code; whatever becomes of them, the kiosk lives. Where
systemd starts the eye, as a user of its own, systemd also ends one that was hung up on.
"""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from contract.errors import ContractError
from contract.events import Condition, Device
from kiosk.core import camera_watch
from kiosk.core.camera_watch import Finding, Watch, WatchRules
from kiosk.core.eye_wire import MAX_PACKET_BYTES, TAKEN, Beat, Lost, Orders, decode_sign, encode
from kiosk.core.inputs import CodeRead, DeviceChanged
from kiosk.ports import Put
from runtime.clock import Clock

EYE = (sys.executable, "-m", "kiosk.eye.main")
ENDS_WITHIN_S = 2.0  # an eye that is hung up on ends with its present frame; then it is killed

log = logging.getLogger(__name__)


class EyeLink:
    """One eye at a time, in the care of a thread named `camera`."""

    def __init__(
        self,
        orders: Orders,
        put: Put,
        clock: Clock,
        rules: WatchRules | None = None,
        where: Sequence[str] | Path = EYE,
    ) -> None:
        """`where` is a command, or a socket at which somebody starts an eye for each caller.

        `clock` must run as the machine's does, also where the shop's time is simulated.
        """
        self._orders = encode(orders)
        self._put = put
        self._clock = clock
        self._rules = rules or WatchRules()
        self._where = where
        self._said: Condition | None = None
        self._watch = Watch()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._line: socket.socket | None = None  # under the lock, to be hung up by `stop`
        self._thread = threading.Thread(target=self._run, name="camera")

    def start(self) -> None:
        """Begin to look for codes and return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up on the eye and wait for its end; safe to call twice."""
        self._stopping.set()
        with self._lock:
            if self._line is not None:
                with suppress(OSError):  # it hung up first
                    self._line.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            finding = self._look()
            if self._stopping.is_set():
                return
            self._say(finding)
            self._watch, wait_s = camera_watch.lose(
                self._watch, self._rules, self._clock.monotonic_s()
            )
            self._stopping.wait(wait_s)

    def _look(self) -> Finding:
        """Listen to one eye until it is lost; why."""
        self._watch = camera_watch.begin(self._watch, self._clock.monotonic_s())
        try:
            with self._eye() as line:
                return self._listen(line)
        except TimeoutError:
            return camera_watch.silent(self._watch, self._rules)
        except OSError as error:
            return Finding(Condition.OUT, f"the camera's process ended ({error})")

    def _listen(self, line: socket.socket) -> Finding:
        line.sendall(self._orders)
        while True:
            finding = self._hear(line)
            if finding is not None and finding.condition is Condition.OUT:
                return finding
            if finding is not None:
                self._say(finding)
            line.sendall(TAKEN)

    def _hear(self, line: socket.socket) -> Finding | None:
        """Wait for one sign and take it in; how the camera is, if the sign tells."""
        now_s = self._clock.monotonic_s()
        patience_s = camera_watch.patience_s(self._watch, self._rules, now_s)
        line.settimeout(max(patience_s, 0.001))  # 0 would mean: do not wait, and another error
        packet = line.recv(MAX_PACKET_BYTES + 1)
        if not packet:
            return Finding(Condition.OUT, "the camera's process ended")
        try:
            sign = decode_sign(packet)
        except ContractError as error:
            return Finding(Condition.OUT, f"the camera's process is broken: {error}")
        match sign:
            case Lost(detail):
                return Finding(Condition.OUT, detail)
            case Beat():
                now_s = self._clock.monotonic_s()
                self._watch, finding = camera_watch.beat(self._watch, self._rules, sign, now_s)
                return finding
        self._put(CodeRead(sign.text, sign.grabbed_ms))
        return None

    def _say(self, finding: Finding) -> None:
        if finding.condition is not self._said:
            self._said = finding.condition
            self._put(DeviceChanged(Device.CAMERA, finding.condition, finding.detail))

    @contextmanager
    def _eye(self) -> Iterator[socket.socket]:
        """A line to an eye. Packets keep their bounds, so nothing can run together."""
        where = self._where
        with _served(where) if isinstance(where, Path) else _child(where) as ours:
            with self._lock:
                self._line = ours
            if self._stopping.is_set():  # `stop` may have come before there was a line
                ours.shutdown(socket.SHUT_RDWR)
            try:
                yield ours
            finally:
                with self._lock:
                    self._line = None


@contextmanager
def _child(command: Sequence[str]) -> Iterator[socket.socket]:
    """The line to a process of our own, which ends with it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with theirs:
            number = theirs.fileno()
            process = subprocess.Popen([*command, str(number)], pass_fds=[number])
        try:
            yield ours
        finally:
            ours.close()
            _end(process)


@contextmanager
def _served(path: Path) -> Iterator[socket.socket]:
    """The line to a process that somebody else starts for us."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as ours:
        try:
            ours.connect(str(path))
        except OSError as error:
            raise OSError(f"nobody starts one at {path}: {error.strerror}") from error
        yield ours


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        with suppress(subprocess.TimeoutExpired):  # stuck in the kernel: only a reboot helps
            process.wait(ENDS_WITHIN_S)
            return
        log.error("the camera's process %d cannot be killed", process.pid)

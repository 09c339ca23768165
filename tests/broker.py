"""A real mosquitto on a free port, that a test can kill and start again."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from getpass import getuser
from pathlib import Path

from tests.waiting import until

# As in a shop, but for TLS and access rules: what a default mosquitto drops silently is set here.
# Whoever starts it may write its folder, also if that is root.
CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
user {user}
set_tcp_nodelay true
persistence true
persistence_location {folder}/
autosave_interval 30
max_queued_messages 100000
max_inflight_messages 1000
"""


class Broker:
    """One mosquitto process and its folder."""

    def __init__(self, folder: Path) -> None:
        binary = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert binary, "mosquitto is not installed; ./hien test installs it"
        self._binary = binary
        self.host = "127.0.0.1"
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(CONFIG.format(port=self.port, folder=folder, user=getuser()))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = subprocess.Popen(
            [self._binary, "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, "mosquitto answers")

    def kill(self) -> None:
        """SIGKILL, as by a power cut."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def saved(self) -> bytes:
        """All that it keeps, as it writes it on its disk when it is told to (SIGUSR1)."""
        assert self._process is not None
        file = self._config.with_name("mosquitto.db")
        before = file.stat() if file.exists() else None
        self._process.send_signal(signal.SIGUSR1)
        until(lambda: file.exists() and file.stat() != before, "mosquitto has saved")
        return file.read_bytes()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.port)) == 0


def free_port() -> int:
    """A TCP port on loopback that was free just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

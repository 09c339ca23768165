"""A PostgreSQL of one's own: on a free port, in a temporary folder, as nobody special.

For tests and measurements; whoever starts it ends it, and everything in it is gone then.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep

from runtime.errors import UnavailableError
from simulator import ports

USER = "hien"
STARTS_WITHIN_S = 60.0  # on a machine with ten times too much to do
LOOK_EVERY_S = 0.02


class Postgres:
    """One server."""

    def __init__(self, options: Mapping[str, str]) -> None:
        """Make and start it, with settings beyond the usual; UnavailableError if there is none."""
        self._bin = _binaries()
        self._owner = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        self._folder = Path(mkdtemp(prefix="hien-postgres-"))
        (self._port,) = ports.free(1)
        if self._owner is not None:
            shutil.chown(self._folder, self._owner)
        data = str(self._folder / "data")
        how = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "-D", data, *how).wait(STARTS_WITHIN_S)
        place = {
            "port": str(self._port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
        }
        said = [
            part
            for name, value in {**options, **place}.items()
            for part in ("-c", f"{name}={value}")
        ]
        self._server = self._run("postgres", "-D", data, *said)
        deadline_s = monotonic() + STARTS_WITHIN_S
        while self._run("pg_isready", "-h", "127.0.0.1", "-p", str(self._port)).wait() != 0:
            if monotonic() > deadline_s or self._server.poll() is not None:
                raise UnavailableError(f"PostgreSQL in {self._folder} does not start")
            sleep(LOOK_EVERY_S)

    def new(self, name: str) -> str:
        """The URL of a new database without any tables."""
        where = ("-h", "127.0.0.1", "-p", str(self._port), "-U", USER)
        if self._run("createdb", *where, name).wait() != 0:
            raise UnavailableError(f"PostgreSQL in {self._folder} makes no database {name}")
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{name}"

    def stop(self) -> None:
        """At once, with all that is in it."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        # Whoever starts it may be killed: it goes too, instead of living on with nobody to end it.
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "QUIT", str(self._bin / program), *arguments],
            cwd=self._folder,
            user=self._owner,
            group=self._owner,
            extra_groups=None if self._owner is None else (),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _binaries() -> Path:
    """Debian keeps them out of PATH, a folder for each major version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise UnavailableError("PostgreSQL is not installed; ./hien test installs it")
    return found[-1].parent

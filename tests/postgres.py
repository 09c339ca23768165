"""A real PostgreSQL of the tests' own: on a free port, in a temporary folder, as nobody special."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gateway.store import base, migrations
from gateway.store.tables import Base
from tests.broker import free_port
from tests.waiting import until

USER = "hien"
# fsync off: whether PostgreSQL keeps its word through a power cut is proven by others. Loopback
# only, and trusting, like everything the tests start.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # nothing here lives long enough
    "shared_buffers": "16MB",
    "max_connections": "40",
}


class Postgres:
    """One server, one migrated database in it."""

    def __init__(self) -> None:
        self._bin = _binaries()
        self._owner = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        self._folder = Path(mkdtemp(prefix="hien-postgres-"))  # not pytest's, which is root's alone
        self._port = free_port()
        self._numbers = count(1)
        if self._owner is not None:
            shutil.chown(self._folder, self._owner)
        data = str(self._folder / "data")
        how = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "-D", data, *how).wait(60)
        options = {**OPTIONS, "port": self._port, "unix_socket_directories": self._folder}
        said = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._server = self._run("postgres", "-D", data, *said)
        until(self._answers, "PostgreSQL answers")
        self._shop = self.new()
        engine = base.connect(self._shop)
        migrations.upgrade(engine)
        engine.dispose()

    def empty(self) -> str:
        """The URL of the one migrated database, emptied; another, or TRUNCATE, costs far more."""
        tables = reversed(Base.metadata.sorted_tables)
        self._command("; ".join(f'DELETE FROM "{table.name}"' for table in tables), self._shop)
        return self._shop

    def new(self) -> str:
        """The URL of a database without any tables."""
        name = f"shop_{next(self._numbers)}"
        self._command(f"CREATE DATABASE {name}")
        return self._url(name)

    def stop(self) -> None:
        """At once, with all that is in it."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()
        shutil.rmtree(self._folder)

    def _url(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{name}"

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._bin / program), *arguments],
            cwd=self._folder,
            user=self._owner,
            group=self._owner,
            extra_groups=None if self._owner is None else (),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _answers(self) -> bool:
        try:
            self._command("SELECT 1")
        except OperationalError:
            return False
        return True

    def _command(self, command: str, url: str | None = None) -> None:
        engine = base.connect(url or self._url("postgres")).execution_options(
            isolation_level="AUTOCOMMIT"
        )
        try:
            with engine.connect() as connection:
                connection.execute(text(command))
        finally:
            engine.dispose()


def _binaries() -> Path:
    """Debian keeps them out of PATH, a folder for each major version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    assert found, "PostgreSQL is not installed; ./hien test installs it"
    return found[-1].parent

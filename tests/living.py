"""A demo that goes on, as `hien demo` starts it, and a hand that moves its people."""

from __future__ import annotations

import http.client
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from runtime.errors import UnavailableError
from simulator import ports
from simulator.premises import SERVERS
from simulator.processes import hien
from tests.waiting import until

OPENS_WITHIN_S = 100.0


class Living:
    """One demo without autopilot, in a folder of its own."""

    def __init__(self, folder: Path, *more: str) -> None:
        base = _free_row(len(SERVERS))
        self.folder = folder
        self.ports = {name: base + place for place, name in enumerate(SERVERS)}
        self.said = folder / "said"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                hien("demo", "--no-autopilot", "--dir", str(folder), "--port", str(base), *more),
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def url(self, server: str) -> str:
        """Where a browser finds a server."""
        return f"http://localhost:{self.ports[server]}"

    def get(self, path: str, server: str = "stage") -> Any:
        """What a server answers, as JSON."""
        with urllib.request.urlopen(f"{self.url(server)}/{path}", timeout=10) as answer:
            return json.load(answer)

    def post(self, path: str, message: object) -> Any:
        """Ask something of the stage."""
        request = urllib.request.Request(
            f"{self.url('stage')}/stage/{path}",
            json.dumps(message).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def redirect(self, path: str) -> str:
        """Where the stage sends a browser."""
        connection = http.client.HTTPConnection("localhost", self.ports["stage"], timeout=30)
        connection.request("GET", f"/{path}")
        location = connection.getresponse().headers["Location"]
        connection.close()
        return location

    def screen(self, kiosk: str) -> str:
        """What a kiosk shows now, by the name of its screen."""
        shown = {one["kiosk"]: one["screen"] for one in self.get("stage/people")["kiosks"]}
        return str(shown[kiosk])


@contextmanager
def living_demo(folder: Path, *more: str) -> Iterator[Living]:
    """A demo that is open, and is gone afterwards. `more` is said to it on the command line."""
    made = Living(folder, *more)
    try:
        until(lambda: "Ctrl-C" in made.said.read_text(), "the shop opens", OPENS_WITHIN_S)
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def _free_row(count: int) -> int:
    for base in ports.free(50):
        with suppress(UnavailableError):
            return ports.row(base, count)[0]
    raise AssertionError("no row of free ports")

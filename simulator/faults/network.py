"""Two machines in this one, with a network between them whose weather is made here.

Network namespaces joined by veth pairs through a third one, where the emulator lives. Needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from msgspec import json

from runtime.errors import UnavailableError
from simulator.faults.emulator import Counts, Weather

NEAR_HOST, FAR_HOST = "10.77.0.1", "10.77.0.2"  # seen by nobody outside the namespaces
ENDS_WITHIN_S = 10.0
_EMULATOR = "import sys; from simulator.faults import emulator; emulator.{}(*sys.argv[1:])"


class Network:
    """The way between the two."""

    def __init__(self, near: str, middle: str, far: str, seed: int) -> None:
        self.near = inside(near)  # what a process is started by, to live there
        self.far = inside(far)
        self.counts = Counts()
        relay = [sys.executable, "-P", "-c", _EMULATOR.format("main"), "near", "far", str(seed)]
        self._emulator = subprocess.Popen(
            [*inside(middle), *relay], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def change(self, weather: Weather) -> None:
        """From now on the weather is so; UnavailableError if nobody makes it any more."""
        if self._emulator.stdin is None or self._emulator.poll() is not None:
            raise UnavailableError("the network's emulator has ended")
        self._emulator.stdin.write(json.encode(weather) + b"\n")
        self._emulator.stdin.flush()

    def close(self) -> None:
        """No way any more; `counts` are what became of all frames."""
        try:
            said, _ = self._emulator.communicate(timeout=ENDS_WITHIN_S)
            self.counts = json.decode(said, type=Counts) if said else self.counts
        finally:
            self._emulator.kill()
            self._emulator.wait()


def missing(user: int) -> str:
    """Why this user can have no such network here; nothing if they can."""
    if user != 0:
        return "a network with weather is made of network namespaces: run this as root"
    if shutil.which("ip") is None:
        return "a network with weather needs the command ip: install iproute2"
    tried = f"hien-{os.getpid()}-try"
    try:
        _ip("netns", "add", tried)
        _ip("netns", "delete", tried)
    except UnavailableError as error:
        return str(error)
    return ""


@contextmanager
def opened(seed: int) -> Iterator[Network]:
    """Make both ends and the way; nothing of it is left behind. UnavailableError says why not."""
    reason = missing(os.geteuid())
    if reason:
        raise UnavailableError(reason)
    near, middle, far = (f"hien-{os.getpid()}-{end}" for end in ("near", "middle", "far"))
    with ExitStack() as stack:
        for name in (near, middle, far):
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "delete", name)
        for end in ("near", "far"):
            _ip("-n", middle, "link", "add", end, "type", "veth", "peer", "name", f"to-{end}")
        plain = [sys.executable, "-P", "-c", _EMULATOR.format("plain"), "near", "far"]
        _run(*inside(middle), *plain, "to-near", "to-far")
        for end, name, host in (("near", near, NEAR_HOST), ("far", far, FAR_HOST)):
            _ip("-n", middle, "link", "set", f"to-{end}", "netns", name)
            _ip("-n", middle, "link", "set", end, "up")
            _ip("-n", name, "address", "add", f"{host}/24", "dev", f"to-{end}")
            _ip("-n", name, "link", "set", f"to-{end}", "up")
            _ip("-n", name, "link", "set", "lo", "up")
        network = Network(near, middle, far, seed)
        stack.callback(network.close)
        yield network


def inside(name: str) -> Sequence[str]:
    """What a command is started by, to live in a namespace."""
    return ("ip", "netns", "exec", name)


def _ip(*arguments: str) -> None:
    _run("ip", *arguments)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        problem = done.stderr.strip().splitlines()[-1:] or ["it failed"]
        raise UnavailableError(f"{' '.join(command[:4])}: {problem[0]}")

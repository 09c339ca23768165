"""A kiosk that was broken into floods the gateway with what nobody can read."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random

from contract import codec
from contract.events import Called, ClockTrust, Event
from contract.identifiers import uuid7
from contract.topics import KioskAddress, Leaf
from gateway.store import base
from gateway.store.dead_letters import KEPT
from runtime.mqtt_link import LinkOptions, MqttLink
from runtime.tls import Tls
from simulator.faults import back_office
from simulator.faults.back_office import SPARE, Office, Plan
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.shop import STORE

ADDRESS = KioskAddress(STORE, SPARE)
TOPIC = ADDRESS.topic(Leaf.UP)
AGAIN_S, LOOKS_S = 0.02, 0.2
SETTLES_S = 60.0  # then what is missing will not come
GOOD_EVERY_S = 0.005
EPOCH = "0" * 16


def _event(number: int, kiosk: str) -> bytes:
    """A whole event, as `kiosk` would say it."""
    body = Called("0" * 16)
    data = codec.encode_body(body)
    said = uuid7(number, number.to_bytes(10))
    event = Event(said, STORE, kiosk, EPOCH, number + 2, 0, ClockTrust.TRUSTED, body, "0" * 64)
    return codec.encode_envelope(event, data)


POISONS: Sequence[Callable[[int], bytes]] = (
    lambda n: b"\xff\xfe%d" % n,  # no JSON, not even text
    lambda n: b"\0%d" % n,
    lambda n: b"[%d]" % n,
    lambda n: b'{"v": 1, "id": "\\ud800 %d"}' % n,  # half a surrogate
    lambda n: b"[" * 20_000 + b"%d" % n,  # as deep as parsers fall
    lambda n: b'{"v": 1, "seq": 1%s%d}' % (b"0" * 400, n),
    lambda n: b"x" * 9_000 + b"%d" % n,  # longer than any event
    lambda n: _event(n, "quay-1"),  # another kiosk's
    lambda n: _event(n, SPARE).replace(b'"v":1', b'"v":2'),  # of a version nobody speaks yet
    lambda n: _event(n, SPARE).replace(b'"session":"0', b'"session":"?'),  # only a number
)


class Flood:
    """Lets the kiosk loose, and looks where it all went."""

    def __init__(self, office: Office, messages: int, seed: int) -> None:
        self.dose = messages
        self._sent = [digest(payload) for payload in poison(messages, seed)]
        self._put_aside: set[str] = set()
        self._office = office
        self._process: subprocess.Popen[bytes] | None = None
        self._seed = seed
        self._next_s = self._until_s = 0.0

    @property
    def done(self) -> int:
        """What was put aside; all, once it is plain that nothing more will be."""
        is_hopeless = 0 < self._until_s < time.monotonic()
        return self.dose if is_hopeless else self.dose - self._missing

    @property
    def _missing(self) -> int:
        return len(set(self._sent[-KEPT:]) - self._put_aside)

    def step(self) -> None:
        """Begin; then look now and then."""
        now_s = time.monotonic()
        if self._process is None:
            tls, port = self._office.tls(SPARE), self._office.ports["kiosks"]
            told = (self._office.plan.host, port, tls.ca, tls.certificate, self.dose, self._seed)
            start = "import sys; from simulator.faults.poison import main; main(*sys.argv[1:])"
            command = [*self._office.plan.near, sys.executable, "-P", "-c", start, *map(str, told)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE)
            self._until_s = now_s + SETTLES_S
        if now_s >= self._next_s:
            with base.opened(self._office.database) as engine, engine.connect() as db:
                found = {row[0] for row in db.exec_driver_sql("SELECT digest FROM dead_letter")}
            if found - self._put_aside:
                self._until_s = now_s + SETTLES_S
            self._put_aside, self._next_s = found, now_s + LOOKS_S

    def heal(self) -> None:
        """Take it off the network."""
        if self._process is not None:
            self._process.communicate()

    @property
    def figures(self) -> dict[str, float]:
        """How many dead letters there are."""
        return {"poison": self.dose, "dead_letters": len(self._put_aside)}

    @property
    def broken(self) -> list[str]:
        """The newest are kept, and no more than these."""
        found = [f"{self._missing} dead letters are missing"] if self._missing else []
        if len(self._put_aside) > KEPT:
            found.append(f"more than {KEPT} dead letters are kept")
        return found


def poison(messages: int, seed: int) -> list[bytes]:
    """All of it, each once."""
    random = Random(seed)
    return [random.choice(POISONS)(number) for number in range(messages)]


def digest(payload: bytes) -> str:
    """By what the gateway tells dead letters apart."""
    return sha256(TOPIC.encode() + b"\0" + payload).hexdigest()


def main(*told: str) -> None:
    """The kiosk that was broken into: publishes all, and stays until its standard input ends."""
    host, port, authority, certificate, messages, seed = told
    link = MqttLink(LinkOptions(ADDRESS.user), lambda _: None, lambda _: None)
    link.open(host, int(port), Tls(ca=Path(authority), certificate=Path(certificate)))
    pause = threading.Event()
    for payload in poison(int(messages), int(seed)):
        while not link.publish(TOPIC, payload):
            pause.wait(AGAIN_S)  # it holds a thousand that the broker has not answered
    sys.stdin.read()
    link.close()


def _run(run: Run) -> Tally:
    plan = Plan(every_s=GOOD_EVERY_S, most=max(run.dose * 3 // 4, 1))
    return back_office.serve(run, plan, lambda office, _: [Flood(office, run.dose, run.seed)])


SCENARIOS = (
    Scenario(
        name="poison-flood",
        what="A kiosk sends what nobody can read; for four of these come three good events.",
        bar="Every good event is stored; all else becomes dead letters, 10,000 at most.",
        unit="messages",
        full=4_000,
        short=200,
        run=_run,
    ),
)

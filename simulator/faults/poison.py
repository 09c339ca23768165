"""A kiosk that was broken into floods the gateway with what nobody can read."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from random import Random

from contract import codec
from contract.events import Called, ClockTrust, Event
from contract.identifiers import uuid7
from contract.topics import KioskAddress, Leaf
from gateway.store import base
from gateway.store.dead_letters import KEPT
from runtime.mqtt_link import LinkOptions, MqttLink
from simulator.faults import back_office
from simulator.faults.back_office import SPARE, Office, Plan
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.shop import STORE

AT_ONCE = 100  # messages a step
SETTLES_S = 60.0
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
    """Publishes poison as fast as the broker takes it, and looks where it went."""

    def __init__(self, office: Office, messages: int, random: Random) -> None:
        address = KioskAddress(STORE, SPARE)
        self.dose = messages
        self.kinds = [random.choice(POISONS) for _ in range(messages)]
        self._office = office
        self._topic = address.topic(Leaf.UP)
        self._sent: list[str] = []  # digests
        self._missing = messages
        self._until_s = 0.0
        self._link = MqttLink(LinkOptions(address.user), lambda _: None, lambda _: None)
        self._link.open(office.plan.host, office.ports["kiosks"], office.tls(SPARE))

    @property
    def done(self) -> int:
        """What was published; the last one counts once all was put aside, or will not be."""
        is_settled = not self._missing or time.monotonic() > self._until_s > 0
        return len(self._sent) if is_settled else min(len(self._sent), self.dose - 1)

    def step(self) -> None:
        """Publish some more; then look."""
        for number in range(len(self._sent), min(len(self._sent) + AT_ONCE, self.dose)):
            payload = self.kinds[number](number)
            if not self._link.publish(self._topic, payload):
                return  # it holds a thousand that the broker has not answered
            self._sent.append(sha256(self._topic.encode() + b"\0" + payload).hexdigest())
            self._until_s = time.monotonic() + SETTLES_S
        if len(self._sent) == self.dose:
            self._missing = len(set(self._sent[-KEPT:]) - self._put_aside())

    def heal(self) -> None:
        """Go."""
        self._link.close()

    @property
    def figures(self) -> dict[str, float]:
        """How many dead letters there are."""
        return {"poison": len(self._sent), "dead_letters": len(self._put_aside())}

    @property
    def broken(self) -> list[str]:
        """The newest are kept, and no more than these."""
        found = [f"{self._missing} dead letters are missing"] if self._missing else []
        if len(self._put_aside()) > KEPT:
            found.append(f"more than {KEPT} dead letters are kept")
        return found

    def _put_aside(self) -> set[str]:
        with base.opened(self._office.database) as engine, engine.connect() as db:
            return {row[0] for row in db.exec_driver_sql("SELECT digest FROM dead_letter")}


def _run(run: Run) -> Tally:
    plan = Plan(every_s=GOOD_EVERY_S, most=max(run.dose * 3 // 4, 1))
    return back_office.serve(run, plan, lambda office, random: [Flood(office, run.dose, random)])


SCENARIOS = (
    Scenario(
        name="poison-flood",
        what="a kiosk sends what nobody can read, while three good events come for four of them",
        bar="every good event is stored; every other message is a dead letter, at most 10,000",
        unit="messages",
        full=4_000,
        short=200,
        run=_run,
    ),
)

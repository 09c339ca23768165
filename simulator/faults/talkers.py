"""Kiosks that only talk: the product's outbox, reporter and uplink, with nobody before the screen.

All in one process, so that a network can be put around it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random

from msgspec import Struct, json

from contract.events import Body, Called, Scanned, Touch, Touched, Verdict
from contract.messages import Receipt
from contract.topics import KioskAddress
from kiosk.adapters.clock_floor import ClockFloor
from kiosk.adapters.outbox import Outbox
from kiosk.adapters.time_source import AssumedTime
from kiosk.adapters.trust_gate import TrustGate
from kiosk.adapters.uplink_mqtt import MqttUplink
from kiosk.core.clock_trust import ClockRules
from kiosk.core.inputs import Input, LinkChanged, Told
from kiosk.reporter import Reporter
from kiosk.timekeeper import Timekeeper
from runtime import log
from runtime.clock import SystemClock
from runtime.inbox import Inbox
from runtime.tls import Tls
from simulator.codes import Code, text_of
from simulator.faults.busy_shop import OPENED_AT
from simulator.shop import STORE, Member, make_shop

NAME = "talkers"
LOOKS_S = 0.05  # as a kiosk's tick, but more often
INBOX = 2_000
SESSION_BYTES = 8


class Orders(Struct, frozen=True):
    """What this process is told, in a file."""

    folder: str
    kiosks: list[str]  # each with its identity.pem in a folder of its name
    host: str
    port: int
    authority: str
    every_s: float  # between two events, of all kiosks together
    most: int | None  # events; None: until the file `enough` is there
    seed: int

    @property
    def enough(self) -> Path:
        """Once it is there, nothing more is said; what was said still arrives."""
        return Path(self.folder) / "enough"


class Talker:
    """One kiosk."""

    def __init__(self, kiosk: str, orders: Orders, put: Callable[[Input], None]) -> None:
        folder = Path(orders.folder) / kiosk
        clock = SystemClock()
        floor = ClockFloor(folder / "clock-floor")
        gate = TrustGate(STORE, {}, folder / "trust-epochs")
        self._orders = orders
        self._tls = Tls(ca=Path(orders.authority), certificate=folder / "identity.pem")
        self._outbox = Outbox(folder / "outbox.db", STORE, kiosk)
        self._uplink = MqttUplink(KioskAddress(STORE, kiosk), put, gate)
        time_ = Timekeeper(ClockRules(), clock, AssumedTime({}), floor)
        self.reporter = Reporter(self._outbox, self._uplink, clock, time_)

    def open(self) -> None:
        """Connect, now or as soon as there is a broker."""
        self._uplink.open(self._orders.host, self._orders.port, self._tls)

    def say(self, body: Body) -> None:
        """Promise something."""
        self.reporter.report(body)
        self.reporter.keep()

    def hear(self, happened: Input) -> None:
        """What a kiosk's main path does with the network's words."""
        match happened:
            case Told(Receipt() as receipt):
                self.reporter.receipt(receipt)
            case LinkChanged(online):
                self.reporter.link(online)

    def close(self) -> None:
        """Hang up."""
        self._uplink.close()
        self._outbox.close()


def talk(orders: Orders) -> None:
    """Say what there is to say, and stay until the gateway has it all."""
    inbox = Inbox[tuple[int, Input]](INBOX)
    random = Random(orders.seed)
    members = [one for one in make_shop(OPENED_AT.date()).members if one.has_pass]
    with ExitStack() as stack:
        talkers = []
        for number, kiosk in enumerate(orders.kiosks):
            talker = Talker(kiosk, orders, lambda heard, n=number: inbox.put((n, heard)))  # type: ignore[misc]
            stack.callback(talker.close)
            talkers.append(talker)
        stack.callback(inbox.close)  # first of all on the way down: nobody may wait to put
        for talker in talkers:
            talker.open()
        said, next_s = 0, time.monotonic()
        while True:
            is_enough = orders.enough.exists() if orders.most is None else said >= orders.most
            if is_enough and not any(talker.reporter.depth for talker in talkers):
                return
            if not is_enough and time.monotonic() >= next_s:
                random.choice(talkers).say(something(random, members))
                said, next_s = said + 1, next_s + orders.every_s
            wait_s = LOOKS_S if is_enough else min(LOOKS_S, next_s - time.monotonic())
            while (heard := inbox.take(max(wait_s, 0.0))) is not None:
                talkers[heard[0]].hear(heard[1])
                wait_s = 0.0
            for talker in talkers:
                talker.reporter.tick()


def something(random: Random, members: list[Member]) -> Body:
    """What happens at a kiosk: mostly passes, which open visits and are answered with offers."""
    session = random.randbytes(SESSION_BYTES).hex()
    kind = random.randrange(10)
    if kind == 0:
        return Called(session)
    if kind < 4:
        return Touched(session, Touch.HELLO)
    now_s = SystemClock().utc().timestamp()
    shown = text_of(Code.PASS, random.choice(members), now_s)
    return Scanned(session, Verdict.UNVERIFIED, shown)


def command(orders: Path) -> list[str]:
    """What starts the process in this very Python."""
    start = "import sys; from simulator.faults.talkers import main; main(sys.argv[1])"
    return [sys.executable, "-P", "-c", start, str(orders)]


def main(path: str) -> None:
    """The process. What it keeps the reporter says in its log, as in a kiosk's."""
    log.configure(NAME)
    talk(json.decode(Path(path).read_bytes(), type=Orders))

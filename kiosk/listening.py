"""Listens with any radio driver and tells what is near, for `hien beacon listen`; reports nothing.

Its one thread owns everything here; the radio and the broker only put.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol

from contract.events import Condition
from contract.messages import Denial, Trust
from contract.topics import KioskAddress
from kiosk.adapters.irk_ring import IrkRing
from kiosk.adapters.trust_feed import TrustFeed
from kiosk.core import recognition
from kiosk.core.inputs import DeviceChanged, Heard, Input, Told
from kiosk.core.nearby import Nearby, Row
from kiosk.core.presence import PresenceRules
from kiosk.core.recognition import Recognition
from kiosk.core.resolving import Resolver
from kiosk.ports import Radio
from kiosk.settings import KioskSettings
from runtime.clock import Clock
from runtime.drivers import load
from runtime.errors import UnavailableError
from runtime.inbox import Inbox
from runtime.settings import Driver

INBOX = 2_000  # as a kiosk's
TICK_S = 0.25  # a table that moves four times a second looks alive and can be read
HERE = "here"  # the receiver without a kiosk's settings


class Audience(Protocol):
    """Who is told."""

    def heard(self, rows: list[Row]) -> None:
        """Something was heard: the rows it changed."""

    def tick(self, rows: list[Row], now_s: float) -> None:
        """Time passed: all that is near."""

    def trouble(self, sentence: str) -> None:
        """The radio says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where we listen, and by which rules."""

    radio: Driver
    clock: Driver
    rules: PresenceRules
    receiver: str
    kiosk: KioskSettings | None = None  # where the trust of its store is to be had


def anywhere(radio: Driver) -> Post:
    """A post without a kiosk: nobody is known, and nothing is calibrated."""
    return Post(radio, Driver(driver="system"), PresenceRules(), HERE)


def beside(kiosk: KioskSettings) -> Post:
    """A kiosk's own post."""
    return Post(kiosk.radio, kiosk.clock, kiosk.presence.rules(kiosk.kiosk), kiosk.kiosk, kiosk)


@dataclass
class Listening:
    """What was learned, and who is told of it."""

    nearby: Nearby
    resolver: Resolver
    clock: Clock
    audience: Audience
    known: Recognition = field(default_factory=Recognition)
    has_heard: bool = False

    def handle(self, happened: Input) -> None:
        """Take one step; UnavailableError if there is nothing to hear with."""
        match happened:
            case Heard():
                self.has_heard = True
                if rows := self.nearby.hear(happened):
                    self.audience.heard(rows)
            case DeviceChanged(condition=Condition.OUT, detail=detail) if not self.has_heard:
                raise UnavailableError(detail)
            case DeviceChanged(detail=detail) if detail:
                self.audience.trouble(detail)
            case Told(Trust() as trust):
                self._know(recognition.learn(self.known, trust))
            case Told(Denial() as denial):
                self._know(recognition.deny(self.known, denial))

    def tick(self) -> None:
        """Time has passed."""
        now_s, unix_s = self.clock.monotonic_s(), self.clock.utc().timestamp()
        self._know(recognition.expire(self.known, unix_s))
        self.resolver.tick(now_s, unix_s)
        self.audience.tick(self.nearby.rows(now_s), now_s)

    def _know(self, known: Recognition) -> None:
        if known is not self.known:
            self.known = known
            self.resolver.know(known)


def listen(where: Post, audience: Audience, is_over: Callable[[float], bool]) -> None:
    """Listen until `is_over` (seconds since it began) says so.

    Raises SettingsError for a wrong driver, UnavailableError if there is nothing to hear with.
    """
    with ExitStack() as stack:
        inbox = Inbox[Input](INBOX)
        clock: Clock = load("hien.clocks", where.clock.driver)(where.clock.options, inbox)
        radio: Radio = load("hien.radios", where.radio.driver)(
            where.radio.options, inbox.put, clock
        )
        resolver = Resolver(IrkRing())
        nearby = Nearby(where.rules, where.receiver, resolver)
        listening = Listening(nearby, resolver, clock, audience)
        if where.kiosk is not None and where.kiosk.broker.tls is not None:
            audience.trouble("whose tags these are only the kiosk hears: it may connect once")
        elif where.kiosk is not None and where.kiosk.trust.issuers:
            address = KioskAddress(where.kiosk.store, where.kiosk.kiosk)
            feed = TrustFeed(address, inbox.put, where.kiosk.trust.keys())
            feed.open(where.kiosk.broker.host, where.kiosk.broker.port)
            stack.callback(feed.close)
        stack.callback(radio.stop)
        stack.callback(inbox.close)  # first on the way down: nobody may wait to put
        radio.start()
        _own(listening, inbox, is_over)


def _own(listening: Listening, inbox: Inbox[Input], is_over: Callable[[float], bool]) -> None:
    began_s = ticked_s = listening.clock.monotonic_s()
    while not is_over((now_s := listening.clock.monotonic_s()) - began_s):
        happened = inbox.take(TICK_S)
        if happened is not None:
            listening.handle(happened)
            inbox.done()
        if now_s - ticked_s >= TICK_S:
            ticked_s = now_s
            listening.tick()

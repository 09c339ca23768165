"""What the pages' process does again and again by itself, each chore in a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from random import SystemRandom

from sqlalchemy.orm import Session, sessionmaker

from contract.messages import Live, Noun, Show
from contract.topics import KioskAddress
from gateway import own_orders
from gateway.api.webhooks import Porch
from gateway.appointments import TEND_S, Tending
from gateway.asker import Asker
from gateway.connections import connections, endpoints
from gateway.connector_care import Care
from gateway.duty_watch import DutyWatch
from gateway.erasing import Eraser
from gateway.fleet_watch import FleetWatch
from gateway.journeying import Journeying
from gateway.notify.port import notifiers
from gateway.pushing import ROUND_MS, Pusher
from gateway.reception import Refused
from gateway.sending import Sender
from gateway.settings import GatewaySettings
from gateway.store import stores
from gateway.watching import Watch
from gateway.zoning import Zoning
from runtime.chore import Chore
from runtime.clock import Clock, unix_ms
from runtime.outbound import Outbound

APPLY_EVERY_S = 30.0  # besides every time something came: what a crash left, refusals to write down
LOOK_EVERY_S = 1.0  # a card asks the next one at 45 and 90 seconds, give or take two
TELL_EVERY_S = 2.0  # what happens here is told this soon
WATCH_EVERY_S = 60.0  # people are told of trouble this soon
ERASE_EVERY_S = 10.0  # who wants to be forgotten is told "within a day"
COUNT_EVERY_S = 60.0  # so late a visit may be on the page of journeys, a stay on that of zones
ASK_EVERY_S = 20.0  # how often somebody looks whether it is time to ask a vendor

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tended:
    """What chores work with."""

    settings: GatewaySettings
    sessions: sessionmaker[Session]
    clock: Clock
    say: Callable[[str, Live], None]
    show: Callable[[KioskAddress, Show], None]
    pusher: Pusher | None = None

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return unix_ms(self.clock.utc())


def tend(what: Tended, eraser: Eraser, stack: ExitStack) -> Porch:
    """Do all of them until the process ends; returns where web shops and banks come in."""
    porch, brought = _brought(what)
    erasing = Chore("erasing", again(eraser.round), ERASE_EVERY_S)
    for chore in (*_shop(what), erasing, *brought, *_told(what)):
        chore.start()
        stack.callback(chore.stop)
    return porch


def _shop(what: Tended) -> Iterator[Chore]:
    """Appointments, cards that wait, kiosks, what brought somebody, what the law has a day for."""
    tending = Tending(what.sessions, what.now_ms, what.say)
    asker = Asker(what.sessions, what.clock, what.say)
    reached = notifiers(what.settings.notify)
    watch = FleetWatch(what.sessions, what.now_ms, reached)
    duties = DutyWatch(what.sessions, what.now_ms, reached)
    yield Chore("appointments", again(tending.once), TEND_S)
    yield Chore("cards", again(asker.round), LOOK_EVERY_S)
    if what.pusher is not None:
        yield Chore("push", again(what.pusher.round), ROUND_MS / 1000)
    counting = Journeying(what.sessions, what.now_ms, what.settings.numbers.windows())
    yield Chore("journeys", again(counting.round), COUNT_EVERY_S)
    yield Chore("zones", again(Zoning(what.sessions, what.now_ms).round), COUNT_EVERY_S)
    yield Chore("fleet", again(watch.look), WATCH_EVERY_S)
    yield Chore("duties", again(duties.look), WATCH_EVERY_S)


def _brought(what: Tended) -> tuple[Porch, list[Chore]]:
    """What web shops and banks bring, what they forgot to bring, and how they are."""
    known, refused = connections(what.settings.connectors), Refused()

    def changed() -> None:
        with what.sessions() as db:
            names = [row.store for row in stores.every(db)]
        for name in names:  # a web shop's order may be picked up in any of them
            what.say(name, Live(Noun.ALERT, "connectors"))

    def paid(changed: list[str]) -> None:
        """Whoever stands at a screen and pays sees that it is paid."""
        with what.sessions() as db:
            said = list(own_orders.paid(db, changed, what.settings.account, what.now_ms()))
        for at, show in said:
            what.show(at, show)

    care = Care(
        what.sessions,
        what.now_ms,
        known,
        refused,
        lambda one: Outbound(one.allow_private),
        changed,
        paid,
    )
    applying = Chore("connectors", again(care.apply), APPLY_EVERY_S)
    asking = Chore("connectors-ask", again(care.look), ASK_EVERY_S)
    identities = [one.identity for one in known.values()]
    watch = Watch(what.sessions, what.now_ms, identities, notifiers(what.settings.notify))
    watching = Chore("connectors-watch", again(watch.look), WATCH_EVERY_S)
    porch = Porch(what.sessions, what.now_ms, known, applying.wake, refused)
    return porch, [applying, asking, watching]


def _told(what: Tended) -> Iterator[Chore]:
    """What is sent to others, to each by a thread of its own: one who is slow delays nobody."""
    for one in endpoints(what.settings.outgoing):
        out = Outbound(one.settings.allow_private)
        sender = Sender(what.sessions, one, out, what.now_ms, SystemRandom().random)
        yield Chore(f"tell-{one.name}", again(sender.round), TELL_EVERY_S)


def again(do: Callable[[], object]) -> Callable[[], None]:
    """What goes wrong once, a database that is busy or a vendor's nonsense, ends no thread."""

    def careful() -> None:
        try:
            do()
        except Exception:
            log.exception("it is tried again")

    return careful

"""Wires the gateway's processes together and runs each until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from random import SystemRandom

from sqlalchemy.orm import Session, sessionmaker

from contract import codec, topics
from contract.commands import Command
from contract.door_trust import Keyring, Revocations
from contract.errors import ContractError
from contract.identifiers import shard_of
from contract.leases import Allowance
from contract.messages import Denial, Live, Noun, Show, Trust
from contract.sealed import Purpose
from contract.topics import KioskAddress, Leaf
from gateway import lending, seal
from gateway.api import arrivals, rest, screen_codes, webhooks
from gateway.api.arrivals import Reception
from gateway.api.front import Front
from gateway.api.webhooks import Porch
from gateway.appointments import TEND_S, Tending
from gateway.asker import Asker
from gateway.connections import connections, endpoints
from gateway.connector_care import Care
from gateway.core import trust as core_trust
from gateway.core.offers.rules import RuleSet
from gateway.door_orders import Wish, order
from gateway.fleet_watch import FleetWatch
from gateway.home_assistant import HomeAssistant
from gateway.intake import Intake
from gateway.metrics import Counted, of_inbox
from gateway.notify.port import notifiers
from gateway.reception import Refused
from gateway.seal import Sealer
from gateway.sending import Sender
from gateway.settings import GatewaySettings
from gateway.store import base, door_trust, profiles, schema, stores, visit_types
from gateway.watching import Watch
from runtime.chore import Chore
from runtime.clock import Clock, SystemClock, unix_ms
from runtime.collector import collect_rarely
from runtime.drivers import load
from runtime.errors import SettingsError
from runtime.inbox import Inbox
from runtime.metrics import Source, of_process
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from runtime.outbound import Outbound
from runtime.supervisor import Supervisor
from web_ui.console import means
from web_ui.console.means import Means
from web_ui.gateway_app import THREADS, create_app
from web_ui.shared import metrics_port, requests
from web_ui.shared.hub import Hub
from web_ui.shared.serving import Server
from web_ui.staff import pay_to
from web_ui.staff.pay_to import Account

APPLY_EVERY_S = 30.0  # besides every time something came: what a crash left, refusals to write down
LOOK_EVERY_S = 1.0  # a card asks the next one at 45 and 90 seconds, give or take two
TELL_EVERY_S = 2.0  # what happens here is told this soon
WATCH_EVERY_S = 60.0  # people are told of trouble this soon
ASK_EVERY_S = 20.0  # how often somebody looks whether it is time to ask a vendor
LEND_EVERY_S = 10.0  # a lease that was used up is made good as soon; a chain has thousands
INBOX = 5_000  # ten batches; beyond it the broker waits, not the memory grows

ALIVE_S = 1.0  # how often who watches over the pages' process is told that it lives

log = logging.getLogger(__name__)


def run_intake(settings: GatewaySettings) -> None:
    """Take events until SIGTERM or SIGINT. SettingsError if the database is not ready."""
    with ExitStack() as stack:
        engine = stack.enter_context(schema.opened(settings.database))
        stopping = _stopping()
        writers = base.writers(engine)
        with writers.begin() as db:
            visit_types.keep(db, settings.visit_types())
        inbox = Inbox[Delivery](INBOX)
        clock: Clock = load("hien.clocks", settings.clock.driver)(settings.clock.options, None)
        links = ShardLinks(settings, writers, clock, inbox, stack, _sealer(settings))
        stack.callback(inbox.close)  # first of all on the way down: nobody may wait to put
        intake = Intake(
            inbox,
            writers,
            clock,
            links.publish,
            links.ack,
            stopping.wait,
            links.refresh,
            links.lend,
        )
        sources = (of_process("intake", version("hien")), of_inbox(inbox))
        metrics_port.serve(settings.metrics.of("intake"), sources, stack)
        supervisor = Supervisor(SystemClock())
        supervisor.ready()
        stack.callback(supervisor.stops)
        collect_rarely()
        intake.run(supervisor.watched(stopping.is_set))


@dataclass
class ShardLinks:
    """One persistent session for each shard that has stores; its client id never changes."""

    settings: GatewaySettings
    writers: sessionmaker[Session]
    clock: Clock
    inbox: Inbox[Delivery]
    stack: ExitStack
    sealer: Sealer | None
    by_shard: dict[str, MqttLink] = field(default_factory=dict)
    told: dict[str, tuple[Trust, Denial]] = field(default_factory=dict)  # by store, the last word
    lent: dict[KioskAddress, Allowance] = field(default_factory=dict)  # the last word to each
    lend_at_s: float = 0.0  # the next time

    def refresh(self) -> None:
        """Hear shards that are new, and tell all kiosks whom they may recognise from now on."""
        with self.writers.begin() as db:
            names = [row.store for row in stores.every(db)]
            now = self.clock.utc()
            trust = {name: profiles.next_trust(db, name, now) for name in names}
            keys = self.settings.passes.by_number()
            papers = {
                name: door_trust.papers(db, name, told.epoch, unix_ms(now), keys)
                for name, told in trust.items()
            }
        for shard in {shard_of(name) for name in names} - self.by_shard.keys():
            self.by_shard[shard] = self._open(shard)
        for name in names:
            self._tell(name, trust[name])
            self._tell_doors(name, *papers[name])
        log.info("shards %s; trust told to %d stores", ", ".join(sorted(self.by_shard)), len(names))

    def lend(self, rules: RuleSet) -> None:
        """Set parts of caps aside for kiosks, and tell each what it may give out without us."""
        now_s = self.clock.monotonic_s()
        if self.sealer is None or now_s < self.lend_at_s:
            return
        self.lend_at_s = now_s + LEND_EVERY_S
        now_ms = unix_ms(self.clock.utc())
        with self.writers.begin() as db:
            lending.lend(db, rules, now_ms)
            allowances = lending.allowances(db, rules, now_ms)
        for at, allowance in allowances.items():
            if self.lent.get(at) != allowance and shard_of(at.store) in self.by_shard:
                sealed = self.sealer.seal(Purpose.ALLOWANCE, allowance)
                link = self.by_shard[shard_of(at.store)]
                link.publish(at.topic(Leaf.SETTINGS), sealed, retain=True)
                self.lent[at] = allowance

    def _tell(self, store: str, trust: Trust) -> None:
        """Who is to be forgotten goes first: it is small, and may not wait for the rest."""
        if self.sealer is None:
            return
        before, denied = self.told.get(store, (None, None))
        denial = core_trust.denial(before, trust, denied)
        link = self.by_shard[shard_of(store)]
        link.publish(topics.denial(store), self.sealer.seal(Purpose.DENIAL, denial), retain=True)
        link.publish(topics.trust(store), self.sealer.seal(Purpose.TRUST, trust), retain=True)
        self.told[store] = (trust, denial)

    def _tell_doors(self, store: str, keyring: Keyring, revocations: Revocations) -> None:
        if self.sealer is None:
            return
        link = self.by_shard[shard_of(store)]
        sealed = self.sealer.seal(Purpose.KEYRING, keyring)
        link.publish(topics.keyring(store), sealed, retain=True)
        sealed = self.sealer.seal(Purpose.REVOCATIONS, revocations)
        link.publish(topics.revocations(store), sealed, retain=True)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1) -> None:
        """Say something to a kiosk or the web."""
        self.by_shard[_shard_in(topic)].publish(topic, payload, qos=qos)

    def ack(self, delivery: Delivery) -> None:
        """Let the broker forget a message."""
        self.by_shard[_shard_in(delivery.topic)].ack(delivery)

    def _open(self, shard: str) -> MqttLink:
        options = LinkOptions(
            f"hien-shard-{shard}",
            (topics.every(shard, Leaf.UP), topics.every(shard, Leaf.STATE)),
            keep_session=True,
            manual_ack=True,
        )
        link = MqttLink(options, self.inbox.put, lambda _online: None)
        broker = self.settings.broker
        link.open(broker.host, broker.port, broker.tls)
        self.stack.callback(link.close)
        return link


def _shard_in(topic: str) -> str:
    return topic.split("/")[2]


def run_web(settings: GatewaySettings) -> None:
    """Serve the staff board and the console until SIGTERM or SIGINT."""
    with ExitStack() as stack:
        engine = stack.enter_context(schema.opened(settings.database))
        stopping = _stopping()
        clock: Clock = load("hien.clocks", settings.clock.driver)(settings.clock.options, None)
        hub = Hub[Live]()
        stack.callback(hub.close)
        link = MqttLink(
            LinkOptions(f"hien-web-{os.getpid()}", (f"{topics.ROOT}/+/+/live",)),
            lambda delivery: _hear_live(hub, delivery),
            lambda _online: None,
        )
        broker = settings.broker
        link.open(broker.host, broker.port, broker.tls)
        stack.callback(link.close)

        def say(store: str, live: Live) -> None:
            link.publish(topics.live(store), codec.encode(live))

        def show(address: KioskAddress, shown: Show) -> None:
            link.publish(address.topic(Leaf.SHOW), codec.encode(shown))

        def open_door(at: KioskAddress, door: str, staff: str) -> None:
            order(settings, Wish(at, door, staff), clock)

        def order_kiosk(said: Command) -> None:
            at = KioskAddress(said.store, said.device)
            order(settings, Wish(at, at.kiosk, said.staff, said.deed, said.nonce), clock)

        _show_home_assistant(settings, base.readers(engine), clock, order_kiosk, stack)
        app = create_app(base.readers(engine), clock, hub, say, _secret(settings.web.secret_file))
        keys = settings.passes.by_number()
        identities = [one.identity for one in connections(settings.connectors).values()]
        told = tuple(settings.outgoing)
        given = Means(settings.web.address, open_door, keys, identities, told, order_kiosk)
        means.install(app, given)
        reception = Reception(base.readers(engine), lambda: unix_ms(clock.utc()), say)
        arrivals.install(app, reception)
        desk = screen_codes.Desk(base.readers(engine), lambda: unix_ms(clock.utc()), show)
        screen_codes.install(app, desk)
        rest.install(app, Front(base.readers(engine), lambda: unix_ms(clock.utc()), say))
        webhooks.install(app, _porch(settings, base.readers(engine), clock, stack, say))
        pay_to.install(app, _account(settings))
        tending = Tending(base.readers(engine), lambda: unix_ms(clock.utc()), say)
        watch = FleetWatch(tending.sessions, tending.now_ms, notifiers(settings.notify))
        _tend(tending, Asker(base.readers(engine), clock, say), watch, stack)
        _count(settings, base.readers(engine), clock, requests.count(app), stack)
        server = Server(app, settings.web.host, settings.web.port, THREADS)
        server.max_request_bytes = webhooks.MAX_BYTES
        server.start()
        stack.callback(server.stop)
        log.info("pages are at http://%s:%d", settings.web.host, server.port)
        supervisor = Supervisor(SystemClock())
        supervisor.ready()
        stack.callback(supervisor.stops)
        while not stopping.wait(ALIVE_S):
            supervisor.lives()


def _show_home_assistant(
    settings: GatewaySettings,
    sessions: sessionmaker[Session],
    clock: Clock,
    order_kiosk: Callable[[Command], None],
    stack: ExitStack,
) -> None:
    if settings.own_broker.home_assistant:
        shown = HomeAssistant(sessions, lambda: unix_ms(clock.utc()), order_kiosk)
        shown.start(settings.broker, stack)


def _count(
    settings: GatewaySettings,
    sessions: sessionmaker[Session],
    clock: Clock,
    asked: Sequence[Source],
    stack: ExitStack,
) -> None:
    """Answer Prometheus, if it may ask."""
    counted = Counted(sessions, lambda: unix_ms(clock.utc()))
    sources = (of_process("web", version("hien")), counted.families, *asked)
    metrics_port.serve(settings.metrics.of("web"), sources, stack)


def _account(settings: GatewaySettings) -> Account | None:
    to = settings.pay_to
    return None if to is None else Account(to.bank_bin, to.account)


def _tend(tending: Tending, asker: Asker, watch: FleetWatch, stack: ExitStack) -> None:
    """Look after appointments, cards that wait, and kiosks, until the process ends."""
    for chore in (
        Chore("appointments", _again(tending.once), TEND_S),
        Chore("cards", _again(asker.round), LOOK_EVERY_S),
        Chore("fleet", _again(watch.look), WATCH_EVERY_S),
    ):
        chore.start()
        stack.callback(chore.stop)


def _porch(
    settings: GatewaySettings,
    sessions: sessionmaker[Session],
    clock: Clock,
    stack: ExitStack,
    say: Callable[[str, Live], None],
) -> Porch:
    """Where web shops and banks come in; two threads tend what they bring."""
    known, refused = connections(settings.connectors), Refused()

    def now_ms() -> int:
        return unix_ms(clock.utc())

    def changed() -> None:
        with sessions() as db:
            names = [row.store for row in stores.every(db)]
        for name in names:  # a web shop's order may be picked up in any of them
            say(name, Live(Noun.ALERT, "connectors"))

    care = Care(sessions, now_ms, known, refused, lambda one: Outbound(one.allow_private), changed)
    applying = Chore("connectors", _again(care.apply), APPLY_EVERY_S)
    asking = Chore("connectors-ask", _again(care.look), ASK_EVERY_S)
    senders = [
        Sender(sessions, one, Outbound(one.settings.allow_private), now_ms, SystemRandom().random)
        for one in endpoints(settings.outgoing)
    ]
    telling = [
        Chore(f"tell-{one.endpoint.name}", _again(one.round), TELL_EVERY_S) for one in senders
    ]
    identities = [one.identity for one in known.values()]
    watch = Watch(sessions, now_ms, identities, notifiers(settings.notify))
    watching = Chore("connectors-watch", _again(watch.look), WATCH_EVERY_S)
    for chore in (applying, asking, watching, *telling):
        chore.start()
        stack.callback(chore.stop)
    return Porch(sessions, now_ms, known, applying.wake, refused)


def _again(do: Callable[[], object]) -> Callable[[], None]:
    """What goes wrong once, a database that is busy or a vendor's nonsense, ends no thread."""

    def careful() -> None:
        try:
            do()
        except Exception:
            log.exception("it is tried again")

    return careful


def _hear_live(hub: Hub[Live], delivery: Delivery) -> None:
    try:
        hub.publish(delivery.topic.split("/")[3], codec.decode(Live, delivery.payload))
    except ContractError as error:  # an exception here would end the network thread
        log.warning("%s: %s", delivery.topic, error)


def _sealer(settings: GatewaySettings) -> Sealer | None:
    if settings.seal is None:
        log.warning("there is no [seal] in the settings: kiosks will recognise nobody")
        return None
    return seal.load(settings.seal.key_file, settings.seal.key_id)


def _stopping() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _secret(file: Path | None) -> bytes:
    if file is None:
        return os.urandom(32)
    try:
        secret = file.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"web.secret_file {file}: cannot be read ({error.strerror})") from error
    if len(secret) < 32:
        raise SettingsError(f"web.secret_file {file}: needs at least 32 bytes of randomness")
    return secret

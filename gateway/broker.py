"""Runs the shop's mosquitto: who is in the database may come in, who is revoked is thrown out.

The only process that holds the authorities' keys. It reads no message: those are the intake's.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from contract import codec, topics
from contract.messages import Live, Noun
from contract.petitions import INQUIRY_PATH, PETITION_PATH
from firmware_config.broker_folder import BrokerFolder
from firmware_config.broker_watch import Alarm
from firmware_config.certificates import certificate_pem, fingerprint
from firmware_config.mosquitto import SERVER, SERVER_KEY
from gateway import broker_alarms, seal
from gateway.enrolment import Answer, Registrar
from gateway.enrolment_server import EnrolmentServer
from gateway.mosquitto_process import Mosquitto
from gateway.petitions import Petitions, Told
from gateway.settings import GatewaySettings
from gateway.store import base, kiosk_certificates, schema, stores
from runtime.clock import Clock, SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.inbox import Inbox
from runtime.metrics import Counter, of_process
from runtime.mqtt_link import LinkOptions, MqttLink
from runtime.stop_signals import stop_signals
from runtime.supervisor import Supervisor
from runtime.tls import Tls
from web_ui.shared import metrics_port

LOOK_S = 2.0  # how soon a revocation is noticed; a person has just decided on it
IDLE_S = 0.5  # how soon a stop is noticed
ALARMS = 100  # waiting; whoever floods has been noticed by then
KICK_WITHIN_S = 5.0  # a new session on this machine takes milliseconds

UNANSWERED = (OperationalError, InterfaceError)

log = logging.getLogger(__name__)


def run(settings: GatewaySettings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises SettingsError or UnavailableError if it cannot start, and if mosquitto ends by itself.
    """
    with stop_signals() as stopping:
        serve(settings, stopping)


def serve(settings: GatewaySettings, stopping: threading.Event) -> None:
    """Run until told to stop; see `run`."""
    with ExitStack() as stack:
        engine = stack.enter_context(schema.opened(settings.database))
        files, clock = settings.own_broker.files(), SystemClock()
        keeper = Keeper(files, base.readers(engine), clock)
        keeper.follow()
        alarms = Inbox[Alarm](ALARMS)
        mosquitto = Mosquitto(files, clock, alarms.offer)
        stack.callback(mosquitto.stop)
        link = _link(files, "hien-broker", stack)
        keeper.reload, keeper.kick = mosquitto.reload, lambda user: _take_over(files, user)
        writers = base.writers(engine)
        tried = Counter("hien_broker_alarms_total", "What somebody tried at the broker.", "attempt")
        answers = _answer_kiosks(settings, files, writers, link, stack)
        sources = (of_process("broker", version("hien")), tried.families, answers.families)
        metrics_port.serve(settings.metrics.of("broker"), sources, stack)
        look_at_s = clock.monotonic_s() + LOOK_S
        supervisor = Supervisor(clock)
        supervisor.ready()
        stack.callback(supervisor.stops)
        while not stopping.is_set():
            supervisor.lives()
            mosquitto.check()
            alarm = alarms.take(IDLE_S)
            if alarm is not None:
                tried.add(alarm.attempt)
                _tell_staff(writers, alarm, clock, link)
                alarms.done()
            if clock.monotonic_s() >= look_at_s:
                keeper.follow()
                look_at_s = clock.monotonic_s() + LOOK_S


def _tell_staff(writers: sessionmaker[Session], alarm: Alarm, clock: Clock, link: MqttLink) -> None:
    try:
        with writers.begin() as db:
            told = broker_alarms.raise_card(db, alarm, unix_ms(clock.utc()))
    except UNANSWERED as error:
        log.error("the database does not answer, no card for %s: %s", alarm, error.orig)
        return
    if told is not None:
        store, live = told
        link.publish(topics.live(store), codec.encode(live))


def _nothing(*_: object) -> None:
    """Before there is a broker."""


@dataclass
class Keeper:
    """Brings the broker's files after the database, and the broker after its files."""

    files: BrokerFolder
    readers: sessionmaker[Session]
    clock: Clock
    reload: Callable[[], object] = _nothing
    kick: Callable[[str], object] = _nothing
    _edition: int = -1
    _revoked: set[int] = field(default_factory=set)

    def follow(self) -> None:
        """Look whether anything changed. While the database does not answer, all stays as it is."""
        try:
            with self.readers() as db:
                edition = stores.edition(db)
                if edition == self._edition:
                    return
                now = self.clock.utc()
                admitted = kiosk_certificates.admitted(db, unix_ms(now))
                revoked = kiosk_certificates.revoked(db)
                out = kiosk_certificates.holders(db, revoked - self._revoked)
        except UNANSWERED as error:
            log.warning("the database does not answer: %s", error.orig)
            return
        try:
            written = self.files.write(admitted, revoked, now)
        except SettingsError as error:
            if self._edition < 0:
                raise
            log.error("tried again in a moment: %s", error)  # a full disk closes no shop
            return
        if written:
            log.info("wrote %s", ", ".join(path.name for path in written))
            self.reload()
        self._edition, self._revoked = edition, revoked
        for kiosk in sorted(out, key=lambda kiosk: kiosk.user):
            log.warning("kiosk %s of store %s is revoked", kiosk.kiosk, kiosk.store)
            self.kick(kiosk.user)


def _answer_kiosks(
    settings: GatewaySettings,
    files: BrokerFolder,
    writers: sessionmaker[Session],
    link: MqttLink,
    stack: ExitStack,
) -> Counter:
    """Open the port where kiosks enrol; what it answered is counted."""
    own, clock = settings.own_broker, SystemClock()
    house = files.house_authority().certificate
    registrar = Registrar(writers, files.kiosks_authority(), certificate_pem(house), clock)
    told = Told(fingerprint(house), _issuers(settings), settings.web.url or "")

    def changed() -> None:
        with writers() as db:
            names = [row.store for row in stores.every(db)]
        for name in names:  # nobody knows yet whose it will be
            link.publish(topics.live(name), codec.encode(Live(Noun.KIOSK, "newcomer")))

    petitions = Petitions(writers, clock, told, registrar.issue, changed)
    registrar.others[PETITION_PATH] = petitions.note
    registrar.others[INQUIRY_PATH] = petitions.answer
    answered = Counter("hien_enrolment_answers_total", "What kiosks were answered.", "status")

    def counting(method: str, path: str, body: bytes, address: str) -> Answer:
        said = registrar.answer(method, path, body, address)
        answered.add(str(said[0].value))
        return said

    server = EnrolmentServer(
        own.host or "",
        own.enrol_port,
        files.path / SERVER,
        files.path / SERVER_KEY,
        counting,
    )
    server.start()
    stack.callback(server.stop)
    log.info("kiosks enrol at port %d", server.port)
    return answered


def _issuers(settings: GatewaySettings) -> dict[str, str]:
    """Whose word kiosks believe; none while there is no key to speak with."""
    if settings.seal is None:
        return {}
    sealer = seal.load(settings.seal.key_file, settings.seal.key_id)
    return {str(sealer.key_id): sealer.public_key}


def _link(files: BrokerFolder, client_id: str, stack: ExitStack) -> MqttLink:
    link = MqttLink(LinkOptions(client_id), _nothing, _nothing)
    link.open(files.plan.gateway_host, files.plan.gateway_port, _tls(files))
    stack.callback(link.close)
    return link


def _take_over(files: BrokerFolder, user: str) -> None:
    """Throw a session out: the broker ends it when another comes under its name, which is us.

    mosquitto has one thread, and reads its files again between two steps of our handshake at the
    latest: when the kiosk comes back, it is refused.
    """
    is_out = threading.Event()

    def linked(online: bool) -> None:
        if online:
            is_out.set()

    link = MqttLink(LinkOptions(user), _nothing, linked)
    link.open(files.plan.gateway_host, files.plan.gateway_port, _tls(files))
    try:
        if not is_out.wait(KICK_WITHIN_S):
            log.error("%s may still be connected: the broker does not answer", user)
    finally:
        link.close()


def _tls(files: BrokerFolder) -> Tls:
    return Tls.model_validate(files.gateway_tls())

"""Runs the shop's mosquitto: who is in the database may come in, who is revoked is thrown out.

The only process that holds the authorities' keys. It reads no message: those are the intake's.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from contract.topics import KioskAddress
from firmware_config import mosquitto
from firmware_config.broker_folder import BrokerFolder, broker_program
from firmware_config.certificates import certificate_pem
from gateway.enrolment import Registrar
from gateway.enrolment_server import EnrolmentServer
from gateway.settings import GatewaySettings
from gateway.store import base, kiosk_certificates, schema, stores
from runtime.clock import Clock, SystemClock, unix_ms
from runtime.errors import SettingsError, UnavailableError
from runtime.mqtt_link import LinkOptions, MqttLink
from runtime.tls import Tls

LOOK_S = 2.0  # how soon a revocation is noticed; a person has just decided on it
STOPS_WITHIN_S = 10.0  # it writes what it keeps; then it is killed
KICK_WITHIN_S = 5.0  # a new session on this machine takes milliseconds
RELOAD_S = 0.5  # mosquitto reads its files between two messages

log = logging.getLogger(__name__)


def run(settings: GatewaySettings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises SettingsError or UnavailableError if it cannot start, and if mosquitto ends by itself.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    serve(settings, stopping)


def serve(settings: GatewaySettings, stopping: threading.Event) -> None:
    """Run until told to stop; see `run`."""
    with ExitStack() as stack:
        engine = base.connect(settings.database)
        stack.callback(engine.dispose)
        if not schema.is_current(engine):
            raise SettingsError("the database is not up to date: run hien gateway migrate")
        files, clock = settings.own_broker.files(), SystemClock()
        keeper = Keeper(files, base.readers(engine), clock)
        keeper.follow()
        process = _start(files, stack)
        keeper.reload = lambda: process.send_signal(signal.SIGHUP)
        keeper.kick = lambda user: _take_over(files, user, stopping)
        _answer_kiosks(settings, files, base.writers(engine), stack)
        while not stopping.wait(LOOK_S):
            if process.poll() is not None:
                raise UnavailableError(f"mosquitto ended with status {process.returncode}")
            keeper.follow()


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
    _admitted: set[KioskAddress] = field(default_factory=set)
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
        except (OperationalError, InterfaceError) as error:
            log.warning("the database does not answer: %s", error.orig)
            return
        written = self.files.write(admitted, revoked, now)
        if written:
            log.info("wrote %s", ", ".join(path.name for path in written))
            self.reload()
        is_first = self._edition < 0  # nobody is connected yet
        self._edition, self._admitted, self._revoked = edition, admitted, revoked
        for kiosk in () if is_first else sorted(out, key=lambda kiosk: kiosk.user):
            log.warning("kiosk %s of store %s is revoked", kiosk.kiosk, kiosk.store)
            self.kick(kiosk.user)


def _start(files: BrokerFolder, stack: ExitStack) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [broker_program(), "-c", str(files.configuration)], stdin=subprocess.DEVNULL
    )

    def stop() -> None:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(stop)
    return process


def _answer_kiosks(
    settings: GatewaySettings, files: BrokerFolder, writers: sessionmaker[Session], stack: ExitStack
) -> None:
    own = settings.own_broker
    house = certificate_pem(files.house_authority().certificate)
    registrar = Registrar(writers, files.kiosks_authority(), house, SystemClock())
    server = EnrolmentServer(
        own.host or "",
        own.enrol_port,
        files.path / mosquitto.SERVER,
        files.path / mosquitto.SERVER_KEY,
        registrar.answer,
    )
    server.start()
    stack.callback(server.stop)
    log.info("kiosks enrol at port %d", server.port)


def _take_over(files: BrokerFolder, user: str, stopping: threading.Event) -> None:
    """Throw a session out: the broker ends it when another comes under its name, which is us.

    mosquitto reads the files first, or the kiosk would be back before it knows better.
    """
    stopping.wait(RELOAD_S)
    is_out = threading.Event()

    def linked(online: bool) -> None:
        if online:
            is_out.set()

    link = MqttLink(LinkOptions(user), _nothing, linked)
    tls = Tls.model_validate(files.gateway_tls())
    link.open(files.plan.gateway_host, files.plan.gateway_port, tls)
    try:
        if not is_out.wait(KICK_WITHIN_S):
            log.error("%s may still be connected: the broker does not answer", user)
    finally:
        link.close()

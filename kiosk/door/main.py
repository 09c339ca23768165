"""Wires a door, or its closer, and runs it until told to stop."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial

from contract.errors import ContractError
from kiosk.adapters.clock_floor import ClockFloor
from kiosk.core import door_wire
from kiosk.core.door_keys import DoorKeys
from kiosk.core.door_wire import Misunderstood
from kiosk.core.doorway import Sensed
from kiosk.door.app import DoorApp, DoorPorts
from kiosk.door.claims import ClaimBook, ClaimLink, Claims, OnlyDoor
from kiosk.door.closer import CloserProcess
from kiosk.door.journal import Journal
from kiosk.door.latch import CloserLink, Latch, NoCloser
from kiosk.door.ledger import Ledger
from kiosk.door.ports import Lock, Switch
from kiosk.door.server import DoorServer
from kiosk.door.settings import ClaimsSettings, DoorSettings
from kiosk.door.trust_files import TrustFiles
from kiosk.timekeeper import Timekeeper
from runtime.clock import Clock, SystemClock
from runtime.drivers import load
from runtime.errors import DeviceError, UnavailableError
from runtime.settings import Driver
from runtime.stop_signals import stop_signals
from runtime.supervisor import Supervisor

LOOK_S = 0.02  # for the door's lines; below the time a contact needs to settle
REST_S = 0.5  # how soon the closer notices that it was told to stop

log = logging.getLogger(__name__)


def run(settings: DoorSettings) -> None:
    """Run one door until SIGTERM or SIGINT.

    Raises SettingsError, or UnavailableError if it cannot start or cannot go on: it is better
    started anew than running with a disk or a lock that does not obey.
    """
    try:
        with ExitStack() as stack:
            stopping = stack.enter_context(stop_signals())
            app, server = _assemble(settings, stack)
            log.info("door %s of store %s is running", settings.door, settings.store)
            supervisor = _started(stack)
            while not stopping.is_set():
                supervisor.lives()
                for peer, line in server.lines(LOOK_S):
                    server.reply(peer, _answer(app, line))
                app.tick()
            app.close()
    except DeviceError as error:
        raise UnavailableError(str(error)) from error


def run_closer(settings: DoorSettings) -> None:
    """Run one door's closer until SIGTERM or SIGINT; UnavailableError if it cannot start."""
    if settings.closer is None:
        raise UnavailableError("a simulated lock has no closer")
    lock = settings.lock
    make = load("hien.locks", lock.driver)
    with ExitStack() as stack:
        stopping = stack.enter_context(stop_signals())
        take_line = partial(make, lock.options)
        closer = CloserProcess(settings.closer, take_line, SystemClock(), os.geteuid())
        stack.callback(closer.close)
        log.info("the closer of door %s is running", settings.door)
        supervisor = _started(stack)
        while not stopping.is_set():
            supervisor.lives()
            closer.look(REST_S)


def run_claims(settings: ClaimsSettings) -> None:
    """Keep a store's claims until SIGTERM or SIGINT; UnavailableError if that cannot go on."""
    try:
        with ExitStack() as stack:
            stopping = stack.enter_context(stop_signals())
            book = stack.enter_context(closing(ClaimBook(settings.data_dir / "claims.db")))
            server = DoorServer(settings.socket, settings.allowed_uids())
            stack.callback(server.close)
            log.info("the claims of the store are kept")
            supervisor = _started(stack)
            while not stopping.is_set():
                supervisor.lives()
                for peer, line in server.lines(REST_S):
                    server.reply(peer, book.answer(line))
    except DeviceError as error:
        raise UnavailableError(str(error)) from error


def _assemble(settings: DoorSettings, stack: ExitStack) -> tuple[DoorApp, DoorServer]:
    """Build everything from the bottom up; `stack` takes it down in reverse order."""
    journal = Journal(settings.data_dir / "door.db")
    stack.callback(journal.close)
    clock: Clock = load("hien.clocks", settings.clock.driver)(settings.clock.options, None)
    source = load("hien.time_sources", settings.time_source.driver)(settings.time_source.options)
    rules = settings.rules()
    floor = ClockFloor(settings.data_dir / "clock-floor")
    time = Timekeeper(rules.entry.clock, clock, source, floor, settings.has_battery_clock)
    latch, was_cut_off = _latch(settings, stack)
    ports = DoorPorts(
        latch=latch,
        sense=_lines(settings, stack).read,
        claims=_claims(settings, stack),
        journal=journal,
        ledger=Ledger(settings.ledger_rules(), journal, time),
        trust=_trust(settings, journal),
        time=time,
        clock=clock,
        was_cut_off=was_cut_off,
    )
    server = DoorServer(settings.socket, settings.allowed_uids())
    stack.callback(server.close)
    return DoorApp(rules, ports), server


def _latch(settings: DoorSettings, stack: ExitStack) -> tuple[Latch, bool]:
    """The closer first: it has the line, and lets go of it when we come."""
    closer = CloserLink(settings.closer) if settings.closer is not None else NoCloser()
    try:
        lock: Lock = load("hien.locks", settings.lock.driver)(settings.lock.options)
    except BaseException:
        closer.close()
        raise
    latch = Latch(lock, closer)
    stack.callback(latch.close)
    return latch, closer.cuts > 0


def _trust(settings: DoorSettings, journal: Journal) -> TrustFiles:
    """Nothing older than what this door has ever used; the files it used last are read again."""
    keyring, revocations = journal.epochs()
    held = DoorKeys(keyring_epoch=keyring, revocations_epoch=revocations - 1)
    return TrustFiles(settings.trust.folder, settings.store, settings.trust.keys(), held)


def _claims(settings: DoorSettings, stack: ExitStack) -> Claims:
    if settings.claims is None:
        return OnlyDoor()
    link = ClaimLink(settings.claims.socket, settings.door)
    stack.callback(link.close)
    return link


@dataclass(frozen=True)
class _Lines:
    """The door's wires; those it has not are never on."""

    contact: Switch | None
    exit: Switch | None
    beam: Switch | None

    def read(self) -> Sensed:
        """All of them now."""
        return Sensed(
            is_open=self.contact is not None and self.contact.is_on(),
            is_exit_asked=self.exit is not None and self.exit.is_on(),
            is_beam_broken=self.beam is not None and self.beam.is_on(),
        )


def _lines(settings: DoorSettings, stack: ExitStack) -> _Lines:
    def made(driver: Driver | None) -> Switch | None:
        if driver is None:
            return None
        switch: Switch = load("hien.switches", driver.driver)(driver.options)
        stack.callback(switch.close)
        return switch

    return _Lines(made(settings.contact), made(settings.exit), made(settings.beam))


def _answer(app: DoorApp, line: bytes) -> bytes:
    try:
        ask = door_wire.read_ask(line)
    except ContractError as error:
        return door_wire.line(Misunderstood(str(error)))
    return door_wire.line(app.handle(ask))


def _started(stack: ExitStack) -> Supervisor:
    supervisor = Supervisor(SystemClock())
    supervisor.ready()
    stack.callback(supervisor.stops)
    return supervisor

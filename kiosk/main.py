"""Wires a kiosk together and runs it until told to stop; the only file that knows adapters."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from importlib.metadata import version

from contract.looks import Look
from contract.topics import KioskAddress
from kiosk.adapters.calibration_file import CalibrationFile
from kiosk.adapters.certificate_care import CertificateCare
from kiosk.adapters.clips import Clips
from kiosk.adapters.clock_floor import ClockFloor
from kiosk.adapters.closed_file import ClosedFile
from kiosk.adapters.door_link import DoorLink
from kiosk.adapters.door_papers import DoorPapers
from kiosk.adapters.enrolment import Identity
from kiosk.adapters.eye_link import EYE, EyeLink
from kiosk.adapters.irk_ring import IrkRing
from kiosk.adapters.machine import MachineFiles
from kiosk.adapters.outbox import Outbox
from kiosk.adapters.panel_watch import WatchedPanel
from kiosk.adapters.photographer import Photographer
from kiosk.adapters.pin_troubles import PinTroubles
from kiosk.adapters.purse_file import PurseFile
from kiosk.adapters.retained_file import RetainedFile, catalogue_file, look_file
from kiosk.adapters.scanner_link import ScannerLink
from kiosk.adapters.switch_link import SwitchLink
from kiosk.adapters.trust_gate import TrustGate
from kiosk.adapters.uplink_mqtt import MqttUplink
from kiosk.adapters.voice_espeak import EspeakVoice
from kiosk.app import KioskApp
from kiosk.closing import Closing
from kiosk.core.calibration import calibrated
from kiosk.core.clock_trust import ClockRules
from kiosk.core.codes import CodeRules
from kiosk.core.dressing import waiting
from kiosk.core.eye_wire import Orders
from kiosk.core.footfall import Footfall
from kiosk.core.inputs import Input, Tick
from kiosk.core.leaflets import Leaflets
from kiosk.core.resolving import Resolver
from kiosk.core.screen import ReadBy, ScreenState
from kiosk.core.switches import Role
from kiosk.health import Health, Nameplate
from kiosk.lending import Lending
from kiosk.metrics import of_kiosk
from kiosk.obeying import Obeying
from kiosk.parts import Ports, Rules
from kiosk.ports import Beacon, Switch
from kiosk.receivers.radio import Foreign, ForeignRadio
from kiosk.reporter import Reporter
from kiosk.settings import KioskSettings
from kiosk.shelf import Shelf
from kiosk.tending import Tending
from kiosk.timekeeper import Timekeeper
from runtime import unsent
from runtime.clock import Clock, SystemClock
from runtime.drivers import load
from runtime.inbox import Inbox
from runtime.metrics import of_process
from runtime.settings import Driver
from runtime.stop_signals import stop_signals
from runtime.supervisor import Supervisor
from web_ui.screen import aloud, look
from web_ui.screen.app import THREADS, create_app
from web_ui.screen.feed import Feed
from web_ui.shared import metrics_port
from web_ui.shared.serving import Server

INBOX = 2_000  # seconds of a busy radio; beyond it the radio waits, not the memory grows
AT_ONCE = 50  # what lies there already is handled, and kept, in one go; a tick is hardly late
TICK_S = 0.25  # the finest thing timed here is a countdown in seconds
NO_CAMERA = "none"  # as a driver: scanners only
SESSION_BYTES = 8  # 2^64 sessions: nobody guesses another's

log = logging.getLogger(__name__)


def run(settings: KioskSettings) -> bool:
    """Run one kiosk until SIGTERM or SIGINT; True if somebody ordered that it starts anew.

    Raises SettingsError, UnavailableError or DeviceError if it cannot start.
    """
    with ExitStack() as stack:
        stopping = stack.enter_context(stop_signals())
        stack.callback(log.info, "kiosk %s has stopped", settings.kiosk)
        inbox = Inbox[Input](INBOX)
        clock: Clock = load("hien.clocks", settings.clock.driver)(settings.clock.options, inbox)
        app, chosen = _assemble(settings, inbox, clock, stack)
        log.info("kiosk %s of store %s is running", settings.kiosk, settings.store)
        stack.callback(inbox.close)  # first of all on the way down: nobody may wait to put
        supervisor = Supervisor(SystemClock())
        supervisor.ready()
        stack.callback(supervisor.stops)
        _own((app, chosen), inbox, supervisor, stopping)
        return _wants_restart(app) and not stopping.is_set()


def _assemble(
    settings: KioskSettings, inbox: Inbox[Input], clock: Clock, stack: ExitStack
) -> tuple[KioskApp, RetainedFile[Look]]:
    """Build everything from the bottom up; `stack` takes it down in reverse order."""
    outbox = Outbox(settings.data_dir / "outbox.db", settings.store, settings.kiosk)
    stack.callback(outbox.close)
    if outbox.quarantined is not None:  # an event in it says the same
        log.error("the outbox was damaged; it is kept aside as %s", outbox.quarantined)
    if not settings.trust.issuers:
        log.warning("there are no [trust.issuers] in the settings: this kiosk recognises nobody")
    gate = TrustGate(settings.store, settings.trust.keys(), settings.data_dir / "trust-epochs")
    here = KioskAddress(settings.store, settings.kiosk)
    chosen = look_file(gate, settings.store, settings.data_dir)
    sold = catalogue_file(gate, settings.store, settings.data_dir)
    uplink = MqttUplink(here, inbox.put, gate, (chosen, sold, *_papers(settings)))
    door = DoorLink(settings.door.socket, inbox.put) if settings.door is not None else None
    time = _timekeeper(settings, clock)
    feed, clips = Feed(), Clips(EspeakVoice(), settings.data_dir / "clips")
    make_panel = load("hien.pins", settings.pins.driver)
    troubles = PinTroubles(inbox.offer)
    panel = WatchedPanel(lambda: make_panel(settings.pins.options), troubles, clock)
    stack.callback(panel.close)
    obeying = Obeying(here, settings.trust.keys(), panel, clock, time)
    opening = None if settings.opening is None else settings.opening.rules()
    closing = Closing(opening, ClosedFile(settings.data_dir), time)
    obeying.close_with(closing)
    pin = settings.maintenance
    tending = None if pin is None else Tending(pin.pin_hash, panel, clock)
    app = KioskApp(
        rules=_rules(settings),
        ports=Ports(
            Reporter(outbox, uplink, clock, time),
            feed,
            panel,
            clock,
            time,
            _new_session,
            Lending(PurseFile(settings.data_dir / "leases.json"), time),
            obeying,
            closing,
            tending,
            uplink,
            Shelf(settings.store, settings.screen.phone_url, lambda: sold.said, time),
            door,
        ),
        health=Health(_nameplate(settings), uplink, clock, time, MachineFiles(settings.data_dir)),
        resolver=Resolver(IrkRing()),
        footfall=Footfall(
            os.urandom if settings.counting.phones else None, settings.switches.beam is not None
        ),
        leaflets=Leaflets(settings.links.own()),
    )
    read_by = ReadBy.CAMERA if app.rules.has_camera else ReadBy.NOTHING
    asks_number, has_pin = settings.screen.asks_number, pin is not None
    app.state = ScreenState(
        read_by=read_by,
        is_at_door=door is not None,
        asks_number=asks_number,
        has_pin=has_pin,
    )
    feed.show(app.state)
    _start(settings, inbox, clock, stack, (feed, chosen, clips))
    _start_switches(settings, inbox, troubles, stack)
    if door is not None:
        door.start()
        stack.callback(door.stop)
    _watch_the_glass(settings, app, feed, uplink, stack)
    told = settings.metrics
    metrics_port.serve(
        None if told is None else (told.host, told.port),
        [
            of_process("kiosk", version("hien")),
            of_kiosk(lambda: app.health.said, lambda: inbox.waiting),
        ],
        stack,
    )
    uplink.open(settings.broker.host, settings.broker.port, settings.broker.tls)
    stack.callback(uplink.close)
    _care_for_certificate(settings, uplink, stack)
    return app, chosen


def _rules(settings: KioskSettings) -> Rules:
    return Rules(
        settings.kiosk,
        calibrated(settings.presence_rules(), CalibrationFile(settings.data_dir).load()),
        CodeRules(settings.store_no),
        settings.screen_rules(),
        settings.camera.driver != NO_CAMERA,
        settings.screen.phone_url,
    )


def _start(
    settings: KioskSettings,
    inbox: Inbox[Input],
    clock: Clock,
    stack: ExitStack,
    shown: tuple[Feed, RetainedFile[Look], Clips],
) -> None:
    """Start what has threads: the page, the camera, the radio, the beacon."""
    feed, chosen, clips = shown
    page = create_app(
        feed, inbox.put, settings.store_name, settings.kiosk_name, settings.screen.panel_diagonal_in
    )
    look.install(page, lambda: chosen.said)
    aloud.install(page, feed, clips)
    clips.start()
    stack.callback(clips.stop)
    server = Server(page, "127.0.0.1", settings.screen.port, THREADS)
    server.start()
    stack.callback(server.stop)
    stack.callback(feed.close)
    _start_eye(settings, inbox, stack)
    scanners = [load("hien.scanners", one.driver)(one.options) for one in settings.scanners]
    if scanners:
        link = ScannerLink(scanners, inbox.put, SystemClock())
        link.start()
        stack.callback(link.stop)
    radio = load("hien.radios", settings.radio.driver)(settings.radio.options, inbox.put, clock)
    radio.start()
    stack.callback(radio.stop)
    _listen_to_others(settings, inbox, clock, stack)
    if settings.beacon is not None:
        make_beacon = load("hien.beacons", "bluez")
        beacon: Beacon = make_beacon(settings.beacon.adapter, settings.beacon.own())
        beacon.start()
        stack.callback(beacon.stop)


def _care_for_certificate(settings: KioskSettings, uplink: MqttUplink, stack: ExitStack) -> None:
    tls = settings.broker.tls
    if tls is None or tls.key is not None:  # a key in a file of its own is somebody else's care
        return
    identity = Identity(tls, KioskAddress(settings.store, settings.kiosk).user)
    where = (settings.broker.host, settings.enrol_port)
    care = CertificateCare(identity, where, SystemClock(), uplink.reload_certificate)
    care.start()
    stack.callback(care.stop)


def _listen_to_others(
    settings: KioskSettings, inbox: Inbox[Input], clock: Clock, stack: ExitStack
) -> None:
    if not settings.receivers:
        return
    receivers = [Foreign(one.name, one.kind, one.id) for one in settings.receivers]
    client_id = f"{settings.store}-{settings.kiosk}-receivers"
    others = ForeignRadio(client_id, receivers, inbox.put, clock)
    others.open(settings.boards.host, settings.boards.port)
    stack.callback(others.close)


def _timekeeper(settings: KioskSettings, clock: Clock) -> Timekeeper:
    source = load("hien.time_sources", settings.time_source.driver)(settings.time_source.options)
    floor = ClockFloor(settings.data_dir / "clock-floor")
    return Timekeeper(ClockRules(), clock, source, floor, settings.has_battery_clock)


def _papers(settings: KioskSettings) -> tuple[DoorPapers, ...]:
    if settings.door is None or settings.door.trust_folder is None:
        return ()
    return (DoorPapers(settings.store, settings.door.trust_folder),)


def _nameplate(settings: KioskSettings) -> Nameplate:
    beacon = "" if settings.beacon is None else settings.beacon.identity
    return Nameplate(settings.kiosk, version("hien"), beacon, settings.screen.has_browser)


def _start_switches(
    settings: KioskSettings, inbox: Inbox[Input], troubles: PinTroubles, stack: ExitStack
) -> None:
    """Start to look at what hangs on the pins."""
    switches: dict[Role, Callable[[], Switch]] = {}
    for role in Role:
        told: Driver | None = getattr(settings.switches, role)
        if told is not None:
            switches[role] = partial(load("hien.switches", told.driver), told.options)
    if switches:
        link = SwitchLink(switches, inbox.put, troubles, SystemClock())
        link.start()
        stack.callback(link.stop)


def _start_eye(settings: KioskSettings, inbox: Inbox[Input], stack: ExitStack) -> None:
    """Start the camera's process, if there is a camera."""
    camera, told = settings.camera, settings.clock
    if camera.driver == NO_CAMERA:
        return
    load("hien.camera_options", camera.driver)(camera.options)  # a wrong one is said at once
    orders = Orders(camera.driver, camera.options, told.driver, told.options)
    where = EYE if settings.eye is None else settings.eye.socket
    eye = EyeLink(orders, inbox.put, SystemClock(), where=where)
    eye.start()
    stack.callback(eye.stop)


def _new_session() -> str:
    return os.urandom(SESSION_BYTES).hex()


def _own(
    owned: tuple[KioskApp, RetainedFile[Look]],
    inbox: Inbox[Input],
    supervisor: Supervisor,
    stopping: threading.Event,
) -> None:
    """The owner's loop: one input after the other, and a tick when time has passed."""
    app, chosen = owned
    clock, own = app.ports.clock, app.rules
    ticked_s = clock.monotonic_s()
    while not stopping.is_set() and not _wants_restart(app):
        supervisor.lives()
        if taken := _at_once(inbox):
            app.handle(*taken)
            for _ in taken:
                inbox.done()
        if clock.monotonic_s() - ticked_s >= TICK_S:
            ticked_s = clock.monotonic_s()
            app.rules = replace(own, screen=waiting(own.screen, chosen.said))
            app.handle(Tick())
            supervisor.notes(unsent.said(app.ports.reporter.depth))


def _watch_the_glass(
    settings: KioskSettings, app: KioskApp, feed: Feed, uplink: MqttUplink, stack: ExitStack
) -> None:
    """Have somebody who can take pictures of the screen, if there is one."""
    if settings.screen.glimpse is None or app.ports.obeying is None:
        return

    def revision() -> int:
        return feed.latest().revision

    photographer = Photographer(settings.screen.glimpse, revision, uplink.publish_picture)
    photographer.start()
    stack.callback(photographer.stop)
    app.ports.obeying.look_with(photographer.take)


def _wants_restart(app: KioskApp) -> bool:
    """Ending well is enough: who watches over a kiosk starts it anew (systemd: Restart=always)."""
    asked = (app.ports.obeying, app.ports.tending)
    return any(one is not None and one.wants_restart() for one in asked)


def _at_once(inbox: Inbox[Input]) -> list[Input]:
    """What lies in the inbox; waits a tick if nothing does."""
    taken, wait_s = list[Input](), TICK_S
    while len(taken) < AT_ONCE and (one := inbox.take(wait_s)) is not None:
        taken.append(one)
        wait_s = 0
    return taken

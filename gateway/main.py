"""Wires the gateway's processes together and runs each until it is told to stop."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from contract import topics
from contract.messages import Live
from contract.topics import Leaf
from gateway import chores, keypads, privacy_codes, pushing, seal
from gateway.api import everything, webhooks
from gateway.chores import Tended
from gateway.connections import connections
from gateway.core.parts import WHOLE, Part
from gateway.erasing import Eraser
from gateway.hearing import hear
from gateway.home_assistant import HomeAssistant
from gateway.intake import Intake
from gateway.metrics import Counted, of_inbox
from gateway.owners_setup import setup
from gateway.seal import Sealer
from gateway.settings import GatewaySettings
from gateway.shard_links import ShardLinks
from gateway.store import base, privacy_requests, schema, tombstones, visit_types
from gateway.voice import Voice
from runtime.clock import Clock, SystemClock
from runtime.collector import collect_rarely
from runtime.drivers import load
from runtime.errors import SettingsError
from runtime.inbox import Inbox
from runtime.metrics import of_process
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from runtime.stop_signals import stop_signals
from runtime.supervisor import Supervisor
from web_ui.console import means
from web_ui.console.means import Means
from web_ui.console.pictures import Pictures
from web_ui.desk import passkey_site
from web_ui.gateway_app import THREADS, create_app
from web_ui.phone import pages as phone_pages
from web_ui.shared import metrics_port, requests
from web_ui.shared.hub import Hub
from web_ui.shared.serving import Server
from web_ui.shelf import pages as shelves
from web_ui.staff import pay_to, push
from web_ui.staff.push import Pushes

INBOX = 5_000  # five batches; beyond it the broker waits, not the memory grows
ALIVE_S = 1.0  # how often who watches over the pages' process is told that it lives

log = logging.getLogger(__name__)


def run_intake(settings: GatewaySettings, part: Part = WHOLE) -> None:
    """Take events until SIGTERM or SIGINT. SettingsError if the database is not ready."""
    with ExitStack() as stack:
        graves = tombstones.opened(settings.erasure_key)
        engine = tombstones.keyed(stack.enter_context(schema.opened(settings.database)), graves)
        stopping = stack.enter_context(stop_signals())
        writers = base.writers(engine)
        with writers.begin() as db:
            visit_types.keep(db, settings.visit_types())
        inbox = Inbox[Delivery](INBOX)
        clock: Clock = load("hien.clocks", settings.clock.driver)(settings.clock.options, None)
        links = ShardLinks(settings, writers, clock, inbox, stack, _sealer(settings), part)
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
            keypads.opened(settings, writers, clock, links.publish, stack).hear,
            settings.account,
        )
        sources = (of_process("intake", version("hien")), of_inbox(inbox))
        metrics_port.serve(settings.metrics.of("intake", part.number), sources, stack)
        supervisor = Supervisor(SystemClock())
        supervisor.ready()
        stack.callback(supervisor.stops)
        collect_rarely()
        intake.run(supervisor.watched(stopping.is_set))


def run_web(settings: GatewaySettings) -> None:
    """Serve the staff board and the console until SIGTERM or SIGINT."""
    with ExitStack() as stack:
        graves = tombstones.opened(settings.erasure_key)
        engine = tombstones.keyed(stack.enter_context(schema.opened(settings.database)), graves)
        engine = privacy_requests.timed(engine, settings.privacy_clocks.table())
        stopping = stack.enter_context(stop_signals())
        clock: Clock = load("hien.clocks", settings.clock.driver)(settings.clock.options, None)
        hub, pictures = Hub[Live](), Pictures()
        stack.callback(hub.close)
        hears = partial(hear, hub, pictures, clock)
        voice = Voice(settings, clock, _listening(settings, hears, stack))
        sessions = base.readers(engine)
        pusher = pushing.opened(settings, sessions, clock)
        what = Tended(settings, sessions, clock, voice.say, voice.show, pusher)
        secret = _secret(settings.web.secret_file)
        app = create_app(what.sessions, clock, hub, voice.say, secret)
        codes = privacy_codes.opened(settings, clock, stack)
        means.install(app, replace(_means(settings, voice, pictures), codes=codes))
        pay_to.install(app, settings.account)
        passkey_site.install(app, settings.web.address)
        push.install(app, None if pusher is None else Pushes(*pusher.offers()))
        phone_pages.send_codes(app, codes)
        eraser = Eraser(engine, graves, what.now_ms, stopping.wait)
        porch = chores.tend(what, eraser, stack)
        shelves.keep_counting(app, chores.again, stack)
        everything.install(app, what.sessions, porch, voice.say, voice.show)
        if settings.own_broker.home_assistant:
            shown = HomeAssistant(what.sessions, what.now_ms, voice.order_kiosk)
            shown.start(settings.broker, stack)
        counted = Counted(what.sessions, what.now_ms).families
        sources = (of_process("web", version("hien")), counted, *requests.count(app))
        metrics_port.serve(settings.metrics.of("web"), sources, stack)
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


def _listening(
    settings: GatewaySettings, hears: Callable[[Delivery], None], stack: ExitStack
) -> MqttLink:
    """A line to the broker, for what pages are told of: changes, and pictures of screens."""
    heard = (f"{topics.ROOT}/+/+/live", f"{topics.ROOT}/+/+/+/{Leaf.PICTURE}")
    link = MqttLink(LinkOptions(f"hien-web-{os.getpid()}", heard), hears, lambda _online: None)
    broker = settings.broker
    link.open(broker.host, broker.port, broker.tls)
    stack.callback(link.close)
    return link


def _means(settings: GatewaySettings, voice: Voice, pictures: Pictures) -> Means:
    """What the console can do and know beyond the database."""
    return Means(
        settings.web.address,
        voice.open_door,
        settings.passes.by_number(),
        [one.identity for one in connections(settings.connectors).values()],
        tuple(settings.outgoing),
        voice.order_kiosk,
        pictures,
        settings.numbers.staff_by_name,
        setup(settings),
    )


def _sealer(settings: GatewaySettings) -> Sealer | None:
    if settings.seal is None:
        log.warning("there is no [seal] in the settings: kiosks will recognise nobody")
        return None
    return seal.load(settings.seal.key_file, settings.seal.key_id)


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

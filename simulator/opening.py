"""Opens the simulated shop: every process of a real one, the stage they live on, their browsers.

The demo's wiring. What happens in the shop once it is open is decided elsewhere.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random

from firmware_config.broker_folder import broker_program
from runtime.clock import SystemClock
from runtime.errors import UnavailableError
from simulator import ports
from simulator.adapters import Adapters
from simulator.browser import Browser
from simulator.glass import Glass
from simulator.listener import Listener
from simulator.planned import PlannedPremises
from simulator.premises import DOOR, FOR_GATEWAY, GATEWAY, Premises
from simulator.processes import Job, Processes, hien, hien_in_turn
from simulator.seed import CATALOGUE
from simulator.shop import Shop
from simulator.stage import Stage
from simulator.world import World

OPENS_WITHIN_S = 120.0  # a Raspberry Pi 4 needs about 20 s; one that is busy besides, longer
LOOKS_EVERY_S = 0.02
BROKER, IMPORT, INTAKE = "broker", "import", "intake"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """How the shop is opened."""

    origin_unix_s: float  # the time of day when its time begins
    seed: int
    camera_fps: float  # frames the cameras take while nobody holds anything to them
    is_headless: bool = False  # our browsers are the only ones, nobody looks at staff's pages
    restart_s: float = 1.0


@dataclass(frozen=True, slots=True)
class OpenShop:
    """A shop that is open."""

    premises: Premises
    processes: Processes
    stage: Stage
    browsers: Mapping[str, Browser]
    glass: Glass
    listener: Listener
    clock: SystemClock


@contextmanager
def open_shop(premises: Premises, shop: Shop, plan: Opening) -> Iterator[OpenShop]:
    """Open, and close again whatever happens; nothing is left running.

    Raises UnavailableError or SettingsError with the sentence of the process that cannot live.
    """
    broker = broker_program()
    clock = SystemClock()
    with ExitStack() as stack:
        adapters = Adapters(plan.origin_unix_s)
        stack.callback(adapters.close)
        premises.furnish(shop, adapters.address, plan.camera_fps)
        processes = Processes(premises.folder, clock.monotonic_s, plan.restart_s)
        stack.callback(processes.stop_all)
        listener = Listener(premises.kiosks)
        stack.callback(listener.close)
        glass = Glass(shop)
        browsers = {
            kiosk: Browser(
                kiosk, premises.ports[kiosk], glass.painted, says_painted=plan.is_headless
            )
            for kiosk in premises.kiosks
        }
        for browser in browsers.values():
            stack.callback(browser.close)
        world = World(Random(plan.seed), plan.origin_unix_s)
        stage = Stage(world, adapters, browsers, glass, plan.origin_unix_s)
        opened = OpenShop(premises, processes, stage, browsers, glass, listener, clock)
        stack.callback(_no_more_interrupts)
        _start(opened, broker, plan, adapters.address)
        yield opened


def _start(opened: OpenShop, broker: str, plan: Opening, stage: str) -> None:
    """Kiosks first: they start up while the gateway's database is made."""
    premises, processes = opened.premises, opened.processes
    wait = _Waiting(opened)

    def told(process: str) -> dict[str, str]:
        return premises.environment(process, stage, plan.camera_fps)

    if isinstance(premises, PlannedPremises):
        _start_planned(premises, processes, broker, wait)
    else:
        processes.start(Job(BROKER, [broker, "-c", str(premises.broker.configuration)]))
        _wait_for(premises.ports[BROKER], wait)
    if premises.has_door:
        command = hien("door", "run", "--settings", str(premises.settings(DOOR)))
        processes.start(Job(DOOR, command, floor=2, environment=told(DOOR)))
    for kiosk in premises.kiosks:
        command = hien("kiosk", "run", "--settings", str(premises.settings(kiosk)))
        processes.start(Job(kiosk, command, floor=2, environment=told(kiosk)))
    opened.listener.open(ports.HOST, premises.ports[FOR_GATEWAY], premises.gateway_tls)
    for browser in opened.browsers.values():
        browser.open()
    settings = ("--settings", str(premises.settings(GATEWAY)))
    if not isinstance(premises, PlannedPremises):
        migrate = ("gateway", "migrate", *settings)
        fill = ("gateway", "import", *settings, str(premises.seeds))
        processes.run(Job(IMPORT, hien_in_turn(migrate, fill, _sells(premises))), wait.a_moment)
    intake = hien("gateway", "intake", *settings)
    processes.start(Job(INTAKE, intake, floor=1, environment=told(GATEWAY)))
    if not plan.is_headless:
        web = hien("gateway", "web", *settings)
        processes.start(Job("web", web, floor=1, environment=told(GATEWAY)))
    while not _is_open(opened):
        wait.a_moment()


def _start_planned(
    premises: PlannedPremises, processes: Processes, broker: str, wait: _Waiting
) -> None:
    """As in a shop: the gateway learns its kiosks, its broker lets nobody else in, they enrol."""
    settings = ("--settings", str(premises.settings(GATEWAY)))
    migrate = ("gateway", "migrate", *settings)
    tables = (premises.shop_tables, premises.seeds)  # the plan's, and the demo's people
    fill = [("gateway", "import", *settings, str(folder)) for folder in tables]
    prepare = hien_in_turn(migrate, *fill, _sells(premises), *premises.codes())
    processes.run(Job(IMPORT, prepare), wait.a_moment)
    processes.start(Job(BROKER, premises.own_broker()))
    if premises.built.plan.boards is not None:
        processes.start(Job("boards", [broker, "-c", str(premises.boards)]))
    for name in (BROKER, "enrolment"):
        _wait_for(premises.ports[name], wait)
    printed = (premises.folder / f"{IMPORT}.log").read_text(encoding="utf-8")
    processes.run(Job("enrol", hien_in_turn(*premises.enrolments(printed))), wait.a_moment)


def _sells(premises: Premises) -> tuple[str, ...]:
    """The command that brings in what the shop sells."""
    file = premises.seeds / f"{CATALOGUE}.csv"
    settings = ("--settings", str(premises.settings(GATEWAY)))
    return ("gateway", "catalogue", "import", str(file), *settings)


def _wait_for(port: int, wait: _Waiting) -> None:
    """Whoever asks too early asks again only after a second."""
    while not ports.answers(port):
        wait.a_moment()


class _Waiting:
    """The stage goes on in real time while processes start; they need its clock to do so."""

    def __init__(self, opened: OpenShop) -> None:
        self._opened = opened
        self._began_s = self._passed_s = opened.clock.monotonic_s()

    def a_moment(self) -> None:
        """Let a moment pass; UnavailableError if there were too many."""
        opened = self._opened
        opened.processes.tend()
        next(iter(opened.browsers.values())).wait_for(lambda _seen: False, LOOKS_EVERY_S)
        now_s = opened.clock.monotonic_s()
        opened.stage.step(now_s - self._passed_s)
        self._passed_s = now_s
        if now_s - self._began_s > OPENS_WITHIN_S:
            raise UnavailableError(
                f"the shop did not open within {OPENS_WITHIN_S:.0f} s; see {opened.premises.folder}"
            )


def _is_open(opened: OpenShop) -> bool:
    """Nobody comes in before every kiosk knows whom to trust and shows its picture."""
    kiosks = opened.premises.kiosks
    seats = {(kiosk, wants) for kiosk in kiosks for wants in ("clock", "radio", "camera")}
    if opened.premises.has_door:
        seats |= {(DOOR, wants) for wants in ("clock", "contact", "exit", "beam")}
    return (
        seats <= opened.stage.seats
        and opened.listener.is_shop_ready
        and all(browser.seen.screen == "attract" for browser in opened.browsers.values())
    )


def _no_more_interrupts() -> None:
    """While everything is being stopped, a second Ctrl-C would leave the rest running."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)

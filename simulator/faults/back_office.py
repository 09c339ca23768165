"""A gateway at work while things go wrong: broker, database and intake, and kiosks that talk.

Lighter than a whole shop, so that more is said; the broker's files are those of a real one.
"""

from __future__ import annotations

import getpass
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from msgspec import json

from contract.topics import KioskAddress
from firmware_config import certificates
from firmware_config.broker_folder import BrokerFolder, broker_program
from firmware_config.mosquitto import HOUSE_AUTHORITY, BrokerPlan
from gateway.store import base, csv_import, migrations
from runtime.clock import SystemClock, unix_ms
from runtime.errors import UnavailableError
from runtime.small_file import ONLY_THE_OWNER
from runtime.small_file import replace as replace_file
from runtime.tls import Tls
from simulator import audit, ports, seed
from simulator.faults import checker, talkers
from simulator.faults.busy_shop import OPENED_AT
from simulator.faults.scenario import Run, Tally
from simulator.faults.talkers import Orders
from simulator.faults.trouble import Trouble, Troubles
from simulator.opening import BROKER, INTAKE
from simulator.premises import write_toml
from simulator.processes import Job, Processes, hien
from simulator.shop import STORE, make_shop

SPARE = "quay-0"  # a kiosk that the gateway knows and that never talks by itself
AT_WORK = "connected to the broker"  # in an intake's log: it hears
LOOKS_S = 0.02
OPENS_WITHIN_S = 60.0
DRAINS_WITHIN_S = 60.0  # after the last fault
GIVES_UP_S = 180.0  # then whatever is missing is lost


@dataclass(frozen=True, slots=True)
class Plan:
    """What the office is, and how much there is to do."""

    kiosks: int = 4
    every_s: float = 0.02  # between two events, of all kiosks together
    most: int | None = None  # events; else until nothing goes wrong any more
    database: str | None = None  # a URL; else SQLite in the run's folder
    host: str = ports.HOST  # where kiosks find the broker
    near: Sequence[str] = ()  # what kiosks are started by, if they live in another network
    far: Sequence[str] = ()  # and broker and gateway
    intakes: int = 1
    queued: int | None = None  # messages the broker keeps for a session; else as a shop's


@dataclass(frozen=True, slots=True)
class Office:
    """An office at work."""

    folder: Path
    plan: Plan
    ports: Mapping[str, int]
    processes: Processes
    broker: BrokerFolder

    @property
    def database(self) -> str:
        """Its URL."""
        return self.plan.database or f"sqlite:///{self.folder / 'gateway.db'}"

    @property
    def kiosks(self) -> list[str]:
        """The names of those who talk."""
        return [f"quay-{number}" for number in range(1, self.plan.kiosks + 1)]

    def tls(self, kiosk: str) -> Tls:
        """How a kiosk shows the broker who it is."""
        ca = self.broker.path / HOUSE_AUTHORITY
        return Tls(ca=ca, certificate=self.folder / kiosk / "identity.pem")

    @property
    def intakes(self) -> list[str]:
        """The names of its intakes."""
        return [INTAKE, *(f"{INTAKE}-{number}" for number in range(2, self.plan.intakes + 1))]

    def log(self, process: str) -> str:
        """What a process has said."""
        path = self.folder / f"{process}.log"
        return path.read_text("utf-8") if path.exists() else ""

    def peak_mb(self, process: str) -> float:
        """The most memory a process has had; 0 while it is being started again."""
        try:
            status = Path(f"/proc/{self.processes.pid(process)}/status").read_text("ascii")
        except FileNotFoundError:
            return 0.0
        peaks = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(peaks[0].split()[1]) / 1024 if peaks else 0.0


Make = Callable[[Office, Random], Sequence[Trouble]]


def serve(run: Run, plan: Plan, make: Make) -> Tally:
    """Let kiosks talk while things go wrong, wait until all has arrived, and judge."""
    with opened(run.folder, plan) as office:
        orders = _orders(office, run.seed)
        troubles = Troubles(make(office, Random(run.seed)), run.progress)
        listening = _Listening(office, troubles, orders)
        with troubles.healing():
            listening.until_silence()
        figures = {**troubles.figures, "recovered_s": listening.recovered_s}
        broken = (*troubles.broken, *listening.broken)
    return replace(judged(office), figures=figures, broken=broken)


@contextmanager
def opened(folder: Path, plan: Plan) -> Iterator[Office]:
    """Make and start everything but the kiosks; nothing is left running."""
    program = broker_program()
    numbers = dict(zip(("kiosks", "gateway"), ports.free(2), strict=True))
    broker = BrokerFolder(
        BrokerPlan(
            folder=str((folder / "mosquitto").resolve()),
            port=numbers["kiosks"],
            gateway_port=numbers["gateway"],
            host=plan.host,
            user=getpass.getuser(),
            is_watched=False,
        ),
        tuple(dict.fromkeys((plan.host, ports.HOST))),
    )
    processes = Processes(folder, time.monotonic, restart_s=0.1)
    office = Office(folder, plan, numbers, processes, broker)
    _furnish(office)
    try:
        command = [program, "-c", str(broker.configuration)]
        processes.start(Job(BROKER, [*plan.far, *command]))
        settings = str(folder / "gateway.toml")
        for name in office.intakes:
            command = hien("gateway", "intake", "--settings", settings)
            processes.start(Job(name, [*plan.far, *command], floor=1))
        # What is published before its session is there the broker gives to nobody.
        for name in office.intakes:
            wait_for(lambda one=name: AT_WORK in office.log(one), f"{name} is at work")  # type: ignore[misc]
        yield office
    finally:
        processes.stop_all()


def _furnish(office: Office) -> None:
    """The broker's files, the gateway's database and settings, the kiosks' certificates."""
    now = SystemClock().utc()
    here = [KioskAddress(STORE, kiosk) for kiosk in (*office.kiosks, SPARE)]
    office.broker.write(here, (), now)
    if office.plan.queued is not None:
        configuration = office.broker.configuration
        queued = f"max_queued_messages {office.plan.queued}\n"
        whole = re.sub(r"max_queued_messages \d+\n", queued, configuration.read_text("utf-8"))
        configuration.write_text(whole, "utf-8")
    authority = office.broker.kiosks_authority()
    for address in here:
        key = certificates.new_key()
        signed = certificates.issue_client(authority, address.user, key.public_key(), now)
        folder = office.folder / address.kiosk
        folder.mkdir()
        identity = certificates.identity_pem(key, signed)
        replace_file(folder / "identity.pem", identity, ONLY_THE_OWNER)
    tls = {name: str(path) for name, path in office.broker.gateway_tls().items()}
    broker = {"host": ports.HOST, "port": office.ports["gateway"], "tls": tls}
    settings = {"database": office.database, "broker": broker}
    write_toml(office.folder / "gateway.toml", settings)
    seeds = office.folder / "seeds"
    seed.write(make_shop(OPENED_AT.date()), seeds, [address.kiosk for address in here])
    (seeds / "staff.csv").unlink()  # nobody signs in here, and hashing a PIN is meant to be slow
    with base.opened(office.database) as engine:
        migrations.upgrade(engine)
        with base.writers(engine).begin() as db:
            csv_import.load(db, seeds, unix_ms(now))


def _orders(office: Office, run_seed: int) -> Orders:
    return Orders(
        folder=str(office.folder),
        kiosks=office.kiosks,
        host=office.plan.host,
        port=office.ports["kiosks"],
        authority=str(office.broker.path / HOUSE_AUTHORITY),
        every_s=office.plan.every_s,
        most=office.plan.most,
        seed=run_seed,
    )


@dataclass
class _Listening:
    """While kiosks talk."""

    office: Office
    troubles: Troubles
    orders: Orders
    recovered_s: float = 0.0
    broken: list[str] = field(default_factory=list)
    _pause: threading.Event = field(default_factory=threading.Event)

    def until_silence(self) -> None:
        """All went wrong that should, and each kiosk has a receipt for all that it said."""
        path = self.office.folder / "talkers.json"
        path.write_bytes(json.encode(self.orders))
        job = Job(talkers.NAME, [*self.office.plan.near, *talkers.command(path)])
        try:
            self.office.processes.run(job, self._a_moment)
        except TimeoutError as error:
            self.broken.append(str(error))
            return
        silent_s = time.monotonic()
        while not self.troubles.are_over:
            self._a_moment()
        self.recovered_s = round(max(silent_s - (self.troubles.healed_s or 0), 0.0), 1)
        if self.recovered_s > DRAINS_WITHIN_S:
            self.broken.append(f"it took {self.recovered_s:.0f} s until all had arrived")

    def _a_moment(self) -> None:
        self.office.processes.tend()
        self.troubles.step()
        if self.troubles.healed_s is not None:
            self.orders.enough.touch()
            if time.monotonic() - self.troubles.healed_s > GIVES_UP_S:
                raise TimeoutError(f"not all had arrived {GIVES_UP_S:.0f} s after the last fault")
        self._pause.wait(LOOKS_S)


def judged(office: Office) -> Tally:
    """What kiosks said is kept, against what the gateway has on its disk."""
    told = audit.told({talkers.NAME: office.folder / f"{talkers.NAME}.log"})
    with base.opened(office.database) as engine, engine.connect() as db:
        stored = [row[0] for row in db.exec_driver_sql("SELECT id FROM event")]
        rows = db.exec_driver_sql("SELECT member, first_at_ms, last_at_ms FROM visit").all()
        calls = db.exec_driver_sql("SELECT session FROM alert WHERE session IS NOT NULL").all()
    tally = checker.judge(told, told, stored)
    split = audit.split_visits([(member, first, last) for member, first, last in rows])
    twice = len(calls) - len(set(calls))  # each call for help has a session of its own
    return replace(tally, doubled=tally.doubled + split + twice)


def wait_for(happened: Callable[[], bool], what: str, within_s: float = OPENS_WITHIN_S) -> None:
    """Wait until it is so; UnavailableError says what did not happen."""
    pause, until_s = threading.Event(), time.monotonic() + within_s
    while not happened():
        if time.monotonic() > until_s:
            raise UnavailableError(f"waited {within_s:.0f} s in vain: {what}")
        pause.wait(LOOKS_S)

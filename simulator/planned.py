"""A planned shop's own files, tried out on this machine: as built, but with simulated hardware.

The files of `hien plan build` are used as they are. What this machine has instead of a shop's
(hardware that is simulated) is said in the environment; its addresses and ports, in the plan.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from firmware_config import places
from firmware_config.broker_folder import BrokerFolder
from firmware_config.outputs.boards_broker import CONFIGURATION
from firmware_config.plan import Plan
from firmware_config.shop_folder import ShopFolder
from runtime.clock import SystemClock
from runtime.errors import SettingsError
from simulator import seed
from simulator.ports import HOST
from simulator.premises import DOOR, DOOR_KIOSK, FOR_GATEWAY, GATEWAY, KIOSK_NAMES, Premises
from simulator.processes import hien
from simulator.shop import STORE, STORE_NO, Shop

BUILT = "built"  # in the working folder
NOTHING = "null"  # in the environment: what the file has is not here
SWITCHES = ("motion", "call", "tamper")
WIRES = ("contact", "exit", "beam")


@dataclass(frozen=True)
class PlannedPremises(Premises):
    """The demo's working folder, with a plan's files in it."""

    plan: Plan | None = None

    @property
    def built(self) -> ShopFolder:
        """The folder the plan is built into."""
        if self.plan is None:
            raise SettingsError("there is no plan")
        return ShopFolder(self.plan, self.folder / BUILT, is_in_place=True)

    def root(self, device: str) -> Path:
        """What is a device's root in a real shop."""
        return Path(self.built.place_of(device).root)

    @property
    def gateway_root(self) -> Path:
        """The gateway's."""
        return self.root(self.built.plan.gateway.id)

    @property
    def database(self) -> Path:
        """The gateway's SQLite file."""
        return Path(f"{self.gateway_root}{places.GATEWAY_DATA}") / "hien.db"

    @property
    def journal(self) -> Path:
        """The door's records."""
        return Path(f"{self.root(DOOR_KIOSK)}{places.DOOR_DATA}") / "door.db"

    @property
    def door_socket(self) -> Path:
        """Where the door listens."""
        return Path(f"{self.root(DOOR_KIOSK)}{places.DOOR_RUN}") / "door.sock"

    def outbox(self, kiosk: str) -> Path:
        """A kiosk's outbox."""
        return Path(f"{self.root(kiosk)}{places.KIOSK_DATA}") / "outbox.db"

    def settings(self, process: str) -> Path:
        """A process' TOML file."""
        name = {GATEWAY: "gateway", DOOR: "door"}.get(process, "kiosk")
        devices = {GATEWAY: self.built.plan.gateway.id, DOOR: DOOR_KIOSK}
        return Path(f"{self.root(devices.get(process, process))}{places.SETTINGS}/{name}.toml")

    @property
    def broker(self) -> BrokerFolder:
        """The broker's files."""
        return self.built.broker

    @property
    def boards(self) -> Path:
        """What the second broker is started with."""
        return Path(f"{self.gateway_root}{places.BOARDS}/{CONFIGURATION}")

    def environment(self, process: str, stage: str, camera_fps: float) -> dict[str, str]:
        """The hardware that is simulated here."""

        def simulated(**more: object) -> str:
            options = {"stage": stage, "kiosk": process, **more}
            return json.dumps({"driver": "simulated", "options": options})

        clock = {"HIEN_CLOCK": simulated()}
        if process == GATEWAY:
            return clock
        here = {**clock, "HIEN_TIME_SOURCE__DRIVER": "assumed"}
        if process == DOOR:
            wires = {f"HIEN_{wire.upper()}": simulated(wire=wire) for wire in WIRES}
            # A closer measures real time, in which a simulated pulse may last.
            return {**here, **wires, "HIEN_LOCK__DRIVER": "simulated", "HIEN_CLOSER": NOTHING}
        return {
            **here,
            "HIEN_RADIO": simulated(),
            "HIEN_CAMERA": simulated(fps=camera_fps),
            "HIEN_PINS__DRIVER": "none",
            "HIEN_SCANNERS": "[]",
            "HIEN_SWITCHES": json.dumps(dict.fromkeys(SWITCHES)),
            "HIEN_BEACON": NOTHING,
            "HIEN_SCREEN__HAS_BROWSER": "false",  # people open it, or do not
            "HIEN_EYE": NOTHING,  # nobody starts one here but the kiosk
        }

    def furnish(self, shop: Shop, stage: str, camera_fps: float) -> None:
        """Build the plan, and make the folders that systemd makes on a device."""
        del stage, camera_fps  # no file says them
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            seed.write(shop, self.seeds, self.kiosks)
            self.built.write(SystemClock().utc())
            for kiosk in self.kiosks:
                self.outbox(kiosk).parent.mkdir(parents=True, exist_ok=True)
            for path in (self.database, self.journal, self.door_socket):
                path.parent.mkdir(parents=True, exist_ok=True)
            Path(f"{self.root(DOOR_KIOSK)}{places.TRUST}").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{self.folder}: cannot be used ({error.strerror})") from error

    def codes(self) -> list[list[str]]:
        """The commands that make each kiosk's code; they print JSON."""
        settings = ["--settings", str(self.settings(GATEWAY))]
        return [["gateway", "enrol-kiosk", STORE, name, *settings] for name in self.kiosks]

    def enrolments(self, printed: str) -> list[list[str]]:
        """The commands by which kiosks get their certificates, from what `codes` printed."""
        said = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
        return [
            ["kiosk", "enrol", one["code"], "--settings", str(self.settings(one["kiosk"]))]
            for one in said
        ]

    def own_broker(self) -> list[str]:
        """The command that runs the shop's broker, and answers kiosks that enrol."""
        return hien("gateway", "broker", "--settings", str(self.settings(GATEWAY)))

    @property
    def shop_tables(self) -> Path:
        """The plan's stores and kiosks, for hien gateway import."""
        return Path(f"{self.gateway_root}{places.SETTINGS}/shop")


def planned(premises: Premises, plan: Plan) -> PlannedPremises:
    """The same working folder with this plan's files; SettingsError if the demo cannot play it.

    The demo's people go to stands with names, and their passes are for one store.
    """
    wanted = {*KIOSK_NAMES, DOOR_KIOSK}
    there = {kiosk.id for kiosk in plan.kiosks}
    door = plan.door_at(DOOR_KIOSK)
    if there != wanted or door is None or door.id != DOOR:
        names = ", ".join(sorted(wanted))
        raise SettingsError(f"the demo's shop has kiosks {names}, and door {DOOR} at {DOOR_KIOSK}")
    if (plan.store.id, plan.store.number) != (STORE, STORE_NO):
        raise SettingsError(f"the demo's shop is store {STORE!r}, number {STORE_NO}")
    return PlannedPremises(premises.folder, premises.ports, premises.has_door, here(plan, premises))


def here(plan: Plan, premises: Premises) -> Plan:
    """The plan with this machine's addresses and ports, which cannot be those of a shop."""
    ports = premises.ports
    gateway = {
        "names": ("localhost",),
        "listen": HOST,
        "port": ports["broker"],
        "gateway_port": ports[FOR_GATEWAY],
        "enrol_port": ports["enrolment"],
        "web_host": HOST,
        "web_port": ports["web"],
        "web_url": premises.url("web"),
        "database": None,
    }
    boards = {"host": HOST, "port": ports["boards"]}
    kiosks = [one.model_copy(update={"screen_port": ports[one.id]}) for one in plan.kiosks]
    return plan.model_copy(
        update={
            "gateway": plan.gateway.model_copy(update=gateway),
            "boards": None if plan.boards is None else plan.boards.model_copy(update=boards),
            "kiosks": tuple(kiosks),
        }
    )

"""The demo's working folder: every settings file of one small shop, written out.

What a person would write by hand for a real shop, with the simulated drivers named in it. Starts
nothing.
"""

from __future__ import annotations

import getpass
import json
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.topics import KioskAddress
from firmware_config import certificates
from firmware_config.broker_folder import BrokerFolder
from firmware_config.mosquitto import HOUSE_AUTHORITY, BrokerPlan
from runtime.clock import SystemClock
from runtime.errors import SettingsError
from runtime.small_file import ONLY_THE_OWNER, replace
from runtime.tls import Tls
from simulator import seed
from simulator.floor import KIOSKS
from simulator.ports import HOST
from simulator.shop import STORE, STORE_NAME, STORE_NO, Shop

GATEWAY = "gateway"
BANK = "ngan-hang"  # tells of payments
KIOSK_NAMES = tuple(stand.kiosk for stand in KIOSKS)
DOOR, DOOR_KIOSK = "cua-truoc", "cua-1"  # the door for the hours without staff, its screen outside
DOOR_SOCKET = "door.sock"  # in the working folder: the path of a socket has 107 bytes at most
CAPACITY = 5  # small, so that a night sees a full shop
SERVERS = (  # ports, in a row
    *("broker", "stage", "web", *KIOSK_NAMES, DOOR_KIOSK, "broker-gateway"),
    *("enrolment", "boards"),
)

BROKER_FOLDER = "mosquitto"
FOR_GATEWAY = "broker-gateway"  # the broker's second door
IDENTITY = "identity.pem"  # in a kiosk's folder, as `hien kiosk enrol` leaves it

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Premises:
    """Where everything is."""

    folder: Path
    ports: Mapping[str, int]  # by the names of SERVERS
    has_door: bool = False

    @property
    def kiosks(self) -> tuple[str, ...]:
        """Every kiosk of this shop."""
        return (*KIOSK_NAMES, DOOR_KIOSK) if self.has_door else KIOSK_NAMES

    @property
    def journal(self) -> Path:
        """The door's records."""
        return self.folder / DOOR / "door.db"

    @property
    def database(self) -> Path:
        """The gateway's SQLite file."""
        return self.folder / "gateway.db"

    def outbox(self, kiosk: str) -> Path:
        """A kiosk's outbox."""
        return self.folder / kiosk / "outbox.db"

    @property
    def outboxes(self) -> dict[str, Path]:
        """Every kiosk's outbox."""
        return {kiosk: self.outbox(kiosk) for kiosk in self.kiosks}

    @property
    def logs(self) -> dict[str, Path]:
        """Every kiosk's log."""
        return {kiosk: self.folder / f"{kiosk}.log" for kiosk in self.kiosks}

    @property
    def door_socket(self) -> Path:
        """Where the door listens."""
        return self.folder / DOOR_SOCKET

    def environment(self, process: str, stage: str, camera_fps: float) -> dict[str, str]:
        """What a process is told besides its file."""
        del process, stage, camera_fps
        return {}

    def furnish(self, shop: Shop, stage: str, camera_fps: float) -> None:
        """Write all files. `stage` is where the simulated adapters join, as host:port."""
        furnish(self, shop, stage, camera_fps)

    def settings(self, process: str) -> Path:
        """A process' TOML file: `gateway` or a kiosk."""
        return self.folder / f"{process}.toml"

    @property
    def seeds(self) -> Path:
        """The CSV files that are imported before the doors open."""
        return self.folder / "seeds"

    @property
    def broker(self) -> BrokerFolder:
        """The broker's files, as a real shop has them; nobody watches its log here."""
        plan = BrokerPlan(
            folder=str((self.folder / BROKER_FOLDER).resolve()),
            port=self.ports["broker"],
            gateway_port=self.ports[FOR_GATEWAY],
            host=HOST,
            # Started by root, mosquitto would become another user, who may not write here.
            user=getpass.getuser(),
            is_watched=False,
        )
        return BrokerFolder(plan, (HOST,))

    @property
    def gateway_tls(self) -> Tls:
        """By what the broker knows the gateway."""
        return Tls.model_validate(self.broker.gateway_tls())

    def identity(self, kiosk: str) -> Path:
        """A kiosk's key and certificate."""
        return self.outbox(kiosk).with_name(IDENTITY)

    @property
    def seal_key(self) -> Path:
        """The retailer's secret key, whose word the kiosks believe."""
        return self.folder / "seal.key"

    @property
    def bank_secret(self) -> Path:
        """By what the gateway knows the bank's word."""
        return self.folder / "bank.secret"

    def url(self, server: str) -> str:
        """Where a person's browser finds a server."""
        return f"http://localhost:{self.ports[server]}"


def furnish(premises: Premises, shop: Shop, stage: str, camera_fps: float) -> None:
    """Write all files. `stage` is where the simulated adapters join, as host:port."""
    try:
        premises.folder.mkdir(parents=True, exist_ok=True)
        seed.write(shop, premises.seeds, premises.kiosks)
        now = SystemClock().utc()  # the machine's: OpenSSL has no other
        premises.broker.write((KioskAddress(STORE, name) for name in premises.kiosks), (), now)
        _make_key(premises.seal_key)
        _make_secret(premises.bank_secret)
        write_toml(premises.settings(GATEWAY), _gateway(premises, stage))
        if premises.has_door:
            premises.journal.parent.mkdir(exist_ok=True)
            write_toml(premises.settings(DOOR), _door(premises, stage))
        for kiosk in premises.kiosks:
            premises.outbox(kiosk).parent.mkdir(exist_ok=True)
            _enrol(premises, kiosk, now)
            write_toml(premises.settings(kiosk), _kiosk(premises, kiosk, stage, camera_fps))
    except OSError as error:
        raise SettingsError(f"{premises.folder}: cannot be used ({error.strerror})") from error


def _gateway(premises: Premises, stage: str) -> Table:
    return {
        "database": f"sqlite:///{premises.database.resolve()}",
        "broker": {
            "host": HOST,
            "port": premises.ports[FOR_GATEWAY],
            "tls": {name: str(path) for name, path in premises.broker.gateway_tls().items()},
        },
        "web": {"port": premises.ports["web"], "url": premises.url("web")},
        "seal": {"key_file": str(premises.seal_key.resolve())},
        "pay_to": {"bank_bin": "970422", "account": "0011223344"},  # of nobody
        "connectors": {
            BANK: {"kind": "standard", "secret_file": str(premises.bank_secret.resolve())}
        },
        "clock": _driver(stage, GATEWAY),
    }


def _door(premises: Premises, stage: str) -> Table:
    def wire(name: str) -> Table:
        return _driver(stage, DOOR, wire=name)

    return {
        "store": STORE,
        "store_no": STORE_NO,
        "door": DOOR,
        "data_dir": str(premises.journal.parent.resolve()),
        "socket": DOOR_SOCKET,
        "allowed_users": [os.getuid()],
        "time_source": {"driver": "assumed"},
        "lock": {"driver": "simulated"},
        "contact": wire("contact"),
        "exit": wire("exit"),
        "beam": wire("beam"),
        "shop": {"capacity": CAPACITY},
        "trust": {"folder": DOOR, "issuers": {"1": _public_key(premises.seal_key)}},
        "clock": _driver(stage, DOOR),
    }


def _kiosk(premises: Premises, kiosk: str, stage: str, camera_fps: float) -> Table:
    at_door = {"door": {"socket": DOOR_SOCKET, "trust_folder": DOOR}} if kiosk == DOOR_KIOSK else {}
    return {
        **at_door,
        "store": STORE,
        "store_no": STORE_NO,
        "store_name": STORE_NAME,
        "kiosk": kiosk,
        "kiosk_name": seed.kiosk_name(kiosk),
        "data_dir": str(premises.outbox(kiosk).parent.resolve()),
        "broker": {
            "host": HOST,
            "port": premises.ports["broker"],
            "tls": {
                "ca": str(premises.broker.path / HOUSE_AUTHORITY),
                "certificate": str(premises.identity(kiosk).resolve()),
            },
        },
        "screen": {
            "port": premises.ports[kiosk],
            "phone_url": premises.url("web"),
            "has_browser": False,  # people open it, or do not
        },
        "trust": {"issuers": {"1": _public_key(premises.seal_key)}},
        "clock": _driver(stage, kiosk),
        "time_source": {"driver": "assumed"},
        "radio": _driver(stage, kiosk),
        "camera": _driver(stage, kiosk, fps=camera_fps),
        "pins": {"driver": "none"},
    }


def _enrol(premises: Premises, kiosk: str, now: datetime) -> None:
    """What `hien kiosk enrol` does, without a code: kiosk and authority are one here."""
    key = certificates.new_key()
    user = KioskAddress(STORE, kiosk).user
    authority = premises.broker.kiosks_authority()
    signed = certificates.issue_client(authority, user, key.public_key(), now)
    text = certificates.identity_pem(key, signed)
    replace(premises.identity(kiosk), text, ONLY_THE_OWNER)


def _make_key(path: Path) -> None:
    """What `hien gateway make-key` does; a folder that is used again keeps its key."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(Ed25519PrivateKey.generate().private_bytes_raw().hex(), encoding="ascii")


def _make_secret(path: Path) -> None:
    """What a bank signs its word with; a folder that is used again keeps it."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"whsec_{b64encode(os.urandom(32)).decode()}", encoding="ascii")


def _public_key(path: Path) -> str:
    secret = bytes.fromhex(path.read_text(encoding="ascii"))
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw().hex()


def _driver(stage: str, process: str, **more: object) -> Table:
    return {"driver": "simulated", "options": {"stage": stage, "kiosk": process, **more}}


def write_toml(path: Path, tables: Table) -> None:
    """TOML: its strings, numbers and booleans are written as in JSON."""
    lines = [
        f"{name} = {json.dumps(value)}" for name, value in tables.items() if not _is_table(value)
    ]
    path.write_text("\n".join([*lines, *_sections(tables, ())]) + "\n", encoding="utf-8")


def _sections(tables: Table, above: tuple[str, ...]) -> list[str]:
    lines = []
    for name, value in tables.items():
        if isinstance(value, Mapping):
            path = (*above, name)
            lines.append(f"\n[{'.'.join(path)}]")
            lines += [
                f"{key} = {json.dumps(one)}" for key, one in value.items() if not _is_table(one)
            ]
            lines += _sections(value, path)
    return lines


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)

"""`hien plan provision-beacon`: writes what the plan says onto a beacon, over Bluetooth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Protocol

import typer

from firmware_config import eddystone_service, plan_file, shop_keys
from firmware_config.eddystone_service import Gatt, Wanted, Written
from firmware_config.plan import Advertiser, Plan
from firmware_config.shop_files import SECRETS
from firmware_config.shop_folder import KEYS
from firmware_config.shop_keys import ShopKeys
from runtime import drivers
from runtime.clock import SystemClock
from runtime.errors import DeviceError, SettingsError, UnavailableError

SEARCH_S = 10.0  # a beacon that can be configured advertises every second or two

app = typer.Typer()


class Configurer(Protocol):
    """Somebody with a Bluetooth adapter."""

    def nearby(self, service: str, seconds: float) -> Mapping[str, int]:
        """Who offers a service: addresses, and how loud in dBm."""

    def connected(self, address: str) -> AbstractContextManager[Gatt]:
        """A connection to one of them, for as long as it is used."""


@app.command("provision-beacon")
def provision_beacon(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The plan; docs/plan.md.")],
    which: Annotated[str, typer.Argument(metavar="ID", help="A beacon or tag of the plan.")],
    out: Annotated[Path, typer.Option("--out", help="Where the plan was built.")],
    *,
    address: Annotated[
        str | None, typer.Option(help="Its Bluetooth address; else the only one in configuration.")
    ] = None,
    maker_code: Annotated[
        str, typer.Option(help="What opens it as it left its maker, 32 hex digits.")
    ] = "",
) -> None:
    """Unlock a beacon that is in its configuration mode, write it, and lock it with its own code.

    May be done again. Exit status 69: no beacon answers, or it refuses; 78: the plan or code.
    """
    one, keys = _found(plan_file.load(file), which), _keys(out, which)
    eddystone_service.check(one)
    wanted = Wanted(one, *keys, [_code(maker_code)] if maker_code else [])
    make: Callable[[], Configurer] = drivers.load("hien.gatt", "bluez")
    try:
        configurer = make()
        with configurer.connected(address or only_one(configurer)) as link:
            written = eddystone_service.write(link, wanted)
    except DeviceError as error:
        raise UnavailableError(f"{which}: {error}; nothing is lost, do it again") from error
    _say(one, written, SystemClock().utc().timestamp())


def _found(plan: Plan, which: str) -> Advertiser:
    for one in (*plan.beacons, *plan.tags):
        if one.id == which:
            return one
    raise SettingsError(f"there is no beacon or tag {which!r} in this plan")


def _keys(out: Path, which: str) -> tuple[bytes, bytes | None]:
    """Its unlock code and, of one that changes, its identity key."""
    kept: ShopKeys | None = shop_keys.load(out / SECRETS / KEYS)
    if kept is None or which not in kept.unlocks:
        raise SettingsError(f"{out}: knows no code for {which}; run hien plan build first")
    identity = kept.identities.get(which)
    return bytes.fromhex(kept.unlocks[which]), bytes.fromhex(identity) if identity else None


def _code(text: str) -> bytes:
    try:
        code = bytes.fromhex(text)
    except ValueError:
        code = b""
    if len(code) != 16:
        raise SettingsError("--maker-code: must be 32 hex digits")
    return code


def only_one(configurer: Configurer) -> str:
    """Whom to write if nobody said; UnavailableError or SettingsError if that is not clear."""
    found = configurer.nearby(eddystone_service.SERVICE, SEARCH_S)
    if len(found) == 1:
        return next(iter(found))
    if not found:
        raise UnavailableError(
            "no beacon offers to be configured; press its button or pull its battery tab, as its"
            " maker says, and hold it close"
        )
    loudest = sorted(found.items(), key=lambda one: -one[1])
    names = ", ".join(f"{address} ({level_dbm} dBm)" for address, level_dbm in loudest)
    raise SettingsError(f"several beacons offer to be configured; say --address: {names}")


def _say(one: Advertiser, written: Written, now_s: float) -> None:
    said = f"{one.id} is written: every {written.interval_ms} ms at {written.tx_power_dbm} dBm"
    if (written.interval_ms, written.tx_power_dbm) != (one.interval_ms, one.tx_power_dbm):
        said += f", the nearest it can ({one.interval_ms} ms at {one.tx_power_dbm} dBm in the plan)"
    print(said)
    if written.counter_s is not None:
        started_s = round(now_s) - written.counter_s
        print(f"STARTED in secrets/beacons/{one.id}.toml is {started_s}")

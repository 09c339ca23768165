"""Everything a plan becomes, by the path it is written to: the same plan, the same bytes."""

from __future__ import annotations

from collections.abc import Callable

from firmware_config import places
from firmware_config.outputs import (
    beacon_sheet,
    boards_broker,
    chromium,
    first_boot,
    gateway_file,
    pi_config,
    receivers,
    udev,
)
from firmware_config.outputs.door_file import door_file
from firmware_config.outputs.kiosk_file import kiosk_file
from firmware_config.outputs.update_file import update_file
from firmware_config.places import ON_THE_DEVICE, Places
from firmware_config.plan import Kiosk, Plan
from firmware_config.shop_keys import ShopKeys, user_of

# Of a kiosk: all of its first partition; what is laid over its root comes along on that.
BOOT, KIOSKS_FILES = "boot", "boot/hien/files"
FILES = "files"  # of the gateway: to be laid over its root
SECRETS = "secrets"
TO_IMPORT = f"{places.SETTINGS}/shop"  # what hien gateway import reads

PlaceOf = Callable[[str], Places]
Files = dict[str, str]


def on_devices(_device: str) -> Places:
    """Where files of a real shop lie."""
    return ON_THE_DEVICE


def files(plan: Plan, keys: ShopKeys, place_of: PlaceOf = on_devices) -> Files:
    """What anybody may read."""
    found = _gateway(plan, place_of(plan.gateway.id))
    for kiosk in plan.kiosks:
        device = _kiosk(plan, kiosk, keys.issuer, place_of(kiosk.id))
        found |= {f"{kiosk.id}/{path}": text for path, text in device.items()}
    for one in (*plan.beacons, *plan.tags):
        found[f"beacons/{one.id}.toml"] = beacon_sheet.sheet(one)
    if plan.boards is not None:
        for receiver in plan.receivers:
            name, text = receivers.settings(receiver, plan.boards)
            found[f"receivers/{user_of(receiver)}/{name}"] = text
    return found


def secrets(plan: Plan, keys: ShopKeys) -> Files:
    """What only its owner may read, apart from the rest."""
    gateway = f"{SECRETS}/{plan.gateway.id}"
    found = {
        f"{gateway}{places.SETTINGS}/seal.key": keys.seal,
        f"{gateway}{places.SETTINGS}/web.secret": keys.web,
    }
    for one in (*plan.beacons, *plan.tags):
        text = beacon_sheet.keys(one, keys.unlocks[one.id], keys.identities.get(one.id))
        found[f"{SECRETS}/beacons/{one.id}.toml"] = text
    if plan.receivers:
        where = f"{gateway}{places.BOARDS}/{boards_broker.PASSWORDS}"
        found[where] = boards_broker.passwords(plan.receivers, keys)
    for receiver in plan.receivers:
        user = user_of(receiver)
        found[f"{SECRETS}/receivers/{user}/password"] = f"{keys.passwords[user]}\n"
    return found


def _gateway(plan: Plan, at: Places) -> Files:
    found = {
        f"{places.SETTINGS}/gateway.toml": gateway_file.gateway_file(plan, at),
        f"{TO_IMPORT}/stores.csv": gateway_file.stores(plan),
        f"{TO_IMPORT}/kiosks.csv": gateway_file.kiosks(plan),
    }
    if plan.boards is not None:
        where = f"{places.BOARDS}/{boards_broker.CONFIGURATION}"
        found[where] = boards_broker.configuration(plan.boards, at)
        found[f"{places.BOARDS}/{boards_broker.ACCESS}"] = boards_broker.access(plan.receivers)
    return {f"{plan.gateway.id}/{FILES}{path}": text for path, text in found.items()}


def _kiosk(plan: Plan, kiosk: Kiosk, issuer: str, at: Places) -> Files:
    boot = {
        "config.txt": pi_config.config(kiosk),
        "user-data": first_boot.user_data(plan, kiosk),
        "hien/kernel-words.txt": pi_config.kernel_words(kiosk),
    }
    root = {
        f"{places.SETTINGS}/kiosk.toml": kiosk_file(plan, kiosk, issuer, at),
        f"{places.SETTINGS}/screen.env": chromium.environment(kiosk),
        "/etc/chromium/policies/managed/hien.json": chromium.policy(kiosk),
        "/etc/udev/rules.d/60-hien.rules": udev.rules(kiosk),
        "/etc/systemd/system.conf.d/50-hien.conf": pi_config.WATCHDOG,
        "/etc/systemd/journald.conf.d/50-hien.conf": pi_config.JOURNAL,
    }
    if (door := plan.door_at(kiosk.id)) is not None:
        root[f"{places.SETTINGS}/door.toml"] = door_file(plan, door, issuer, at)
    if plan.updates is not None:
        root[f"{places.SETTINGS}/update.toml"] = update_file(plan, kiosk, plan.updates)
    return {
        **{f"{BOOT}/{name}": text for name, text in boot.items()},
        **{f"{KIOSKS_FILES}{path}": text for path, text in root.items()},
    }

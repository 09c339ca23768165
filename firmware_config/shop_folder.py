"""The folder a plan is built into: shows what would change, writes, and keeps secrets to its owner.

The only part of `hien plan` that touches the disk.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from functools import cached_property
from pathlib import Path

from contract.topics import KioskAddress
from firmware_config import mosquitto, places, shop_files, shop_keys
from firmware_config.broker_folder import ONLY_THE_OWNER_ENTERS, BrokerFolder
from firmware_config.mosquitto import BrokerPlan
from firmware_config.places import ON_THE_DEVICE, Places
from firmware_config.plan import Plan
from firmware_config.shop_files import BOOT, FILES, KIOSKS_FILES, SECRETS
from firmware_config.shop_keys import ShopKeys
from runtime.errors import SettingsError
from runtime.small_file import ONLY_THE_OWNER, replace

KEYS = "shop-keys.toml"
HERE = ("localhost", "127.0.0.1")  # how the gateway calls its own machine (gateway/settings.py)


@dataclass(frozen=True)
class ShopFolder:
    """A plan and where it is built."""

    plan: Plan
    path: Path
    is_in_place: bool = False  # everything runs where it is written: a shop on one machine

    @cached_property
    def keys(self) -> ShopKeys:
        """The secrets, those that are kept and those that are new."""
        return shop_keys.completed(shop_keys.load(self._keys_file), self.plan)

    @property
    def broker(self) -> BrokerFolder:
        """The broker's folder, with its authorities and certificates."""
        gateway, at = self.plan.gateway, self.place_of(self.plan.gateway.id)
        told = BrokerPlan(
            folder=at.secret(places.BROKER),
            port=gateway.port,
            gateway_port=gateway.gateway_port,
            host=gateway.listen,
            user=at.gateway_user,
        )
        names = tuple(dict.fromkeys((*gateway.names, *HERE)))
        return BrokerFolder(told, names, Path(f"{self._gateway_secrets}{places.BROKER}"))

    def place_of(self, device: str) -> Places:
        """Where a device's files lie when it runs."""
        if not self.is_in_place:
            return ON_THE_DEVICE
        root = self.path.resolve()
        files = FILES if device == self.plan.gateway.id else KIOSKS_FILES
        return Places(
            f"{root}/{device}/{files}",
            f"{root}/{SECRETS}/{device}",
            os.getuid(),
            getpass.getuser(),
        )

    def changes(self) -> Iterator[str]:
        """What would be overwritten, as a unified diff; of secrets, only which."""
        folder = self.broker.path.relative_to(self.path).as_posix()
        broker = {
            f"{folder}/{mosquitto.CONFIGURATION}": mosquitto.configuration(self.broker.plan),
            f"{folder}/{mosquitto.ACCESS}": mosquitto.access(self._kiosks),
        }
        for name, text in (self._files | broker).items():
            was = self._read(name)
            if was is not None and was != text:
                lines = (was.splitlines(keepends=True), text.splitlines(keepends=True))
                yield "".join(unified_diff(*lines, f"{name} (is)", f"{name} (will be)"))
        for name, text in self._secrets.items():
            if self._read(name) not in (None, text):
                yield f"{name} changes, and is not shown\n"

    def left_over(self) -> list[str]:
        """What an earlier plan became and this one does not; nobody deletes it."""
        ours = {*self._files, *self._secrets}
        tops = {name.partition("/")[0] for name in ours} | {SECRETS}
        found = (path for path in self.path.rglob("*") if path.is_file())
        names = sorted(path.relative_to(self.path).as_posix() for path in found)
        broker = self.broker.path.relative_to(self.path).as_posix()
        kept = (f"{broker}/", f"{SECRETS}/{KEYS}")
        return [
            name
            for name in names
            if name not in ours and not name.startswith(kept) and self._is_built(name, tops)
        ]

    def write(self, now: datetime) -> list[Path]:
        """Write what is new or different; returns that. SettingsError if it cannot be."""
        try:
            secrets = self.path / SECRETS
            secrets.mkdir(mode=ONLY_THE_OWNER_ENTERS, parents=True, exist_ok=True)
            if shop_keys.load(self._keys_file) != self.keys:
                shop_keys.save(self._keys_file, self.keys)
            written = [*self._write(self._files, None), *self._write(self._secrets, ONLY_THE_OWNER)]
        except OSError as error:
            where = error.filename or self.path
            raise SettingsError(f"{where}: cannot be written ({error.strerror})") from error
        self.broker.path.parent.mkdir(parents=True, exist_ok=True)
        return written + self.broker.write(self._kiosks, (), now)

    @property
    def _kiosks(self) -> list[KioskAddress]:
        return [KioskAddress(self.plan.store.id, kiosk.id) for kiosk in self.plan.kiosks]

    @cached_property
    def _files(self) -> dict[str, str]:
        return shop_files.files(self.plan, self.keys, self.place_of)

    @cached_property
    def _secrets(self) -> dict[str, str]:
        return shop_files.secrets(self.plan, self.keys)

    @property
    def _keys_file(self) -> Path:
        return self.path / SECRETS / KEYS

    @property
    def _gateway_secrets(self) -> Path:
        return self.path / SECRETS / self.plan.gateway.id

    def _is_built(self, name: str, tops: set[str]) -> bool:
        """Whether a file looks like ours: a person may keep other things in this folder."""
        top, _, rest = name.partition("/")
        return top in tops or rest.startswith((f"{FILES}/etc/hien/", f"{BOOT}/"))

    def _read(self, name: str) -> str | None:
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{self.path / name}: cannot be read ({error})") from error

    def _write(self, files: dict[str, str], mode: int | None) -> Iterator[Path]:
        for name, text in files.items():
            if self._read(name) == text:
                continue
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path, text, mode)
            yield path

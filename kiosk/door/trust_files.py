"""The sealed files that say whom a door lets in; anybody may put them there, nobody forge one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from contract import codec
from contract.door_trust import Keyring, Revocations
from contract.errors import ContractError
from contract.sealed import Purpose, unseal
from kiosk.core import door_keys
from kiosk.core.door_keys import DoorKeys

KEYRING, REVOCATIONS = "keyring.sealed", "revocations.sealed"

_Stamp = tuple[int, int, int]

log = logging.getLogger(__name__)


class TrustFiles:
    """The newest keyring and revocations found in a folder that belong together."""

    def __init__(
        self, folder: Path, store: str, issuers: Mapping[int, bytes], held: DoorKeys
    ) -> None:
        """`held` carries the epochs up to which nothing is news."""
        self._folder = folder
        self._store = store
        self._issuers = issuers
        self._seen: tuple[_Stamp | None, _Stamp | None] = (None, None)
        self.keys = held
        self.problem = f"there is no {KEYRING} in {folder} yet"

    def look(self) -> bool:
        """Read the files if they changed; True if other keys hold now.

        What cannot be believed changes nothing, and is said in `problem`.
        """
        paths = (self._folder / KEYRING, self._folder / REVOCATIONS)
        stamps = (_stamp(paths[0]), _stamp(paths[1]))
        if stamps == self._seen or None in stamps:
            return False
        self._seen = stamps
        try:
            news = self._read(*paths)
        except (ContractError, OSError) as error:
            self.problem = f"{self._folder}: {error}"
            log.error("%s", self.problem)
            return False
        if news is None:
            return False
        self.keys, self.problem = news, ""
        log.info("keyring %d, revocations %d", news.keyring_epoch, news.revocations_epoch)
        return True

    def _read(self, keyring_path: Path, revocations_path: Path) -> DoorKeys | None:
        keyring_bytes = unseal(self._issuers, Purpose.KEYRING, keyring_path.read_bytes())
        keyring = codec.decode(Keyring, keyring_bytes)
        revoked_bytes = unseal(self._issuers, Purpose.REVOCATIONS, revocations_path.read_bytes())
        revocations = codec.decode(Revocations, revoked_bytes)
        if {keyring.store, revocations.store} != {self._store}:
            raise ContractError("store", f"these are not for store {self._store}")
        return door_keys.learn(self.keys, keyring, revocations)


def _stamp(path: Path) -> _Stamp | None:
    """What changes when a file does; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino

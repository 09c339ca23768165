"""Lets in only what the retailer sealed for this store, and nothing older than it let in before.

A broker that is broken into can then keep a kiosk from learning, and no more. What it let in is
remembered over a restart, as two numbers in a small file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from contract import codec
from contract.errors import ContractError
from contract.leases import Allowance
from contract.looks import Look
from contract.messages import Denial, Trust
from contract.products import Catalogue
from contract.sealed import Purpose, unseal
from runtime import small_file
from runtime.errors import DeviceError

_KINDS: dict[type[Trust | Denial], Purpose] = {
    Trust: Purpose.TRUST,
    Denial: Purpose.DENIAL,
}


class TrustGate:
    """The one place where sealed words for kiosks are opened."""

    def __init__(self, store: str, keys: Mapping[int, bytes], path: Path) -> None:
        """`keys` are the retailer's public keys by number; without any, nothing is let in."""
        self._store = store
        self._keys = keys
        self._path = path
        self._floors = _read(path)

    def open(self, kind: type[Trust | Denial], sealed: bytes) -> Trust | Denial:
        """What was sealed. ContractError if it is not to be believed.

        DeviceError if it could not be remembered: then a restart might believe an older one.
        """
        purpose = _KINDS[kind]
        word = codec.decode(kind, unseal(self._keys, purpose, sealed))
        self._check_store(word.store)
        floor = self._floors[purpose]
        if word.epoch < floor:
            raise ContractError("epoch", f"{word.epoch} is older than {floor}, which was here")
        if word.epoch > floor:
            self._raise_to(purpose, word.epoch)
        return word

    def allowance(self, kiosk: str, sealed: bytes) -> Allowance:
        """What this kiosk may give out by itself. An old one does no harm: leases are remembered.

        ContractError if it is not to be believed.
        """
        said = codec.decode(Allowance, unseal(self._keys, Purpose.ALLOWANCE, sealed))
        self._check_store(said.store)
        if said.kiosk != kiosk:
            raise ContractError("kiosk", f"it is for {said.kiosk}, not for {kiosk}")
        return said

    def look(self, sealed: bytes) -> Look:
        """How screens look. An old one does no harm, and the next word of the gateway mends it.

        ContractError if it is not to be believed.
        """
        said = codec.decode(Look, unseal(self._keys, Purpose.LOOK, sealed))
        self._check_store(said.store)
        return said

    def catalogue(self, sealed: bytes) -> Catalogue:
        """What the store sells. An old one does no harm, and the gateway's next word mends it.

        ContractError if it is not to be believed.
        """
        said = codec.decode(Catalogue, unseal(self._keys, Purpose.CATALOGUE, sealed))
        self._check_store(said.store)
        return said

    def _check_store(self, store: str) -> None:
        if store != self._store:
            raise ContractError("store", f"it is for {store}, not for {self._store}")

    def _raise_to(self, purpose: Purpose, epoch: int) -> None:
        floors = {**self._floors, purpose: epoch}
        try:
            small_file.replace(self._path, " ".join(str(floors[one]) for one in _KINDS.values()))
        except OSError as error:
            raise DeviceError(f"cannot keep {self._path}: {error.strerror}") from error
        self._floors = floors


def _read(path: Path) -> dict[Purpose, int]:
    """The newest epochs that were let in; 0, which keeps nothing out, if nobody knows."""
    try:
        trust, denial = path.read_text(encoding="utf-8").split()
        return {Purpose.TRUST: int(trust), Purpose.DENIAL: int(denial)}
    except (OSError, ValueError):
        return dict.fromkeys(_KINDS.values(), 0)

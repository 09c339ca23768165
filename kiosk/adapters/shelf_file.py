"""What the store sells: what was sealed last, kept over restarts so that no network is needed.

The network thread lays it there, the main thread reads it.
"""

from __future__ import annotations

import logging
from pathlib import Path

from contract import codec, topics
from contract.errors import ContractError
from contract.products import Catalogue
from kiosk.adapters.trust_gate import TrustGate
from runtime import small_file

log = logging.getLogger(__name__)

NAME = "catalogue.json"


class ShelfFile:
    """One file and what it says; replaced as a whole."""

    def __init__(self, gate: TrustGate, store: str, folder: Path) -> None:
        """A damaged file is as none: the broker brings the list again."""
        self._gate = gate
        self._path = folder / NAME
        self._topic = topics.catalogue(store)
        self.catalogue = self._load(store)  # a reference that is replaced: any thread may read it

    @property
    def topics(self) -> tuple[str, ...]:
        """Where lists come from."""
        return (self._topic,)

    def lay(self, topic: str, sealed: bytes) -> bool:
        """Keep what was sealed; ContractError if it is not to be believed."""
        if topic != self._topic:
            return False
        catalogue = self._gate.catalogue(sealed)
        if catalogue != self.catalogue:
            self.catalogue = catalogue
            try:
                small_file.replace(self._path, codec.encode(catalogue).decode())
            except OSError as error:  # it is known all the same, till the next start
                log.warning("cannot keep %s: %s", self._path, error.strerror)
        return True

    def _load(self, store: str) -> Catalogue | None:
        try:
            catalogue = codec.decode(Catalogue, self._path.read_bytes())
        except (OSError, ContractError):
            return None
        return catalogue if catalogue.store == store else None

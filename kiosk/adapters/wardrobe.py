"""How the owner wants this screen to look: what was sealed last, kept over restarts.

The network thread lays it there, the owner's thread and the page read it. Without a file the
kiosk looks as its settings say.
"""

from __future__ import annotations

import logging
from pathlib import Path

from contract import codec, topics
from contract.errors import ContractError
from contract.looks import Look
from kiosk.adapters.trust_gate import TrustGate
from runtime import small_file

log = logging.getLogger(__name__)

NAME = "look.json"


class Wardrobe:
    """One file and what it says; replaced as a whole."""

    def __init__(self, gate: TrustGate, store: str, folder: Path) -> None:
        """A damaged file is as none: the broker brings the look again."""
        self._gate = gate
        self._path = folder / NAME
        self._topic = topics.look(store)
        self.look = self._load(store)  # a reference that is replaced: any thread may read it

    @property
    def topics(self) -> tuple[str, ...]:
        """Where looks come from."""
        return (self._topic,)

    def lay(self, topic: str, sealed: bytes) -> bool:
        """Wear what was sealed; ContractError if it is not to be believed."""
        if topic != self._topic:
            return False
        look = self._gate.look(sealed)
        if look != self.look:
            self.look = look
            try:
                small_file.replace(self._path, codec.encode(look).decode())
            except OSError as error:  # it is worn all the same, till the next start
                log.warning("cannot keep %s: %s", self._path, error.strerror)
        return True

    def _load(self, store: str) -> Look | None:
        try:
            look = codec.decode(Look, self._path.read_bytes())
        except (OSError, ContractError):
            return None
        return look if look.store == store else None

"""What the gateway said last to all kiosks of a store, kept over restarts: no network is needed.

How screens look, what is sold: sealed and retained at the broker. The network thread lays it
there, the owner's thread and the page read it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from contract import codec, topics
from contract.errors import ContractError
from contract.looks import Look
from contract.products import Catalogue
from kiosk.adapters.trust_gate import TrustGate
from runtime import small_file

log = logging.getLogger(__name__)

LOOK, CATALOGUE = "look.json", "catalogue.json"


Document = TypeVar("Document", Look, Catalogue)


class RetainedFile(Generic[Document]):
    """One file and what it says; replaced as a whole."""

    def __init__(
        self,
        file: Path,
        kind: type[Document],
        store: str,
        origin: tuple[str, Callable[[bytes], Document]],
    ) -> None:
        """`origin` is a topic, and who unseals what comes from it.

        A damaged file is as none: the broker brings the document again.
        """
        self._file = file
        self._topic = origin[0]
        self._unseal: Callable[[bytes], Document] = origin[1]
        # A reference that is replaced: any thread may read it.
        self.said: Document | None = self._load(kind, store)

    @property
    def topics(self) -> tuple[str, ...]:
        """Where it comes from."""
        return (self._topic,)

    def lay(self, topic: str, sealed: bytes) -> bool:
        """Keep what was sealed; ContractError if it is not to be believed."""
        if topic != self._topic:
            return False
        said = self._unseal(sealed)
        if said != self.said:
            self.said = said
            try:
                small_file.replace(self._file, codec.encode(said).decode())
            except OSError as error:  # it is known all the same, till the next start
                log.warning("cannot keep %s: %s", self._file, error.strerror)
        return True

    def _load(self, kind: type[Document], store: str) -> Document | None:
        try:
            said = codec.decode(kind, self._file.read_bytes())
        except (OSError, ContractError):
            return None
        return said if said.store == store else None


def look_file(gate: TrustGate, store: str, folder: Path) -> RetainedFile[Look]:
    """How the owner wants the screens to look. Without it they look as the settings say."""
    return RetainedFile(folder / LOOK, Look, store, (topics.look(store), gate.look))


def catalogue_file(gate: TrustGate, store: str, folder: Path) -> RetainedFile[Catalogue]:
    """What the store sells."""
    origin = topics.catalogue(store), gate.catalogue
    return RetainedFile(folder / CATALOGUE, Catalogue, store, origin)

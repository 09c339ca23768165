"""Makes sure that a pass lets one person in, however many doors a store has.

The doors of a store claim passes in one place. A door that cannot ask there opens with a doubt or
not at all, as its shop wishes; its own journal still refuses what it has let in itself.
"""

from __future__ import annotations

import socket
from enum import Enum
from pathlib import Path
from typing import Annotated, Protocol

from msgspec import DecodeError, Meta, Struct, json

from contract.identifiers import KioskId
from kiosk.core.entry import Spend
from runtime.durable import DurableFile, Schema

ANSWERS_WITHIN_S = 0.15  # a person notices a door that takes longer; the disk behind takes 10 ms
MAX_LINE_BYTES = 512

_TABLES = """
CREATE TABLE claimed (
    key TEXT PRIMARY KEY, slot INTEGER NOT NULL, door TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""

# The same door may ask again about the same pass: its question may have been answered too late.
_CLAIM = """
INSERT INTO claimed VALUES (:key, :slot, :door)
ON CONFLICT DO UPDATE SET slot = excluded.slot, door = excluded.door
WHERE excluded.slot >= claimed.slot + :apart
   OR (excluded.slot = claimed.slot AND excluded.door = claimed.door)
"""


class Claim(Enum):
    """What the store's other doors say."""

    OURS = "ours"
    TAKEN = "taken"
    UNKNOWN = "unknown"  # nobody answered in time


class Claims(Protocol):
    """The one place of a store where each pass is claimed once."""

    def claim(self, spend: Spend) -> Claim:
        """Claim a pass for this door. Waits a moment at most and raises nothing."""


class Claiming(Struct, frozen=True, forbid_unknown_fields=True):
    """One door's question."""

    door: KioskId
    key: Annotated[str, Meta(max_length=40)]
    slot: Annotated[int, Meta(ge=0, le=2**40)]
    apart: Annotated[int, Meta(ge=1, le=2**40)]


class Claimed(Struct, frozen=True):
    """The answer."""

    is_yours: bool


_questions = json.Decoder(Claiming)
_answers = json.Decoder(Claimed)


class OnlyDoor:
    """The claims of a store with one door: its journal knows."""

    def claim(self, spend: Spend) -> Claim:
        """Nobody else could have taken it."""
        del spend
        return Claim.OURS


class ClaimLink:
    """The claims of a store, kept by `hien door claims` behind a socket."""

    def __init__(self, path: Path, door: str, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        self._path = path
        self._door = door
        self._answers_within_s = answers_within_s
        self._talk: socket.socket | None = None

    def claim(self, spend: Spend) -> Claim:
        """Ask; after a silence the connection is made anew, or a late answer would confuse."""
        question = Claiming(self._door, spend.key, spend.slot, spend.apart)
        for _ in range(2 if self._talk is not None else 1):  # it may have been restarted since
            try:
                return self._ask(json.encode(question) + b"\n")
            except TimeoutError:
                self.close()
                break
            except (OSError, DecodeError):
                self.close()
        return Claim.UNKNOWN

    def close(self) -> None:
        """Hang up; safe to call twice."""
        if self._talk is not None:
            self._talk.close()
            self._talk = None

    def _ask(self, line: bytes) -> Claim:
        if self._talk is None:
            self._talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._talk.settimeout(self._answers_within_s)
            self._talk.connect(str(self._path))
        self._talk.sendall(line)
        answer = _answers.decode(self._talk.recv(MAX_LINE_BYTES))
        return Claim.OURS if answer.is_yours else Claim.TAKEN


class ClaimBook:
    """What the doors of a store have claimed, on the disk. Owned by one thread."""

    def __init__(self, path: Path) -> None:
        """Open or create; DeviceError says what to fix if neither works."""
        self._file = DurableFile(path, _SCHEMA)

    def answer(self, line: bytes) -> bytes:
        """Answer one question, durably; nothing that makes no sense is anybody's."""
        try:
            asked = _questions.decode(line)
        except (DecodeError, UnicodeDecodeError, RecursionError):
            return json.encode(Claimed(False)) + b"\n"
        values = {"key": asked.key, "slot": asked.slot, "door": asked.door, "apart": asked.apart}
        with self._file.explained("write to"), self._file.transaction():
            is_yours = self._file.db.execute(_CLAIM, values).rowcount == 1
        return json.encode(Claimed(is_yours)) + b"\n"

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._file.close()


_SCHEMA = Schema("claims", 1, _TABLES, fill=lambda _: None, verify=lambda _: None)

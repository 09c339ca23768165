"""Who was erased, as keyed hashes: so that no file and no web shop brings them back.

The key lies beside the database and never in it; a list of the hashes lies beside the key, so that
a backup that is restored years later forgets them again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core import erasing
from gateway.core.erasing import KEY_BYTES
from gateway.store.base import Base, insert
from gateway.store.batches import among
from runtime.errors import SettingsError

OPTION = "hien_erased"
LIFTED = "-"  # before a hash in the list: from here on it is none


class TombstoneRow(Base):
    """One id of somebody who was erased, which nobody can read."""

    __tablename__ = "tombstone"

    digest: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int]


@dataclass(frozen=True)
class Graves:
    """The key, and the list that outlives the database."""

    key: bytes
    list_file: Path

    def listed(self) -> frozenset[str]:
        """All that was ever erased here, without what was lifted since."""
        found: set[str] = set()
        if self.list_file.exists():
            for line in self.list_file.read_text(encoding="ascii").split():
                if line.startswith(LIFTED):
                    found.discard(line.removeprefix(LIFTED))
                else:
                    found.add(line)
        return frozenset(found)

    def keep(self, digests: Collection[str]) -> None:
        """Write hashes to the list, onto the disk, before anything is erased."""
        self._add(digests)

    def lift(self, digests: Collection[str]) -> None:
        """Write to the list that these are nobody's who is to stay forgotten."""
        self._add([f"{LIFTED}{one}" for one in digests])

    def _add(self, digests: Collection[str]) -> None:
        handle = os.open(self.list_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, "".join(f"{one}\n" for one in sorted(digests)).encode())
            os.fsync(handle)
        finally:
            os.close(handle)


def opened(key_file: Path) -> Graves:
    """The key of a gateway; the first who asks makes it. SettingsError if that cannot be."""
    try:
        if not key_file.exists():
            handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(handle, secrets.token_hex(KEY_BYTES).encode())
            os.fsync(handle)
            os.close(handle)
        key = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
    except FileExistsError:
        return opened(key_file)  # another process was faster
    except (OSError, ValueError) as error:
        raise SettingsError(f"erasure_key_file {key_file}: is no key of ours ({error})") from error
    if len(key) != KEY_BYTES:
        raise SettingsError(f"erasure_key_file {key_file}: needs {KEY_BYTES} bytes in hex")
    return Graves(key, key_file.with_name(f"{key_file.name}.erased"))


def keyed(engine: Engine, key: Graves) -> Engine:
    """The same database, for those who bring people in: they know who was erased."""
    return engine.execution_options(**{OPTION: key})


def graves(db: Session) -> Graves | None:
    """The key, if whoever opened the database brought it."""
    found: Graves | None = db.connection().get_execution_options().get(OPTION)
    return found


def erased(db: Session, words: Collection[str]) -> set[str]:
    """Those of some ids whose owners were erased; none where nobody gave us the key."""
    key = graves(db)
    if key is None or not words or db.scalar(select(TombstoneRow.digest).limit(1)) is None:
        return set()
    known = erasing.tombstones(key.key, words)
    query = select(TombstoneRow.digest).where(among(TombstoneRow.digest, rows=known.keys()))
    return {known[found] for found in db.scalars(query)}


def put(db: Session, digests: Collection[str], now_ms: int) -> None:
    """From now on nobody brings them back."""
    for one in sorted(digests):
        row = insert(db, TombstoneRow).values(digest=one, at_ms=now_ms)
        db.execute(row.on_conflict_do_nothing())


def lift(db: Session, words: Collection[str]) -> int:
    """Somebody who was erased joins anew, of their own will: by these they are known again."""
    key = graves(db)
    if key is None:
        return 0
    known = erasing.tombstones(key.key, words)
    query = select(TombstoneRow.digest).where(among(TombstoneRow.digest, rows=known.keys()))
    found = list(db.scalars(query))
    db.execute(delete(TombstoneRow).where(among(TombstoneRow.digest, rows=found)))
    key.lift(found)
    return len(found)

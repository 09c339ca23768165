"""A SQLite file that is no database any more is one sentence that says what to do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store import base, migrations, schema
from runtime.errors import UnavailableError


def other_bytes(content: bytes) -> bytes:
    return b"\xa5" * len(content)


def flipped_in_its_tables(content: bytes) -> bytes:
    """SQLite then quotes what is no text in the reason it gives."""
    at = content.index(b"kiosk <>")
    return content[:at] + bytes([content[at] ^ 0x80]) + content[at + 1 :]


@pytest.mark.parametrize("damaged", [other_bytes, flipped_in_its_tables])
def test_a_damaged_file_says_that_a_backup_is_wanted(tmp_path: Path, damaged: object) -> None:
    assert callable(damaged)
    file = tmp_path / "gateway.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE one (kiosk TEXT, CHECK (kiosk <> ''))")
    file.write_bytes(damaged(file.read_bytes()))

    with (
        pytest.raises(UnavailableError, match="gateway restore"),
        base.opened(f"sqlite:///{file}") as engine,
        engine.connect() as connection,
    ):
        connection.exec_driver_sql("SELECT * FROM one")


def test_a_file_that_is_damaged_while_a_process_runs_ends_it_with_the_same_word(
    tmp_path: Path,
) -> None:
    file = tmp_path / "gateway.db"
    made = base.connect(f"sqlite:///{file}")
    migrations.upgrade(made)
    made.dispose()

    def run() -> None:
        with schema.opened(f"sqlite:///{file}") as engine:
            engine.dispose()  # what it has read already is whole
            file.write_bytes(other_bytes(file.read_bytes()))
            schema.is_current(engine)

    with pytest.raises(UnavailableError, match="gateway restore"):
        run()

"""What every way to reach people offers, and how its options are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from gateway.core.notices import Notice
from runtime import drivers
from runtime.errors import SettingsError
from runtime.settings import Driver

TABLE = "[[notify]]"

S = TypeVar("S", bound=Struct)


class Notifier(Protocol):
    """One way to reach people."""

    def tell(self, notice: Notice) -> None:
        """Once it returns, somebody else has it; UnavailableError if nobody took it."""


def notifiers(wanted: Sequence[Driver]) -> list[Notifier]:
    """The ways the settings name; SettingsError says which is wrong."""
    made = []
    for one in wanted:
        driver: Callable[[Mapping[str, object], None], Notifier]
        driver = drivers.load("hien.notifiers", one.driver)
        made.append(driver(one.options, None))
    return made


def read(kind: type[S], driver: str, options: Mapping[str, object], table: str = TABLE) -> S:
    """A driver's options, from that table of the settings; SettingsError names a wrong one."""
    try:
        return msgspec.convert(options, kind)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{table} driver {driver}: {error}") from error


def secret(file: str, driver: str, table: str = TABLE) -> str:
    """The secret in a file; SettingsError names the file and never what is in it."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{table} driver {driver}: {file}: cannot be read") from error

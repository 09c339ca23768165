"""Reads what a settings file tells a driver; a wrong option is the operator's mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import ValidationError, convert

from runtime.errors import SettingsError

T = TypeVar("T")


def read(kind: type[T], driver: str, options: Mapping[str, object]) -> T:
    """The options as a Struct of that kind; SettingsError names the driver and the option."""
    try:
        return convert(dict(options), kind)
    except ValidationError as error:
        raise SettingsError(f"driver {driver}, options: {error}") from error

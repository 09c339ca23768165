"""Settings from one TOML file and the environment; every mistake is named at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from runtime.errors import SettingsError

DriverOptions = dict[str, str | int | float | bool | list[str]]


class Table(BaseModel):
    """One table of a settings file: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Driver(Table):
    """Which adapter to use, and what it is told; the adapter checks its own options."""

    driver: str
    options: DriverOptions = {}


class Settings(BaseSettings):
    """A whole settings file. `HIEN_BROKER__HOST=…` in the environment overrides the file.

    A driver that is named there comes with its own options, and without those of the file's.
    """

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix="HIEN_",
        env_nested_delimiter="__",
        env_parse_none_str="null",  # takes away what the file has
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, which comes as keyword arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


S = TypeVar("S", bound=Settings)


def load(model: type[S], path: Path, later: Mapping[str, Any] | None = None) -> S:
    """Read and check a settings file; what came `later` than the file wins over it.

    Raises SettingsError with one sentence a mistake, each with file, table, key and, for an
    unknown key, the nearest known one.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML ({error})") from error
    try:
        values = _laid_over(values, later or {})
        return model(**_overridden(values, EnvSettingsSource(model)()))
    except ValidationError as error:
        mistakes = "; ".join(_sentence(path, model, detail) for detail in error.errors())
        raise SettingsError(mistakes) from error


def _laid_over(file: dict[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """The file's tables with what came later in them, key by key."""
    merged = dict(file)
    for name, value in later.items():
        was = merged.get(name)
        if isinstance(value, Mapping) and isinstance(was, dict):
            merged[name] = _laid_over(was, value)
        else:
            merged[name] = value
    return merged


def _overridden(file: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The file's tables, less what another driver could make nothing of."""
    kept = dict(file)
    for name, value in told.items():
        if isinstance(value, dict) and isinstance(kept.get(name), dict):
            kept[name] = _overridden(kept[name], value)
            if "driver" in value:
                kept[name].pop("options", None)
    return kept


def _sentence(path: Path, model: type[BaseModel], detail: ErrorDetails) -> str:
    *tables, key = [str(part) for part in detail["loc"]] or ["the file"]
    table = f" [{'.'.join(tables)}]" if tables else ""
    return f"{path.name}{table}: {_problem(model, tables, key, detail)}"


def _problem(model: type[BaseModel], tables: list[str], key: str, detail: ErrorDetails) -> str:
    match detail["type"]:
        case "missing":
            return f"{key} is missing"
        case "extra_forbidden":
            near = get_close_matches(key, _keys(model, tables), n=1)
            return f"{key} is not a setting" + (f" (did you mean {near[0]}?)" if near else "")
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
    expected = detail["msg"].removeprefix("Input ")
    return f"{key} {expected}, not {detail['input']!r}"


def _keys(model: type[BaseModel], tables: list[str]) -> list[str]:
    table: Any = model
    for name in tables:
        field = getattr(table, "model_fields", {}).get(name)
        table = field.annotation if field is not None else None
    return list(getattr(table, "model_fields", {}))

"""Which kiosk this machine was made by its gateway: one small file beside the outbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from contract import codec
from contract.errors import ContractError
from contract.petitions import Place
from runtime.errors import SettingsError
from runtime.small_file import replace

NAME = "place.json"


class PlaceFile:
    """The file in a kiosk's data folder; the settings file of a spare card names no kiosk."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def save(self, place: Place) -> None:
        """Keep it; SettingsError if it cannot be."""
        try:
            replace(self._path, codec.encode(place).decode() + "\n")
        except OSError as error:
            raise SettingsError(f"{self._path}: cannot be written ({error.strerror})") from error

    def load(self) -> dict[str, Any]:
        """What it says, as tables of the settings; empty if no gateway ever said anything.

        SettingsError if it is damaged.
        """
        try:
            place = codec.decode(Place, self._path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):  # a folder that is none, others name
            return {}
        except (OSError, ContractError) as error:
            raise SettingsError(
                f"{self._path}: cannot be read ({error}); remove it and the certificate beside it,"
                " and let the kiosk ask anew"
            ) from error
        tables: dict[str, Any] = msgspec.structs.asdict(place)
        issuers, phone_url = tables.pop("issuers"), tables.pop("phone_url")
        if issuers:
            tables["trust"] = {"issuers": issuers}
        if phone_url:
            tables["screen"] = {"phone_url": phone_url}
        return tables

"""What an operator may set on a gateway, with bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from runtime.public_keys import PublicKeys
from runtime.settings import Driver, Settings, Table

Port = Annotated[int, Field(ge=1, le=65_535)]


class Broker(Table):
    """Where the kiosks' events come from."""

    host: str = "localhost"
    port: Port = 1883


class Web(Table):
    """Where staff and owner find their pages."""

    host: str = "127.0.0.1"
    port: Port = 8000
    # What phones call it, in links: https, or their browsers keep no key. Else host and port.
    url: Annotated[str | None, Field(pattern="^https?://[^/#?]+$")] = None
    secret_file: Path | None = None  # signs the cookies; without it, a restart signs everybody out

    @property
    def address(self) -> str:
        """How links to these pages begin."""
        return self.url or f"http://{self.host}:{self.port}"


class Seal(Table):
    """The key that signs whom kiosks may recognise; `hien gateway make-key` writes the file."""

    key_file: Path
    key_id: Annotated[int, Field(ge=0, le=255)] = 1  # two can live at once while one is replaced


class Passes(Table):
    """The public keys that sign entry cards, which doors are told; the private ones stay away."""

    keys: PublicKeys

    def by_number(self) -> dict[int, str]:
        """The keys in hex, by number."""
        return {int(number): key for number, key in self.keys.items()}


class GatewaySettings(Settings):
    """One gateway's file, `gateway.toml`."""

    database: str = "sqlite:///hien.db"
    broker: Broker = Broker()
    web: Web = Web()
    seal: Seal | None = None  # without it kiosks recognise nobody
    passes: Passes = Passes(keys={})
    clock: Driver = Driver(driver="system")

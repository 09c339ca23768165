"""What an operator may set about updates: `update.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from kiosk.opening import Opening
from runtime.public_keys import PublicKeys, by_number
from runtime.settings import Driver, Settings, Table
from updates.core.wellness import Patience


class Waiting(Table):
    """How long a new version is watched."""

    start_s: Annotated[float, Field(gt=0, le=3_600)] = Patience().start_s
    steady_s: Annotated[float, Field(gt=0, le=3_600)] = Patience().steady_s

    def patience(self) -> Patience:
        """The same."""
        return Patience(self.start_s, self.steady_s)


class UpdateSettings(Settings):
    """One machine's file, `update.toml`."""

    device: Annotated[str, Field(pattern="^[a-z0-9-]{1,32}@[a-z0-9-]{1,32}$")]  # kiosk@store
    # A folder, or what a web server calls one; the seal is believed, and no server.
    source: Annotated[str, Field(pattern=r"^(https?://[^/#?\s]+[^#?\s]*|/\S+)$")]
    keys: Annotated[PublicKeys, Field(min_length=1)]  # whose releases are believed
    opening: Opening  # no default: a shop that never closes says itself when it may be disturbed
    folder: Path = Path("/opt/hien-updates")
    serving: Path = Path("/usr/local/bin/hien")
    proven: Path = Path("/usr/local/bin/hien-proven")
    time_source: Driver = Driver(driver="kernel")
    watch: Waiting = Waiting()

    def trusted(self) -> dict[int, bytes]:
        """The public keys by number."""
        return by_number(self.keys)

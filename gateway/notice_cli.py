"""`hien gateway try-notices`: whether notices reach whoever tends the shop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from contract.messages import Text
from gateway import watching
from gateway.core.notices import Notice
from gateway.notify import port
from gateway.settings import GatewaySettings
from runtime.errors import SettingsError, UnavailableError
from runtime.settings import load

app = typer.Typer()

TRIAL = Notice(
    Text(vi="Hiên: tin thử", en="Hiên: a trial"),
    Text(
        vi="Nếu bạn đọc được tin này, Hiên có thể báo cho bạn.",
        en="If you can read this, Hiên can reach you.",
    ),
)


@app.command("try-notices")
def try_notices(
    settings: Annotated[Path, typer.Option(help="The gateway's TOML file.")] = Path("gateway.toml"),
) -> None:
    """Send a trial notice in every way that [[notify]] names."""
    ways = port.notifiers(load(GatewaySettings, settings).notify)
    if not ways:
        raise SettingsError(f"{settings.name}: there is no [[notify]]")
    took = watching.tell(ways, TRIAL)
    print(f"{took} of {len(ways)} ways took it")
    if took < len(ways):
        raise UnavailableError("somebody was not told; the log above says why")

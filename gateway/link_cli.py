"""`hien gateway link`: a link that says where it was shown, as text and as a QR code to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import segno
import typer

from contract.tracked_links import TAG_MAX
from gateway.core.attribution import Tags, tagged
from runtime.errors import SettingsError

app = typer.Typer()


@app.command()
def link(
    url: str,
    campaign: Annotated[str, typer.Option(help="As the console shall call it: tet-2027.")],
    source: Annotated[str, typer.Option(help="Where it is shown: facebook, leaflet.")] = "",
    medium: Annotated[str, typer.Option(help="How: cpc, post, poster.")] = "",
    qr: Annotated[Path | None, typer.Option(help="Write it as a QR code, too: an .svg.")] = None,
) -> None:
    """Make a link that carries its campaign; what the web shop tells of it leads to visits."""
    if not url.startswith(("https://", "http://")):
        raise SettingsError(f"{url!r} is no web address; it begins with https://")
    if any(len(word) > TAG_MAX for word in (campaign, source, medium)):
        raise SettingsError(f"campaign, source and medium have {TAG_MAX} letters at most")
    made = tagged(url, Tags(campaign, source, medium))
    if qr is not None:
        segno.make(made, error="m", micro=False).save(str(qr), kind="svg", scale=4, border=4)
    print(made)

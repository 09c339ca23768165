"""Look at a kiosk's camera: `hien eye`, which systemd starts when a kiosk calls its socket."""

from __future__ import annotations

from typing import Annotated

import typer

from kiosk.eye import main

app = typer.Typer(add_completion=False)


@app.command()
def eye(
    fd: Annotated[int, typer.Option(min=0, help="The kiosk's line; systemd gives it as 0.")] = 0,
) -> None:
    """Look until the kiosk hangs up. Nothing for a person: a kiosk says what it wants to see."""
    main.main(fd)

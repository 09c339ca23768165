"""`hien gateway shelf-labels`: a sheet of labels with the codes that shoppers read at shelves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.settings import GatewaySettings
from gateway.store import base, schema
from gateway.store.stores import StoreRow
from runtime.errors import SettingsError
from runtime.settings import load
from web_ui.report.pdf import printed
from web_ui.shelf.labels import labels, sheet

app = typer.Typer()


@app.command("shelf-labels")
def shelf_labels(
    file: Annotated[Path, typer.Argument(help="Written anew, as .html or .pdf.")],
    store: Annotated[str, typer.Option(help="Whose labels.")],
    shelf: Annotated[str, typer.Option(help="Only those of this shelf.")] = "",
    language: Annotated[str, typer.Option(help="vi or en, for the few words beside names.")] = "vi",
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
) -> None:
    """Print labels for a store's shelves: 21 on a sheet of A4, each 63.5 by 38.1 mm."""
    checked = load(GatewaySettings, settings)
    if checked.web.url is None:
        raise SettingsError("[web] url is missing: phones must find the address on the labels")
    if language not in ("vi", "en"):
        raise SettingsError(f"there are no labels in {language!r}; there is vi and en")
    with schema.opened(checked.database) as engine, base.readers(engine)() as db:
        row = db.get(StoreRow, store)
        if row is None:
            raise SettingsError(f"there is no store {store!r}")
        made = labels(db, checked.web.url, store, shelf)
        if not made:
            where = f"shelf {shelf!r} of {store}" if shelf else store
            raise SettingsError(f"{where} sells nothing yet; see hien gateway catalogue import")
        page = sheet(row, made, language)
    content: bytes | None = printed(page) if file.suffix == ".pdf" else page.encode()
    if content is None:
        raise SettingsError(f"{file}: a PDF takes Chromium, which is not here; .html does not")
    try:
        file.write_bytes(content)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error.strerror})") from error
    print(f"{len(made)} labels written to {file}")

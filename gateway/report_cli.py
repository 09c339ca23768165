"""`hien gateway report`: the week or month that is over, as a page or to whom [report] names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from gateway.core.report_periods import Every, Period, last_over
from gateway.core.shop_days import day_of
from gateway.notify.mail import Letter, mail
from gateway.settings import GatewaySettings, ReportLetter
from gateway.store import base, report_letters, schema
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.settings import load
from web_ui.report.letter import Report, made
from web_ui.report.pdf import printed

app = typer.Typer()


@app.command()
def report(
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
    *,
    file: Annotated[Path | None, typer.Option(help="Write it here, as .html or .pdf.")] = None,
    every: Annotated[Every | None, typer.Option(help="Instead of what [report] says.")] = None,
    language: Annotated[str | None, typer.Option(help="vi or en, instead.")] = None,
    is_sent: Annotated[
        bool, typer.Option("--send", help="Send it, if it was not sent yet; a timer does.")
    ] = False,
) -> None:
    """The report of the last week or month that is over. It names nobody."""
    checked = load(GatewaySettings, settings)
    said, now_ms = checked.report, unix_ms(SystemClock().utc())
    how_often = every or (said.every if said else Every.WEEK)
    tongue = language or (said.language if said else "vi")
    if tongue not in ("vi", "en"):
        raise SettingsError(f"there is no report in {tongue!r}; there is vi and en")
    period = last_over(how_often, day_of(now_ms))
    if file is None and not is_sent:
        raise SettingsError("say --file FILE or --send")
    if said is None and file is None:
        print(f"{settings.name} has no [report]: none is sent")
        return
    with schema.opened(checked.database) as engine:
        with base.readers(engine)() as db:
            page = made(db, period, how_often, tongue)
        if file is not None:
            _write(file, page)
        if is_sent and said is not None:
            _send(engine, said, (period, page), now_ms)


def _write(file: Path, page: Report) -> None:
    content: bytes | None = page.html.encode()
    if file.suffix == ".pdf":
        content = printed(page.html)
        if content is None:
            raise SettingsError(f"{file}: a PDF takes Chromium, which is not here; .html does not")
    try:
        file.write_bytes(content or b"")
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error.strerror})") from error
    print(f"{file} written")


def _send(engine: Engine, said: ReportLetter, what: tuple[Period, Report], now_ms: int) -> None:
    """Once; if the mail server does not take it, the next timer tries again."""
    period, page = what
    with base.readers(engine)() as db:
        if report_letters.is_sent(db, period):
            print(f"{period.first} to {period.last} was sent before")
            return
    pdf = printed(page.html)
    name = f"hien-{period.first}-{period.last}"
    files = {f"{name}.pdf": pdf} if pdf is not None else {}
    mail(said.mail, None).send(Letter(page.title, page.text, page.html, files))
    with base.writers(engine).begin() as db:
        report_letters.sent(db, period, now_ms)
    print(f"{period.first} to {period.last} sent, {'with' if files else 'without'} PDF")

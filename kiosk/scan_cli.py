"""Read the QR codes in pictures: `hien scan photo.jpg`, by the reader that the kiosk has."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import Annotated

import msgspec
import typer
from msgspec import UNSET, Struct, UnsetType

from kiosk.adapters.code_reader import read_still
from kiosk.adapters.picture_file import PictureError, load

EX_DATAERR = 65  # sysexits.h: the input was incorrect

app = typer.Typer(add_completion=False)

Files = Annotated[list[Path], typer.Argument(help="Photographs: PNG, JPEG, WebP, GIF, TIFF, …")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, also on a terminal.")]


class Row(Struct, frozen=True):
    """What came of one file. `ms` is what reading the codes took, without decoding the picture."""

    file: str
    texts: list[str]
    ms: float
    error: str | UnsetType = UNSET


@app.command()
def command(files: Files, *, as_json: Json = False) -> None:
    """Say what the QR codes in each picture say.

    Exit status 65 if a file is no picture; the others are read all the same.
    """
    say = _as_json if as_json or not sys.stdout.isatty() else _as_text
    is_fine = True
    for file in files:
        row = _scan(file)
        print(say(row), flush=True)
        if row.error is not UNSET:
            is_fine = False
            print(f"hien: {_visible(f'{row.file}: {row.error}')}", file=sys.stderr)
    if not is_fine:
        raise typer.Exit(EX_DATAERR)


def _scan(file: Path) -> Row:
    name = str(file).encode("utf-8", "replace").decode()  # a name need not be UTF-8, JSON must
    try:
        picture = load(file)
    except PictureError as error:
        return Row(name, [], 0.0, str(error))
    began_s = perf_counter()
    texts = read_still(picture)
    return Row(name, texts, round((perf_counter() - began_s) * 1000, 2))


def _as_json(row: Row) -> str:
    return msgspec.json.encode(row).decode()


def _as_text(row: Row) -> str:
    said = "  ".join(_visible(text) for text in row.texts)
    if row.error is not UNSET:
        said = f"({row.error})"
    return f"{row.ms:8.1f} ms  {_visible(row.file):30}  {said or '-'}"


def _visible(text: str) -> str:
    """What a code says must not steer somebody's terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

"""Publish a version: a folder of wheels and one signed page: `hien release make-key`, `sign`."""

from __future__ import annotations

import json
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, cast

import msgspec
import typer

from runtime import signing_key, small_file
from runtime.errors import SettingsError
from updates import bill
from updates.bill import Vendored
from updates.core import release
from updates.core.release import MANIFEST, OURS, Release, ReleaseFile
from web_ui.shared import vendor

WHAT = "release key"
MAKES_ONE = "hien release make-key"

app = typer.Typer(no_args_is_help=True)

Key = Annotated[Path, typer.Option("--key", help="The publisher's key; keep it off every network.")]


@app.callback()
def publish() -> None:
    """Releases, for whoever publishes them."""


@app.command("make-key")
def make_key(file: Annotated[Path, typer.Argument(help="Where the new key is written.")]) -> None:
    """Make a key and print what belongs in the plan or in update.toml."""
    key = signing_key.make(file, WHAT)
    print(f'keys = {{ 1 = "{signing_key.public_hex(key)}" }}')


@app.command("bill")
def write_bill(
    folder: Annotated[Path, typer.Argument(help="With wheels and requirements.txt.")],
) -> None:
    """Write FOLDER/hien-bill.cdx.json: every library and vendored file in it, with its licence."""
    assets = (
        Vendored(name, version, sha256, vendor.LICENCES[name])
        for name, (version, sha256) in vendor.PACKAGES.items()
    )
    made = bill.bill(folder, assets)
    text = json.dumps(made, indent=1, ensure_ascii=False)
    small_file.replace(folder / bill.NAME, f"{text}\n", 0o644)
    print(f"{folder / bill.NAME}: {len(cast(list[object], made['components']))} components")


@app.command()
def sign(
    folder: Annotated[Path, typer.Argument(help="With wheels and requirements.txt.")],
    key: Key,
    minimum: Annotated[str, typer.Option(help="The oldest version that may become this one.")],
    *,
    key_id: Annotated[int, typer.Option(min=0, max=255, help="Its number in update.toml.")] = 1,
    to: Annotated[
        list[str] | None, typer.Option(help="Who takes it: kiosk@store, repeated, or 25%.")
    ] = None,
) -> None:
    """Write FOLDER/hien-release.sealed: version, minimum, who takes it, every file's hash.

    Sign again with more --to when the canaries are well: files stay as they are.
    """
    signer = signing_key.load(key, WHAT, MAKES_ONE)
    made = _described(folder, minimum, *_receivers(to or []))
    sealed = release.sealed(made, signer, key_id)
    small_file.replace(folder / MANIFEST, sealed.decode(), 0o644)
    who = f"{len(made.canaries)} canaries and {made.percent} % of the others"
    print(f"{folder / MANIFEST}: {made.version}, {len(made.files)} files, for {who}")


def _receivers(to: list[str]) -> tuple[tuple[str, ...], int]:
    """The canaries, and which share of all others."""
    shares = [one for one in to if one.endswith("%")]
    if len(shares) > 1 or not all(one[:-1].isdecimal() for one in shares):
        raise SettingsError(f"--to {' '.join(shares)}: say one share, like 25%")
    names = tuple(one for one in to if one not in shares)
    return names, int(shares[0][:-1]) if shares else 0


def _described(folder: Path, minimum: str, canaries: tuple[str, ...], percent: int) -> Release:
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from error
    named = [found[1] for path in paths if (found := OURS.fullmatch(path.name))]
    if len(named) != 1:
        raise SettingsError(f"{folder}: holds {len(named)} wheels of ours, and has to hold one")
    if not (folder / release.REQUIREMENTS).is_file():
        raise SettingsError(f"{folder}: holds no {release.REQUIREMENTS}")
    files = tuple(_file(path) for path in paths if path.name != MANIFEST)
    made = Release(named[0], minimum, files, canaries, percent)
    try:  # what a kiosk would not take is not signed
        return msgspec.convert(msgspec.to_builtins(made), Release)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{folder}: {error}") from error


def _file(path: Path) -> ReleaseFile:
    with path.open("rb") as file:
        return ReleaseFile(path.name, path.stat().st_size, file_digest(file, "sha256").hexdigest())

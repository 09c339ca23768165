"""Make and explain passes: `hien pass make member`, `hien pass check 'MD1:…'`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import segno
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console
from rich.table import Table

from contract import passes, retailer_passes
from contract.retailer_passes import DAY_S, RetailerPass, Sort
from kiosk import trust_documents
from kiosk.core.pass_report import Checker
from runtime.clock import SystemClock
from runtime.errors import SettingsError

KEY_BYTES = 32  # of an Ed25519 private key, and of a public one
PUBLIC_KEY_DIGITS = (64, 66)  # Ed25519; a compressed point of P-256
MAX_TEXT_BYTES = 4_096  # a line beyond it is no pass; QR codes end at 2,953
EPOCH = date(1970, 1, 1)

app = typer.Typer(no_args_is_help=True, add_completion=False)


class What(StrEnum):
    """What can be made."""

    MEMBER = "member"
    VOUCHER = "voucher"
    PICK_UP = "pick-up"
    APPOINTMENT = "appointment"
    CARD = "card"


SORTS = {
    What.VOUCHER: Sort.VOUCHER,
    What.PICK_UP: Sort.PICK_UP,
    What.APPOINTMENT: Sort.APPOINTMENT,
    What.CARD: Sort.ENTRY_CARD,
}

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, also on a terminal.")]
KeyFile = Annotated[Path, typer.Option(help="A private Ed25519 key in hex, 32 bytes.")]
At = Annotated[
    int | None,
    typer.Option(min=0, max=4_102_444_800, help="Unix time to work with instead of now."),
]
StoreNo = Annotated[int, typer.Option(min=0, max=65_535, help="0: good in every store.")]
Subject = Annotated[str | None, typer.Option(help="Member (12 hex digits) or pass id (16).")]


@app.callback()
def pass_() -> None:
    """Make and explain passes."""


@app.command()
def make(  # noqa: PLR0913 (each is one option of the command line)
    what: Annotated[What, typer.Argument(help="Sort of pass.")],
    *,
    key_file: KeyFile,
    new_key: Annotated[bool, typer.Option("--new-key", help="Write the key file first.")] = False,
    subject: Subject = None,
    key_id: Annotated[int, typer.Option(min=0, max=255)] = 1,
    store_no: StoreNo = passes.ANY_STORE,
    at: At = None,
    last_day: Annotated[str | None, typer.Option(help="YYYY-MM-DD; not for member passes.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Also draw the QR code into this file.")] = None,
    as_json: Json = False,
) -> None:
    """Make a test pass: a member's, as a phone would show it, or one of the retailer's."""
    key = _new_key(key_file) if new_key else _key(key_file)
    unix_s = _now_s() if at is None else at
    if what is What.MEMBER:
        member = _hex(subject or os.urandom(6).hex(), 6)
        text = passes.make(key, key_id, member, passes.slot_at(unix_s), store_no)
        told = {"format": "MD1", "member": member, "slot": passes.slot_at(unix_s)}
    else:
        pass_id = _hex(subject or os.urandom(8).hex(), 8)
        day = unix_s // DAY_S if last_day is None else (_day(last_day) - EPOCH).days
        says = RetailerPass(SORTS[what], key_id, pass_id, day, store_no)
        text = retailer_passes.make(key, says)
        told = {"format": "MV1", "pass_id": pass_id, "last_day": str(_from_days(day))}
    told |= {"sort": what, "key_id": key_id, "store_no": store_no}
    told |= {"public_key": key.public_key().public_bytes_raw().hex(), "text": text}
    code = segno.make(text, error="m", boost_error=False)
    if svg is not None:
        _draw(code, svg)
    if as_json or not sys.stdout.isatty():
        print(msgspec.json.encode(told).decode())
        return
    code.terminal(compact=True)
    print("\n".join(f"{name:12}{value}" for name, value in told.items()))


@app.command(context_settings={"ignore_unknown_options": True})
def check(  # noqa: PLR0913 (each is one option of the command line)
    texts: Annotated[list[str] | None, typer.Argument(help="Without: one a line on stdin.")] = None,
    *,
    trust: Annotated[
        list[Path] | None, typer.Option(help="A sealed keyring, revocations or trust file.")
    ] = None,
    issuer: Annotated[
        list[str] | None, typer.Option(help="NUMBER=HEX: check the seals of these files.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="One public key in hex, for any pass.")] = None,
    store_no: Annotated[int | None, typer.Option(min=1, max=65_535)] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Explain passes: what each says, how old it is, and whether it is good or why not.

    Without a key or a trust file that holds it, the reason is `unknown`. A replay cannot be told
    here: whoever honours a pass remembers its use.
    """
    checker = Checker(
        trust_documents.read(trust or (), dict(map(_issuer, issuer or ()))),
        _now_s() if at is None else at,
        store_no=store_no,
        any_key=None if key is None else _public_key(key),
    )
    lines = iter(texts) if texts else _lines()
    reports = (asdict(checker.report(text)) for text in lines)
    if as_json or not sys.stdout.isatty():
        for report in reports:
            print(msgspec.json.encode(report).decode(), flush=True)
        return
    table = Table("valid", "reason", "what it says")
    for report in reports:
        said = [f"{name} {value}" for name, value in report.items() if value is not None]
        table.add_row("yes" if report["valid"] else "no", report["reason"], "  ".join(said[2:]))
    Console(markup=False).print(table)


def _lines() -> Iterator[str]:
    """Standard input by lines; a longer one is cut, and is then no pass."""
    while line := sys.stdin.buffer.readline(MAX_TEXT_BYTES):
        while not line.endswith(b"\n") and (rest := sys.stdin.buffer.readline(MAX_TEXT_BYTES)):
            line = line[:MAX_TEXT_BYTES] + rest[-1:]
        yield line.rstrip(b"\r\n").decode("utf-8", "replace")


def _now_s() -> int:
    return int(SystemClock().utc().timestamp())


def _key(path: Path) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))
    except OSError as error:
        detail = f"{error.strerror}; --new-key writes one"
        raise SettingsError(f"--key-file {path}: {detail}") from error
    except ValueError as error:
        raise SettingsError(f"--key-file {path}: is not {KEY_BYTES} bytes in hex") from error


def _new_key(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key.private_bytes_raw().hex())
    except OSError as error:
        raise SettingsError(f"--key-file {path}: {error.strerror}") from error
    return key


def _draw(code: segno.QRCode, path: Path) -> None:
    try:
        code.save(str(path), kind="svg", scale=4, border=4)
    except OSError as error:
        raise SettingsError(f"--svg {path}: {error.strerror}") from error


def _hex(text: str, size_bytes: int) -> str:
    if len(text) != 2 * size_bytes or not set(text) <= set("0123456789abcdef"):
        raise SettingsError(f"--subject {text!r}: is not {2 * size_bytes} hex digits in lower case")
    return text


def _public_key(text: str) -> bytes:
    if len(text) not in PUBLIC_KEY_DIGITS or not set(text) <= set("0123456789abcdef"):
        raise SettingsError(f"--key {text!r}: is not 32 (Ed25519) or 33 (P-256) bytes in hex")
    return bytes.fromhex(text)


def _issuer(text: str) -> tuple[int, bytes]:
    number, _, key = text.partition("=")
    if not (number.isascii() and number.isdigit()):
        raise SettingsError(f"--issuer {text!r}: is not NUMBER=HEX")
    return int(number), _public_key(key)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--last-day {text!r}: is no day like 2026-12-31") from None


def _from_days(day: int) -> date:
    return datetime.fromtimestamp(day * DAY_S, UTC).date()

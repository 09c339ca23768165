"""`hien pass`: what it makes it also understands, and nothing makes it stumble."""

import json
import pty
import subprocess
import sys
from os import close, read
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contract import codec
from contract.door_trust import Keyring
from contract.messages import Trust, TrustedKey
from contract.sealed import Purpose, seal
from kiosk import pass_cli
from runtime.errors import SettingsError
from tests.kiosk.door.shop import (
    ANA,
    BINH,
    ISSUER,
    ISSUER_KEY_ID,
    MEMBERS,
    NOW_S,
    STORE,
    STORE_NO,
    STRANGER,
    card,
    public_hex,
    revocations,
)
from tests.terminal import needs_a_terminal

AT = ("--at", str(int(NOW_S)))
ISSUER_IS = ("--issuer", f"{ISSUER_KEY_ID}={public_hex(ISSUER)}")


def run(*arguments: str, stdin: bytes = b"") -> list[dict[str, object]]:
    done = CliRunner().invoke(
        pass_cli.app, list(arguments), input=stdin, catch_exceptions=False, standalone_mode=False
    )
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def trust(folder: Path, revoked: bytes = b"", key: object = ISSUER) -> list[str]:
    documents = {
        Purpose.KEYRING: codec.encode(MEMBERS.keyring()),
        Purpose.REVOCATIONS: codec.encode(revocations(members=revoked)),
    }
    for purpose, payload in documents.items():
        (folder / purpose).write_bytes(seal(key, ISSUER_KEY_ID, purpose, payload))  # type: ignore[arg-type]
    return [word for purpose in documents for word in ("--trust", str(folder / purpose))]


@pytest.mark.parametrize("what", ["member", "voucher", "pick-up", "appointment", "card"])
def test_what_is_made_is_good(tmp_path: Path, what: str) -> None:
    (made,) = run("make", what, "--key-file", str(tmp_path / "key"), "--new-key", *AT)

    (said,) = run("check", str(made["text"]), "--key", str(made["public_key"]), *AT)

    assert (said["valid"], said["reason"], said["format"]) == (True, "pass", made["format"])
    assert (said["member"] or said["pass_id"]) == (made.get("member") or made.get("pass_id"))


def test_the_key_stays_and_belongs_to_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "key"
    asked = ("make", "card", "--key-file", str(file), "--last-day", "2027-01-31")
    (first,) = run(*asked, "--new-key")
    (second,) = run(*asked, "--subject", "00112233445566ff", "--store-no", "7")

    assert first["public_key"] == second["public_key"]
    assert (second["pass_id"], second["last_day"]) == ("00112233445566ff", "2027-01-31")
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingsError, match="exists"):
        run(*asked, "--new-key")


def test_the_code_is_drawn_in_version_5(tmp_path: Path) -> None:
    picture = tmp_path / "pass.svg"
    run("make", "member", "--key-file", str(tmp_path / "k"), "--new-key", "--svg", str(picture))

    assert 'width="180"' in picture.read_text()  # 37 modules and twice 4 around them, 4 px each


def test_keyrings_and_revocations_are_read(tmp_path: Path) -> None:
    texts = "\n".join([MEMBERS.show(ANA), MEMBERS.show(BINH), card(), "what?", ""]).encode()

    said = run("check", *trust(tmp_path, revoked=b"\x02"), *ISSUER_IS, *AT, stdin=texts)

    assert [one["reason"] for one in said] == ["pass", "revoked", "pass", "unreadable"]


def test_a_kiosks_trust_is_read_beside_a_keyring(tmp_path: Path) -> None:
    """The keyring's places stay its own, or somebody else would be revoked."""
    keys = (TrustedKey(BINH, 9, public_hex(STRANGER)),)
    sealed = seal(ISSUER, 5, Purpose.TRUST, codec.encode(Trust(STORE, 1, 1, keys=keys)))
    (tmp_path / "kiosks").write_bytes(sealed)

    asked = ("check", "--trust", str(tmp_path / "kiosks"), *trust(tmp_path, b"\x02"), *AT)
    said = run(*asked, stdin=(MEMBERS.show(ANA) + "\n" + MEMBERS.show(BINH)).encode())

    assert [one["reason"] for one in said] == ["pass", "revoked"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--trust", "{folder}/none"), "cannot be read"),
        (("--trust", "{folder}/noise"), "no sealed document"),
        (("--trust", "{folder}/command"), "holds no pass keys"),
        (("--trust", "{folder}/forged", *ISSUER_IS), "signature does not fit"),
        (("--key", "beef"), "bytes in hex"),
        (("--issuer", "five=00"), "NUMBER=HEX"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, arguments: tuple[str, ...], problem: str) -> None:
    (tmp_path / "noise").write_bytes(b"\xff\x00" * 90)
    (tmp_path / "command").write_bytes(seal(ISSUER, 5, Purpose.COMMAND, b"{}"))
    keyring = codec.encode(Keyring(STORE, 1))
    (tmp_path / "forged").write_bytes(seal(STRANGER, 5, Purpose.KEYRING, keyring))

    with pytest.raises(SettingsError, match=problem):
        run("check", "x", *(one.format(folder=tmp_path) for one in arguments))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--subject", "beef"), "12 hex digits"),
        (("--svg", "/nowhere/x.svg"), "No such file"),
        (("--key-file", "/nowhere/key"), "--new-key writes one"),
        (("--key-file", "{folder}/noise"), "32 bytes in hex"),
    ],
)
def test_what_cannot_be_made_is_named(
    tmp_path: Path, arguments: tuple[str, ...], problem: str
) -> None:
    (tmp_path / "noise").write_text("not hex")
    (tmp_path / "key").write_text("11" * 32)
    words = ("--key-file", str(tmp_path / "key"), *arguments)

    with pytest.raises(SettingsError, match=problem):
        run("make", "member", *(one.format(folder=tmp_path) for one in words))


@pytest.mark.parametrize(
    "stdin",
    [
        pytest.param(b"\xff\xfe\x00\n" * 3, id="no text"),
        pytest.param(b"M" * 20_000 + b"\n-x\n\n", id="a line without end"),
    ],
)
def test_no_bytes_stop_it(stdin: bytes) -> None:
    assert [one["reason"] for one in run("check", stdin=stdin)] == ["unreadable"] * 3


def test_a_text_may_look_like_an_option() -> None:
    said = run("check", "-x", MEMBERS.show(ANA, store_no=STORE_NO), *AT)

    assert [one["reason"] for one in said] == ["unreadable", "unknown"]


@needs_a_terminal
def test_a_person_sees_a_table() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from kiosk.pass_cli import app; app()", "check", "[red]"]
    subprocess.run(command, stdout=theirs, check=True, timeout=60)
    close(theirs)

    table = read(ours, 65_536).decode()
    close(ours)

    assert "unreadable" in table
    assert "{" not in table

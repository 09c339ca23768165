from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.errors import ContractError
from contract.sealed import Purpose, seal
from updates.core import release
from updates.core.release import Release, ReleaseFile, fits, refusal
from updates.core.versions import read

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {1: KEY.public_key().public_bytes_raw()}
HASH = "0" * 64


def made(version: str = "0.2.0", **others: object) -> Release:
    files = tuple(
        ReleaseFile(name, 1, HASH)
        for name in (f"hien-{version}-py3-none-any.whl", "requirements.txt")
    )
    return msgspec.structs.replace(Release(version, "0.1.0", files), **others)


def test_what_was_sealed_is_opened() -> None:
    release_made = made(canaries=("quay-1@an-nhien",), percent=10)

    assert release.opened(KEYS, release.sealed(release_made, KEY, 1)) == release_made


@dataclass
class Case:
    name: str
    data: bytes
    says: str
    keys: dict[int, bytes] = field(default_factory=lambda: KEYS)


def payload(**changes: object) -> bytes:
    said = {**msgspec.to_builtins(made()), **changes}
    return seal(KEY, 1, Purpose.RELEASE, msgspec.json.encode(said))


def file(name: str) -> dict[str, object]:
    return {"name": name, "size_bytes": 1, "sha256": HASH}


OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
GOOD = release.sealed(made(), KEY, 1)
BAD = [
    Case("tampered", GOOD.replace(b"0.1.0", b"0.0.0"), "seal: the signature does not fit"),
    Case("key unknown", release.sealed(made(), KEY, 7), "seal: key 7 is not one we trust"),
    Case("another's key", release.sealed(made(), OTHER, 1), "seal: the signature does not fit"),
    Case("unsigned", b'{"version": "9.0.0"}', "seal: there is no line with purpose, key"),
    Case(
        "another purpose", seal(KEY, 1, Purpose.TRUST, b"{}"), "seal: it is for trust, not for rele"
    ),
    Case("no JSON", seal(KEY, 1, Purpose.RELEASE, b"{"), "release: is not JSON"),
    Case("no version", payload(version="latest"), "release: .*version"),
    Case("unknown key", payload(post_install="rm"), "release: .*post_install"),
    Case("a path", payload(files=[file("../../etc/passwd")]), "release: .*files"),
    Case("a hidden name", payload(files=[file(".pth")]), "release: .*files"),
    Case("no wheel of ours", payload(files=[file("requirements.txt")]), "release: names no hien-"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_what_is_not_to_be_believed_is_refused_with_a_sentence(case: Case) -> None:
    with pytest.raises(ContractError, match=case.says):
        release.opened(case.keys, case.data)


def test_a_file_that_is_named_twice_is_refused() -> None:
    files = [file(made().wheel), file("requirements.txt"), file("requirements.txt")]

    with pytest.raises(ContractError, match="names a file twice"):
        release.opened(KEYS, payload(files=files))


@pytest.mark.parametrize(
    ("name", "is_for"),
    [
        ("requirements.txt", {"311", "313", "x86"}),
        ("flask-3.1.3-py3-none-any.whl", {"311", "313", "x86"}),
        ("pyzbar-0.1.9-py2.py3-none-any.whl", {"311", "313", "x86"}),
        ("numpy-2.3.0-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl", {"311"}),
        ("numpy-2.3.0-cp313-cp313-manylinux_2_28_aarch64.whl", {"313"}),
        ("numpy-2.3.0-cp311-cp311-manylinux_2_28_x86_64.whl", {"x86"}),
        ("numpy-2.3.0-cp311-cp311-musllinux_1_2_aarch64.whl", set()),
        ("cryptography-50.0-cp39-abi3-manylinux_2_28_aarch64.whl", {"311", "313"}),
        ("later-1.0-cp312-abi3-manylinux_2_28_aarch64.whl", {"313"}),
        ("numbered-1.0-1-cp311-cp311-linux_aarch64.whl", {"311"}),
    ],
)
def test_a_machine_takes_what_is_for_its_python_and_processor(name: str, is_for: set[str]) -> None:
    machines = {
        "311": ((3, 11), "aarch64"),
        "313": ((3, 13), "aarch64"),
        "x86": ((3, 11), "x86_64"),
    }

    assert {key for key, (python, machine) in machines.items() if fits(name, python, machine)} == (
        is_for
    )


@pytest.mark.parametrize(
    ("running", "highest", "says"),
    [
        ("0.1.0", "0.0.0", None),
        ("0.1.5", "0.1.5", None),
        ("0.2.0", "0.0.0", "0.2.0 is older than 0.2.0"),
        ("0.3.0", "0.0.0", "0.2.0 is older than 0.3.0, which runs here"),
        ("0.1.0", "0.2.0", "0.2.0 is not newer than 0.2.0, which has been here before"),
        ("0.0.9", "0.0.0", "0.2.0 needs at least 0.1.0, and 0.0.9 runs here"),
    ],
)
def test_versions_go_up_and_one_by_one(running: str, highest: str, says: str | None) -> None:
    why = refusal(made("0.2.0"), read(running), read(highest))

    assert why == says if says is None else (why or "").startswith(says)

"""The files a door trusts: only sealed ones, for this store, that belong together."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from contract import codec
from contract.door_trust import Keyring
from contract.sealed import Purpose, seal
from kiosk.core.door_keys import DoorKeys
from kiosk.door.trust_files import KEYRING, REVOCATIONS, TrustFiles
from tests.kiosk.door.shop import (
    ANA,
    ISSUER_KEY_ID,
    ISSUERS,
    MEMBERS,
    STORE,
    STRANGER,
    revocations,
    sealed_trust,
)


@pytest.fixture
def files(tmp_path: Path) -> TrustFiles:
    return TrustFiles(tmp_path, STORE, ISSUERS, DoorKeys())


def put(folder: Path, documents: tuple[bytes, bytes]) -> None:
    (folder / KEYRING).write_bytes(documents[0])
    (folder / REVOCATIONS).write_bytes(documents[1])


GOOD = sealed_trust(MEMBERS.keyring(), revocations())
HACKED = seal(STRANGER, ISSUER_KEY_ID, Purpose.KEYRING, codec.encode(MEMBERS.keyring()))
ELSEWHERE = structs.replace(MEMBERS.keyring(), store="hue-2")


def test_good_files_are_learned_once(files: TrustFiles, tmp_path: Path) -> None:
    put(tmp_path, GOOD)

    assert [files.look(), files.look()] == [True, False]
    assert files.keys.member(ANA, 1) is not None
    assert files.problem == ""


def test_a_missing_file_is_a_problem_and_changes_nothing(files: TrustFiles, tmp_path: Path) -> None:
    (tmp_path / KEYRING).write_bytes(GOOD[0])

    assert not files.look()
    assert "there is no keyring.sealed" in files.problem


@pytest.mark.parametrize(
    ("documents", "problem"),
    [
        pytest.param((HACKED, GOOD[1]), "seal: the signature does not fit", id="forged"),
        pytest.param((GOOD[1], GOOD[0]), "seal: it is for revocations", id="swapped"),
        pytest.param((b"", GOOD[1]), "seal: there is no line", id="empty"),
        pytest.param(
            sealed_trust(ELSEWHERE, revocations()), "not for store hue-1", id="another store's"
        ),
        pytest.param(
            (seal(STRANGER, 9, Purpose.KEYRING, b"{}"), GOOD[1]), "key 9 is not", id="a new key"
        ),
    ],
)
def test_what_cannot_be_believed_changes_nothing_and_is_said(
    files: TrustFiles, tmp_path: Path, documents: tuple[bytes, bytes], problem: str
) -> None:
    put(tmp_path, GOOD)
    files.look()
    held = files.keys
    put(tmp_path, documents)

    assert not files.look()
    assert files.keys == held
    assert problem in files.problem

    put(tmp_path, sealed_trust(MEMBERS.keyring(2), revocations(2, keyring=2)))
    assert files.look()
    assert files.problem == ""


def test_a_pair_of_which_one_is_still_on_its_way_waits(files: TrustFiles, tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    files.look()
    newer = sealed_trust(MEMBERS.keyring(2), revocations(2, keyring=2))

    (tmp_path / KEYRING).write_bytes(newer[0])
    assert not files.look()
    assert files.keys.keyring_epoch == 1

    (tmp_path / REVOCATIONS).write_bytes(newer[1])
    assert files.look()
    assert files.keys.keyring_epoch == 2


def test_a_keyring_that_is_no_keyring_is_said(files: TrustFiles, tmp_path: Path) -> None:
    put(tmp_path, sealed_trust(Keyring(STORE, 1), revocations()))
    assert files.look()

    put(tmp_path, (GOOD[0], seal(STRANGER, ISSUER_KEY_ID, Purpose.REVOCATIONS, b"[]")))
    assert not files.look()
    assert "does not fit" in files.problem

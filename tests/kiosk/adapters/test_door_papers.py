from pathlib import Path

import pytest

from contract import topics
from kiosk.adapters.door_papers import DoorPapers
from kiosk.core.door_keys import DoorKeys
from kiosk.door.trust_files import TrustFiles
from runtime.errors import DeviceError
from tests.kiosk.door.shop import ANA, ISSUERS, MEMBERS, STORE, revocations, sealed_trust


def test_the_door_finds_what_the_kiosk_lays_there(tmp_path: Path) -> None:
    papers, door = DoorPapers(STORE, tmp_path), TrustFiles(tmp_path, STORE, ISSUERS, DoorKeys())
    keyring, revoked = sealed_trust(MEMBERS.keyring(), revocations())

    assert papers.lay(topics.keyring(STORE), keyring)
    assert not door.look()
    assert papers.lay(topics.revocations(STORE), revoked)

    assert door.look()
    assert door.keys.member(ANA, 1) is not None
    assert set(papers.topics) == {topics.keyring(STORE), topics.revocations(STORE)}


def test_what_is_for_nobody_is_left(tmp_path: Path) -> None:
    assert not DoorPapers(STORE, tmp_path).lay(topics.keyring("elsewhere"), b"x")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    papers = DoorPapers(STORE, tmp_path / "gone")
    with pytest.raises(DeviceError, match="gone"):
        papers.lay(topics.keyring(STORE), b"x")

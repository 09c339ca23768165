from pathlib import Path

import pytest

from contract import codec
from contract.errors import ContractError
from contract.messages import Denial
from contract.sealed import Purpose, unseal
from gateway import seal
from runtime.errors import SettingsError
from tests.contract.denying import denial_of

DENIAL = denial_of(3, "t-1")


def test_what_a_key_sealed_its_public_half_opens(tmp_path: Path) -> None:
    made = seal.make(tmp_path / "seal.key", key_id=5)
    loaded = seal.load(tmp_path / "seal.key", key_id=5)

    sealed = loaded.seal(Purpose.DENIAL, DENIAL)

    keys = {5: bytes.fromhex(made.public_key)}
    assert codec.decode(Denial, unseal(keys, Purpose.DENIAL, sealed)) == DENIAL
    with pytest.raises(ContractError):
        unseal(keys, Purpose.TRUST, sealed)


def test_only_the_owner_may_read_the_key_and_nothing_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    made = seal.make(path, key_id=1)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() not in repr(made)


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    seal.make(path, key_id=1)
    before = path.read_text()

    with pytest.raises(SettingsError, match="is there already"):
        seal.make(path, key_id=1)
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file or directory; hien gateway make-key writes a new one"),
        ("not hex", "is not 32 bytes in hex"),
        ("00" * 31, "is not 32 bytes in hex"),
        ("ä", "is not 32 bytes in hex"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_named(
    tmp_path: Path, content: str | None, says: str
) -> None:
    path = tmp_path / "seal.key"
    if content is not None:
        path.write_text(content)

    with pytest.raises(SettingsError) as caught:
        seal.load(path, key_id=1)
    assert str(caught.value) == f"[seal] key_file {path}: {says}"

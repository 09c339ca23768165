from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from contract import codec
from contract.errors import ContractError
from contract.leases import Allowance
from contract.messages import Denial, Trust
from contract.sealed import Purpose, seal
from kiosk.adapters.trust_gate import TrustGate
from runtime.errors import DeviceError
from tests.contract.denying import denial_of

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes((n,)) * 32) for n in (1, 2))
ISSUERS = {1: KEY.public_key().public_bytes_raw()}
TRUST = Trust("hue-1", 7, not_after_ms=1_800_000_000_000)
DENIAL = denial_of(3, "t-1")


def sealed(
    message: Trust | Denial,
    purpose: Purpose | None = None,
    key: Ed25519PrivateKey = KEY,
    key_id: int = 1,
) -> bytes:
    usual = Purpose.TRUST if isinstance(message, Trust) else Purpose.DENIAL
    return seal(key, key_id, purpose or usual, codec.encode(message))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trust-epochs"


@pytest.fixture
def gate(path: Path) -> TrustGate:
    return TrustGate("hue-1", ISSUERS, path)


def test_what_the_retailer_sealed_comes_in(gate: TrustGate) -> None:
    assert gate.open(Trust, sealed(TRUST)) == TRUST
    assert gate.open(Denial, sealed(DENIAL)) == DENIAL


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        pytest.param(Trust, codec.encode(TRUST), "seal", id="unsealed"),
        pytest.param(Trust, sealed(TRUST, key=OTHER), "seal", id="sealed by somebody else"),
        pytest.param(Trust, sealed(TRUST, key_id=2), "seal", id="sealed with an unknown key"),
        pytest.param(Trust, sealed(TRUST)[:-1] + b" ", "seal", id="changed on the way"),
        pytest.param(Trust, sealed(TRUST, Purpose.KEYRING), "seal", id="sealed for doors"),
        pytest.param(Denial, sealed(TRUST), "seal", id="the wrong kind on this topic"),
        pytest.param(Trust, sealed(structs.replace(TRUST, store="hue-2")), "store", id="elsewhere"),
        pytest.param(Trust, b"", "seal", id="empty, as a cleared retained message is"),
    ],
)
def test_nothing_else_comes_in(
    gate: TrustGate, path: Path, kind: type[Trust | Denial], data: bytes, field: str
) -> None:
    with pytest.raises(ContractError) as caught:
        gate.open(kind, data)

    assert caught.value.field == field
    assert not path.exists()


def test_without_keys_nothing_comes_in(path: Path) -> None:
    with pytest.raises(ContractError, match="not one we trust"):
        TrustGate("hue-1", {}, path).open(Trust, sealed(TRUST))


def test_an_older_word_stays_out_also_after_a_restart(gate: TrustGate, path: Path) -> None:
    gate.open(Trust, sealed(TRUST))
    gate.open(Denial, sealed(DENIAL))

    for after in (gate, TrustGate("hue-1", ISSUERS, path)):
        for older in (structs.replace(TRUST, epoch=6), structs.replace(DENIAL, epoch=2)):
            with pytest.raises(ContractError, match="is older than"):
                after.open(type(older), sealed(older))
        assert after.open(Trust, sealed(TRUST)) == TRUST  # the same again is how a restart learns


@pytest.mark.parametrize("damage", ["", "7", "x y", "7 3 1"])
def test_a_damaged_memory_keeps_nobody_out(path: Path, damage: str) -> None:
    path.write_text(damage)

    assert TrustGate("hue-1", ISSUERS, path).open(Trust, sealed(TRUST)) == TRUST


def test_what_cannot_be_remembered_does_not_come_in(tmp_path: Path) -> None:
    gate = TrustGate("hue-1", ISSUERS, tmp_path / "nowhere" / "trust-epochs")

    for _ in range(2):
        with pytest.raises(DeviceError, match="cannot keep"):
            gate.open(Trust, sealed(TRUST))


def test_an_allowance_is_for_one_kiosk_of_one_store_and_sealed_as_such(gate: TrustGate) -> None:
    said = Allowance("hue-1", "quay-1", "00000000000000aa")

    def made(message: Allowance, purpose: Purpose = Purpose.ALLOWANCE) -> bytes:
        return seal(KEY, 1, purpose, codec.encode(message))

    assert gate.allowance("quay-1", made(said)) == said
    for kiosk, data in (
        ("quay-2", made(said)),
        ("quay-1", made(said, Purpose.TRUST)),
        ("quay-1", made(structs.replace(said, store="hue-2"))),
    ):
        with pytest.raises(ContractError):
            gate.allowance(kiosk, data)

"""What doors are given to trust: the golden documents say what they say."""

from contract import codec
from contract.door_trust import Keyring, Revocations
from tests.contract.golden import cases

SAYS = {case["purpose"]: case["payload"].encode() for case in cases("sealed.json", "good")}


def test_the_golden_keyring() -> None:
    keyring = codec.decode(Keyring, SAYS["keyring"])

    assert (keyring.store, keyring.epoch) == ("hue-1", 3)
    assert [key.member for key in keyring.members] == ["00a1b2c3d4e5"]
    assert codec.encode(keyring) == SAYS["keyring"]


def test_the_golden_revocations_revoke_the_first_member() -> None:
    revocations = codec.decode(Revocations, SAYS["revocations"])

    assert (revocations.keyring, revocations.members) == (3, b"\x01")
    assert codec.encode(revocations) == SAYS["revocations"]

"""Member passes: a golden one, and every way to be none."""

from dataclasses import replace

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract import base45, passes, signatures
from contract.errors import ContractError

# RFC 8032, section 7.1, test 1: a key anybody can compute with
KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
GOLDEN = (
    "MD1:W50Q30/QM6-QF+05YP700*ZUMK6.H6CP4-%NRP3QOM-+IXIHZ+SN6D-UO8VBXJC8GNWRBM"
    "*A6%9YWBVDECKMAM8WA79DSP5K4-J07S ZHOA1LYM  CBKH"
)


def golden_pass() -> str:
    return passes.make(KEY, key_id=1, member="00a1b2c3d4e5", slot=119_000_000, store_no=7)


def test_a_pass_says_what_it_was_made_with() -> None:
    shown = passes.read(golden_pass())
    assert (shown.key_id, shown.member) == (1, "00a1b2c3d4e5")
    assert (shown.slot, shown.store_no) == (119_000_000, 7)
    assert passes.is_genuine(shown, PUBLIC)


def test_the_golden_pass_has_not_changed() -> None:
    assert golden_pass() == GOLDEN


def test_a_pass_fits_qr_version_5_at_level_m() -> None:
    code = segno.make(golden_pass(), error="m", boost_error=False)
    assert code.version == 5


@given(st.integers(min_value=0, max_value=77), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_makes_it_false(place: int, change: int) -> None:
    data = bytearray(base45.decode(golden_pass().removeprefix("MD1:")))
    data[place] ^= change
    try:
        shown = passes.read("MD1:" + base45.encode(bytes(data)))
    except ContractError:
        assert place == 0  # only the header is judged before the signature
        return
    assert not passes.is_genuine(shown, PUBLIC)


@given(st.text(max_size=200) | st.text(alphabet=base45.ALPHABET, min_size=117, max_size=117))
def test_no_text_makes_reading_fail_in_another_way(text: str) -> None:
    for candidate in (text, "MD1:" + text):
        try:
            shown = passes.read(candidate)
        except ContractError:
            continue
        assert not passes.is_genuine(shown, PUBLIC)


def test_a_foreign_key_or_a_broken_one_proves_nothing() -> None:
    shown = passes.read(golden_pass())
    assert not passes.is_genuine(shown, bytes(32))
    assert not passes.is_genuine(shown, b"short")


def test_a_slot_is_fifteen_seconds() -> None:
    assert [passes.slot_at(s) for s in (0, 14.9, 15, 1_785_000_000)] == [0, 0, 1, 119_000_000]


def test_a_phone_without_ed25519_makes_passes_too() -> None:
    key = ec.derive_private_key(4711, ec.SECP256R1())
    shown = passes.read(passes.make(key, 1, "00a1b2c3d4e5", 119_000_000, 7))

    assert (shown.header, shown.member) == (passes.P256, "00a1b2c3d4e5")
    assert passes.is_genuine(shown, signatures.public_bytes(key))
    assert not passes.is_genuine(shown, PUBLIC)
    assert not passes.is_genuine(replace(shown, header=passes.ED25519), PUBLIC)


def test_the_header_must_say_how_it_was_signed() -> None:
    """A signature is good for the way that it names, and for no other."""
    lying = passes.MemberPass(1, "00a1b2c3d4e5", 119_000_000, 7, header=passes.P256)

    assert not passes.is_genuine(replace(lying, signature=KEY.sign(lying.signed)), PUBLIC)


def test_bytes_without_the_prefix_are_no_pass() -> None:
    with pytest.raises(ContractError):
        passes.read(golden_pass().removeprefix("MD1:"))

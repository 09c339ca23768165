"""Retailer's passes: a golden one, and every way to be none."""

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract import base45, passes, retailer_passes
from contract.errors import ContractError
from contract.retailer_passes import RetailerPass, Sort

# RFC 8032, section 7.1, test 2: a key anybody can compute with
KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
)
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
CARD = RetailerPass(Sort.ENTRY_CARD, 3, "00112233445566ff", last_day=20_650, store_no=7)
GOLDEN = (
    "MV1:%N2H00PE4XS8.0D+8A700W54$9OYFRYLGD4F*%BUUHUQQO46S E 0L1H0AF3CBMA+4KG"
    "KRKDVOE9IH7NG3R18MLU+0*FPY/QZ$OOX38L7A+3:QSW49G4J"
)


def golden_pass() -> str:
    return retailer_passes.make(KEY, CARD)


def test_a_pass_says_what_it_was_made_with() -> None:
    shown = retailer_passes.read(golden_pass())

    assert (shown.sort, shown.key_id, shown.pass_id) == (Sort.ENTRY_CARD, 3, "00112233445566ff")
    assert (shown.last_day, shown.store_no) == (20_650, 7)
    assert retailer_passes.is_genuine(shown, PUBLIC)


def test_the_golden_pass_has_not_changed() -> None:
    assert golden_pass() == GOLDEN


def test_a_pass_fits_qr_version_5_at_level_m() -> None:
    assert segno.make(golden_pass(), error="m", boost_error=False).version == 5


@given(st.integers(min_value=0, max_value=77), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_makes_it_false(place: int, change: int) -> None:
    data = bytearray(base45.decode(golden_pass().removeprefix("MV1:")))
    data[place] ^= change
    try:
        shown = retailer_passes.read("MV1:" + base45.encode(bytes(data)))
    except ContractError:
        assert place == 0  # only the header is judged before the signature
        return
    assert not retailer_passes.is_genuine(shown, PUBLIC)


@given(st.text(max_size=200) | st.text(alphabet=base45.ALPHABET, min_size=117, max_size=117))
def test_no_text_makes_reading_fail_in_another_way(text: str) -> None:
    for candidate in (text, "MV1:" + text):
        try:
            shown = retailer_passes.read(candidate)
        except ContractError:
            continue
        assert not retailer_passes.is_genuine(shown, PUBLIC)


def test_a_member_pass_is_not_taken_for_a_retailers() -> None:
    member = passes.make(KEY, key_id=3, member="00a1b2c3d4e5", slot=119_000_000, store_no=7)

    with pytest.raises(ContractError, match="header 0x01"):
        retailer_passes.read("MV1:" + member.removeprefix("MD1:"))
    with pytest.raises(ContractError, match="header 0x14"):
        passes.read("MD1:" + golden_pass().removeprefix("MV1:"))

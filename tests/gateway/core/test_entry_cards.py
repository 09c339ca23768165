from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import retailer_passes
from contract.retailer_passes import RetailerPass, Sort
from gateway.core.entry_cards import Problem, number_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {3: KEY.public_key().public_bytes_raw().hex()}
NUMBER = "00112233445566ff"
CARD = RetailerPass(Sort.ENTRY_CARD, 3, NUMBER, last_day=20_650, store_no=7)
GOOD = retailer_passes.make(KEY, CARD)
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(NUMBER, NUMBER, id="its number"),
        pytest.param(f" {GOOD}\n", NUMBER, id="its text, as a scanner types it"),
        pytest.param("", Problem.UNREADABLE, id="nothing"),
        pytest.param(NUMBER[:-1], Problem.UNREADABLE, id="a part of a number"),
        pytest.param(NUMBER + "\n0", Problem.UNREADABLE, id="more than a number"),
        pytest.param("00000000a001", Problem.UNREADABLE, id="a member"),
        pytest.param(GOOD[:-2], Problem.UNREADABLE, id="a part of the text"),
        pytest.param(retailer_passes.make(STRANGER, CARD), Problem.NOT_OURS, id="forged"),
        pytest.param(
            retailer_passes.make(KEY, replace(CARD, key_id=4)), Problem.NOT_OURS, id="unknown key"
        ),
        pytest.param(
            retailer_passes.make(KEY, replace(CARD, sort=Sort.VOUCHER)),
            Problem.OTHER_SORT,
            id="a voucher",
        ),
    ],
)
def test_which_card_is_meant(said: str, expected: str | Problem) -> None:
    assert number_of(said, KEYS) == expected

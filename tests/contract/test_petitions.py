"""The code that a new kiosk and its gateway show, and what is said until both can."""

from __future__ import annotations

from hashlib import sha256

import pytest

from contract import codec, petitions
from contract.enrolment import MAX_BYTES
from contract.errors import ContractError
from contract.petitions import Petition

KEY = sha256(b"a key").hexdigest()
HOUSE = sha256(b"an authority").digest()
THEIRS, OURS = b"k" * 16, b"g" * 16


def test_a_code_looks_as_documented() -> None:
    assert petitions.code(KEY, HOUSE, THEIRS, OURS) == "W69-9VP"


@pytest.mark.parametrize(
    "other",
    [
        (sha256(b"another").hexdigest(), HOUSE, THEIRS, OURS),
        (KEY, sha256(b"another").digest(), THEIRS, OURS),
        (KEY, HOUSE, b"K" * 16, OURS),
        (KEY, HOUSE, THEIRS, b"G" * 16),
    ],
    ids=["key", "authority", "kiosk's number", "gateway's number"],
)
def test_whatever_is_another_gives_another_code(other: tuple[str, bytes, bytes, bytes]) -> None:
    assert petitions.code(*other) != petitions.code(KEY, HOUSE, THEIRS, OURS)


def test_no_code_has_letters_that_are_taken_for_one_another() -> None:
    codes = {petitions.code(KEY, HOUSE, THEIRS, number.to_bytes(16)) for number in range(500)}

    assert len(codes) == 500
    assert len(set("".join(codes))) == 33, "32 letters and the hyphen"
    assert not set("".join(codes)) & set("01IO")


def test_a_promise_does_not_tell_the_number() -> None:
    assert THEIRS.hex() not in petitions.commitment(THEIRS)
    assert petitions.commitment(THEIRS) != petitions.commitment(OURS)


@pytest.mark.parametrize("wish", ["", "quay-1@hue-1"])
def test_a_petition_comes_back_as_it_went(wish: str) -> None:
    said = Petition("PEM", petitions.commitment(THEIRS), wish)

    assert petitions.read_petition(codec.encode(said)) == said


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"\xff", b"x" * (MAX_BYTES + 1),
     codec.encode(Petition("PEM", petitions.commitment(THEIRS), "quay 1@hue-1"))],
)  # fmt: skip
def test_what_is_none_is_refused(data: bytes) -> None:
    for read in (
        petitions.read_petition,
        petitions.read_noted,
        petitions.read_inquiry,
        petitions.read_answer,
    ):
        with pytest.raises(ContractError):
            read(data)

"""Base45 against RFC 9285's own examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import base45

RFC_9285_SECTION_4 = [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581")]


@pytest.mark.parametrize(("plain", "coded"), RFC_9285_SECTION_4)
def test_the_examples_of_the_rfc_hold_both_ways(plain: str, coded: str) -> None:
    assert base45.encode(plain.encode()) == coded
    assert base45.decode(coded) == plain.encode()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("GGW", id="RFC 9285 section 6: encodes 65536"),
        pytest.param("a", id="lower case"),
        pytest.param("BB8A", id="one character too many"),
        pytest.param("ZZ", id="two characters beyond 255"),
        pytest.param("Ẳ", id="not ASCII"),
    ],
)
def test_what_encodes_no_bytes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base45|encode no bytes"):
        base45.decode(text)


@given(st.binary(max_size=200))
def test_any_bytes_survive_the_round_trip(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@given(st.text(max_size=200))
def test_any_text_gives_bytes_or_a_value_error(text: str) -> None:
    try:
        data = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(data) == text

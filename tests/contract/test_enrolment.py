"""The code a person types on a new kiosk, and what is said with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import codec, enrolment
from contract.enrolment import MAX_BYTES, PIN_BYTES, SECRET_BYTES, Ask, Code, Renewal
from contract.errors import ContractError

CODE = Code("gateway.lan", 8885, bytes(range(SECRET_BYTES)), bytes(range(PIN_BYTES)))


def test_a_code_looks_as_documented() -> None:
    assert CODE.text == "gateway.lan:8885/aaaqeayeaudaocajaaaqeayeaudaocajbifqydiob4"


@given(
    st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES),
    st.binary(min_size=PIN_BYTES, max_size=PIN_BYTES),
    st.sampled_from(["10.0.0.7", "[fe80::1]", "a-b.c"]),
)
def test_a_code_comes_back_as_it_went(secret: bytes, pin: bytes, host: str) -> None:
    code = Code(host, 8885, secret, pin)

    assert enrolment.read_code(code.text) == code
    assert enrolment.read_code(f"  {code.text.upper()}\n") == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        CODE.text[:-1],
        CODE.text + "a",
        CODE.text.replace("8885", "88850"),
        CODE.text.replace("8885", "0"),
        CODE.text.replace("gateway.lan", "gate way"),
        CODE.text.replace("aaaq", "aaa1"),
    ],
)
def test_what_is_no_code_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ContractError, match="code: is not host:port"):
        enrolment.read_code(text)


def test_the_gateway_keeps_of_a_secret_only_what_cannot_be_turned_back() -> None:
    assert enrolment.digest(b"a" * 10) != enrolment.digest(b"b" * 10)
    assert (b"a" * 10).hex() not in enrolment.digest(b"a" * 10)


def test_what_is_too_long_is_not_even_read() -> None:
    with pytest.raises(ContractError, match="longer than"):
        enrolment.read_ask(codec.encode(Ask("00" * 10, "x" * 4_000)) + b" " * MAX_BYTES)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"v":1,"secret":"00","request":""}'])
def test_what_is_no_request_is_refused(data: bytes) -> None:
    for read in (enrolment.read_ask, enrolment.read_renewal, enrolment.read_issued):
        with pytest.raises(ContractError):
            read(data)


def test_a_renewal_signs_the_new_key_and_for_nothing_else() -> None:
    one = Renewal("certificate", "a request", "00" * 8)
    other = Renewal("certificate", "another", "00" * 8)

    assert one.signed != other.signed
    assert one.signed.startswith(b"hien-renewal-1 ")

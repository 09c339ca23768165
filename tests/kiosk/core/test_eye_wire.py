"""Whatever an eye sends: a sign, or a broken eye. Never anything else in the kiosk."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import ContractError
from kiosk.core.eye_wire import (
    MAX_PACKET_BYTES,
    Beat,
    Lost,
    Orders,
    Read,
    decode_orders,
    decode_sign,
    encode,
)


@pytest.mark.parametrize(
    "sign",
    [Beat(0.0, has_changed=False), Beat(255.0, True), Read("MD1:X", 1.5), Lost("gone"), Lost("")],
)
def test_a_sign_arrives_as_it_was_meant(sign: Beat | Read | Lost) -> None:
    assert decode_sign(encode(sign)) == sign


def test_orders_arrive_as_they_were_meant() -> None:
    orders = Orders(
        "webcam", {"device": "/dev/video0", "fps": 15.0, "n": 1, "x": True}, "system", {}
    )

    assert decode_orders(encode(orders)) == orders


def test_the_longest_text_fits_in_a_packet_however_it_is_escaped() -> None:
    assert len(encode(Read("\x01" * 160, 1e15))) <= MAX_PACKET_BYTES


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        b'{"eye":"open"}',
        b'{"eye":"beat"}',
        b'{"eye":"beat","brightness":256,"has_changed":true}',
        b'{"eye":"beat","brightness":1,"has_changed":1}',
        b'{"eye":"beat","brightness":1,"has_changed":true,"picture":"..."}',
        b'{"eye":"read","text":"x","grabbed_ms":-1}',
        b'{"eye":"read","text":"' + b"x" * 161 + b'","grabbed_ms":1}',
        b'{"eye":"read","text":"\xff","grabbed_ms":1}',
        b'{"eye":"lost","detail":"' + b"x" * 201 + b'"}',
        b'{"eye":"lost","detail":""}' + b" " * MAX_PACKET_BYTES,
    ],
)
def test_anything_else_is_a_broken_eye(packet: bytes) -> None:
    with pytest.raises(ContractError):
        decode_sign(packet)


@given(st.binary(max_size=200))
def test_no_bytes_do_worse(packet: bytes) -> None:
    for decode in (decode_sign, decode_orders):
        with suppress(ContractError):
            decode(packet)

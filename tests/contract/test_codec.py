"""The golden files decide what is a message; nothing makes the codec fail in another way."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import asks, codec, messages, products
from contract.errors import ContractError, UnknownVersionError
from contract.events import Touch, Touched
from tests.contract.golden import cases

Case = dict[str, Any]
KINDS = vars(messages) | vars(asks) | vars(products)


def named(case: Case) -> str:
    return str(case.get("name", case.get("payload")))


@pytest.mark.parametrize("case", cases("events.json", "good"), ids=named)
def test_a_good_event_survives_the_round_trip(case: Case) -> None:
    payload = json.dumps(case["event"]).encode()

    event, body = codec.decode_event_with_body(payload)

    assert json.loads(codec.encode_envelope(event, body)) == case["event"]
    assert json.loads(codec.encode_body(event.body)) == case["event"]["body"]


@pytest.mark.parametrize("case", cases("events.json", "bad"), ids=named)
def test_a_bad_event_is_refused_and_the_field_named(case: Case) -> None:
    with pytest.raises(ContractError) as caught:
        codec.decode_event(case["payload"].encode())

    assert caught.value.field == case["fails_at"]


def test_a_newer_version_is_told_apart_so_that_its_bytes_are_kept() -> None:
    newer = next(case for case in cases("events.json", "bad") if case["name"] == "a newer version")

    with pytest.raises(UnknownVersionError, match="the only version this build speaks"):
        codec.decode_event(newer["payload"].encode())


@pytest.mark.parametrize("case", cases("messages.json", "good"), ids=named)
def test_a_good_message_survives_the_round_trip(case: Case) -> None:
    kind = KINDS[case["kind"]]

    message = codec.decode(kind, json.dumps(case["message"]).encode())

    assert json.loads(codec.encode(message)) == case["message"]


@pytest.mark.parametrize("case", cases("messages.json", "bad"), ids=named)
def test_a_bad_message_is_refused_and_the_field_named(case: Case) -> None:
    with pytest.raises(ContractError) as caught:
        codec.decode(KINDS[case["kind"]], case["payload"].encode())

    assert caught.value.field == case["fails_at"]


@given(st.binary(max_size=400))
def test_any_bytes_give_an_event_or_a_contract_error(payload: bytes) -> None:
    with pytest.raises(ContractError):
        codec.decode_event(payload)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
GOOD = [case["event"] for case in cases("events.json", "good")]


@given(st.sampled_from(GOOD), st.data(), JSON_VALUES)
def test_any_field_swapped_for_anything_is_an_event_or_names_that_field(
    good: Case, data: st.DataObject, value: object
) -> None:
    field = data.draw(st.sampled_from(sorted(good)))
    named_field = field_refused(json.dumps({**good, field: value}).encode())

    # a body of another kind is as wrong as a kind of another body
    assert named_field in {None, field, "body", "payload"}


def field_refused(payload: bytes) -> str | None:
    try:
        codec.decode_event(payload)
    except ContractError as error:
        return error.field.split(".")[0]
    return None


TOUCH = Touched("00112233445566ff", Touch.HELLO)


def test_the_chain_notices_every_change_to_a_row() -> None:
    body = codec.encode_body(TOUCH)
    id_ = str(GOOD[0]["id"])
    whole = codec.link(codec.GENESIS, id_, 7, 1_785_000_000_000, body)

    assert whole == "d466969253622c35d18b58d9a02992f3"
    assert codec.link("1" * 32, id_, 7, 1_785_000_000_000, body) != whole
    assert codec.link(codec.GENESIS, id_[:-1] + "0", 7, 1_785_000_000_000, body) != whole
    assert codec.link(codec.GENESIS, id_, 8, 1_785_000_000_000, body) != whole
    assert codec.link(codec.GENESIS, id_, 7, 1_785_000_000_001, body) != whole
    assert codec.link(codec.GENESIS, id_, 7, 1_785_000_000_000, body + b" ") != whole


def test_the_largest_event_fits_its_bound_twice() -> None:
    largest = max(len(json.dumps(case["event"])) for case in cases("events.json", "good"))

    assert largest * 2 < codec.MAX_EVENT_BYTES

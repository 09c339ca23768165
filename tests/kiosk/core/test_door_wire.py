"""Kiosk and door on one machine: what is said arrives, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from contract.commands import MAX_COMMAND_BYTES
from contract.errors import ContractError
from contract.events import ClockTrust, Decision, Doubt, EntryReason, Kind, Trouble
from kiosk.core import door_wire
from kiosk.core.door_wire import (
    Answer,
    AnyAsk,
    AnyReply,
    DoorHealth,
    HandedOver,
    HowAreYou,
    Misunderstood,
    PassOrder,
    Records,
    ShowPass,
    TakeRecords,
)

ASKS: list[AnyAsk] = [
    ShowPass("MD1:…"),
    PassOrder("hien-sealed-1 …\n{}"),
    TakeRecords(),
    TakeRecords("0123456789abcdef", 12),
    HowAreYou(),
]
REPLIES: list[AnyReply] = [
    Answer(Decision.GRANTED, EntryReason.PASS, (Doubt.UNCLAIMED,), 5.0),
    Records("0123456789abcdef", (HandedOver(7, Kind.ENTRY, Raw(b'{"door":"front"}')),)),
    DoorHealth(ClockTrust.FLOOR, None, 3, False, "no closer", (Trouble.FORCED,), 1, 2),
    Misunderstood("what?"),
]


@pytest.mark.parametrize("ask", ASKS)
def test_a_question_arrives_as_one_line(ask: AnyAsk) -> None:
    line = door_wire.line(ask)

    assert line.count(b"\n") == 1
    assert door_wire.read_ask(line) == ask


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_arrives_as_one_line(reply: AnyReply) -> None:
    line = door_wire.line(reply)

    assert line.count(b"\n") == 1
    assert door_wire.read_reply(line) == reply


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"open",
        b'{"ask":"open"}',
        b'{"ask":"show_pass","text":"x","and":"open"}',
        b'{"ask":"show_pass","text":"' + b"x" * 161 + b'"}',
        b'{"ask":"pass_order","sealed":"' + b"x" * (MAX_COMMAND_BYTES + 1) + b'"}',
        b'{"ask":"take_records","kept":-1}',
        b"[" * 20_000,
        b'{"ask":"\xff"}',
    ],
)
def test_there_is_no_other_question(line: bytes) -> None:
    with pytest.raises(ContractError):
        door_wire.read_ask(line)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_way(data: bytes) -> None:
    for read in (door_wire.read_ask, door_wire.read_reply):
        with pytest.raises(ContractError):
            read(data)


def test_the_longest_question_fits_its_bound() -> None:
    longest = PassOrder('"' * MAX_COMMAND_BYTES)

    assert len(door_wire.line(longest)) < door_wire.MAX_ASK_BYTES

"""What a kiosk and a door on the same machine say to each other: one JSON line each way.

A kiosk shows what it read; there is no word for "open". An order travels sealed.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import DecodeError, Meta, Raw, Struct, ValidationError, json

from contract.commands import MAX_COMMAND_BYTES
from contract.errors import ContractError
from contract.events import ClockTrust, Decision, Doubt, EntryReason, Kind, Trouble
from contract.identifiers import Epoch

MAX_ASK_BYTES = 4_096  # the longest order, escaped
BATCH = 20  # records in a reply, 400 bytes each

Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Ask(Struct, frozen=True, tag_field="ask", forbid_unknown_fields=True):
    """What a kiosk may ask of a door."""


class ShowPass(Ask, frozen=True, tag="show_pass"):
    """Somebody holds this text to the camera."""

    text: Annotated[str, Meta(max_length=160)]


class PassOrder(Ask, frozen=True, tag="pass_order"):
    """The gateway sent this sealed order."""

    sealed: Annotated[str, Meta(max_length=MAX_COMMAND_BYTES)]


class TakeRecords(Ask, frozen=True, tag="take_records"):
    """The kiosk's outbox holds the records up to `kept`; hand over the next."""

    journal: Epoch | None = None  # None: it does not remember; the door does
    kept: Number = 0


class HowAreYou(Ask, frozen=True, tag="how_are_you"):
    """Report your health."""


class Reply(Struct, frozen=True, tag_field="reply"):
    """What a door says; a newer door may say more."""


class Answer(Reply, frozen=True, tag="answer"):
    """Whether the door opens, and why."""

    decision: Decision
    reason: EntryReason
    doubts: tuple[Doubt, ...] = ()
    hold_s: float = 0.0  # for so long the lock is released


class HandedOver(Struct, frozen=True):
    """One record of the journal, ready for the outbox."""

    number: Number
    kind: Kind
    body: Raw


class Records(Reply, frozen=True, tag="records"):
    """The next records, oldest first; ask again until there are none."""

    journal: Epoch
    records: tuple[HandedOver, ...] = ()


class DoorHealth(Reply, frozen=True, tag="health"):
    """How the door is."""

    clock: ClockTrust
    clock_error_s: float | None  # None: the time is not known
    people: int
    is_in_order: bool
    problem: str = ""  # what to fix, for staff
    alarms: tuple[Trouble, ...] = ()
    keyring: int = -1
    revocations: int = -1


class Misunderstood(Reply, frozen=True, tag="misunderstood"):
    """That was no question."""

    problem: str


AnyAsk = ShowPass | PassOrder | TakeRecords | HowAreYou
AnyReply = Answer | Records | DoorHealth | Misunderstood

_asks: json.Decoder[AnyAsk] = json.Decoder(AnyAsk)
_replies: json.Decoder[AnyReply] = json.Decoder(AnyReply)
_encoder = json.Encoder()


def line(said: Ask | Reply) -> bytes:
    """One line, ready to send."""
    return _encoder.encode(said) + b"\n"


def read_ask(data: bytes) -> AnyAsk:
    """What a kiosk asked; ContractError if it makes no sense."""
    try:
        return _asks.decode(data)
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _explained(error) from error


def read_reply(data: bytes) -> AnyReply:
    """What a door replied; ContractError if it makes no sense."""
    try:
        return _replies.decode(data)
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _explained(error) from error


def _explained(error: Exception) -> ContractError:
    kind = "question" if isinstance(error, ValidationError) else "line"
    return ContractError(kind, str(error)[:200])

"""Bytes to messages and back. Bounds first, types strict, every refusal names the field."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TypeVar

from msgspec import DecodeError, Raw, ValidationError, json

from contract.errors import ContractError, UnknownVersionError
from contract.events import BODIES, VERSION, Body, ClockTrust, Envelope, Event, Numbered
from contract.identifiers import EventId
from contract.messages import Message

MAX_EVENT_BYTES = 4_096  # the largest body, a pass, needs 700; a broker limit stands behind this
MAX_COUNTED_BYTES = 2 * MAX_EVENT_BYTES  # what a dead letter keeps whole; no outbox makes more
MAX_TRUST_BYTES = 32 * 1024 * 1024  # 100,000 members with a key and a tag each take 24 MB

GENESIS = "0" * 32  # the chain value before an outbox's first event

M = TypeVar("M", bound=Message)

_envelope = json.Decoder(Envelope)
_numbered = json.Decoder(Numbered)
_bodies = {kind: json.Decoder(body) for kind, body in BODIES.items()}
_encoder = json.Encoder()
_path = re.compile(r" - at `\$\.?([^`]*)`$")
_version = re.compile(rb'"v"\s*:\s*(-?[0-9]{1,9}|"[^"]{0,9}")')


def encode_body(body: Body) -> bytes:
    """An event's body as JSON; these bytes are what the chain covers and what travels."""
    return _encoder.encode(body)


def link(previous: str, event_id: EventId, seq: int, at_ms: int, body: bytes) -> str:
    """The next value of an outbox's chain: a changed, lost or swapped row breaks it.

    The first 16 bytes of SHA-256 over the predecessor and this row, in hex.
    """
    row = f"{previous} {event_id} {seq} {at_ms} ".encode()
    return sha256(row + body).hexdigest()[:32]


def encode_envelope(event: Event, body: bytes) -> bytes:
    """One event ready to publish; `body` as it stood in the outbox, byte for byte."""
    return _encoder.encode(
        Envelope(
            v=VERSION,
            id=event.id,
            store=event.store,
            kiosk=event.kiosk,
            epoch=event.epoch,
            seq=event.seq,
            at_ms=event.at_ms,
            clock=ClockTrust(event.clock),
            kind=event.kind,
            body=Raw(body),
            chain=event.chain,
        )
    )


def decode_event(payload: bytes) -> Event:
    """Read what a kiosk sent.

    Raises UnknownVersionError if a newer peer sent it, ContractError for anything else.
    """
    return decode_event_with_body(payload)[0]


def decode_event_with_body(payload: bytes) -> tuple[Event, bytes]:
    """Like decode_event, and the body's own bytes, over which the chain is computed."""
    if len(payload) > MAX_EVENT_BYTES:
        raise ContractError("payload", f"{len(payload)} bytes; at most {MAX_EVENT_BYTES}")
    try:
        envelope = _envelope.decode(payload)
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _explained(payload, error) from error
    if envelope.v != VERSION:
        raise UnknownVersionError(envelope.v)
    body_bytes = bytes(envelope.body)
    try:
        body = _bodies[envelope.kind].decode(body_bytes)
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        field = f"body.{_field(error)}".removesuffix(".payload")
        raise ContractError(field, _problem(error)) from error
    event = Event(
        id=envelope.id,
        store=envelope.store,
        kiosk=envelope.kiosk,
        epoch=envelope.epoch,
        seq=envelope.seq,
        at_ms=envelope.at_ms,
        clock=envelope.clock,
        body=body,
        chain=envelope.chain,
    )
    return event, body_bytes


def decode_number(payload: bytes) -> tuple[Event, bytes]:
    """Of an event that cannot be read: who sent it, its place in the chain, its body's own bytes.

    So that one event which nobody understands does not hold up all that its kiosk says after it.
    Raises ContractError if not even that can be read, and UnknownVersionError for a newer peer's:
    that one waits in its kiosk's outbox for the update after which it can be read.
    """
    if len(payload) > MAX_COUNTED_BYTES:
        raise ContractError("payload", f"{len(payload)} bytes; at most {MAX_COUNTED_BYTES}")
    try:
        known = _numbered.decode(payload)
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _explained(payload, error) from error
    if known.v != VERSION:
        raise UnknownVersionError(known.v)
    event = Event(
        id=known.id,
        store=known.store,
        kiosk=known.kiosk,
        epoch=known.epoch,
        seq=known.seq,
        at_ms=known.at_ms,
        clock=ClockTrust.SUSPECT,
        body=Body(),
        chain=known.chain,
    )
    return event, bytes(known.body)


def encode(message: Message) -> bytes:
    """Any message of the gateway, or a kiosk's state, as JSON."""
    return _encoder.encode(message)


def decode(kind: type[M], payload: bytes) -> M:
    """Read a message of a known kind; ContractError names the field that is wrong."""
    if len(payload) > MAX_TRUST_BYTES:
        raise ContractError("payload", f"{len(payload)} bytes; at most {MAX_TRUST_BYTES}")
    try:
        message = json.decode(payload, type=kind)
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _explained(payload, error) from error
    version = getattr(message, "v", VERSION)
    if version != VERSION:
        raise UnknownVersionError(version)
    return message


def _explained(payload: bytes, error: Exception) -> ContractError:
    """The reason a payload was refused; a foreign version explains every other oddity."""
    version = _version.search(payload[:MAX_EVENT_BYTES])
    if version is not None and version.group(1) != str(VERSION).encode():
        return UnknownVersionError(version.group(1).decode("ascii", "replace"))
    return ContractError(_field(error), _problem(error))


def _field(error: Exception) -> str:
    """The path msgspec names at the end of its message."""
    found = _path.search(str(error))
    if found is None or not isinstance(error, ValidationError):
        return "payload"
    return found.group(1) or "payload"


def _problem(error: Exception) -> str:
    return _path.sub("", str(error))[:200]

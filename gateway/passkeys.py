"""Passkeys by WebAuthn: what a browser is asked, and whether its answer is good.

The one file that imports fido2. It keeps nothing and knows no session.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from gateway.core.passkeys import QUESTION_LIFE_MS, NewKey, Refusal, Shown, Site, handle

SHOP = "Hiên"  # what devices call us beside the site's name
# ES256 is what nearly all make, EdDSA some, RS256 Windows' older chips.
ALGORITHMS = (-7, -8, -257)
PUBLIC_KEY = PublicKeyCredentialType.PUBLIC_KEY
# What fido2 raises at bytes that are no answer; a signature that is wrong is a ValueError too.
NO_ANSWER = (
    *(ValueError, LookupError, TypeError, AttributeError, AssertionError),
    *(RecursionError, NotImplementedError, struct.error),
)
Answer = TypeVar("Answer", RegistrationResponse, AuthenticationResponse)


class Said(msgspec.Struct):
    """What a browser sends. All parts are texts: fido2 would make a number into so many bytes."""

    id: str
    rawId: str  # noqa: N815 - WebAuthn's name
    type: str
    response: dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser is asked; `options` as JSON, `challenge` is what it has to sign."""

    options: dict[str, Any]
    challenge: str


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey we know."""

    staff: str
    public_key: bytes


class Passkeys:
    """Asks and judges for one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        us = PublicKeyCredentialRpEntity(name=SHOP, id=site.name)
        # Our origin to the letter: of a name below ours others may be the masters.
        self._server = Fido2Server(
            us, AttestationConveyancePreference.NONE, lambda origin: origin == site.origin
        )
        self._server.timeout = QUESTION_LIFE_MS  # type: ignore[assignment]  # typed as None only
        self._server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PUBLIC_KEY, alg=number) for number in ALGORITHMS
        ]

    def invite(self, staff: str, name: str, known: Iterable[str]) -> Question:
        """For a new passkey of somebody, on a device that holds none of those `known`."""
        options, state = self._server.register_begin(
            PublicKeyCredentialUserEntity(id=handle(staff), name=staff, display_name=name),
            [
                PublicKeyCredentialDescriptor(type=PUBLIC_KEY, id=websafe_decode(one))
                for one in known
            ],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return Question(dict(options), state["challenge"])

    def made(self, challenge: str, answer: str) -> NewKey | Refusal:
        """The passkey that a device made when asked so."""
        said = _read(RegistrationResponse, answer)
        if said is None or said.response.client_data.cross_origin:
            return Refusal.BAD_ANSWER
        try:
            data = self._server.register_complete(_state(challenge), said)
        except NO_ANSWER:
            return Refusal.BAD_ANSWER
        made = data.credential_data
        if made is None or made.public_key.ALGORITHM not in ALGORITHMS:
            return Refusal.BAD_ANSWER
        return NewKey(
            websafe_encode(made.credential_id), cbor.encode(made.public_key), data.counter
        )

    def ask(self) -> Question:
        """For any passkey of anybody: the device says whose it is."""
        options, state = self._server.authenticate_begin(
            user_verification=UserVerificationRequirement.REQUIRED
        )
        return Question(dict(options), state["challenge"])

    def shown(
        self, challenge: str, answer: str, find: Callable[[str], Known | None]
    ) -> Shown | Refusal:
        """The passkey that signed it."""
        said = _read(AuthenticationResponse, answer)
        if said is None or said.response.client_data.cross_origin:
            return Refusal.BAD_ANSWER
        known = find(said.id)
        if known is None:
            return Refusal.UNKNOWN
        if said.response.user_handle != handle(known.staff):
            return Refusal.BAD_ANSWER
        try:
            key = CoseKey.parse(cbor.decode(known.public_key))  # type: ignore[arg-type]
            ours = AttestedCredentialData.create(Aaguid.NONE, said.raw_id, key)
            self._server.authenticate_complete(_state(challenge), [ours], said)
        except NO_ANSWER:
            return Refusal.BAD_ANSWER
        return Shown(said.id, said.response.authenticator_data.counter)


def _read(kind: type[Answer], text: str) -> Answer | None:
    try:
        parts = msgspec.to_builtins(msgspec.json.decode(text, type=Said))
        said: Answer = kind.from_dict(parts)
    except (msgspec.DecodeError, *NO_ANSWER):
        return None
    return said


def _state(challenge: str) -> dict[str, object]:
    return {"challenge": challenge, "user_verification": UserVerificationRequirement.REQUIRED}

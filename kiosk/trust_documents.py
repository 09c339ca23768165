"""Sealed files with public keys, read for a person who looks into them; no kiosk runs on this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contract import codec
from contract.door_trust import Keyring, RetailerKey, Revocations
from contract.errors import ContractError
from contract.messages import Trust, TrustedKey
from contract.sealed import Purpose, unseal
from kiosk.core.door_keys import DoorKeys
from runtime.errors import SettingsError

HEADER_WORDS = 4  # "hien-sealed-1", purpose, key number, signature


@dataclass
class _Found:
    """What the files say together."""

    members: list[TrustedKey] = field(default_factory=list)
    retailer: list[RetailerKey] = field(default_factory=list)
    revoked_members: bytes = b""
    revoked_cards: frozenset[str] = frozenset()


def read(paths: Sequence[Path], issuers: Mapping[int, bytes]) -> DoorKeys:
    """The keys in keyrings, revocations and kiosks' trusts.

    Their seals are checked if there are `issuers`; else they are believed as they lie there.
    Raises SettingsError that names the file.
    """
    found = _Found()
    for path in paths:
        try:
            _add(found, path.read_bytes(), issuers)
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
        except ContractError as error:
            raise SettingsError(f"{path}: {error}") from error
    return DoorKeys(
        members={
            (key.member, key.key_id): (place, bytes.fromhex(key.public_key))
            for place, key in enumerate(found.members)
        },
        retailer={key.key_id: bytes.fromhex(key.public_key) for key in found.retailer},
        revoked_members=found.revoked_members,
        revoked_cards=found.revoked_cards,
    )


def _add(found: _Found, data: bytes, issuers: Mapping[int, bytes]) -> None:
    header, _, bare = data.partition(b"\n")
    words = header.decode("ascii", "replace").split(" ")
    if len(words) != HEADER_WORDS or words[1] not in list(Purpose):
        raise ContractError("seal", "this is no sealed document")
    purpose = Purpose(words[1])
    payload = unseal(issuers, purpose, data) if issuers else bare
    match purpose:
        case Purpose.KEYRING:
            keyring = codec.decode(Keyring, payload)
            found.members[:0] = keyring.members  # revocations count in it, so it comes first
            found.retailer += keyring.retailer
        case Purpose.REVOCATIONS:
            revocations = codec.decode(Revocations, payload)
            found.revoked_members = revocations.members
            found.revoked_cards |= frozenset(revocations.cards)
        case Purpose.TRUST:
            found.members += codec.decode(Trust, payload).keys
        case _:
            raise ContractError("seal", f"a {purpose} holds no pass keys")

"""The retailer's own key, with which kiosks are told whom to trust. It never leaves its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.messages import Message
from contract.sealed import Purpose, seal
from runtime import signing_key

WHAT = "[seal] key_file"


@dataclass(frozen=True, slots=True)
class Sealer:
    """Signs what kiosks are to believe."""

    key_id: int
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def public_key(self) -> str:
        """What the kiosks' settings name, in hex."""
        return signing_key.public_hex(self.key)

    def seal(self, purpose: Purpose, message: Message) -> bytes:
        """A message ready to publish."""
        return seal(self.key, self.key_id, purpose, codec.encode(message))


def load(path: Path, key_id: int) -> Sealer:
    """The key in a file; SettingsError says what is wrong with the file."""
    return Sealer(key_id, signing_key.load(path, WHAT, "hien gateway make-key"))


def make(path: Path, key_id: int) -> Sealer:
    """A new key in a new file that only its owner may read; SettingsError if there is one."""
    return Sealer(key_id, signing_key.make(path, WHAT))

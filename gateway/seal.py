"""The retailer's own key, with which kiosks are told whom to trust. It never leaves its file."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.messages import Message
from contract.sealed import Purpose, seal
from runtime.errors import SettingsError

ONLY_THE_OWNER = 0o600


@dataclass(frozen=True, slots=True)
class Sealer:
    """Signs what kiosks are to believe."""

    key_id: int
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def public_key(self) -> str:
        """What the kiosks' settings name, in hex."""
        return self.key.public_key().public_bytes_raw().hex()

    def seal(self, purpose: Purpose, message: Message) -> bytes:
        """A message ready to publish."""
        return seal(self.key, self.key_id, purpose, codec.encode(message))


def load(path: Path, key_id: int) -> Sealer:
    """The key in a file; SettingsError says what is wrong with the file."""
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
        return Sealer(key_id, Ed25519PrivateKey.from_private_bytes(secret))
    except OSError as error:
        detail = f"{error.strerror}; hien gateway make-key writes a new one"
        raise SettingsError(f"[seal] key_file {path}: {detail}") from error
    except ValueError as error:
        raise SettingsError(f"[seal] key_file {path}: is not 32 bytes in hex") from error


def make(path: Path, key_id: int) -> Sealer:
    """A new key in a new file that only its owner may read; SettingsError if there is one."""
    key = Ed25519PrivateKey.generate()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, ONLY_THE_OWNER), "w", encoding="ascii") as file:
            file.write(key.private_bytes_raw().hex())
    except FileExistsError:
        raise SettingsError(f"[seal] key_file {path}: is there already, and stays") from None
    except OSError as error:
        raise SettingsError(f"[seal] key_file {path}: {error.strerror}") from error
    return Sealer(key_id, key)

"""An Ed25519 key in a file that only its owner may read. It never leaves the file but to sign."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runtime.errors import SettingsError
from runtime.small_file import ONLY_THE_OWNER


def load(path: Path, what: str, makes_one: str) -> Ed25519PrivateKey:
    """The key; SettingsError says what is wrong with the file, and which command makes one."""
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
        return Ed25519PrivateKey.from_private_bytes(secret)
    except OSError as error:
        detail = f"{error.strerror}; {makes_one} writes a new one"
        raise SettingsError(f"{what} {path}: {detail}") from error
    except ValueError as error:
        raise SettingsError(f"{what} {path}: is not 32 bytes in hex") from error


def make(path: Path, what: str) -> Ed25519PrivateKey:
    """A new key in a new file; SettingsError if there is one, which stays."""
    key = Ed25519PrivateKey.generate()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, ONLY_THE_OWNER), "w", encoding="ascii") as file:
            file.write(key.private_bytes_raw().hex())
    except FileExistsError:
        raise SettingsError(f"{what} {path}: is there already, and stays") from None
    except OSError as error:
        raise SettingsError(f"{what} {path}: {error.strerror}") from error
    return key


def public_hex(key: Ed25519PrivateKey) -> str:
    """What others' settings name."""
    return key.public_key().public_bytes_raw().hex()

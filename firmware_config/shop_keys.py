"""A shop's secrets: made once, kept in one file of its owner's, and never in a plan.

Losing the file means new keys for tags and receivers; giving it away, theirs to somebody else.
"""

from __future__ import annotations

import base64
import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_config.plan import Plan, Receiver
from firmware_config.toml_text import written
from runtime.errors import SettingsError
from runtime.small_file import ONLY_THE_OWNER, replace

HEADING = "The secrets of this shop, made by hien plan build. Keep a copy where only you can read."
KEY_BYTES, PASSWORD_BYTES, SALT_BYTES = 16, 15, 12  # 15 bytes are 20 letters of base64
ITERATIONS = 101  # mosquitto 2.0's own; the password is random, so slowness protects nothing

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class ShopKeys:
    """All of a shop's secrets."""

    seal: str = field(repr=False)  # Ed25519, hex: whose word kiosks and doors believe
    web: str = field(repr=False)  # signs the cookies of the pages, hex
    identities: dict[str, str] = field(default_factory=dict, repr=False)  # of EIDs, by id, hex
    unlocks: dict[str, str] = field(default_factory=dict, repr=False)  # of beacons and tags, hex
    passwords: dict[str, str] = field(default_factory=dict, repr=False)  # of receivers
    salts: dict[str, str] = field(default_factory=dict, repr=False)  # of those, hex

    @property
    def issuer(self) -> str:
        """The public key that kiosks and doors are told, hex."""
        secret = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.seal))
        return secret.public_key().public_bytes_raw().hex()

    def password_line(self, user: str) -> str:
        """A line of mosquitto's password file; its format is mosquitto_passwd's `$7$`."""
        salt = bytes.fromhex(self.salts[user])
        digest = pbkdf2_hmac("sha512", self.passwords[user].encode(), salt, ITERATIONS)
        coded = [base64.b64encode(one).decode() for one in (salt, digest)]
        return f"{user}:$7${ITERATIONS}${coded[0]}${coded[1]}"


def user_of(receiver: Receiver) -> str:
    """What a receiver calls itself at its broker."""
    return f"{receiver.kind}-{receiver.id.replace('/', '-').lower()}"


def completed(kept: ShopKeys | None, plan: Plan, random: Random = os.urandom) -> ShopKeys:
    """The kept secrets and those that the plan needs besides; none is dropped or changed."""
    keys = kept or ShopKeys(random(32).hex(), random(32).hex())
    advertisers = [*plan.beacons, *plan.tags]
    changing = [one.id for one in advertisers if one.format == "eddystone-eid"]
    users = [user_of(one) for one in plan.receivers]
    return ShopKeys(
        keys.seal,
        keys.web,
        _more(keys.identities, changing, lambda: random(KEY_BYTES).hex()),
        _more(keys.unlocks, [one.id for one in advertisers], lambda: random(KEY_BYTES).hex()),
        _more(keys.passwords, users, lambda: _letters(random(PASSWORD_BYTES))),
        _more(keys.salts, users, lambda: random(SALT_BYTES).hex()),
    )


def load(path: Path) -> ShopKeys | None:
    """The kept secrets; None if there are none yet, SettingsError if they are damaged."""
    try:
        return ShopKeys(**tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{path}: is damaged ({error}); bring back your copy") from error


def save(path: Path, keys: ShopKeys) -> None:
    """Keep them, readable by the owner only."""
    tables = {name: getattr(keys, name) for name in ShopKeys.__dataclass_fields__}
    replace(path, written(tables, HEADING), ONLY_THE_OWNER)


def _more(kept: dict[str, str], names: list[str], make: Callable[[], str]) -> dict[str, str]:
    return {**kept, **{name: make() for name in names if name not in kept}}


def _letters(random: bytes) -> str:
    return base64.urlsafe_b64encode(random).decode()

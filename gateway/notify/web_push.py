"""A message for one browser that its push service cannot read (RFC 8291), and who sends it (8292).

It sends nothing itself.

Put together of `cryptography`'s own parts and held to the RFC's example: of the packages that do
the same, `http-ece`, which `pywebpush` needs as well, has no wheel, and `webpush` takes no key and
no time from outside, so that no test could hold it to anything.
"""

from __future__ import annotations

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from runtime.errors import SettingsError
from runtime.small_file import ONLY_THE_OWNER

CURVE = ec.SECP256R1()
KEY_BYTES, POINT_BYTES, AUTH_BYTES, SALT_BYTES = 32, 65, 16, 16
RECORD_BYTES = 4096  # what every push service takes (RFC 8030, 7.2)
TEXT_MAX = RECORD_BYTES - 103  # of which are header 86, end mark 1, tag 16
LAST_RECORD = b"\x02"  # RFC 8188, 2
TOKEN_LIFE_S = 12 * 3600  # RFC 8292 allows a day; a clock may be off by hours


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a browser lets in: its public key and its secret, as it names them."""

    public_key: str
    auth: str = field(repr=False)

    def keys(self) -> tuple[ec.EllipticCurvePublicKey, bytes, bytes]:
        """The key, its bytes, the secret; ValueError if they are none."""
        point, auth = unarmoured(self.public_key), unarmoured(self.auth)
        if len(point) != POINT_BYTES or len(auth) != AUTH_BYTES:
            raise ValueError("65 and 16 bytes are wanted")
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point), point, auth


@dataclass(frozen=True, slots=True)
class Once:
    """What is new for every message."""

    key: ec.EllipticCurvePrivateKey
    salt: bytes

    @classmethod
    def new(cls) -> Once:
        """By chance."""
        return cls(ec.generate_private_key(CURVE), os.urandom(SALT_BYTES))


def encrypted(text: bytes, to: Receiver, once: Once) -> bytes:
    """The body to send, `Content-Encoding: aes128gcm`: one record of RFC 8188 in RFC 8291's keys.

    ValueError if the receiver's keys are none or the text is longer than TEXT_MAX.
    """
    if len(text) > TEXT_MAX:
        raise ValueError(f"{len(text)} bytes; {TEXT_MAX} fit")
    their_key, theirs, auth = to.keys()
    ours = _point(once.key)
    shared = once.key.exchange(ec.ECDH(), their_key)
    secret = _derived(shared, auth, b"WebPush: info\0" + theirs + ours, 32)
    key = _derived(secret, once.salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, once.salt, b"Content-Encoding: nonce\0", 12)
    header = once.salt + struct.pack("!LB", RECORD_BYTES, len(ours)) + ours
    return header + AESGCM(key).encrypt(nonce, text + LAST_RECORD, None)


@dataclass(frozen=True)
class Sender:
    """Who sends, by a key that browsers were told when they said yes (VAPID)."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    contact: str  # mailto: or https:, for a push service that has a complaint

    @property
    def public_key(self) -> str:
        """For `pushManager.subscribe`."""
        return armoured(_point(self.key))

    def authorization(self, endpoint: str, now_s: int) -> str:
        """The header by which a push service knows that the browser said yes to us."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": now_s + TOKEN_LIFE_S,
            "sub": self.contact,
        }
        head = armoured(msgspec.json.encode({"typ": "JWT", "alg": "ES256"}))
        signed = f"{head}.{armoured(msgspec.json.encode(claims))}"
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(KEY_BYTES, "big") + s.to_bytes(KEY_BYTES, "big")
        return f"vapid t={signed}.{armoured(signature)}, k={self.public_key}"


def opened(key_file: Path, contact: str) -> Sender:
    """The sender of a gateway; the first who asks makes its key. SettingsError if none can be."""
    try:
        if not key_file.exists():
            made = ec.generate_private_key(CURVE).private_numbers().private_value
            handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_THE_OWNER)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(made.to_bytes(KEY_BYTES, "big").hex())
        secret = int(key_file.read_text(encoding="ascii").strip(), 16)
        return Sender(ec.derive_private_key(secret, CURVE), contact)
    except FileExistsError:
        return opened(key_file, contact)  # another process was faster
    except (OSError, ValueError) as error:
        raise SettingsError(f"[push] key_file {key_file}: is no key of ours ({error})") from error


def armoured(raw: bytes) -> str:
    """As browsers and tokens write bytes: base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unarmoured(text: str) -> bytes:
    """The bytes; ValueError if it is not such text."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

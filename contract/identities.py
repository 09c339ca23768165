"""The mathematics of identities that change: Eddystone-EID, and Bluetooth's private addresses.

Shared by the gateway, which derives keys, the kiosk, which recognises, and the simulator, which
plays the tag. Values in, values out; whose they are is for others to know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from struct import Struct

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 16  # AES-128, everywhere here
EID_BYTES = 8
BLOCK_S = 1 << 16  # a temporary key is good for this long on the tag's counter: 18.2 hours
MAX_EXPONENT = 15  # a new EID every 2^15 s at the longest
MAX_COUNTER_S = (1 << 32) - 1  # the tag counts seconds in 32 bits
TAG_CLOCK_PPM = 150  # how wrong the tag's clock may go (eid-computation.md, "Overview")

ADDRESS_BYTES = 6
_HASH_BYTES = 3


def encryptor(key: bytes) -> CipherContext:
    """AES-128 by itself, as both specifications want it: every block alone, no chaining."""
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - blocks, no messages


# --- Eddystone-EID: github.com/google/eddystone, eddystone-eid/eid-computation.md


def identity_key(private_key: bytes, peer_public_key: bytes, *, is_resolver: bool) -> bytes:
    """The key that tag and resolver share after registration.

    Both derive it from their own X25519 private key and the other's public key, 32 bytes each.
    ValueError if the other's key is worthless (their product would be zero).
    Source: section "Computing the identity key".
    """
    own = X25519PrivateKey.from_private_bytes(private_key)
    own_public_key = own.public_key().public_bytes_raw()
    resolver, tag = own_public_key, peer_public_key
    if not is_resolver:
        resolver, tag = tag, resolver
    shared = own.exchange(X25519PublicKey.from_public_bytes(peer_public_key))
    return HKDF(SHA256(), KEY_BYTES, salt=resolver + tag, info=None).derive(shared)


def temporary_key(key: bytes, block: int) -> bytes:
    """What a tag computes its EIDs with while its counter is between two multiples of BLOCK_S.

    From the identity key; says nothing about that key, nor about the blocks before and after.
    Source: section "Computing the temporary key".
    """
    return encryptor(key).update(b"\0" * 11 + b"\xff\0\0" + block.to_bytes(2))


def eids(block_key: bytes, exponent: int, windows: Sequence[int]) -> list[bytes]:
    """The EIDs of some windows, which must lie in the temporary key's own block.

    Window n is the time in which the tag's counter, divided by 2^exponent, is n.
    Source: section "Computing the EID value".
    """
    join, cut = _blocks(len(windows))
    plain = join(*[exponent << 32 | window << exponent for window in windows])
    return list(cut(encryptor(block_key).update(plain)))


@lru_cache(64)
def _blocks(count: int) -> tuple[Callable[..., bytes], Callable[[bytes], tuple[bytes, ...]]]:
    """How to make so many blocks of zeros, exponent and counter; how to take an EID of each."""
    return Struct(">" + "8xQ" * count).pack, Struct(f"{EID_BYTES}s8x" * count).unpack


def eid(key: bytes, exponent: int, counter_s: int) -> bytes:
    """What a tag with that identity key advertises at one moment of its counter."""
    block_key = temporary_key(key, counter_s // BLOCK_S)
    return eids(block_key, exponent, [counter_s >> exponent])[0]


# --- Resolvable private addresses: Core Specification 5.4, Vol 6, Part B, 1.3.2.2


def is_resolvable(address: bytes) -> bool:
    """Whether a random address, most significant byte first, can be resolved with some key."""
    return len(address) == ADDRESS_BYTES and address[0] >> 6 == 0b01


def address_hash(irk: bytes, random: bytes) -> bytes:
    """The function `ah`: the lower half of the address whose upper half is `random`.

    `irk` most significant byte first. Source: Core Specification 5.4, Vol 3, Part H, 2.2.2.
    """
    return encryptor(irk).update(b"\0" * 13 + random)[-_HASH_BYTES:]


def resolves(irk: bytes, address: bytes) -> bool:
    """Whether the owner of a key may have made an address; a stranger does in 1 of 16.8 million."""
    if not is_resolvable(address):
        return False
    return address_hash(irk, address[:_HASH_BYTES]) == address[_HASH_BYTES:]

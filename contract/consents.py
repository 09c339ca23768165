"""What both ends know of consents: how a purpose is named, and the hash of the words asked with.

Which purposes there are, and what their words are, the gateway knows.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from msgspec import Meta

PurposeName = Annotated[str, Meta(pattern="^[a-z_]{1,32}$")]
TextVersion = Annotated[int, Meta(ge=1, le=2**31 - 1)]
TextDigest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


def digest(title_and_words: tuple[str, str, str, str]) -> TextDigest:
    """The hash of every word in both languages, as proof of what was read.

    SHA-256 over title and words in Vietnamese, then in English, with line feeds between.
    """
    return sha256("\n".join(title_and_words).encode()).hexdigest()

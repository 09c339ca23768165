"""What a member's phone asks about its member's own data: signed by the key that signs its passes.

What is signed is kept as the proof of a consent, so it says all: who, when, what, which text.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, structs

from contract import codec, signatures
from contract.errors import ContractError
from contract.events import UnixMs
from contract.identifiers import MemberId
from contract.messages import Message
from contract.screen_codes import Signature
from contract.signatures import SigningKey

MAX_BYTES = 1024  # the longest ask is a correction, with a name of 80 letters
SKEW_MS = 2 * 60_000  # an ask is good for so long; the page takes the gateway's time

Word = Annotated[str, Meta(pattern=r"^[^\u0000-\u001f\u007f]*$", max_length=120)]


class Ask(StrEnum):
    """What may be asked."""

    SEE = "see"  # what is agreed to, and all that was ever said
    CHOOSE = "choose"  # words: the version of the texts, then every purpose that is agreed to
    DOWNLOAD = "download"  # everything that is known, as a file
    CORRECT = "correct"  # words: name, birthday
    PAUSE = "pause"  # not to be recognised by a tag for a day
    RESUME = "resume"
    ERASE = "erase"  # what would go, and a code
    CONFIRM = "confirm"  # words: the code; then everything goes


class PrivacyAsk(Message, frozen=True):
    """I, this member's phone, ask this about my data."""

    member: MemberId
    key_id: Annotated[int, Meta(ge=0, le=255)]
    at_ms: UnixMs
    ask: Ask
    words: Annotated[tuple[Word, ...], Meta(max_length=16)]
    language: Annotated[str, Meta(pattern="^(vi|en)$")]
    signature: Signature
    v: int = 1

    @property
    def signed(self) -> bytes:
        """What the signature covers. No pass, claim or arrival begins so."""
        head = ("hien-privacy-1", self.member, self.key_id, self.at_ms, self.ask, self.language)
        return "\n".join([" ".join(map(str, head)), *self.words]).encode()


def sign(key: SigningKey, unsigned: PrivacyAsk) -> PrivacyAsk:
    """The same ask with the signature of that key, whatever stood there before."""
    return structs.replace(unsigned, signature=signatures.sign(key, unsigned.signed).hex())


def read(data: bytes) -> PrivacyAsk:
    """Take an ask apart without believing it; ContractError if it is none."""
    if len(data) > MAX_BYTES:
        raise ContractError("ask", f"longer than {MAX_BYTES} bytes")
    return codec.decode(PrivacyAsk, data)


def is_genuine(asked: PrivacyAsk, public_key: bytes) -> bool:
    """Whether the holder of the key said this; any wrong byte makes it False."""
    return signatures.is_signed(asked.signed, bytes.fromhex(asked.signature), public_key)

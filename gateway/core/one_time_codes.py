"""Codes by message that prove a telephone is somebody's: six digits, good once, for ten minutes.

All of it goes by the number and nothing by whose it is: who tries numbers learns of none.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

DIGITS = 6  # what people read from one screen and type on another
LIFE_MS = 10 * 60_000  # a message may take its time
RESEND_MS = 30_000  # most arrive by then; nobody is flooded by an impatient finger
WINDOW_MS = 3_600_000  # what is counted below is counted for an hour
SENT_MAX = 5  # each is paid for, and wakes somebody who perhaps asked for none
TRIES_MAX = 5  # then locked for an hour: 120 guesses a day, among a million


class Use(StrEnum):
    """What a code is for; one for this opens nothing of that."""

    SCREEN = "screen"  # my page at a kiosk
    ERASURE = "erasure"  # forget me
    SPOKEN_ERASURE = "spoken_erasure"  # forget me, says who is on the telephone
    JOINING = "joining"  # I am new here, or have a new phone


class Answer(StrEnum):
    """The closed list of what is said of a number or a code."""

    SENT = "sent"  # if anybody here has that number; more is not told
    TOO_SOON = "too_soon"
    LOCKED = "locked"  # too many codes, or too many tries
    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"  # used, too old, or never asked for


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one number and one use."""

    code: str = ""  # its digest; empty: none is good
    asked_at_ms: int = 0
    since_ms: int = 0  # when counting began
    sent: int = 0
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """One message with a code in it, ready to go."""

    id: str  # of this message, for who must not send it twice
    at_ms: int
    number: str = field(repr=False)  # E.164
    text: str = field(repr=False)
    language: str  # vi or en


def draw(below: Callable[[int], int]) -> str:
    """A new code; `below` draws a number from 0 up to what it is given."""
    return f"{below(10**DIGITS):0{DIGITS}}"


def owner(key: bytes, use: Use, number: str) -> str:
    """What is kept of a number. Numbers are few: without the key nobody can try whose it is."""
    return hmac.new(key, f"hien number {use} {number}".encode(), sha256).hexdigest()


def digest(key: bytes, who: str, code: str) -> str:
    """What is kept of a code, which is good for that number and use only."""
    return hmac.new(key, f"hien one-time code {who} {code}".encode(), sha256).hexdigest()


def ask(was: Standing, code: str, now_ms: int) -> tuple[Standing, Answer]:
    """A code was asked for; `code` is the digest of the one that is good if it may be sent."""
    was = _counted(was, now_ms)
    if was.tries >= TRIES_MAX or was.sent >= SENT_MAX:
        return was, Answer.LOCKED
    if was.sent and now_ms - was.asked_at_ms < RESEND_MS:
        return was, Answer.TOO_SOON
    return replace(was, code=code, asked_at_ms=now_ms, sent=was.sent + 1), Answer.SENT


def check(was: Standing, code: str, now_ms: int) -> tuple[Standing, Answer]:
    """A code was typed; `code` is its digest. The last of too many tries locks for a whole hour."""
    was = _counted(was, now_ms)
    if was.tries >= TRIES_MAX:
        return was, Answer.LOCKED
    if not was.code or now_ms - was.asked_at_ms >= LIFE_MS:
        return was, Answer.OVER
    if hmac.compare_digest(was.code, code):
        return replace(was, code="", tries=0), Answer.RIGHT
    tried = replace(was, tries=was.tries + 1)
    if tried.tries < TRIES_MAX:
        return tried, Answer.WRONG
    return replace(tried, code="", since_ms=now_ms), Answer.LOCKED


def text(code: str, shop: str, language: str) -> str:
    """What the message says; the code first, where a locked phone shows it."""
    minutes = LIFE_MS // 60_000
    if language == "en":
        return f"{code} is your code at {shop}, for {minutes} minutes. Tell it to nobody here."
    return (
        f"{code} là mã của bạn tại {shop}, trong {minutes} phút. Đừng đưa cho ai, kể cả nhân viên."
    )


def text_to_read_out(code: str, shop: str, language: str) -> str:
    """What says whom to tell this one code, and what for; who asked for nothing tells nobody."""
    minutes = LIFE_MS // 60_000
    if language == "en":
        return (
            f"{code}: read it to our staff at {shop} only if you want us to erase you for ever. "
            f"Good for {minutes} minutes. If you asked for nothing, tell nobody."
        )
    return (
        f"{code}: chỉ đọc cho nhân viên {shop} nếu bạn muốn xoá vĩnh viễn dữ liệu của mình. "
        f"Mã dùng trong {minutes} phút. Nếu bạn không yêu cầu, đừng đưa cho ai."
    )


def _counted(was: Standing, now_ms: int) -> Standing:
    """After an hour it is counted anew; a code that is still good stays so."""
    if now_ms - was.since_ms < WINDOW_MS:
        return was
    return replace(was, since_ms=now_ms, sent=0, tries=0)

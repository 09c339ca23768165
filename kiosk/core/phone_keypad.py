"""Screens of who has no pass at hand: a telephone number, the code that was sent to it, or why not.

The number is in the screen and nowhere else in the kiosk: it is gone when the screen is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from contract.messages import CodeAnswer

NUMBER_DIGITS = 10  # of a number in this country, as it is dialled
CODE_DIGITS = 6
RESEND_S = 30.0  # what the gateway allows; a button before that would be a promise

# Mobile numbers, which alone get messages: 03, 05, 07, 08, 09 (the country's plan since 2018)
_NUMBER = re.compile("0[35789][0-9]{8}")
_CODE = re.compile("[0-9]{6}")


class Hurdle(StrEnum):
    """Why nobody gets any further with a telephone number."""

    OFFLINE = "offline"
    SILENT = "silent"  # the gateway does not answer
    UNAVAILABLE = "unavailable"  # nobody there can send codes just now
    LOCKED = "locked"  # too many codes or tries for this number


@dataclass(frozen=True, slots=True)
class NumberAsked:
    """Which number do you have?"""

    is_wrong: bool = False  # what was typed is no number that gets messages


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """Which code did the message bring?"""

    number: str = field(repr=False)
    asked_s: float  # when the gateway was asked for the newest code
    typed: str = field(default="", repr=False)  # a code whose verdict is awaited since `since_s`
    since_s: float | None = None  # the gateway's word is awaited since then
    answer: CodeAnswer | None = None  # its last word on this screen
    tries: int = 0
    may_resend: bool = False

    @property
    def last_digits(self) -> str:
        """Enough to see a slip of the finger."""
        return self.number[-3:]


@dataclass(frozen=True, slots=True)
class NoCode:
    """It does not work with a number, and what does instead."""

    hurdle: Hurdle


def is_number(text: str) -> bool:
    """Whether it may be a mobile number of this country."""
    return _NUMBER.fullmatch(text) is not None


def is_code(text: str) -> bool:
    """Whether it may be a code."""
    return _CODE.fullmatch(text) is not None

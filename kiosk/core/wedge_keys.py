"""From the keys of a scanner that pretends to be a keyboard to texts. Knows no device.

Key codes as in Linux' input-event-codes.h. What a key means is a layout's business; scanners type
US unless told otherwise, so US is what is read here, whatever layout the kiosk has.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_TEXT = 160  # as contract.events.PassText
GAP_S = 0.25  # scanners type a key in 1 to 50 ms; slower is somebody at a keyboard

DOWN, HELD = 1, 2  # of EV_KEY's values; 0 is up
SHIFTS = frozenset({42, 54})
ENDS = frozenset({15, 28, 96})  # Tab, Enter, Enter of the number pad

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
_PAD = {55: "*", 74: "-", 78: "+", 83: ".", 98: "/"} | dict(
    zip((82, 79, 80, 81, 75, 76, 77, 71, 72, 73), "0123456789", strict=True)
)
PLAIN = {57: " "} | _PAD | {first + n: c for first, row, _ in _ROWS for n, c in enumerate(row)}
SHIFTED = PLAIN | {first + n: c for first, _, row in _ROWS for n, c in enumerate(row)}


@dataclass(frozen=True, slots=True)
class Key:
    """A key went down, up, or repeats; at the time the kernel stamped it."""

    code: int
    value: int
    at_s: float


class Keys:
    """Collects keys until Enter or Tab. Owned by one thread."""

    def __init__(self) -> None:
        self._typed = ""
        self._shifts: set[int] = set()
        self._is_spoilt = False  # by a key that is no character, or by too many
        self._last_s = 0.0

    def take(self, key: Key) -> str | None:
        """The text that this key completes, if it does and if it can be one of ours."""
        if key.code in SHIFTS:
            (self._shifts.add if key.value else self._shifts.discard)(key.code)
            return None
        if key.value != DOWN:
            return None
        if key.at_s - self._last_s > GAP_S:
            self._typed, self._is_spoilt = "", False
        self._last_s = key.at_s
        if key.code in ENDS:
            return self._text()
        character = (SHIFTED if self._shifts else PLAIN).get(key.code)
        if character is None or len(self._typed) >= MAX_TEXT:
            self._is_spoilt = True
        else:
            self._typed += character
        return None

    def _text(self) -> str | None:
        text = None if self._is_spoilt else self._typed
        self._typed, self._is_spoilt = "", False
        return text or None

"""For tests that look at what a person at a terminal sees."""

from __future__ import annotations

import os

import pytest


def _has_terminals() -> bool:
    try:
        ends = os.openpty()
    except OSError:
        return False
    for end in ends:
        os.close(end)
    return True


needs_a_terminal = pytest.mark.skipif(
    not _has_terminals(), reason="this root file system has no /dev/pts, so no terminal can be made"
)

"""For tests that look at what a person at a terminal sees."""

from __future__ import annotations

from pathlib import Path

import pytest

needs_a_terminal = pytest.mark.skipif(
    not Path("/dev/pts/ptmx").exists(),
    reason="this root file system has no /dev/pts mounted, so there are no terminals",
)

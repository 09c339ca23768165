"""Rebuilds `tests/vendored/` from a pinned package: `python -m tests.vendor`. Needs npm.

What lies there is for tests alone; no page of ours carries it.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from web_ui.shared.vendor import checksums, package

VENDORED = Path(__file__).parent / "vendored"
SUMS = VENDORED / "SHA256SUMS"
AXE = ("4.14.1", "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745")


def main() -> None:
    """Fetch, check, copy, and write the checksums of the result."""
    with tempfile.TemporaryDirectory() as folder:
        axe = package("axe-core", AXE, Path(folder))
        VENDORED.mkdir(exist_ok=True)
        shutil.copyfile(axe / "axe.min.js", VENDORED / "axe.min.js")
        shutil.copyfile(axe / "LICENSE", VENDORED / "axe.LICENSE")
        shutil.copyfile(axe / "LICENSE-3RD-PARTY.txt", VENDORED / "axe.LICENSE-3RD-PARTY")
    SUMS.write_text(checksums(VENDORED))


if __name__ == "__main__":
    main()

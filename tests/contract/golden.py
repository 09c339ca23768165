"""Reads the contract's golden files, which a kiosk in any language can run."""

import json
from pathlib import Path
from typing import Any

import contract


def cases(file: str, part: str) -> list[dict[str, Any]]:
    """The cases of one part (`good` or `bad`) of a golden file."""
    path = Path(contract.__file__).parent / "golden" / file
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[part]
    assert found, f"{path} has no {part} cases"
    return found

"""The golden files, and requests made of their vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypedDict

from gateway import connectors
from gateway.connectors.vendor import Incoming
from gateway.core.changes import ConnectorKind


class Golden(TypedDict):
    about: str
    secrets: list[str]
    shop: str | None
    vectors: list[dict[str, Any]]
    tampered: list[dict[str, Any]]


FOLDER = Path(connectors.__path__[0]) / "golden"
FILES: dict[ConnectorKind, Golden] = {
    kind: json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    for kind in ConnectorKind
}


def request_of(vector: dict[str, Any]) -> Incoming:
    headers = {name.lower(): text for name, text in vector["headers"].items()}
    return Incoming(headers, vector["body"].encode(), vector.get("at_s", 0) * 1000)


def vector(kind: ConnectorKind, name: str) -> dict[str, Any]:
    return next(one for one in FILES[kind]["vectors"] if one["name"] == name)

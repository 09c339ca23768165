"""The published AsyncAPI file is the one this code generates."""

import json
from pathlib import Path

from contract import asyncapi

PUBLISHED = Path(__file__).parents[2] / "docs" / "asyncapi.json"


def test_the_published_file_is_up_to_date() -> None:
    generated = json.loads(json.dumps(asyncapi.document()))

    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == generated


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi.document()
    schemas = document["components"]["schemas"]
    parts = json.dumps(document).split("#/components/schemas/")[1:]
    references = [part.split('"')[0] for part in parts]

    assert references
    assert set(references) <= set(schemas)

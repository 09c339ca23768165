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


def test_descriptions_are_the_same_whether_python_indents_docstrings_or_not() -> None:
    """Up to 3.12 a docstring's later lines are indented as in the source."""
    schemas = asyncapi.document()["components"]["schemas"].values()
    lines = [line for one in schemas for line in one.get("description", "").splitlines()]

    assert len(lines) > len(schemas)  # some have more than one
    assert [line for line in lines if line != line.strip()] == []

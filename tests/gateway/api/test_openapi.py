"""What is published of the REST API is what this code does."""

import json

from gateway.api import openapi
from gateway.core.arrivals import EARLIEST_MS, OLDEST_MS, Answer
from tests.house import ROOT

DOCS = ROOT / "docs"


def test_the_published_file_is_up_to_date() -> None:
    generated = json.loads(json.dumps(openapi.document()))

    assert json.loads((DOCS / "openapi.json").read_text(encoding="utf-8")) == generated


def test_the_page_explains_every_answer() -> None:
    page = (DOCS / "arrivals.md").read_text(encoding="utf-8")

    assert [answer for answer in Answer if f"`{answer}`" not in page] == []
    assert f"more than {OLDEST_MS // 1000} s ago" in page
    assert f"more than {EARLIEST_MS // 1000} s in the future" in page

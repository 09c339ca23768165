"""What is published of the REST API is what this code does."""

import json

from contract import screen_codes as contract_of_codes
from gateway.api import openapi
from gateway.core import screen_codes
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


def test_the_page_about_screen_codes_explains_every_answer_and_number() -> None:
    page = (DOCS / "screen-codes.md").read_text(encoding="utf-8")

    assert [answer for answer in screen_codes.Answer if f"`{answer}`" not in page] == []
    minutes = screen_codes.WITHIN_MS // 60_000
    assert f"more than {screen_codes.CLAIMS} claims by this member in {minutes} minutes" in page
    assert f"at most {contract_of_codes.MAX_BYTES} bytes" in page

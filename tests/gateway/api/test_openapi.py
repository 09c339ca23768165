"""What is published of the REST API is what this code does."""

import json

from contract import screen_codes as contract_of_codes
from gateway.api import openapi, rest, webhooks
from gateway.api.front import MAX_BYTES
from gateway.api.problems import STATUS, Problem
from gateway.core import screen_codes
from gateway.core.api_keys import Scope
from gateway.core.appointments import STANDARD, Hitch, Settlement, VisitState, VisitStep
from gateway.core.arrivals import EARLIEST_MS, OLDEST_MS, Answer
from gateway.core.changes import Ask, ConnectorKind, Progress, Refusal
from gateway.core.orders import OrderState, OrderStep, Stop
from gateway.core.pace import BURST, PER_S
from gateway.core.telling import ATTEMPTS_MAX, Kind
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


def test_the_page_about_connectors_explains_every_reason_kind_and_event() -> None:
    page = (DOCS / "connectors.md").read_text(encoding="utf-8")

    words = (*Refusal, *ConnectorKind, *Kind, *Ask, *Progress)
    assert [word for word in words if f"`{word}`" not in page] == []
    assert [status for status in webhooks.STATUSES.values() if f" {status:d} |" not in page] == []
    assert f"After {ATTEMPTS_MAX} attempts" in page


def test_the_page_about_screen_codes_explains_every_answer_and_number() -> None:
    page = (DOCS / "screen-codes.md").read_text(encoding="utf-8")

    assert [answer for answer in screen_codes.Answer if f"`{answer}`" not in page] == []
    minutes = screen_codes.WITHIN_MS // 60_000
    assert f"more than {screen_codes.CLAIMS} claims by this member in {minutes} minutes" in page
    assert f"at most {contract_of_codes.MAX_BYTES} bytes" in page


def test_the_page_about_the_rest_api_explains_every_reason_scope_and_bound() -> None:
    page = (DOCS / "rest.md").read_text(encoding="utf-8")

    assert [one for one in (*Problem, *Scope) if f"`{one}`" not in page] == []
    assert [one for one in STATUS.values() if str(int(one)) not in page] == []
    assert f"{MAX_BYTES // 1024} KiB" in page
    assert f"{BURST} requests at once and {PER_S:.0f} a second" in page


def test_the_page_about_orders_explains_every_state_step_and_reason() -> None:
    page = (DOCS / "orders.md").read_text(encoding="utf-8")

    words = (*OrderState, *OrderStep, *Stop)
    assert [word for word in words if f"`{word}`" not in page] == []


def test_the_page_about_appointments_explains_every_kind_state_step_and_reason() -> None:
    page = (DOCS / "appointments.md").read_text(encoding="utf-8")

    words = (*STANDARD, *Settlement, *VisitState, *VisitStep, *Hitch)
    assert [word for word in words if f"`{word}`" not in page] == []


def test_every_endpoint_has_a_name_and_a_sentence_of_its_own() -> None:
    names = [route.name for route in rest.ROUTES]

    assert len({*names}) == len(names)
    assert all(route.summary.endswith(".") for route in rest.ROUTES)

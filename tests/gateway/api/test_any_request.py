"""Whatever is sent, the REST API answers as its description says, and never with a 500."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from gateway.api import openapi, rest
from tests.gateway.api.system import System
from tests.gateway.shop import Shop

QUICK = settings(
    max_examples=3,  # of each of two kinds for each endpoint: a few seconds in all
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),  # slow ones are rare shapes, not mistakes
    phases=[Phase.generate],
)
KEYS = count(1)
AnyCase: TypeAlias = Case[Any]


def description() -> dict[str, Any]:
    """As published, but that everybody may ask: keys have tests of their own."""
    said = openapi.document()
    ours = {f"/v1{route.path}" for route in rest.ROUTES}
    for path in said["paths"].keys() - ours:
        del said["paths"][path]
    for methods in said["paths"].values():
        for operation in methods.values():
            del operation["security"]
            operation["responses"].pop("401")
    return said


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    shop = Shop(Path(tmp_path_factory.mktemp("any")))
    made = System(shop)
    made.front.pace.burst = 1_000_000
    yield made
    shop.engine.dispose()


def operations(system: System) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    schema = schemathesis.openapi.from_dict(description())
    schema.app = system.app
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def send_anything(system: System, how: settings = QUICK) -> set[int]:
    """Requests as described, and such as are not, to each endpoint; which statuses came."""
    seen: set[int] = set()
    for operation in operations(system):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            send(system, operation.as_strategy(mode), how, seen)
    return seen


def send(system: System, cases: SearchStrategy[AnyCase], how: settings, seen: set[int]) -> None:
    own = {"Authorization": f"Bearer {system.key}"}

    @how
    @given(case=cases)
    def sent(case: AnyCase) -> None:
        if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
            own["Idempotency-Key"] = str(next(KEYS))  # new for each deed, as it should be
        answer = case.call(headers=own)
        seen.add(answer.status_code)
        case.validate_response(answer, headers=own)

    sent()


def test_anything_gets_an_answer_that_is_described(system: System) -> None:
    assert send_anything(system) >= {200, 201, 204, 400, 404, 422}

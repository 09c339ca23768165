"""The small shop, for every test of the gateway; where the database matters, in either of both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.shop import Shop
from tests.postgres import Postgres

ON_BOTH = (
    *(
        f"tests.gateway.store.test_{noun}"
        for noun in (
            "alerts",
            "ba",
            "con",
            "meas",
            "dead",
            "exper",
            "merges",
            "one_time",
            "floors",
            "orders",
            "passk",
            "phones",
            "prod",
            "prof",
            "migr",
            "repor",
            "reten",
            "sales",
            "journeys",
            "arrivals",
            "zone",
        )
    ),
    "tests.gateway.test_intake",
    "tests.gateway.test_poison",
    "tests.gateway.test_pass_judging",
    "tests.gateway.test_reading_ahead",
    "tests.gateway.test_redemptions",
    "tests.gateway.test_any_till",
    "tests.gateway.api.test_at_once",
    "tests.gateway.api.test_events",
    "tests.gateway.test_appointments",
    "tests.gateway.test_lending",
)


@pytest.fixture
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """A shop without members, in a database of its own."""
    url = None
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres").empty()
    made = Shop(tmp_path, url)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests of this process."""
    server = Postgres()
    yield server
    server.stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What reads and writes by itself runs on both databases, all else on the first."""
    name = metafunc.module.__name__
    if "shop" in metafunc.fixturenames and name.startswith(ON_BOTH):
        metafunc.parametrize("shop", ["sqlite", "postgresql"], indirect=True)

"""What the gateway says in numbers, and that the dashboard asks for nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from flask import Flask

from contract import measures
from contract.events import Condition, Device
from contract.messages import KioskState
from contract.vitals import Glass, Shown, Vitals
from gateway.metrics import Counted, of_inbox
from gateway.store import base, stores
from kiosk.metrics import of_kiosk
from runtime.inbox import Inbox
from runtime.metrics import Counter, Source, gathered, of_process
from tests.broker import free_port
from tests.gateway.shop import NGOC, NOON_MS, STORE, Shop
from tests.house import ROOT
from web_ui.shared import metrics_port, requests

NAME = re.compile(r"\b(?:hien|process)_[a-z_]+\b")
FULL = KioskState(
    "quay-1",
    online=True,
    version="0.1.0",
    outbox_depth=3,
    devices={Device.RADIO: Condition.DEGRADED, Device.CAMERA: Condition.OUT},
    decided_to_painted_p95_ms=112.0,
    grabbed_to_painted_p95_ms=231.0,
    vitals=Vitals(61.5, 5, 2_000, 4_000, 30, 5, 6, 7.0),
    glass=Glass(Shown.INVITATION, 1.5, 2.0),
    heard_ago_s=0.5,
)
HERE = f'{{store="{STORE}",kiosk="quay-1"}}'


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    with made.writers.begin() as db:
        stores.keep_state(db, STORE, "quay-1", FULL, NOON_MS)
    return made


def counted(shop: Shop) -> Source:
    return Counted(shop.readers, lambda: NOON_MS + 4_000).families


def test_every_kiosk_is_in_numbers_under_its_name(shop: Shop) -> None:
    text = gathered([counted(shop)])

    for line in (
        f"hien_kiosk_online{HERE} 1",
        f"hien_kiosk_outbox_events{HERE} 3",
        f"hien_kiosk_temperature_celsius{HERE} 61.5",
        f"hien_kiosk_card_worn_ratio{HERE} 0.29999999999999999",
        f"hien_kiosk_silent_seconds{HERE} 4",
        f"hien_kiosk_scanned_seconds{HERE} 0.23100000000000001",
        f'hien_kiosk_device_health{{store="{STORE}",kiosk="quay-1",device="radio"}} 0.5',
        f'hien_kiosk_device_health{{store="{STORE}",kiosk="quay-1",device="camera"}} 0',
        f'hien_cards_waiting{{store="{STORE}"}} 0',
        "hien_database_up 1",
        "hien_dead_letters 0",
    ):
        assert f"{line}\n" in text, line
    assert 'kiosk="quay-2"' not in text, "it never spoke"


def test_what_a_kiosk_that_is_away_said_before_is_not_said_again(shop: Shop) -> None:
    with shop.writers.begin() as db:
        stores.keep_state(db, STORE, "quay-1", KioskState("quay-1", online=False), NOON_MS)

    text = gathered([counted(shop)])

    assert f"hien_kiosk_online{HERE} 0\n" in text
    assert "hien_kiosk_temperature_celsius" not in text


def test_what_is_unknown_is_not_zero() -> None:
    said = {name for name, _, _ in measures.of_state(KioskState("quay-1", True, vitals=Vitals()))}

    assert said == {
        "hien_kiosk_online",
        "hien_kiosk_info",
        "hien_kiosk_outbox_events",
        "hien_kiosk_clock_trusted",
    }


def test_nobody_is_in_any_number(shop: Shop) -> None:
    shop.member(NGOC)

    text = gathered([counted(shop)])

    assert NGOC not in text
    assert "Ngọc" not in text


def test_without_a_database_only_that_is_said(tmp_path: Path) -> None:
    engine = base.connect(f"sqlite:///{tmp_path}/nowhere/hien.db")

    text = gathered([Counted(base.readers(engine), lambda: 0).families])

    assert text.splitlines()[-1] == "hien_database_up 0"
    assert text.count("\n") == 3


def everything(shop: Shop) -> Iterator[Source]:
    """One of each source that processes have, each with something to say."""
    app = Flask("nothing")
    yield from (of_process("web", "0.1.0"), counted(shop), *requests.count(app))
    app.test_client().get("/")
    yield of_inbox(Inbox[object](1))
    yield of_kiosk(lambda: FULL, lambda: 0)
    for name, label in (
        ("hien_broker_alarms_total", "attempt"),  # as gateway.broker names them
        ("hien_enrolment_answers_total", "status"),
    ):
        assert f'"{name}"' in (ROOT / "gateway" / "broker.py").read_text(encoding="utf-8")
        counter = Counter(name, "x", label)
        counter.add("y")
        yield counter.families


def test_the_dashboard_and_the_page_ask_for_what_there_is(shop: Shop) -> None:
    said = set(NAME.findall(gathered(list(everything(shop)))))
    board = json.loads((ROOT / "docs" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in NAME.findall(target["expr"])
    }

    assert len(asked) > 25
    assert asked <= said
    assert said - asked <= {"process_threads", "process_start_time_seconds"}
    words = re.sub(r"`_", "`hien_kiosk_", (ROOT / "docs" / "monitoring.md").read_text())
    assert said <= set(NAME.findall(words)), "each is explained"
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_port_answers_one_path_here_and_closes(shop: Shop) -> None:
    port = free_port()
    with ExitStack() as stack:
        metrics_port.serve(("127.0.0.1", port), [counted(shop)], stack)
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            assert b"hien_database_up 1" in answer.read()
        for path in ("/", "/metrics/"):
            with pytest.raises(HTTPError) as refused:
                urlopen(f"http://127.0.0.1:{port}{path}")
            assert refused.value.code == HTTPStatus.NOT_FOUND
            refused.value.close()
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://127.0.0.1:{port}/metrics")


def test_without_a_port_there_is_none() -> None:
    with ExitStack() as stack:
        metrics_port.serve(None, [], stack)

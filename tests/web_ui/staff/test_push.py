"""On this device, until I sign out; and a worker that keeps nothing of anybody."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.store.push_subscriptions import Device, PushSubscriptionRow
from tests.gateway.shop import STORE
from tests.web_ui.office import PIN, Browser, Office
from web_ui.staff import push, shell
from web_ui.staff.push import IN_FRONT, Pushes

ENDPOINT = "https://push.example/1"


@dataclass
class Gateway:
    """What the gateway gives its pages, and what it hears from them."""

    looked: list[tuple[str, int]] = field(default_factory=list)

    def accepts(self, device: Device) -> bool:
        return device.endpoint.startswith("https://push.example/")

    def hears(self, staff: str, at_ms: int) -> None:
        self.looked.append((staff, at_ms))


def fetched(browser: Browser, path: str) -> bytes:
    with browser.client.get(path) as answer:
        assert answer.status_code == 200, path
        return answer.get_data()


def turns_on(browser: Browser, endpoint: str = ENDPOINT) -> int:
    asked = browser.post("/staff/push/on", endpoint=endpoint, public_key="BCVx", auth="BTBZ")
    return asked.status_code


@pytest.fixture
def gateway(office: Office) -> Gateway:
    made = Gateway()
    push.install(office.app, Pushes("BKey", made.accepts, made.hears))
    return made


def kept(office: Office) -> list[tuple[str, str, str, str]]:
    with office.shop.read() as db:
        rows = db.query(PushSubscriptionRow).order_by(PushSubscriptionRow.staff)
        return [(row.staff, row.store, row.language, row.endpoint) for row in rows]


@pytest.mark.usefixtures("gateway")
def test_a_device_is_kept_until_its_owner_signs_out_or_says_no(office: Office) -> None:
    hanh = office.at("hanh")
    assert 'data-push="BKey"' in hanh.get("/staff/")
    for ends in ("/staff/push/off", "/sign-out"):
        assert turns_on(hanh) == 204
        assert kept(office) == [("hanh", STORE, "vi", ENDPOINT)]
        hanh.post(ends)
        assert kept(office) == []


@pytest.mark.usefixtures("gateway")
def test_who_signs_in_next_at_a_device_is_not_told_what_the_last_one_wanted(
    office: Office,
) -> None:
    counter = office.at("hanh")
    turns_on(counter)
    counter.post("/sign-in", staff="tu", store=STORE, pin=PIN)
    assert kept(office) == []

    turns_on(counter)
    office.at("hanh").post("/sign-out")
    assert [staff for staff, *_ in kept(office)] == ["tu"]


@pytest.mark.usefixtures("gateway")
def test_what_is_no_push_services_address_is_refused(office: Office) -> None:
    hanh = office.at("hanh")
    assert turns_on(hanh, "http://127.0.0.1/") == 400
    assert hanh.post("/staff/push/on").status_code == 400
    assert kept(office) == []


def test_without_a_key_no_board_offers_any(office: Office) -> None:
    hanh = office.at("hanh")

    assert "data-push" not in hanh.get("/staff/")
    assert turns_on(hanh) == 404


def test_only_a_board_in_front_counts_as_looked_at(office: Office, gateway: Gateway) -> None:
    hanh = office.at("hanh")
    hanh.get("/staff/cards")
    assert gateway.looked == []

    hanh.client.get("/staff/cards", headers={IN_FRONT: "yes"})
    assert gateway.looked == [("hanh", office.now_ms)]


def test_what_the_worker_keeps_is_the_same_for_everybody(office: Office) -> None:
    office.card()
    stranger, hanh = Browser(office.app.test_client()), office.at("hanh")
    scripts = [browser.get("/staff/app/worker.js") for browser in (stranger, hanh)]
    [kept_paths] = {re.search(r"const KEPT = (\[.*\]);", one)[1] for one in scripts}  # type: ignore[index]

    for path in json.loads(kept_paths):
        pages = [fetched(one, path) for one in (stranger, hanh)]
        assert pages[0] == pages[1], path
        assert b"csrf" not in pages[0], path
    assert scripts[0] == scripts[1]


def test_whatever_it_keeps_changes_the_worker_is_a_new_one(tmp_path: Path) -> None:
    for file in shell.SHELL.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    same = shell.version_of("page", tmp_path)
    assert same == shell.version_of("page")
    assert same != shell.version_of("another page")

    shell.version_of.cache_clear()
    for name in ("worker.js", *shell.OWN):
        before = shell.version_of("page", tmp_path)
        (tmp_path / name).write_text("/* new */")
        shell.version_of.cache_clear()
        assert shell.version_of("page", tmp_path) != before, name


def test_the_board_can_be_put_on_a_home_screen(office: Office) -> None:
    stranger = Browser(office.app.test_client())
    manifest = json.loads(stranger.get("/staff/app/manifest.webmanifest"))

    assert manifest["start_url"] == "/staff/"
    assert manifest["display"] == "standalone"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    board = office.at("hanh").client.get("/staff/")
    assert "worker-src 'self'" in board.headers["Content-Security-Policy"]
    assert "/staff/app/manifest.webmanifest" in board.get_data(as_text=True)

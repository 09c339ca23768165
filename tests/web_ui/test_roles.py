"""Who may do what: every endpoint of the gateway's pages, asked by everybody there is.

The list of endpoints is the application's own, so that a new page is asked for from its first
day; where it may be seen follows from its address, and any other address fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from contract.events import EntryReason
from gateway.core.redemption import State
from gateway.store.alerts import AlertRow
from gateway.store.appointments import AppointmentRow
from gateway.store.orders import OrderRow
from gateway.store.redemptions import RedemptionRow
from gateway.store.stores import KioskRow, StoreRow
from tests.gateway.shop import STORE
from tests.gateway.till import Till
from tests.web_ui.console.test_doors import wrote
from tests.web_ui.office import PIN, TOKEN, Browser, Office
from tests.web_ui.staff.test_appointments import book
from tests.web_ui.staff.test_redeem import hold

STRANGER, STAFF, MANAGER, OWNER = "a stranger", "staff", "a manager", "the owner"
AT_WORK = {STAFF, MANAGER, OWNER}
EVERYBODY = {STRANGER, *AT_WORK}
# address: who may; the longest that fits decides
MAY = {
    "/staff/": AT_WORK,
    "/staff/app/": EVERYBODY,  # what its service worker keeps, the same for all
    "/live": AT_WORK,
    "/own-pin/": AT_WORK,
    "/own-passkeys/": AT_WORK,
    "/console/": {MANAGER, OWNER},
    **{
        f"/console/{part}/": {OWNER}
        for part in (
            "doors",
            "connectors",
            "incidents",
            "letters",
            "newcomers",
            "file",
            "staff",
            "log",
            "settings",
            "floor/drawing",
        )
    },
    # what anybody may: to sign in, to be a member's phone, to fetch what all pages look like
    **dict.fromkeys(("/sign-in", "/sign-out", "/language", "/healthz"), EVERYBODY),
    **dict.fromkeys(("/phone/", "/k/", "/static/", "/desk/", "/screen/"), EVERYBODY),
    **dict.fromkeys(("/s/", "/shelf/"), EVERYBODY),  # a product, for whoever stands before it
}
ENDS_THE_SESSION = {"/sign-out", "/sign-in"}  # have tests of their own
NUMBER, WORD = "1", "nobody-1"
ELSEWHERE = "hoi-an-1"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One database for all: none of those who may not change it does."""
    made = Office(tmp_path_factory.mktemp("roles"))
    made.shop.member()
    yield made
    made.hub.close()
    made.shop.engine.dispose()


@pytest.fixture(scope="module")
def people(house: Office) -> dict[str, Browser]:
    return {
        STRANGER: Browser(house.app.test_client()),
        STAFF: house.at("hanh"),
        MANAGER: house.at("minh"),
        OWNER: house.at("lan"),
    }


def endpoints(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and address of all there is, with made-up ids."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"}):
            if rule.rule != "/" and not (method == "POST" and rule.rule in ENDS_THE_SESSION):
                yield method, filled(rule)


PART = re.compile(r"<(?:any\((?P<first>\w+)[^>]*|(?P<kind>\w+):\w+|\w+)>")


def filled(rule: Rule) -> str:
    """An address that exists by its form, and of nobody."""
    return PART.sub(
        lambda part: part["first"] or (NUMBER if part["kind"] == "int" else WORD), rule.rule
    )


def allowed(path: str) -> set[str]:
    fitting = [known for known in MAY if path.startswith(known)]
    assert fitting, f"nobody said who may see {path}"
    return MAY[max(fitting, key=len)]


def is_let_in(browser: Browser, method: str, path: str) -> bool:
    """Whether the request came through to the page; what it says of made-up ids is not asked."""
    token = TOKEN.search(browser.client.get("/sign-in").get_data(as_text=True))
    assert token is not None
    form = {"csrf_token": token[1]} if method == "POST" else None
    answer = browser.client.open(path, method=method, data=form, buffered=False)
    answer.close()
    is_sent_away = answer.status_code == 302 and answer.headers["Location"] == "/sign-in"
    return not is_sent_away and answer.status_code not in (401, 403)


def test_every_endpoint_lets_in_whom_the_table_says_and_nobody_else(
    house: Office, people: dict[str, Browser]
) -> None:
    found, expected = {}, {}
    for method, path in endpoints(house.app):
        for who, browser in people.items():
            found[who, method, path] = is_let_in(browser, method, path)
            expected[who, method, path] = who in allowed(path)

    assert found == expected
    assert len(found) >= 60


def test_no_form_of_any_page_is_taken_without_its_token(
    house: Office, people: dict[str, Browser]
) -> None:
    """Save what a phone signs: it has no cookie that another site could ride on."""
    taken = {
        path
        for method, path in endpoints(house.app)
        if method == "POST" and people[OWNER].client.post(path).status_code != 400
    }

    assert taken == set()


@pytest.fixture
def two_stores(office: Office) -> Office:
    """A second store, in which whoever signs in there finds nothing of the first."""
    office.shop.member()
    with office.shop.writers.begin() as db:
        db.add(StoreRow(store=ELSEWHERE, name="Hội An", store_no=8))
        db.flush()
        db.add(KioskRow(store=ELSEWHERE, kiosk="quay-9", name="Quầy 9"))
    return office


def at_the_other(office: Office, who: str) -> Browser:
    """A browser in which somebody signed in at the second store."""
    browser = Browser(office.app.test_client())
    browser.post("/sign-in", staff=who, store=ELSEWHERE, pin=PIN)
    assert "Hội An" in browser.get("/staff/")
    return browser


@pytest.mark.parametrize("who", ["hanh", "lan"])
@pytest.mark.parametrize("step", ["claim", "serve", "close", "hand-over"])
def test_a_card_of_another_store_cannot_be_moved(two_stores: Office, who: str, step: str) -> None:
    card = two_stores.card()
    browser = at_the_other(two_stores, who)

    browser.post(f"/staff/cards/{card}/{step}", outcome="assisted", to="")

    with two_stores.shop.read() as db:
        row = db.get_one(AlertRow, card)
        assert (row.state, row.staff) == ("offered", None)
    assert f"card-{card}" not in browser.get("/staff/")
    assert two_stores.said == []


@pytest.mark.parametrize("who", ["hanh", "lan"])
def test_an_order_of_another_store_is_not_handed_over_here(two_stores: Office, who: str) -> None:
    two_stores.shop.order("A-9", store=STORE)
    browser = at_the_other(two_stores, who)

    answer = browser.post("/staff/orders/A-9/hand_over")

    assert answer.status_code == 409
    assert "A-9" not in browser.get("/staff/orders/")
    with two_stores.shop.read() as db:
        assert db.get_one(OrderRow, "A-9").state == "ready"


@pytest.mark.parametrize("who", ["hanh", "lan"])
@pytest.mark.parametrize("step", ["check_in", "cancel"])
def test_an_appointment_of_another_store_is_not_moved_here(
    two_stores: Office, who: str, step: str
) -> None:
    book(two_stores, "visit-9", 5)
    browser = at_the_other(two_stores, who)

    browser.post(f"/staff/appointments/visit-9/{step}")

    assert "visit-9" not in browser.get("/staff/appointments/")
    with two_stores.shop.read() as db:
        assert db.get_one(AppointmentRow, "visit-9").state == "booked"


@pytest.mark.parametrize("who", ["hanh", "lan"])
def test_a_code_held_in_another_store_is_neither_seen_nor_undone_here(
    two_stores: Office, who: str
) -> None:
    Till(two_stores.shop, uses=1)
    hold(two_stores.at("tu"))
    browser = at_the_other(two_stores, who)

    assert browser.client.get("/staff/redeem/1").status_code == 404
    assert browser.post("/staff/redeem/1/release").status_code == 404
    with two_stores.shop.read() as db:
        assert db.get_one(RedemptionRow, 1).state == State.RESERVED


def test_a_door_of_another_store_stays_shut(two_stores: Office) -> None:
    wrote(two_stores, 1, EntryReason.PASS)
    browser = at_the_other(two_stores, "lan")

    assert "front" not in browser.get("/console/doors/")
    assert browser.post("/console/doors/front/open").status_code == 404
    assert two_stores.orders == []

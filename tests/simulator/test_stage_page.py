from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient

from runtime.errors import UnavailableError
from simulator.codes import Code
from simulator.director import Autopilot, Command, Enter, HoldUp, LetGo, Pull, PutDown, Skip, Walk
from simulator.floor import STANDS, Spot
from simulator.living import KioskSeen, PersonSeen, Snapshot
from simulator.shop import make_shop
from simulator.stage_page import create_app, guests
from simulator.stage_words import WORDS

SHOP = make_shop(date(2026, 11, 23))
PERSON = PersonSeen(
    "ban-1", "Trần Thu Quỳnh", 1.0, 2.0, has_tag=True, is_led=True, kiosk="", holds=""
)
SNAPSHOT = Snapshot(12.5, 1.8e9, True, 0.0, (PERSON,), (KioskSeen("quay-1", "attract"),))
ADDRESSES = {name: f"http://localhost/{name}" for name in (*STANDS, "staff", "console")}


def new_link(member: str) -> str:
    if member == "nobody":
        raise UnavailableError("there is no member 'nobody'")
    return f"http://localhost/phone/#{member}"


@pytest.fixture
def told() -> list[Command]:
    return []


@pytest.fixture
def page(told: list[Command]) -> FlaskClient:
    return create_app(SHOP, lambda: SNAPSHOT, told.append, ADDRESSES, new_link).test_client()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_speaks_both_languages(page: FlaskClient, language: str) -> None:
    text = page.get(f"/?lang={language}").text

    assert f'<html lang="{language}">' in text
    for words in ("autopilot", "skip", "hold", "come_in", "code_screenshot"):
        assert WORDS[language][words] in text
    for address in ADDRESSES.values():
        assert f'href="{address}"' in text


def test_a_real_phone_is_sent_where_it_becomes_a_card(page: FlaskClient) -> None:
    answer = page.get("/stage/phone")
    assert answer.status_code == 303
    assert answer.headers["Location"] == new_link(guests(SHOP)[0].member)
    assert page.get("/stage/phone?member=abc").headers["Location"].endswith("#abc")
    assert page.get("/stage/phone?member=nobody").status_code == 503
    assert 'href="/stage/phone"' in page.get("/").text


def test_a_door_has_a_camera_and_wires_where_there_is_one(
    page: FlaskClient, told: list[Command]
) -> None:
    held = {"shopper": "ban-1", "kiosk": "cua-1", "code": "pass"}
    assert page.post("/stage/hold", json=held).status_code == 404
    assert page.post("/stage/pull", json={"contact": True}).status_code == 404

    there = {**ADDRESSES, "cua-1": "http://localhost/cua-1"}
    at_door = create_app(SHOP, lambda: SNAPSHOT, told.append, there, new_link).test_client()
    assert at_door.post("/stage/hold", json=held).status_code == 204
    assert at_door.post("/stage/lower", json={"kiosk": "cua-1"}).status_code == 204
    assert at_door.post("/stage/pull", json={"contact": True}).status_code == 204
    assert told == [
        HoldUp("ban-1", "cua-1", Code.PASS),
        PutDown("cua-1"),
        Pull(contact=True, handle=False, beam=False),
    ]


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["vi"].keys() == WORDS["en"].keys()
    assert {f"code_{code}" for code in Code} <= WORDS["vi"].keys()


def test_programs_see_who_is_where(page: FlaskClient) -> None:
    answer = page.get("/stage/people")

    assert answer.json == {
        "t_s": 12.5,
        "unix_s": 1.8e9,
        "autopilot": True,
        "skip_s": 0.0,
        "people": [
            {
                "shopper": "ban-1",
                "name": "Trần Thu Quỳnh",
                "x_m": 1.0,
                "y_m": 2.0,
                "has_tag": True,
                "is_led": True,
                "kiosk": "",
                "holds": "",
            }
        ],
        "kiosks": [{"kiosk": "quay-1", "screen": "attract"}],
    }


def test_programs_see_whom_they_can_bring_in(page: FlaskClient) -> None:
    members = page.get("/stage/members").json

    assert isinstance(members, list)
    assert len(members) == len(SHOP.members)
    assert {"member", "name", "tier", "has_tag", "tag", "has_pass", "consents", "orders"} == set(
        members[0]
    )


DEEDS = [
    ("walk", {"shopper": "a", "kiosk": "quay-1"}, Walk("a", STANDS["quay-1"].front)),
    (
        "walk",
        {"shopper": "a", "x_m": 3.5, "y_m": 2, "at_once": True},
        Walk("a", Spot(3.5, 2.0), at_once=True),
    ),
    ("hold", {"shopper": "a", "kiosk": "quay-2"}, HoldUp("a", "quay-2", Code.PASS)),
    (
        "hold",
        {"shopper": "a", "kiosk": "quay-2", "code": "wifi"},
        HoldUp("a", "quay-2", Code.WIFI),
    ),
    ("lower", {"kiosk": "quay-2"}, PutDown("quay-2")),
    ("let-go", {"shopper": "a"}, LetGo("a")),
    ("skip", {}, Skip(60.0)),
    ("skip", {"seconds": 5}, Skip(5.0)),
    ("autopilot", {"on": False}, Autopilot(is_on=False)),
]


@pytest.mark.parametrize(("deed", "message", "command"), DEEDS)
def test_every_deed_becomes_one_command(
    page: FlaskClient, told: list[Command], deed: str, message: object, command: Command
) -> None:
    assert page.post(f"/stage/{deed}", json=message).status_code == 204
    assert told == [command]


def test_guests_get_names_of_their_own(page: FlaskClient, told: list[Command]) -> None:
    member = SHOP.members[3].member
    first = page.post("/stage/enter", json={"member": member}).json
    second = page.post("/stage/enter", json={}).json

    assert told == [Enter("ban-1", member), Enter("ban-2", "")]
    assert (first, second) == ({"shopper": "ban-1"}, {"shopper": "ban-2"})


@pytest.mark.parametrize(
    ("deed", "message", "status"),
    [
        ("enter", {"member": "0" * 12}, 404),
        ("walk", {"shopper": "a", "kiosk": "quay-9"}, 404),
        ("walk", {"shopper": "A B"}, 400),
        ("walk", {"shoper": "a"}, 400),
        ("hold", {"shopper": "a", "kiosk": "quay-1", "code": "gold"}, 400),
        ("skip", {"seconds": 1e9}, 400),
        ("autopilot", {}, 400),
    ],
)
def test_nonsense_is_refused_in_words(
    page: FlaskClient, told: list[Command], deed: str, message: object, status: int
) -> None:
    answer = page.post(f"/stage/{deed}", json=message)

    assert answer.status_code == status
    assert answer.json
    assert answer.json["error"]
    assert not told


def test_other_pages_may_not_move_people_about(page: FlaskClient, told: list[Command]) -> None:
    foreign = page.post("/stage/skip", json={}, headers={"Origin": "http://evil.example"})
    form = page.post("/stage/skip", data={"seconds": 60})

    assert (foreign.status_code, form.status_code) == (403, 415)
    assert not told


def test_the_guests_on_offer_differ_from_each_other() -> None:
    met = guests(SHOP)

    assert 6 <= len(met) <= 12
    assert any("presence" not in one.consents and one.tag for one in met)
    assert any(SHOP.orders_of(one.member) for one in met)


def test_its_own_files_are_served(page: FlaskClient) -> None:
    for file in ("stage.css", "stage.js"):
        with page.get(f"/stage/static/{file}") as answer:
            assert answer.status_code == 200

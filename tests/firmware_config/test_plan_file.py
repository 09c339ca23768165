from __future__ import annotations

from pathlib import Path

import pytest

from firmware_config import plan_file
from runtime.errors import SettingsError
from tests.house import ROOT

EXAMPLE = ROOT / "docs" / "example-shop.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def planted(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def mistakes(*changes: tuple[str, str]) -> list[str]:
    return plan_file.read(planted(*changes))[1]


def test_the_example_in_the_documentation_is_a_plan() -> None:
    plan = plan_file.load(EXAMPLE)

    assert [kiosk.id for kiosk in plan.kiosks] == ["quay-1", "quay-2", "quay-3", "cua-1"]
    door = plan.door_at("cua-1")
    assert door is not None
    assert (door.id, plan.door_at("quay-1")) == ("cua-truoc", None)
    assert {one.id for one in plan.heard_by("quay-1")} == {"tra", "home/OMG_kho"}


PANEL = next(line for line in TEXT.splitlines() if line.startswith("panel"))
FIFTEEN = [
    ('timezone = "Asia/Ho_Chi_Minh"', 'timezone = "Asia/HoChiMinh"'),
    ("number = 1 ", 'number = "1" '),
    ("[boards]", "[board]"),
    ('beacon = "b-quay-1"', 'beacon = "b-quai-1"'),
    ('board = "pi5"', 'board = "pi6"'),
    ("rotate = 90", "rotat = 90"),
    ('device = "/dev/video0"', 'device = "/dev/video0", focus_m = 1'),
    ('name = "Quầy 3"', 'nam = "Quầy 3"'),
    ("screen_port = 8081", "screen_port"),
    ("exit = 22", "exit = 17"),
    ("hold_s = 5", "hold_s = 50"),
    ('zone = "ke-tra"', 'zone = "ke-tr"'),
    ("minor = 2", "minor = 1"),
    ('namespace = "a1b2c3d4e5f60718293a"', 'namespace = "A1"'),
    ('id = "the-01"', 'id = "ngan-keo"'),
]


def test_fifteen_planted_mistakes_are_all_named_with_line_and_what_was_meant(
    tmp_path: Path,
) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(planted(*FIFTEEN), encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        plan_file.load(path)

    heading, *lines = str(caught.value).splitlines()
    assert heading == f"{path} has 15 mistakes:"
    where = {number: line.strip() for number, line in enumerate(path.read_text().splitlines(), 1)}
    said = [line.strip().removeprefix("line ").split(":", 1)[0].split()[0] for line in lines]
    assert [where[int(number)].partition(" #")[0].strip() for number in said] == [
        'number = "1"',
        'timezone = "Asia/HoChiMinh"',
        "[board]",
        'beacon = "b-quai-1"',
        'board = "pi6"',
        PANEL.replace("rotate", "rotat"),
        'camera = { driver = "webcam", device = "/dev/video0", focus_m = 1 }',
        'nam = "Quầy 3"',
        "screen_port",
        "exit = 17",
        "hold_s = 50",
        'zone = "ke-tr"',
        "[[beacons]]",
        'namespace = "A1"',
        'id = "ngan-keo"',
    ]
    meant = [line.partition("did you mean ")[2].removesuffix("?)") for line in lines]
    assert [word for word in meant if word] == [
        *("Asia/Ho_Chi_Minh", "boards", "b-quay-1", "pi5", "rotate", "name", "ke-tra"),
    ]


ONE_EACH = [
    pytest.param(("kiosks]]\nid", "kiosk]]\nid"), "did you mean kiosks?", id="a table's name"),
    pytest.param(('id = "quay-2"', 'id = "quay-1"'), "is taken by [[kiosks]] #1", id="an id"),
    pytest.param(('id = "ke-tra"\nname', 'id = "gateway"\nname'), "by the gateway", id="gateway"),
    pytest.param(("tamper = 25", "tamper = 27"), "contact is on GPIO27, which tamper", id="a pin"),
    pytest.param(("tamper = 25", "tamper = 3"), "which the battery clock uses", id="a clock's"),
    pytest.param((", buzzer = 12", ""), "light has no buzzer", id="half a panel"),
    pytest.param(("lock = 17", "lock = 3"), "greater than or equal to 9, not 3", id="a lock"),
    pytest.param(
        ("major = 1\n", ""), "major is missing: ibeacon has uuid and major and", id="half"
    ),
    pytest.param(("exponent = 10", "minor = 3\nexponent = 10"), "minor is nothing to", id="other"),
    pytest.param(('beacon = "b-quay-1"', 'beacon = "kho"'), "(beacons are b-", id="no beacon"),
    pytest.param(("[boards]", "[stock]"), "[boards] is missing: receivers have no", id="boards"),
    pytest.param(('"espresense"', '"minew"'), "12 of 0-9, A-F", id="a Minew's address"),
    pytest.param(
        ('id = "cua-truoc"\nkiosk = "cua-1"', 'id = "a"\nkiosk = "cua"'), "cua-1?", id="k"
    ),
    pytest.param(('"08:00-12:00,', '"8-12,'), "must look like", id="hours"),
    pytest.param(('id = "an-nhien"', 'id = "An Nhiên"'), "must be 1 to 32 of a-z", id="a name"),
    pytest.param(("hold_s = 5", "hold_s = true"), "not true", id="a kind of value"),
    pytest.param(('names = ["gateway', 'namse = ["gateway'), "did you mean names?", id="needed"),
]


@pytest.mark.parametrize(("change", "problem"), ONE_EACH)
def test_a_mistake_is_named(change: tuple[str, str], problem: str) -> None:
    found = mistakes(change)

    assert any(problem in one for one in found), found


def test_a_misspelt_key_is_one_mistake_and_hides_nothing_in_it() -> None:
    found = mistakes(("[[kiosks]]", "[[kioks]]"), ("light = 18", "light = 180"))

    assert [one.partition(":")[2].partition(" (")[0] for one in found] == [
        " kioks is not part of a plan",
        " light should be less than or equal to 27, not 180",
    ]


def test_an_eid_is_nothing_a_kiosk_advertises() -> None:
    found = mistakes(
        ('format = "eddystone-uid"', 'format = "eddystone-eid"'),
        ('beacon = "b-quay-1"', 'beacon = "ngan-keo"'),
    )

    assert any("advertises ibeacon or eddystone-uid, not eddystone-eid" in one for one in found)


@pytest.mark.parametrize("content", [b"\xff", None])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "shop.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError, match=r"shop.toml: (cannot be read|is not UTF-8)"):
        plan_file.load(path)


def test_an_empty_file_lacks_what_every_shop_has() -> None:
    plan, found = plan_file.read("")

    assert plan is None
    assert [one.rpartition(": ")[2] for one in found] == [
        "gateway is missing",
        "kiosks is missing",
        "store is missing",
    ]

"""An import is all or nothing, may be repeated, and names every mistake at once."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.store import csv_import, offers, phones, staff, stores
from gateway.store.profiles import ConsentRow, ProfileRow, TagRow, pass_keys
from runtime.errors import SettingsError
from simulator.seed import write
from simulator.shop import make_shop
from tests.gateway.shop import NGOC, NOON_MS, Shop


def load(shop: Shop, folder: Path) -> int:
    with shop.writers.begin() as db:
        return csv_import.load(db, folder, NOON_MS).rows


def profiles(shop: Shop) -> int:
    with shop.read() as db:
        return db.scalar(select(func.count()).select_from(ProfileRow)) or 0


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """The demo shop's files."""
    folder = tmp_path / "seed"
    write(make_shop(date(2026, 3, 1)), folder, ("quay-1",))
    return folder


def test_the_demo_shop_is_imported_and_again_changes_nothing(shop: Shop, seed: Path) -> None:
    assert load(shop, seed) == load(shop, seed)
    assert profiles(shop) == 120


def test_a_pin_is_kept_as_a_hash_that_opens_with_the_pin_only(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text("staff,name,role,pin\nhanh,Hạnh,owner,2468\n")
    load(shop, tmp_path)

    with shop.writers.begin() as db:
        assert staff.sign_in(db, "hanh", "1111", NOON_MS) is None
        row = staff.sign_in(db, "hanh", "2468", NOON_MS)
        assert row is not None
        assert "2468" not in row.pin_hash


def test_five_wrong_pins_lock_for_five_minutes(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text("staff,name,role,pin\nhanh,Hạnh,owner,2468\n")
    load(shop, tmp_path)

    with shop.writers.begin() as db:
        for _ in range(5):
            assert staff.sign_in(db, "hanh", "0000", NOON_MS) is None
        assert staff.sign_in(db, "hanh", "2468", NOON_MS + 299_000) is None
        assert staff.sign_in(db, "hanh", "2468", NOON_MS + 300_000) is not None


def test_every_mistake_is_named_with_file_line_and_column_and_nothing_is_kept(
    shop: Shop, seed: Path
) -> None:
    with (seed / "profiles.csv").open("a", encoding="utf-8") as file:
        file.write("xyz,Ai Đó,,member,0,,,,,\n0000000000aa,,,member,-1,,,,,\n")
    with (seed / "orders.csv").open("a", encoding="utf-8") as file:
        file.write("Z-9,ffffffffffff,#Z-9,1,0,ready\n")

    with pytest.raises(SettingsError) as caught:
        load(shop, seed)

    sentence = str(caught.value)
    assert "profiles.csv line 122: member: 'xyz' is not 12 hex digits" in sentence
    assert "profiles.csv line 123: name: must not be empty" in sentence
    assert "member: there is no profile ffffffffffff" in sentence
    assert profiles(shop) == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("store,name\nhue,Huế\n", "column store_no is missing", id="no column"),
        pytest.param(b"\xff\xfe\x00", "cannot be read as UTF-8 CSV", id="not text"),
        pytest.param("store,name,store_no\nHuế,Huế,1\n", "is not 1 to 32 of", id="not a name"),
        pytest.param("store,name,store_no\nhue,Huế,0\n", "not a number from 1", id="zero"),
    ],
)
def test_a_file_that_makes_no_sense_says_why(
    shop: Shop, tmp_path: Path, content: str | bytes, says: str
) -> None:
    data = content.encode() if isinstance(content, str) else content
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "stores.csv").write_bytes(data)

    with pytest.raises(SettingsError, match=says):
        load(shop, folder)


def test_an_empty_folder_is_a_mistake(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(SettingsError, match=r"there is none of stores\.csv"):
        load(shop, tmp_path / "nothing")


HEAD = "member,name,phone,tier,points,interests,consents,tags,pass_key_id,pass_public_key\n"
FOB, CARD = (f"eddystone-uid:00112233445566778899:00000000000{n}" for n in (1, 2))
AN, BO = "0000000000c1", "0000000000c2"


def person(member: str = AN, consents: str = "presence", tags: str = "", key: str = ",") -> str:
    return f"{member},An,,member,1,,{consents},{tags},{key}\n"


def load_profiles(shop: Shop, folder: Path, *lines: str, at_ms: int = NOON_MS) -> None:
    (folder / "profiles.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
    with shop.writers.begin() as db:
        csv_import.load(db, folder, at_ms)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param([person(tags="ibeacon:x:1:1")], "line 2: tags: 'ibeacon:x", id="not a tag"),
        pytest.param(
            [person(tags=FOB), person(BO, tags=FOB)],
            f"line 3: tags: {FOB} belongs to member {AN} already",
            id="two owners",
        ),
        pytest.param([person().replace("An", "A" * 81)], "name: must be at most 80", id="long"),
        pytest.param([person(consents="everything")], "'everything' is not one of", id="purpose"),
        pytest.param([person(key="1,abc")], "is not 64 hex digits", id="half a key"),
    ],
)
def test_what_kiosks_could_not_read_never_gets_in(
    shop: Shop, tmp_path: Path, lines: list[str], says: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)):
        load_profiles(shop, tmp_path, *lines)
    assert profiles(shop) == 0


def test_two_stores_of_one_number_and_an_order_no_screen_can_name_are_mistakes(
    shop: Shop, tmp_path: Path
) -> None:
    shop.member()
    (tmp_path / "stores.csv").write_text("store,name,store_no\na,A,20\nb,B,20\n")
    (tmp_path / "orders.csv").write_text(
        f"order,member,number,items,unpaid_vnd,state\nA/1,{NGOC},#1,1,0,ready\n"
    )
    with pytest.raises(SettingsError) as caught:
        load(shop, tmp_path)

    assert "stores.csv line 3: store_no: store a has number 20 already" in str(caught.value)
    assert "orders.csv line 2: order: 'A/1' is not 1 to 40 of" in str(caught.value)


def test_a_tag_keeps_its_id_changes_places_and_goes_when_it_is_not_named(
    shop: Shop, tmp_path: Path
) -> None:
    def tags() -> dict[str, str]:
        with shop.read() as db:
            return {row.identity: row.tag for row in db.scalars(select(TagRow))}

    load_profiles(shop, tmp_path, person(tags=f"{FOB};{CARD}"))
    before = tags()
    load_profiles(shop, tmp_path, person(tags=f"{CARD};{FOB}"))
    assert tags() == before
    assert all(AN not in tag for tag in before.values())  # a tag's id says nothing about anybody

    load_profiles(shop, tmp_path, person(tags=CARD))

    assert tags() == {CARD: before[CARD]}


def test_consent_keeps_the_day_it_was_given_and_goes_when_it_is_not_named(
    shop: Shop, tmp_path: Path
) -> None:
    def given() -> dict[str, int]:
        with shop.read() as db:
            return {row.purpose: row.granted_at_ms for row in db.scalars(select(ConsentRow))}

    load_profiles(shop, tmp_path, person(consents="presence;sms"), at_ms=1)
    load_profiles(shop, tmp_path, person(consents="presence;email"), at_ms=2)

    assert given() == {"presence": 1, "email": 2}


def test_a_lost_phone_opens_nothing_any_more(shop: Shop, tmp_path: Path) -> None:
    load_profiles(shop, tmp_path, person(key=f"1,{'ab' * 32}"))
    load_profiles(shop, tmp_path, person())

    with shop.read() as db:
        assert pass_keys(db, {AN}, NOON_MS) == {}


def test_an_import_is_noticed_and_one_that_failed_is_not(shop: Shop, tmp_path: Path) -> None:
    def edition() -> int:
        with shop.read() as db:
            return stores.edition(db)

    before = edition()
    load_profiles(shop, tmp_path, person())
    assert edition() == before + 1
    with pytest.raises(SettingsError):
        load_profiles(shop, tmp_path, person(consents="everything"))

    assert edition() == before + 1


def test_a_phone_that_was_enrolled_survives_an_import(shop: Shop, tmp_path: Path) -> None:
    load_profiles(shop, tmp_path, person(key=f"1,{'ab' * 32}"))
    with shop.writers.begin() as db:
        code = phones.invite(db, AN, NOON_MS + 1)
        assert code is not None
        assert phones.enrol(db, code, b"\x07" * 32, NOON_MS) is not None

    load_profiles(shop, tmp_path, person())

    with shop.read() as db:
        assert pass_keys(db, {AN}, NOON_MS) == {(AN, 2): b"\x07" * 32}
    with shop.writers.begin() as db:
        phones.revoke(db, AN, 2, NOON_MS)
    load_profiles(shop, tmp_path, person(key=f"2,{'cd' * 32}"))
    with shop.read() as db:
        assert pass_keys(db, {AN}, NOON_MS) == {(AN, 2): b"\xcd" * 32}


def test_the_terms_of_an_offer_are_read_and_a_mistake_in_them_is_placed(
    shop: Shop, seed: Path
) -> None:
    offers_file = seed / "offers.csv"
    lines = offers_file.read_text(encoding="utf-8").splitlines()
    terms = '"{""caps"": {""total"": 5}}"'
    given = [f"{lines[0]},terms", f"{lines[1]},{terms}", *(f"{line}," for line in lines[2:])]
    offers_file.write_text("\n".join(given), encoding="utf-8")
    load(shop, seed)
    with shop.read() as db:
        assert max(one.terms.caps.total or 0 for one in offers.every(db)) == 5

    offers_file.write_text("\n".join(given).replace("total", "totale"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"offers\.csv line 2: terms: caps: 'totale' is not"):
        load(shop, seed)

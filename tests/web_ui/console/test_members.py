from __future__ import annotations

import logging

import pytest
from sqlalchemy import select

from gateway.core import provenance
from gateway.core.ledger import DAY_MS, Currency
from gateway.store import ledger, merges, phones
from gateway.store.external_ids import ExternalIdRow
from gateway.store.ledger import Account, Deed
from gateway.store.offers import OfferRow
from gateway.store.profiles import PassKeyRow, ProfileRow, pass_keys
from tests.gateway.shop import HUY, NGOC
from tests.web_ui.office import Browser, Office

PAGE = f"/console/members/{NGOC}"


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner, and two members."""
    office.shop.member()
    office.shop.member(HUY, name="Lê Huy")
    office.shop.member("00000000d004", name="Vũ An")  # who told no phone number
    with office.shop.writers.begin() as db:
        for member, external in (
            (NGOC, "phone:+84901234512"),
            (NGOC, "email:ngoc@an.vn"),
            (HUY, "phone:+84901234513"),
        ):
            db.add(ExternalIdRow(external=external, member=member, source="test", at_ms=0))
        db.add(PassKeyRow(member=NGOC, key_id=2, public_key="0b" * 32))
    return office.at("lan")


def codes(office: Office) -> list[str]:
    with office.shop.read() as db:
        return list(db.scalars(select(phones.PhoneCodeRow.member)))


def test_a_member_is_found_by_what_they_say_in_full_and_by_nothing_less(lan: Browser) -> None:
    found = {
        "0901234512": NGOC,
        "0901 234 512": NGOC,
        "+84 901-234-512": NGOC,
        "0901.234.513": HUY,
        f" {NGOC} ": NGOC,
        "Ngoc@An.vn ": NGOC,
        **dict.fromkeys(("0901234", "Ngọc", "%", ""), ""),
    }

    for who, member in found.items():
        answer = lan.post("/console/members/", who=who)
        assert answer.headers["Location"] == f"/console/members/{member}", who
        assert ("Không có ai dùng số" in lan.get("/console/members/")) is (member == "")


def test_a_member_is_shown_with_where_each_thing_comes_from(lan: Browser, office: Office) -> None:
    with office.shop.writers.begin() as db:
        row = db.get_one(ProfileRow, NGOC)
        row.birthday, row.interests = "03-01", "tra;gom"
        row.provenance = provenance.written("shopify", office.now_ms, ["birthday"])
        merges.merge(db, NGOC, HUY, merges.Deed("lan", office.now_ms))

    page = lan.get(PAGE)

    for words in ("<b>Sinh nhật</b> 03-01<br>từ shopify, ", "+84901234512", "tra, gom", HUY):
        assert words in page
    assert NGOC in lan.get(f"/console/members/{HUY}")


def test_what_may_mean_two_members_is_nobody(lan: Browser, office: Office) -> None:
    with office.shop.writers.begin() as db:
        zalo = ExternalIdRow(external="zalo:0901234512", member=HUY, source="test", at_ms=0)
        db.add(zalo)

    assert lan.post("/console/members/", who="0901234512").headers["Location"].endswith("members/")


def test_an_account_says_what_is_on_it_and_what_ends(lan: Browser, office: Office) -> None:
    deeds = [
        Deed("a", Account(NGOC, Currency.POINTS), 30, 0, "", 0, office.now_ms + DAY_MS),
        Deed("b", Account(NGOC, Currency.VND), 50_000, 0, "", office.now_ms + DAY_MS),
        Deed("c", Account(NGOC, Currency.SESSIONS, "spa"), 9, 0),
    ]
    assert "hoàn tiền" not in lan.get(PAGE)
    with office.shop.writers.begin() as db:
        for deed in deeds:
            ledger.earn(db, deed)

    page = lan.get(PAGE)
    assert "1.280 điểm" in page
    assert "trong đó 30 hết hạn ngày 02/03" in page
    assert "còn 50.000 sẽ được cộng sau" in page
    assert "9 buổi" in page


def test_a_link_is_made_shown_once_and_makes_a_card(
    lan: Browser, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answer = lan.post(f"{PAGE}/link")

    assert '<svg class="qr"' in answer.text
    assert "Dùng được đến 13:15" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert codes(office) == [NGOC]
    assert '<svg class="qr"' not in lan.get(PAGE)
    assert f"staff lan made a link for a phone of member {NGOC}" in caplog.text
    assert "Ngọc" not in caplog.text


def test_ending_a_card_ends_it_and_the_links_not_used_yet(lan: Browser, office: Office) -> None:
    lan.post(f"{PAGE}/link")
    assert "Thẻ 1" in lan.get(PAGE)

    lan.post(f"{PAGE}/end", key_id="1")

    page = lan.get(PAGE)
    assert "Đã huỷ 1 thẻ." in page
    assert ("Thẻ 1" in page, "Thẻ 2" in page) == (False, True)
    with office.shop.read() as db:
        assert pass_keys(db, {NGOC, HUY}, office.now_ms).keys() == {(NGOC, 2), (HUY, 1)}
    assert codes(office) == []
    lan.post(f"{PAGE}/end")
    assert "Chưa có điện thoại nào của khách là thẻ." in lan.get(PAGE)


def test_what_is_no_number_of_a_card_ends_none(lan: Browser, office: Office) -> None:
    for key_id in ("x", "-1", "1 ", "٣", "1000"):
        assert lan.post(f"{PAGE}/end", key_id=key_id).status_code == 400

    with office.shop.read() as db:
        assert (NGOC, 1) in pass_keys(db, {NGOC}, office.now_ms)


def test_nobody_else_and_no_other_site_may_do_it(lan: Browser, office: Office) -> None:
    staff = office.at("hanh")
    assert staff.client.get(PAGE).status_code == 403
    for deed in ("link", "end"):
        assert staff.post(f"{PAGE}/{deed}").status_code == 403
        assert lan.client.post(f"{PAGE}/{deed}").status_code == 400, "without the form's token"
        answer = office.app.test_client().post(f"{PAGE}/{deed}")
        assert answer.status_code in (302, 400)

    assert codes(office) == []


def test_who_is_no_member_has_no_page(lan: Browser) -> None:
    for path in ("/console/members/00000000c003", "/console/members/%00"):
        assert lan.client.get(path).status_code == 404
    assert lan.post("/console/members/00000000c003/link").status_code == 404


def test_why_they_see_which_offers_is_told_question_by_question(
    lan: Browser, office: Office
) -> None:
    office.shop.offer("tea", is_personal=False)
    office.shop.offer("mine")
    with office.shop.writers.begin() as db:
        db.get_one(OfferRow, "tea").terms = '{"when": {"fact": "profile.points", "at_least": 2000}}'

    page = lan.get(f"{PAGE}/offers")

    assert f"{PAGE}/offers" in lan.get(PAGE)
    assert "điểm từ 2000 (hiện là 1250)" in page
    assert page.index("Ưu đãi này dành cho bạn.") < page.index("điểm từ 2000")
    assert lan.client.get("/console/members/nobody/offers").status_code == 404


def test_what_a_file_said_and_a_tier_are_words_and_not_their_codes(
    lan: Browser, office: Office
) -> None:
    with office.shop.writers.begin() as db:
        row = db.get_one(ProfileRow, NGOC)
        row.provenance = provenance.written("csv import", office.now_ms, ["tier"])

    page = lan.get(PAGE)

    assert "<b>Hạng</b> Bạc<br>từ tệp thành viên, " in page
    assert "csv import" not in page


def test_two_who_are_one_person_are_shown_both_and_made_one_with_a_reason_and_two_again(
    lan: Browser, office: Office
) -> None:
    asked = lan.post(f"{PAGE}/merge", who="0901234513").get_data(as_text=True)
    for words in ("Trần Bảo Ngọc", "Lê Huy", "+84901234512", "+84901234513", "Chưa có gì thay đổi"):
        assert words in asked
    assert merged(office) == []
    assert lan.post(f"{PAGE}/merge/{HUY}", reason=" ").status_code == 400

    lan.post(f"{PAGE}/merge/{HUY}", reason="cùng số nhà")

    assert merged(office) == [(NGOC, HUY, "lan", "cùng số nhà", "", "")]
    page = lan.get(PAGE)
    assert ("Hai người nay là một thành viên." in page, "cùng số nhà" in page) == (True, True)
    lan.post(f"{PAGE}/merge/{HUY}", reason="again")
    assert "hãy tách ra trước" in lan.get(PAGE)
    lan.post(f"{PAGE}/split/{HUY}", reason="hai chị em")
    assert merged(office) == [(NGOC, HUY, "lan", "cùng số nhà", "lan", "hai chị em")]
    assert "Đã tách lại thành hai thành viên." in lan.get(PAGE)


def test_nobody_is_merged_with_themselves_or_with_nobody(lan: Browser, office: Office) -> None:
    for who in ("0901234512", "0999999999"):
        lan.post(f"{PAGE}/merge", who=who)
        assert "Không có ai khác dùng số" in lan.get(PAGE)
    assert merged(office) == []


def merged(office: Office) -> list[tuple[str, ...]]:
    row = merges.MergeRow
    columns = (row.kept, row.gone, row.by, row.reason, row.undone_by, row.undone_reason)
    with office.shop.read() as db:
        return [tuple(one) for one in db.execute(select(*columns))]

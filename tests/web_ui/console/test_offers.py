"""Offers in the console: written, looked at, played, approved by somebody else, and out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from gateway.core.audit import Deed
from gateway.core.offers.terms import read_terms
from gateway.core.roles import Approval, Role
from gateway.store import audit, csv_import, csv_rows, offer_drafts, offers, stores
from gateway.store.audit import By
from gateway.store.offer_drafts import OfferDraftRow, Problem, Seen
from gateway.store.offers import OfferRow
from gateway.store.staff import StaffRow
from runtime.errors import SettingsError
from tests.browser import clipped_text, open_page, small_targets, violations
from tests.gateway.shop import NGOC, NOON_MS, Outbox, pass_of, scan
from tests.web_ui.desk.test_in_browser import SIZES, serving, sign_in
from tests.web_ui.forms import filled_in
from tests.web_ui.office import Browser, Office
from web_ui.console.offer_form import in_rows
from web_ui.shared.site import CONTENT_SECURITY_POLICY

PAGE = "/console/offers/"
TEA = f"{PAGE}tea"
TERMS: tuple[dict[str, Any], ...] = (
    {},
    {"paused": True, "when": {"fact": "profile.tier", "at_least": "silver"}},
    {"when": {"not": {"fact": "interests", "has": "tra"}}},
    {
        "when": {
            "all": [
                {"fact": "basket.total_vnd", "at_least": 300_000},
                {"fact": "visit.confidence", "at_least": 0.6},
                {"fact": "time.clock", "at_most": "11:30"},
                {"not": {"fact": "profile.segments", "has_any": ["staff", "press"]}},
            ]
        },
        "trigger": {"moment": "check_in", "nth_visit": 5},
    },
    {"when": {"any": [{"fact": "store", "one_of": ["hue-1"]}]}, "stores": ["hue-1"]},
    {"when": {"any": [{"all": [{"fact": "orders.open", "at_least": 1}]}]}},
    {"when": {"all": [{"fact": "kiosk", "is": f"k-{number}"} for number in range(9)]}},
    {
        "effects": [
            {"discount_pct": 10, "max_vnd": 50_000},
            {"points": 20, "pending_days": 1, "valid_days": 30},
            {"notify_staff": True},
            {"free_item": "a cup"},
        ],
        "caps": {"total": 500, "per_profile": 1, "spend_vnd": 10**7, "cooldown_s": 86_400},
        "stacking": {"group": "tea", "mode": "first", "at_most": 2, "excludes": ["a", "b"]},
        "hours": [{"days": [1, 5], "from": "09:00", "to": "11:30"}, {"to": "20:00"}],
        "not_on": ["2027-02-06"],
        "channels": ["kiosk"],
        "consents": ["sms"],
    },
    {"stacking": {"exclusive": True}, "trigger": {"scan": "ke-3", "winback_days": 30}},
)


@pytest.fixture
def minh(office: Office) -> Browser:
    """The manager, in a shop with one offer from the file."""
    office.shop.offer("tea", is_personal=False)
    return office.at("minh")


def form(browser: Browser, path: str = TEA, **typed: str) -> dict[str, list[str]]:
    """The editor's form with something typed over it."""
    sent = filled_in(browser.get(path), "offer")
    return {**sent, **{name.replace("__", "."): [value] for name, value in typed.items()}}


def send(browser: Browser, path: str, sent: dict[str, list[str]]) -> TestResponse:
    return browser.client.post(path, data=sent)


def ask(browser: Browser, **typed: str) -> int:
    """Ask for the offer to be approved as typed; returns the revision that is asked for."""
    assert send(browser, TEA, {**form(browser, **typed), "then": ["ask"]}).status_code == 302
    return int(form(browser)["revision"][0])


def draft(office: Office, offer: str = "tea") -> OfferDraftRow | None:
    with office.shop.read() as db:
        return offer_drafts.get(db, offer)


def title(office: Office) -> str:
    with office.shop.read() as db:
        return db.get_one(OfferRow, "tea").title_vi


def deeds(office: Office) -> list[tuple[str, str]]:
    with office.shop.read() as db:
        return [(row.staff, row.deed) for row in audit.newest(db, 20) if row.subject == "tea"]


def test_every_rule_goes_through_the_form_unchanged(minh: Browser, office: Office) -> None:
    for terms in TERMS:
        with office.shop.writers.begin() as db:
            db.get_one(OfferRow, "tea").terms = json.dumps(terms)

        assert send(minh, TEA, form(minh)).status_code == 302

        with office.shop.writers.begin() as db:
            row = db.get_one(OfferDraftRow, "tea")
            kept = json.loads(offer_drafts.cells_of(row)["terms"])
            db.delete(row)
        assert read_terms(kept) == read_terms(terms)


def test_what_rows_cannot_say_is_typed() -> None:
    nested = {"any": [{"all": [{"fact": "orders.open", "at_least": 1}]}]}
    assert in_rows(nested) is None
    assert in_rows({"fact": "store", "one_of": ["a,b"]}) is None, "a comma parts words"
    assert in_rows({"fact": "mood", "is": "good"}) is None
    assert in_rows({"fact": "orders.open", "at_least": "1"}) is None, "a word that looks a number"


def test_what_is_written_goes_out_when_another_role_approves_it(
    minh: Browser, office: Office
) -> None:
    with office.shop.read() as db:
        before = stores.edition(db)
    revision = str(ask(minh, title_vi="Trà sen", caps__total="5"))
    assert title(office) == "title", "until then nothing changes"
    assert "Cần một người có vai trò khác" in approve(minh, revision)

    lan = office.at("lan")
    page = lan.get(TEA)
    assert "Minh" in page
    assert "Tổng cộng: 5" in page
    assert "Đã phát hành" in approve(lan, revision)

    with office.shop.read() as db:
        (rule,) = offers.rules(db).rules
        assert stores.edition(db) > before, "what runs looks at this every two seconds"
        published = audit.newest(db, 1)[0]
    assert (rule.offer.content.title.vi, rule.offer.terms.caps.total) == ("Trà sen", 5)
    assert published.detail == "granted; asked by minh; title_vi, terms.caps"
    assert deeds(office)[:2] == [("lan", "offer_published"), ("minh", "offer_asked")]
    assert draft(office) is None


def approve(browser: Browser, revision: str) -> str:
    return browser.client.post(
        f"{TEA}/publish",
        data={"revision": revision, **token(browser)},
        follow_redirects=True,
    ).get_data(as_text=True)


def token(browser: Browser) -> dict[str, str]:
    return {"csrf_token": form(browser)["csrf_token"][0]}


def test_only_what_was_looked_at_goes_out(minh: Browser, office: Office) -> None:
    seen = str(ask(minh, title_vi="Trà sen"))
    office.clock.advance(1)
    ask(minh, title_vi="Trà nhài")

    assert "vừa sửa" in approve(office.at("lan"), seen)
    minh.client.post(f"{TEA}/discard", data={"revision": form(minh)["revision"][0], **token(minh)})
    ask(minh, title_vi="Trà khác")
    assert "vừa sửa" in approve(office.at("lan"), seen), "nor one begun anew under its number"
    assert title(office) == "title"


def test_it_goes_back_with_a_word_and_is_not_asked_for_any_more(
    minh: Browser, office: Office
) -> None:
    revision = str(ask(minh))
    lan = office.at("lan")
    lan.post(f"{TEA}/send_back", revision=revision, note="Giá sai")

    assert "Giá sai" in minh.get(TEA)
    with office.shop.writers.begin() as db:
        seen = Seen("tea", db.get_one(OfferDraftRow, "tea").revision)
        by = By("lan", "hue-1", NOON_MS)
        assert offer_drafts.publish(db, by, seen, []) is Problem.NOT_ASKED


def test_the_second_of_two_editors_loses_nothing_and_is_told_who_was_first(
    minh: Browser, office: Office
) -> None:
    send(minh, TEA, form(minh, title_vi="Của Minh trước"))
    hers, his = form(office.at("lan"), title_vi="Của Lan"), form(minh, title_vi="Của Minh")
    send(minh, TEA, his)

    lan = office.at("lan")
    page = send(lan, TEA, {**hers, "csrf_token": [token(lan)["csrf_token"]]}).get_data(as_text=True)

    assert "Minh vừa sửa ưu đãi này" in page
    assert "Của Minh" in page
    assert filled_in(page, "offer")["title_vi"] == ["Của Lan"]
    row = draft(office)
    assert row is not None
    assert offer_drafts.cells_of(row)["title_vi"] == "Của Minh"
    send(lan, TEA, filled_in(page, "offer"))
    row = draft(office)
    assert row is not None
    assert offer_drafts.cells_of(row)["title_vi"] == "Của Lan"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"caps__total": "mười"}, "Giới hạn: caps.total: &#39;mười&#39; không phải là số"),
        ({"title_vi": ""}, "Tiêu đề tiếng Việt: không được để trống"),
        ({"starts_on": "mai"}, "Ngày bắt đầu: &#39;mai&#39; không phải là ngày"),
        (
            {"when__mode": "text", "when__text": '{"all": [\n {"fact": "mood", "is": 1}]}'},
            "Điều kiện, dòng 2: when.all[0]: không có dữ kiện",
        ),
        (
            {"when__mode": "text", "when__text": '{\n"all": [,]}'},
            "Điều kiện, dòng 2: thiếu một giá trị",
        ),
    ],
    ids=["a cap", "no title", "no day", "an unknown fact", "no JSON"],
)
def test_a_mistake_is_named_and_what_is_mistaken_is_not_asked_for(
    minh: Browser, office: Office, typed: dict[str, str], told: str
) -> None:
    sent = {**form(minh, **typed), "then": ["ask"]}
    page = send(minh, TEA, sent).get_data(as_text=True)

    assert told in page
    again = filled_in(page, "offer")
    name, value = list(typed.items())[-1]
    assert again[name.replace("__", ".")] == [value], "what was typed still stands there"
    row = draft(office)
    assert row is None or row.state == offer_drafts.DraftState.DRAFT


def test_the_file_does_not_write_over_what_the_console_looks_after(
    minh: Browser, office: Office, tmp_path: Path
) -> None:
    columns = ",".join(filled_in(minh.get(TEA), "offer"))
    assert "title_vi" in columns
    line = "tea,1,jade,,member,2026-01-01,2026-12-31,k,k,b,b,u,u,Từ tệp,From the file,w,w,,,0"
    (tmp_path / "offers.csv").write_text(f"{csv_rows.OFFER_COLUMNS}\n{line}\n", "utf-8")

    def bring() -> None:
        with office.shop.writers.begin() as db:
            csv_import.load(db, tmp_path, NOON_MS)

    bring()
    assert title(office) == "Từ tệp"
    approve(office.at("lan"), str(ask(minh, title_vi="Trà sen")))
    with pytest.raises(SettingsError, match=r"line 2: offer: the console looks after 'tea'"):
        bring()
    assert title(office) == "Trà sen"

    minh.post(f"{TEA}/hand_back")
    bring()
    assert title(office) == "Từ tệp"


def test_pausing_needs_nobody_and_is_at_once(minh: Browser, office: Office) -> None:
    minh.post(f"{TEA}/pause")

    with office.shop.read() as db:
        (rule,) = offers.rules(db).rules
    assert rule.offer.terms.is_paused
    assert "tạm dừng" in minh.get(PAGE)
    assert deeds(office) == [("minh", Deed.OFFER_PAUSED)]


def test_it_is_played_over_recorded_visits_as_it_is_typed(minh: Browser, office: Office) -> None:
    office.shop.member()
    office.shop.handle(Outbox().says(scan(pass_of(NGOC))))

    sent = {**form(minh, effect__0__kind="cashback_vnd", effect__0__value="7000"), "days": ["7"]}
    page = send(minh, f"{TEA}/play", sent).get_data(as_text=True)

    assert re.search(r"<b class=\"number\">7.000\s₫</b>", page)
    assert draft(office) is None, "nothing is kept"
    assert title(office) == "title"


def test_the_picture_is_the_kiosks_own_and_only_we_may_frame_it(minh: Browser) -> None:
    sent = form(minh, title_en="Lotus <b>tea", price_vnd="12000")
    answer = send(minh, f"{TEA}/glass?language=en", sent)
    page = answer.get_data(as_text=True)

    assert "Lotus &lt;b&gt;tea" in page
    assert "1 offer for you today" in page
    assert "/screen/screen.css" in page
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    editor = minh.client.get(TEA).headers
    assert editor["Content-Security-Policy"] == f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    assert editor["X-Frame-Options"] == "DENY"


def test_an_owner_alone_approves_their_own_and_the_log_says_so(office: Office) -> None:
    office.shop.offer("tea", is_personal=False)
    with office.shop.writers.begin() as db:
        db.delete(db.get_one(StaffRow, "minh"))
        assert {row.role for row in db.query(StaffRow)} == {Role.STAFF, Role.OWNER}
    lan = office.at("lan")

    approve(lan, str(ask(lan, title_vi="Trà sen")))

    assert title(office) == "Trà sen"
    with office.shop.read() as db:
        assert audit.newest(db, 1)[0].detail.startswith(Approval.ALONE)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Office]:
    with serving(tmp_path) as made:
        made.shop.offer("tea", is_personal=False)
        yield made


def test_what_is_typed_stands_on_the_glass_in_both_languages(
    chromium: Chromium, served: Office
) -> None:
    page, watch = open_page(chromium, f"{served.url}/sign-in", SIZES["computer"])
    sign_in(page, "Minh")
    page.goto(f"{served.url}{PAGE}")
    wrong = {"list": clipped_text(page, scrolls=True) + violations(page)}
    page.goto(f"{served.url}{TEA}")
    page.locator("[name=title_vi]").fill("Trà sen Tây Hồ")
    page.locator("[name=title_en]").fill("West Lake tea")

    for language, words in (("vi", "Trà sen Tây Hồ"), ("en", "West Lake tea")):
        glass = page.frame_locator(f"[name=glass-{language}]")
        expect(glass.get_by_text(words)).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    wrong["editor"] = clipped_text(page, scrolls=True) + small_targets(page, 44) + violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    wrong["phone"] = clipped_text(page, "main", scrolls=True)

    assert {name: found for name, found in wrong.items() if found} == {}
    assert (watch.errors, watch.strangers) == ([], [])
    page.context.close()

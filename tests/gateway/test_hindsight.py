"""Offers asked about afterwards: by the owner's commands and on the console's page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway import hindsight, offers_cli
from gateway.core.consent import Purpose
from gateway.core.ledger import DAY_MS
from gateway.core.offers.reasons import Reason
from gateway.core.vouchers import VoucherKind
from gateway.store import offers, vouchers
from gateway.store.offers import OfferRow
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, S2, STORE, Outbox, Shop, pass_of, scan

EVERYTHING = ALL | {Purpose.PROFILING}


def run(shop: Shop, folder: Path, *arguments: str) -> list[Any]:
    (folder / "gateway.toml").write_text(f'database = "{shop.url}"\n')
    done = CliRunner().invoke(
        offers_cli.app,
        [*arguments, "--settings", str(folder / "gateway.toml")],
        catch_exceptions=False,
        standalone_mode=False,
    )
    assert done.exit_code == 0, done.output
    return [json.loads(line) if line[0] == "{" else line for line in done.stdout.splitlines()]


def visit(shop: Shop, outbox: Outbox, member: str, at_ms: int) -> None:
    """Shows a pass; the screen becomes personal."""
    shop.handle(outbox.says(scan(pass_of(member, at_ms), S2 if member == HUY else "a" * 16), at_ms))


def terms(shop: Shop, said: dict[str, object], offer: str = "tea") -> None:
    with shop.writers.begin() as db:
        db.get_one(OfferRow, offer).terms = json.dumps(said)


def test_an_offer_is_played_over_the_visits_that_were_recorded(shop: Shop, tmp_path: Path) -> None:
    now_ms, outbox = unix_ms(SystemClock().utc()), Outbox()
    shop.member(consents=EVERYTHING)
    shop.member(HUY, "Huy", consents=frozenset())
    shop.offer("other", is_personal=False)
    shop.offer("another", is_personal=False)
    for days, member in ((40, NGOC), (3, NGOC), (2, HUY), (1, NGOC)):
        visit(shop, outbox, member, now_ms - days * DAY_MS)
    shop.offer("tea", is_personal=False)
    effects = [{"discount_vnd": 5_000}]
    terms(shop, {"paused": True, "trigger": {"nth_visit": 3}, "effects": effects})

    (told,) = run(shop, tmp_path, "simulate", "tea")
    assert (told["occasions"], told["granted"], told["cost_vnd"]) == (3, 1, 5_000)
    assert told["refused"] == {"not_triggered": 1, "consent_missing": 1}
    (third,) = (one for one in told["examples"] if one["reason"] == "granted")
    assert third["lines"][0]["en"].endswith("visits to this store, this one included is 3 (now 3)")

    (all_of_it,) = run(shop, tmp_path, "simulate", "tea", "--days", "90", "--store", STORE)
    assert all_of_it["occasions"] == 4
    (elsewhere,) = run(shop, tmp_path, "simulate", "tea", "--store", "hue-2")
    assert elsewhere["occasions"] == 0
    terms(shop, {"when": {"fact": "orders.open", "is": 0}})
    (unknown,) = run(shop, tmp_path, "simulate", "tea")
    assert unknown["refused"]["fact_unknown"] == 2  # nobody knows what was ordered then
    with pytest.raises(SettingsError, match="no offer"):
        run(shop, tmp_path, "simulate", "coffee")


def test_what_it_would_have_cost_and_when_its_money_was_gone_is_as_counted_by_hand(
    shop: Shop, tmp_path: Path
) -> None:
    """Four visits; 12,000 đồng are two gifts of 5,000, and the third visit finds too little."""
    now_ms, outbox = unix_ms(SystemClock().utc()), Outbox()
    shop.member(consents=EVERYTHING)
    shop.member(HUY, "Huy", consents=frozenset())
    shop.offer("other", is_personal=False)
    for days, member in ((4, NGOC), (3, HUY), (2, NGOC), (1, HUY)):
        visit(shop, outbox, member, now_ms - days * DAY_MS)
    shop.offer("tea", is_personal=False)
    caps = {"spend_vnd": 12_000}
    terms(shop, {"paused": True, "effects": [{"discount_vnd": 5_000}], "caps": caps})

    (told,) = run(shop, tmp_path, "simulate", "tea")

    assert (told["occasions"], told["granted"], told["members"]) == (4, 2, 2)
    assert told["cost_vnd"] == 10_000
    assert datetime.fromisoformat(told["spent_up_at"]) == datetime.fromtimestamp(
        (now_ms - 2 * DAY_MS) // 1000, UTC
    ).replace(microsecond=(now_ms % 1000) * 1000)
    assert told["refused"] == {"budget_spent": 2}


def test_why_and_why_not_is_told_with_what_is_there_and_what_is_asked_for(
    shop: Shop, tmp_path: Path
) -> None:
    shop.member(consents=EVERYTHING)
    shop.offer("tea", is_personal=False)
    terms(shop, {"when": {"fact": "profile.points", "at_least": 2_000}, "caps": {"total": 5}})
    asked = ("explain", "--member", NGOC, "--store", STORE)

    (one,) = run(shop, tmp_path, *asked, "--offer", "tea")

    assert (one["offer"], one["reason"]) == ("tea", "condition_unmet")
    assert [(line["met"], line["vi"]) for line in one["lines"]] == [
        (False, "điểm từ 2000 (hiện là 1250)"),
        (True, "tổng số lần đã phát dưới 5 (hiện là 0)"),
    ]
    with pytest.raises(SettingsError, match="no offer"):
        run(shop, tmp_path, *asked, "--offer", "coffee")
    with pytest.raises(SettingsError, match="no member"):
        run(shop, tmp_path, "explain", "--member", HUY, "--store", STORE)
    with pytest.raises(SettingsError, match="no store"):
        run(shop, tmp_path, "explain", "--member", NGOC, "--store", "hue-9")


@pytest.mark.parametrize("is_here", [True, False])
def test_who_is_not_here_is_told_of_as_if_they_had_just_shown_their_pass(
    shop: Shop, is_here: bool
) -> None:
    shop.member(consents=EVERYTHING)
    shop.offer("tea")  # personal: a mere tag would not do
    outbox = Outbox()
    visit(shop, outbox, NGOC, NOON_MS - DAY_MS)
    if is_here:
        visit(shop, outbox, NGOC, NOON_MS - 60_000)
    terms(shop, {"trigger": {"nth_visit": 2, "moment": "check_in"}})

    with shop.read() as db:
        (told,) = hindsight.why(db, offers.rules(db), (STORE, NGOC), NOON_MS)

    assert told.decision.reason is Reason.GRANTED


def test_who_left_ten_minutes_ago_would_be_here_anew(shop: Shop) -> None:
    shop.member(consents=EVERYTHING)
    shop.offer("tea")
    visit(shop, Outbox(), NGOC, NOON_MS - 600_000)
    terms(shop, {"trigger": {"nth_visit": 2}})

    with shop.read() as db:
        (told,) = hindsight.why(db, offers.rules(db), (STORE, NGOC), NOON_MS)

    assert told.decision.reason is Reason.GRANTED


def test_codes_of_ones_own_are_brought_all_or_none(shop: Shop, tmp_path: Path) -> None:
    shop.offer("tea")
    file = tmp_path / "codes.txt"
    file.write_text("\ufeffabc-1\r\nABC 2\n\nabc1\n", encoding="utf-8")

    assert run(shop, tmp_path, "add-codes", "tea", "--file", str(file)) == ["2 codes added"]
    run(shop, tmp_path, "add-codes", "tea", "--code", "Tết-2027", "--uses", "500")

    with shop.read() as db:
        one, word = vouchers.get(db, "ABC1"), vouchers.get(db, "TẾT2027")
    assert one is not None
    assert word is not None
    assert (one.kind, one.max_uses) == (VoucherKind.POOL, 1)
    assert (word.kind, word.max_uses) == (VoucherKind.GENERIC, 500)
    for wrong in (["--code", "ABC1", "--code", "new"], ["--code", "!"], [], ["--code", "x" * 41]):
        with pytest.raises(SettingsError):
            run(shop, tmp_path, "add-codes", "tea", *wrong)
    with pytest.raises(SettingsError, match="no offer"):
        run(shop, tmp_path, "add-codes", "coffee", "--code", "a")
    with pytest.raises(SettingsError, match="cannot be read"):
        run(shop, tmp_path, "add-codes", "tea", "--file", str(tmp_path / "none"))
    with shop.read() as db:
        assert vouchers.get(db, "NEW") is None

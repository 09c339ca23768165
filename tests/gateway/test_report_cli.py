"""The report of the week that is over: sent once, with its charts, its gaps, and nobody's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec import json
from sqlalchemy import select

from cli.main import main
from gateway import measuring
from gateway.core.report_periods import Every, last_over
from gateway.core.shop_days import day_of, span
from gateway.store import kiosk_days
from gateway.store.kiosk_days import Heard
from gateway.store.outgoing import OutgoingEventRow
from gateway.store.report_letters import ReportLetterRow
from gateway.store.visits import VisitRow
from runtime.clock import SystemClock, unix_ms
from tests.gateway.notify.test_notices import mail_server, options
from tests.gateway.shop import HUY, STORE, Shop

HOUR_MS = 3_600_000


@pytest.fixture
def monday(shop: Shop) -> date:
    """The first day of the week that is over: three visits on it, and on Tuesday nobody heard."""
    first = last_over(Every.WEEK, day_of(unix_ms(SystemClock().utc()))).first
    shop.member(HUY, "Phạm Gia Huy")
    with shop.writers.begin() as db:
        for ago in range(-3, 7):
            at_ms = span(first + timedelta(days=ago)).from_ms + 9 * HOUR_MS
            if ago != 1:
                kiosk_days.note(db, {Heard(STORE, "quay-1", at_ms // HOUR_MS)})
        for number in range(3):
            at_ms = span(first).from_ms + (9 + number) * HOUR_MS
            db.add(
                VisitRow(
                    visit=900 + number,
                    store=STORE,
                    member=HUY,
                    kiosk="quay-1",
                    first_at_ms=at_ms,
                    last_at_ms=at_ms + 90_000,
                    confidence=1.0,
                    evidence="pass",
                )
            )
    return first


def _settings(shop: Shop, folder: Path, at: int) -> str:
    mail = options(at)
    said = "\n".join(f"{name} = {json.encode(value).decode()}" for name, value in mail.items())
    file = folder / "gateway.toml"
    file.write_text(f'database = "{shop.url}"\n[report]\nlanguage = "en"\n[report.mail]\n{said}\n')
    return str(file)


def _letter(said: Sequence[str]) -> EmailMessage:
    text = "\n".join(said[said.index("data") + 1 : said.index(".")])
    letter = message_from_string(text, policy=policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def test_it_is_sent_once_with_charts_gaps_and_no_name(
    shop: Shop, tmp_path: Path, monday: date, capsys: pytest.CaptureFixture[str]
) -> None:
    with mail_server() as (at, said):
        words = ["gateway", "report", "--send", "--settings", _settings(shop, tmp_path, at)]
        assert main(words) == 0
    assert main(words) == 0, "though nobody listens any more: it was sent before"
    assert "was sent before" in capsys.readouterr().out
    assert shop.count(ReportLetterRow) == 1

    letter = _letter(said)
    assert letter["Subject"].startswith("Hiên: the shop in numbers, ")
    text, page = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    assert "Visits: 3 (before: 0)" in text.get_content()
    assert "Dwell: 1 min 30 s" in text.get_content()
    html = page.get_content()
    bars = re.findall(r'class="(bar|gap)"', html)
    assert len(bars) == 14  # two charts of seven days
    assert bars.count("gap") == 2
    tuesday = monday + timedelta(days=1)
    assert re.search(f"no kiosk was heard: {tuesday.day} {tuesday:%b}", html)
    assert not re.search("(src|href)=", html), "nothing is fetched from elsewhere"
    for word in (HUY, "Huy"):
        assert word not in html + text.get_content()
    (pdf,) = letter.iter_attachments()
    assert pdf.get_content().startswith(b"%PDF-")


def test_what_a_mail_server_refuses_is_sent_the_next_time_if_need_be_without_pdf(
    shop: Shop, tmp_path: Path, monday: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no Chromium
    with mail_server(refuses=True) as (at, _):
        words = ["gateway", "report", "--send", "--settings", _settings(shop, tmp_path, at)]
        assert main(words) == 69
    assert shop.count(ReportLetterRow) == 0
    with mail_server() as (at, said):
        words = ["gateway", "report", "--send", "--settings", _settings(shop, tmp_path, at)]
        assert main(words) == 0
    assert list(_letter(said).iter_attachments()) == []
    assert main([*words, "--file", str(tmp_path / "report.pdf")]) == 78


def test_a_gateway_without_the_setting_sends_none_and_still_writes_a_file(
    shop: Shop, tmp_path: Path, monday: date
) -> None:
    settings = tmp_path / "gateway.toml"
    settings.write_text(f'database = "{shop.url}"\n')
    common = ["gateway", "report", "--settings", str(settings)]

    assert main([*common, "--send"]) == 0
    assert main([*common, "--file", str(tmp_path / "report.html"), "--every", "month"]) == 0
    assert "Cửa hàng qua con số" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert main(common) == 78
    assert main([*common, "--send", "--language", "fr"]) == 78


def test_who_wants_to_know_is_told_the_numbers_of_each_day_that_is_counted(
    shop: Shop, monday: date
) -> None:
    now_ms = span(monday + timedelta(days=2)).from_ms + HOUR_MS
    measuring.close_days(shop.writers, now_ms)
    measuring.close_days(shop.writers, now_ms)

    with shop.read() as db:
        bodies = db.scalars(select(OutgoingEventRow.body).order_by(OutgoingEventRow.number)).all()
    first, second = (json.decode(body)["data"] for body in bodies)
    assert (first["store"], first["day"], first["is_known"]) == (STORE, monday.isoformat(), True)
    assert (first["numbers"]["visits"], first["numbers"]["dwell_s"]) == (3, 90.0)
    assert first["numbers"]["capture"] is None
    assert second["is_known"] is False
    assert HUY not in str(bodies)

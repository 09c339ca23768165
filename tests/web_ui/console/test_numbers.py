from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest

from gateway.core.measures import Measure
from gateway.core.shop_days import day_of, span
from gateway.store import kiosk_days
from gateway.store.entries import DoorRecordRow
from gateway.store.kiosk_days import Heard
from gateway.store.visits import VisitRow
from gateway.store.zone_hours import ZoneHourRow
from tests.gateway.shop import HUY, STORE
from tests.web_ui.office import Browser, Office

HOUR_MS = 3_600_000


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner of a shop in which kiosks were heard seven and five days ago, and not between."""
    today = day_of(office.now_ms)
    with office.shop.writers.begin() as db:
        for number, ago in enumerate((7, 7, 5)):
            at_ms = span(today - timedelta(days=ago)).from_ms + 9 * HOUR_MS + number
            kiosk_days.note(db, {Heard(STORE, "quay-1", at_ms // HOUR_MS)})
            db.add(
                VisitRow(
                    visit=900 + number,
                    store=STORE,
                    member=HUY,
                    kiosk="quay-1",
                    first_at_ms=at_ms,
                    last_at_ms=at_ms,
                    confidence=1.0,
                    evidence="pass",
                )
            )
    return office.at("lan")


def _days(browser: Browser) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(browser.get("/console/numbers/days.csv?days=28"))))


def test_a_day_without_any_kiosk_is_empty_and_not_nothing(lan: Browser, office: Office) -> None:
    today = day_of(office.now_ms)
    visits = {row["day"]: row["visits"] for row in _days(lan)}
    assert visits[(today - timedelta(days=7)).isoformat()] == "2"
    assert visits[(today - timedelta(days=6)).isoformat()] == ""
    assert visits[(today - timedelta(days=5)).isoformat()] == "1"
    assert visits[(today - timedelta(days=8)).isoformat()] == "0", "before it was written down"


def test_the_table_has_every_measure_and_names_nobody(lan: Browser) -> None:
    rows = _days(lan)
    assert list(rows[0]) == ["day", *Measure]
    assert len(rows) == 28
    assert HUY not in str(rows)


@pytest.mark.parametrize("asked", ["", "?days=7&measure=dwell_s", "?days=x&measure=nonsense"])
def test_the_page_says_what_a_number_means_and_where_nobody_knows(lan: Browser, asked: str) -> None:
    page = lan.get(f"/console/numbers/{asked}")
    assert ("Từ dấu hiệu đầu" if "dwell" in asked else "Số lượt đến của thành viên") in page
    assert "không rõ: không nghe thấy quầy nào" in page


def test_the_chart_draws_a_gap_where_nobody_knows(lan: Browser) -> None:
    page = lan.get("/console/numbers/?days=28")
    assert page.count('class="bar"') + page.count('class="gap"') == 28
    assert page.count('class="gap"') >= 1


def test_zones_are_shown_with_the_days_their_kiosk_was_heard_and_never_for_fewer_than_five(
    lan: Browser, office: Office
) -> None:
    at_ms = span(day_of(office.now_ms) - timedelta(days=5)).from_ms
    with office.shop.writers.begin() as db:
        for zone, stays in (("quay-1", 5), ("tra", 4)):
            db.add(ZoneHourRow(store=STORE, at_ms=at_ms, zone=zone, stays=stays, stayed_s=600))
    page = lan.get("/console/numbers/?days=28&measure=stay_s")
    table = page.partition("Theo khu vực")[2].partition("</table>")[0]
    heard, never, foreign = (row.partition("</tr>")[0] for row in table.split('scope="row">')[1:])
    assert "<td>5</td><td>2 min 0 s</td>" in heard.replace("phút", "min").replace("giây", "s")
    assert "2 trên 28" in heard
    assert "không rõ" in never
    assert "0 trên 28" in never
    assert "dưới năm" in foreign
    assert "4" not in foreign


def test_an_average_day_leaves_out_the_hours_that_nobody_knows(
    lan: Browser, office: Office
) -> None:
    today = day_of(office.now_ms)
    monday = today - timedelta(days=today.weekday() + 7)  # some kiosk was heard at nine, no visit
    with office.shop.writers.begin() as db:
        kiosk_days.note(db, {Heard(STORE, "quay-1", span(monday).from_ms // HOUR_MS + 9)})
    page = lan.get("/console/numbers/?days=7")
    table = page.rpartition('<table class="table hours">')[2].partition("</table>")[0]
    nine = table.partition("9–10</th>")[2].partition("</tr>")[0]
    week = [cell.partition("</td>")[0] for cell in nine.split("<td>")[1:]]
    here = (today - timedelta(days=5)).weekday()
    assert week[here] == "1"
    assert set(week) == {"1", "không rõ"}
    assert "viền đứt" in page


@pytest.mark.parametrize(("entries", "is_said"), [(1, True), (3, False)])
def test_a_share_above_100_says_in_words_where_the_others_came_in(
    lan: Browser, office: Office, entries: int, *, is_said: bool
) -> None:
    at_ms = span(day_of(office.now_ms) - timedelta(days=5)).from_ms
    with office.shop.writers.begin() as db:
        for number in range(entries):
            went = {"store": STORE, "door": "cua-1", "journal": "j", "number": number}
            db.add(
                DoorRecordRow(
                    **went,
                    kiosk="quay-1",
                    decided_ms=at_ms,
                    kind="passage",
                    what="in",
                    is_granted=False,
                    holder="",
                    times=1,
                    people=None,
                )
            )
    page = lan.get("/console/numbers/?days=28")  # three visits
    assert ("300 %" if is_said else "100 %") in page
    assert ("lối không có máy đếm" in page) == is_said

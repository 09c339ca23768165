"""What an owner reads of a test: not enough yet, then an answer in words, and nobody's name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec import json
from sqlalchemy import insert, update

from gateway.core.consent_texts import DAY_MS
from gateway.core.offers.drawing import Arm
from gateway.store.experiments import ExposureRow
from gateway.store.offers import OfferRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import STORE
from tests.web_ui.office import Browser, Office

FAR = 10_000


def tried(office: Office, groups: Sequence[tuple[Arm, int, int]], enough: int) -> None:
    """An offer under test: of each arm so many members, of whom so many came again."""
    office.shop.offer()
    said = {"name": "tea-2026", "enough": enough, "holdout_pct": 20}
    if any(arm is Arm.B for arm, _, _ in groups):
        said["other"] = {"title_vi": "Trà"}
    began_ms = office.now_ms - 20 * DAY_MS
    exposed: list[dict[str, object]] = []
    came: list[dict[str, object]] = []
    for arm, many, again in groups:
        for number in range(many):
            member = f"{arm}-{number}"
            part = {"experiment": "tea-2026", "member": member, "arm": arm, "at_ms": began_ms}
            exposed.append(part)
            if number < again:
                at_ms = began_ms + DAY_MS
                came.append(
                    {
                        "visit": FAR + len(came),
                        "store": STORE,
                        "member": member,
                        "kiosk": "quay-1",
                        "first_at_ms": at_ms,
                        "last_at_ms": at_ms,
                        "confidence": 1.0,
                        "evidence": "pass",
                        "heard_by": 0,
                    }
                )
    with office.shop.writers.begin() as db:
        db.execute(update(OfferRow).values(terms=json.encode({"experiment": said}).decode()))
        db.execute(insert(ExposureRow), exposed)
        db.execute(insert(VisitRow), came)


@pytest.fixture
def lan(office: Office) -> Browser:
    return office.at("lan")


def test_without_a_test_the_page_says_how_to_begin_one(lan: Browser) -> None:
    assert "Chưa có ưu đãi nào được thử" in lan.get("/console/experiments/")


@pytest.mark.parametrize(
    ("with_it", "without", "sentence"),
    [
        ((400, 160), (399, 80), "Chưa đủ: nhóm nhỏ nhất mới có 399 trên 400 khách."),
        # 40 % and 20 % of 400: 13.7 to 26.1 of a hundred, by hand
        ((400, 160), (400, 80), "Nhiều hơn từ 13,7 đến 26,1 khách trên một trăm"),
        ((400, 80), (400, 160), "Ít hơn từ 13,7 đến 26,1 khách trên một trăm"),
        ((400, 80), (400, 80), "ít hơn 5,5 và nhiều hơn 5,5 khách trên một trăm"),
    ],
)
def test_the_answer_is_a_sentence(
    office: Office,
    lan: Browser,
    with_it: tuple[int, int],
    without: tuple[int, int],
    sentence: str,
) -> None:
    tried(office, [(Arm.A, *with_it), (Arm.HOLDOUT, *without)], enough=400)

    page = lan.get("/console/experiments/")

    assert sentence in page
    assert ("bị ngẫu nhiên đánh lừa" in page) is ("Chưa đủ" in page)


def test_three_groups_answer_two_questions(office: Office, lan: Browser) -> None:
    tried(office, [(Arm.A, 40, 10), (Arm.B, 40, 30), (Arm.HOLDOUT, 40, 10)], enough=40)

    page = lan.get("/console/experiments/")

    assert "Bản khác tốt hơn" in page
    assert "Có, ưu đãi có tác dụng" in page
    assert "holdout-1" not in page, "nobody is named"

"""What is known of a member reaches the offers that ask for it, on the screen and at the till."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway import situations
from gateway.core.consent import Purpose
from gateway.core.interests import InterestKind, Noted
from gateway.store import csv_import, interests
from gateway.store.interests import InterestRow
from gateway.store.offers import OfferRow
from gateway.store.profiles import ProfileRow
from tests.gateway.shop import ALL, NGOC, NOON_MS, STORE, Outbox, Shop, pass_of, scan, shown

KNOWN = {"birthday": "1990-03-04", "segments": "vip;moi", "source": "ad:tet-2026"}
ASKED = [
    {"fact": "profile.birthday_in_days", "at_most": 3},
    {"fact": "profile.segments", "has": "vip"},
    {"fact": "profile.source", "is": "ad:tet-2026"},
    {"fact": "interests.viewed", "has": "am-tra"},
    {"fact": "interests.carted", "has": "chen-gom"},
    {"fact": "interests.asked", "has": "bao-hanh"},
]


SEEN = (
    (InterestKind.VIEWED, "am-tra"),
    (InterestKind.CARTED, "chen-gom"),
    (InterestKind.ASKED, "bao-hanh"),
)


@pytest.fixture
def ngoc(shop: Shop) -> Shop:
    """Everything is known of a member, who agreed to everything."""
    shop.member(consents=ALL | {Purpose.PROFILING})
    shop.offer()
    with shop.writers.begin() as db:
        for name, value in KNOWN.items():
            setattr(db.get_one(ProfileRow, NGOC), name, value)
        for kind, word in SEEN:
            interests.learn(db, NGOC, Noted(kind, (word,), "shopify", NOON_MS - 1))
        db.get_one(OfferRow, "tea").terms = json.dumps({"when": {"all": ASKED}})
    return shop


def test_an_offer_that_asks_for_all_of_it_is_shown(ngoc: Shop) -> None:
    outcome = ngoc.handle(Outbox().says(scan(pass_of(NGOC))))

    (show,) = shown(outcome)
    assert [offer.id for offer in show.offers] == ["tea"]


@pytest.mark.parametrize("name", KNOWN)
def test_what_nobody_knows_gives_no_offer(ngoc: Shop, name: str) -> None:
    with ngoc.writers.begin() as db:
        setattr(db.get_one(ProfileRow, NGOC), name, "")

    (show,) = shown(ngoc.handle(Outbox().says(scan(pass_of(NGOC)))))

    assert show.offers == ()


def test_the_till_knows_the_same(ngoc: Shop) -> None:
    with ngoc.read() as db:
        facts = situations.at_till(db, STORE, "staff", (NGOC, None), NOON_MS).facts

    assert facts["profile.birthday_in_days"] == 3
    assert facts["interests.carted"] == frozenset({"chen-gom"})


def test_with_the_consent_to_profiling_goes_what_was_looked_at(ngoc: Shop, tmp_path: Path) -> None:
    (tmp_path / "profiles.csv").write_text(f"member,name,consents\n{NGOC},Ngọc,presence\n")
    with ngoc.writers.begin() as db:
        csv_import.load(db, tmp_path, NOON_MS)

    assert ngoc.count(InterestRow) == 0

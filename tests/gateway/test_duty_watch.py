"""Reminders go out once for each time, also over a restart; a log of incidents on a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.core.changes import Ask, PrivacyAsked
from gateway.core.consent import Method, Purpose
from gateway.core.consent_texts import DAY_MS
from gateway.core.duties import Duty
from gateway.core.incidents import HOUR_MS, Said, What
from gateway.core.privacy_clocks import Clocks
from gateway.duty_watch import DutyWatch
from gateway.store import base, consents, duties, incidents, privacy_requests
from gateway.store.consents import Proof
from tests.gateway.shop import NGOC, NOON_MS, Shop
from tests.gateway.test_fleet_watch import Phone
from tests.gateway.test_processes import Premises


class Owner:
    """Somebody who looks at no page, and a shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.phone, self.now_ms = shop, Phone(), NOON_MS

    def after(self, days: float) -> list[str]:
        """What is told by then; a new watch each time, as after a restart."""
        self.now_ms += int(days * DAY_MS)
        self.phone.heard.clear()
        DutyWatch(self.shop.readers, lambda: self.now_ms, [self.phone]).look()
        return self.phone.heard


@pytest.fixture
def owner(shop: Shop) -> Owner:
    shop.member()
    with shop.writers.begin() as db:
        consents.agree(db, NGOC, Purpose.SMS, Proof(NOON_MS, Method.API, "", ""))
    return Owner(shop)


def test_the_file_is_reminded_of_before_sixty_days_and_half_a_year(owner: Owner) -> None:
    assert owner.after(45) == []
    (first,) = owner.after(1)
    assert first.startswith("Hiên: Send the impact assessment to the authority: 14 days are left.")
    assert owner.after(1) == [], "once is enough"
    owner.phone.is_off = True
    owner.after(11)
    owner.phone.is_off = False
    assert len(owner.after(0.1)) == 1, "what nobody took is told again"
    (late,) = owner.after(3)
    assert "It is overdue by" in late

    with owner.shop.writers.begin() as db:
        assert duties.file(db, Duty.ASSESSMENT, "lan", owner.now_ms)
        assert not duties.file(db, Duty.INCIDENT, "lan", owner.now_ms)

    assert owner.after(182 - 15) == []
    (review,) = owner.after(1)
    assert review.startswith("Hiên: Look through the file and bring it up to date: 14 days")


def test_an_incident_is_told_at_once_a_day_before_and_when_it_is_late(owner: Owner) -> None:
    with owner.shop.writers.begin() as db:
        words = {What.HAPPENED: "a kiosk was stolen", What.DATA: ""}
        number = incidents.open_(db, NOON_MS, words, "lan", NOON_MS)

    assert ["3 days are left" in one for one in owner.after(0)] == [True]
    assert owner.after(1) == []
    assert ["24 hours are left" in one for one in owner.after(1)] == [True]
    assert ["overdue" in one for one in owner.after(1.5)] == [True]
    with owner.shop.writers.begin() as db:
        said_to = Said(What.AUTHORITY, "A05", owner.now_ms, "lan", owner.now_ms)
        incidents.say(db, number, said_to)
    with owner.shop.read() as db:
        assert [due.duty for due in duties.open_(db, owner.now_ms)] == [
            Duty.ASSESSMENT,
            Duty.REVIEW,
        ]


def test_a_request_that_nobody_answers_is_told_of_and_one_that_is_confirmed_is_not(
    owner: Owner,
) -> None:
    with owner.shop.writers.begin() as db:
        for ask in (Ask.SEE, Ask.ERASE):
            privacy_requests.add(db, "web-shop", PrivacyAsked(ask, "77"), NGOC, NOON_MS)
        db.flush()
        assert privacy_requests.confirm(db, 2, NOON_MS)

    assert owner.after(6) == []
    assert [one.split(":")[1] for one in owner.after(1)] == [" Do what somebody asked for #1"]


def test_the_hours_are_those_of_the_owners_table(shop: Shop) -> None:
    timed = privacy_requests.timed(shop.engine, Clocks(breach_hours=24))
    with base.writers(timed).begin() as db:
        number = incidents.open_(db, NOON_MS, {What.HAPPENED: "x"}, "lan", NOON_MS)
        found = incidents.get(db, number)
    assert found is not None
    assert found.due_ms == NOON_MS + 24 * HOUR_MS


@pytest.mark.parametrize("shop", ["sqlite", "postgresql"], indirect=True)
def test_nothing_that_was_said_is_changed_but_the_erased_are_not_named(shop: Shop) -> None:
    with shop.writers.begin() as db:
        words = {What.HAPPENED: "Trần Bảo Ngọc (0901777001) saw another's card"}
        number = incidents.open_(db, NOON_MS, words, "lan", NOON_MS)
        incidents.say(db, number, Said(What.NOTE, "nobody else", NOON_MS, "lan"))
    with pytest.raises(DBAPIError, match="never changed"), shop.writers.begin() as db:
        db.execute(text("UPDATE incident_said SET words = ''"))

    with shop.writers.begin() as db:
        assert incidents.unname(db, ["Trần Bảo Ngọc", "0901777001", "Ngọc"]) == 1

    with shop.read() as db:
        (one,) = incidents.every(db)
        assert [said.words for said in one.said] == ["… (…) saw another's card", "nobody else"]


def test_the_log_is_read_on_a_terminal_and_by_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    premises = Premises(tmp_path, 1)
    premises.import_()
    engine = base.connect(premises.url)
    with base.writers(engine).begin() as db:
        incidents.open_(db, NOON_MS, {What.HAPPENED: "a kiosk was stolen"}, "lan", NOON_MS)
    engine.dispose()

    assert premises.run("incidents", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["incident"], said["standing"], said["told_ms"]) == (1, "late", None)
    assert said["due_ms"] == NOON_MS + 72 * HOUR_MS
    assert premises.run("incidents") == 0
    assert "late" in capsys.readouterr().out

"""Stories of members who say at a kiosk's screen what they agree to: taken, refused, overtaken."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contract import consents as words
from contract.events import Chose, Touch, Touched
from contract.messages import Consents, Hitch, Show
from contract.privacy import SKEW_MS
from gateway.core.consent import Method, Purpose
from gateway.core.minors import GUARDIAN
from gateway.service import Outcome
from gateway.store import consents, profiles
from gateway.store.consents import ConsentSaidRow, Proof
from gateway.store.profiles import ProfileRow
from tests.gateway.shop import ALL, NGOC, NOON_MS, S1, Outbox, Shop, near, pass_of, scan, shown

PERSONAL = Purpose.PERSONAL_OFFERS


def page_of(outcome: Outcome) -> Consents:
    """What a screen asks after a batch."""
    consents_page = shown(outcome)[-1].consents
    assert consents_page is not None
    return consents_page


def answer(page: Consents, purpose: Purpose, *, is_granted: bool, digest: str = "") -> Chose:
    """What a kiosk says of the words it shows."""
    one = next(one for one in page.asked if one.purpose == purpose)
    read = words.digest((one.title.vi, one.says.vi, one.title.en, one.says.en))
    return Chose(S1, one.purpose, is_granted, one.version, digest or read)


def hitches(show: Show) -> dict[str, Hitch]:
    assert show.consents is not None
    return {one.purpose: one.hitch for one in show.consents.asked if one.hitch is not None}


def agreed(shop: Shop) -> set[Purpose]:
    with shop.read() as db:
        return profiles.consents(db, {NGOC})[NGOC]


def said(shop: Shop) -> list[ConsentSaidRow]:
    with shop.read() as db:
        return list(db.scalars(select(ConsentSaidRow).order_by(ConsentSaidRow.number)))


def born(shop: Shop, birthday: str) -> None:
    with shop.writers.begin() as db:
        db.get_one(ProfileRow, NGOC).birthday = birthday


def test_a_pass_opens_all_purposes_and_a_tag_none(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    by_tag = shown(
        shop.handle(
            outbox.says(near()),
            outbox.says(Touched(S1, Touch.HELLO)),
            outbox.says(Touched(S1, Touch.CONFIRM)),
        )
    )[-1]
    assert (by_tag.name, by_tag.consents) == ("Ngọc", None)
    no = Chose(S1, "personal_offers", is_granted=False, version=1, digest="0" * 64)
    assert shown(shop.handle(outbox.says(no))) == []
    assert agreed(shop) == ALL

    page = page_of(shop.handle(outbox.says(scan(pass_of(NGOC)))))

    assert {one.purpose: one.is_granted for one in page.asked} == {
        str(one): one in ALL for one in Purpose
    }


def test_a_no_takes_the_offers_with_it_and_leaves_its_proof(shop: Shop) -> None:
    shop.member()
    shop.offer()
    outbox = Outbox()
    before = shop.handle(outbox.says(scan(pass_of(NGOC))))
    page = page_of(before)
    assert [one.id for one in shown(before)[-1].offers] == ["tea"]
    assert {one.purpose: one.shows for one in page.asked if one.shows} == {PERSONAL: ("tea",)}

    one = outbox.says(answer(page, PERSONAL, is_granted=False), NOON_MS + 1)
    after = shown(shop.handle(one))[-1]

    assert after.offers == ()
    assert agreed(shop) == ALL - {PERSONAL}
    (row,) = said(shop)
    assert (row.purpose, row.is_granted, row.method) == (PERSONAL, False, Method.KIOSK)
    assert (row.at_ms, row.device) == (NOON_MS + 1, "hue-1/quay-1")
    assert row.evidence == f"event {one.event.id} in session {S1}"
    assert [shown(shop.handle(one))[-1].offers, len(said(shop))] == [(), 1], "told twice, done once"

    again = outbox.says(answer(page, PERSONAL, is_granted=True), NOON_MS + 2)
    assert [offer.id for offer in shown(shop.handle(again))[-1].offers] == ["tea"]
    (_, row) = said(shop)
    assert (row.is_granted, row.text_version) == (True, 1)
    assert row.text_digest == answer(page, PERSONAL, is_granted=True).digest


@pytest.mark.parametrize(
    ("version", "digest", "purpose"),
    [
        pytest.param(2, "", "sms", id="a version that the gateway does not know"),
        pytest.param(1, "0" * 64, "sms", id="other words under a version it knows"),
        pytest.param(1, "", "fortune", id="a purpose that is none"),
    ],
)
def test_a_yes_to_words_that_are_not_the_gateways_is_refused_and_a_no_is_not(
    shop: Shop, version: int, digest: str, purpose: str
) -> None:
    shop.member()
    outbox = Outbox()
    page = page_of(shop.handle(outbox.says(scan(pass_of(NGOC)))))
    right = answer(page, Purpose.SMS, is_granted=True)
    wrong = Chose(S1, purpose, is_granted=True, version=version, digest=digest or right.digest)

    yes = outbox.says(wrong)
    told, again = (shown(shop.handle(yes))[-1] for _ in range(2))

    assert hitches(told) == ({} if purpose == "fortune" else {"sms": Hitch.OLD_TEXT})
    assert hitches(again) == hitches(told), "the answer was lost on its way"
    assert agreed(shop) == ALL
    assert said(shop) == []
    no = Chose(S1, "presence", is_granted=False, version=version, digest="0" * 64)
    shop.handle(outbox.says(no))
    assert agreed(shop) == ALL - {Purpose.PRESENCE}


def test_of_two_words_the_later_holds_however_late_it_comes(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    page = page_of(shop.handle(outbox.says(scan(pass_of(NGOC)))))
    later = Proof(NOON_MS + 2 * SKEW_MS, Method.PHONE, "", "")
    with shop.writers.begin() as db:
        consents.choose(db, NGOC, {Purpose.SMS}, later)

    late = (
        answer(page, PERSONAL, is_granted=True),  # they said no on their phone since
        answer(page, Purpose.SMS, is_granted=False),  # and yes to this
    )
    shop.handle(*(outbox.says(one, NOON_MS + 1) for one in late))

    assert agreed(shop) == {Purpose.SMS}
    soon = outbox.says(answer(page, Purpose.SMS, is_granted=False), later.at_ms - SKEW_MS)
    shop.handle(soon)
    assert agreed(shop) == set(), "a clock that is a little behind does not undo a no"


def test_a_child_may_take_back_at_the_screen_and_agree_to_nothing(shop: Shop) -> None:
    shop.member(consents=frozenset())
    outbox = Outbox()
    grown = page_of(shop.handle(outbox.says(scan(pass_of(NGOC)))))
    born(shop, "2015-05-05")
    with shop.writers.begin() as db:
        proof = Proof(NOON_MS, Method.API, "", f"{GUARDIAN}mẹ")
        consents.agree(db, NGOC, Purpose.PRESENCE, proof)

    told = shop.handle(outbox.says(answer(grown, Purpose.PRESENCE, is_granted=False), NOON_MS + 1))

    assert page_of(told) == Consents((), is_child=True)
    told = shop.handle(outbox.says(answer(grown, Purpose.PRESENCE, is_granted=True), NOON_MS + 2))
    assert (page_of(told), agreed(shop)) == (Consents((), is_child=True), set())
    assert [row.is_granted for row in said(shop)] == [True, False]

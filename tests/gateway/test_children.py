"""No profiling and no advertising of children, by whichever way a consent or a birthday comes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json
from sqlalchemy import select

from contract.privacy import Ask, PrivacyAsk
from gateway import privacy_desk
from gateway.core.consent import Method, Purpose
from gateway.core.minors import GUARDIAN, NEVER, MinorError
from gateway.privacy import Refused
from gateway.store import consents, csv_import, merges, messages, minors, offers, profiles
from gateway.store.consents import ConsentSaidRow, Proof
from gateway.store.csv_import import Choices
from gateway.store.merges import Deed
from gateway.store.offers import OfferRow
from gateway.store.profiles import ConsentRow, ProfileRow
from gateway.store.visits import VisitRow
from gateway.store.weeks_of_visits import by_week
from tests.gateway.api.system import System
from tests.gateway.shop import HUY, NGOC, NOON_MS, S1, Outbox, Shop, pass_of, scan, shown

CHILD, GROWN = "2015-05-05", "1990-05-05"
MARKETING = (Purpose.EMAIL, Purpose.SMS, Purpose.ZALO)
MEMBERS, STEPS = count(0xD000), count(NOON_MS)
WORDS = st.frozensets(st.sampled_from(list(Purpose)))
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["phone", "guardian", "api", "file"]), WORDS),
        st.tuples(
            st.sampled_from(["correct", "file says", "merged with"]),
            st.sampled_from([CHILD, GROWN, "05-05", ""]),
        ),
    ),
    max_size=5,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for all examples, with an offer that asks for a profile."""
    made = Shop(tmp_path_factory.mktemp("children"))
    made.offer("tea")
    yield made
    made.engine.dispose()


def born(shop: Shop, member: str, birthday: str) -> None:
    with shop.writers.begin() as db:
        db.get_one(ProfileRow, member).birthday = birthday


def filed(shop: Shop, folder: Path, line: str) -> None:
    """A file says so of a member; a line that is refused changes nothing."""
    head, fields = line.split("\n")
    (folder / "profiles.csv").write_text(f"{head}\n{fields}\n", encoding="utf-8")
    csv_import.load_good(shop.writers, folder, next(STEPS), Choices(folder / "wrong"))


def happens(shop: Shop, folder: Path, member: str, deed: str, what: object) -> None:
    """One of the ways in which a consent or a birthday comes in."""
    now_ms = next(STEPS)
    with shop.writers.begin() as db:
        if isinstance(what, frozenset):
            names = tuple(sorted(str(one) for one in what))
            if deed == "phone":
                ask = PrivacyAsk(member, 1, now_ms, Ask.CHOOSE, ("1", *names), "vi", "00" * 64)
                privacy_desk.act(db, member, ask, now_ms)
            elif deed in ("guardian", "api"):
                evidence = f"{GUARDIAN}mẹ" if deed == "guardian" else "form"
                for one in sorted(what):
                    try:
                        consents.agree(db, member, one, Proof(now_ms, Method.API, "", evidence))
                    except MinorError:
                        continue
        elif deed == "correct":
            words = ("Ngọc", str(what))
            ask = PrivacyAsk(member, 1, now_ms, Ask.CORRECT, words, "vi", "00" * 64)
            privacy_desk.act(db, member, ask, now_ms)
        elif deed == "merged with":
            other = f"{next(MEMBERS):012x}"
            row = ProfileRow(member=other, name="", phone="", tier="member", points=0)
            row.interests, row.birthday = "", str(what)
            db.add(row)
            db.flush()
            merges.merge(db, member, other, Deed("lan", now_ms))
    if deed == "file":
        listed = ";".join(sorted(map(str, what))) if isinstance(what, frozenset) else ""
        filed(shop, folder, f"member,name,consents\n{member},Ngọc,{listed}")
    if deed == "file says":
        filed(shop, folder, f"member,name,birthday\n{member},Ngọc,{what}")


@settings(max_examples=15)  # each writes and reads files
@given(birthday=st.sampled_from([CHILD, GROWN, ""]), deeds=DEEDS)
def test_no_profile_and_no_advertising_whatever_was_said(
    store: Shop,
    tmp_path_factory: pytest.TempPathFactory,
    birthday: str,
    deeds: list[tuple[str, object]],
) -> None:
    member, folder = f"{next(MEMBERS):012x}", tmp_path_factory.getbasetemp()
    store.member(member, consents=frozenset())
    born(store, member, birthday)

    for deed, what in deeds:
        happens(store, folder, member, deed, what)

    with store.writers.begin() as db:
        held = profiles.consents(db, {member})[member]
        if minors.is_child(db, member, NOON_MS):
            assert not held & NEVER
            evidence = db.scalars(select(ConsentRow.evidence).filter_by(member=member))
            assert all(one.startswith(GUARDIAN) for one in evidence)
            refused = [messages.permit(db, member, one, "crm", NOON_MS) for one in MARKETING]
            assert set(refused) == {messages.Refused.CONSENT_MISSING}
    session = f"{int(member, 16):016x}"
    at_ms = next(STEPS) + 60_000 * int(member, 16)
    one = Outbox(epoch=session).says(scan(pass_of(member, at_ms), session), at_ms)
    offered = [offer.id for show in shown(store.handle(one)) for offer in show.offers]
    assert bool(offered) == (Purpose.PERSONAL_OFFERS in held)


def test_a_birthday_that_is_learned_takes_back_what_was_agreed_to_and_says_why(shop: Shop) -> None:
    shop.member(consents=frozenset(Purpose))
    born(shop, NGOC, CHILD)

    with shop.writers.begin() as db:
        assert minors.heed(db, NOON_MS) == len(Purpose)
        assert minors.heed(db, NOON_MS) == 0

    with shop.read() as db:
        said = db.scalars(select(ConsentSaidRow)).all()
        assert {(row.is_granted, row.method, row.evidence) for row in said} == {
            (False, "age", "under 16")
        }


def test_a_system_needs_the_guardians_word_and_is_told_so(shop: Shop) -> None:
    shop.member(consents=frozenset())
    born(shop, NGOC, CHILD)
    system = System(shop)
    agreed = {"evidence": "form", "granted_at_ms": NOON_MS}
    path = f"/profiles/{NGOC}/consents"

    alone = system.said("PUT", f"{path}/presence", agreed)
    assert (alone["_"], alone["reason"], alone["why"]) == (409, "refused", "minor")
    with_mother = {**agreed, "guardian": "mẹ, Trần Thị Hoa"}
    assert system.said("PUT", f"{path}/presence", with_mother)["evidence"] == (
        "guardian: mẹ, Trần Thị Hoa; form"
    )
    assert system.said("PUT", f"{path}/profiling", with_mother)["why"] == "minor"


def test_a_childs_phone_takes_back_but_agrees_to_nothing_and_grows_no_older(shop: Shop) -> None:
    shop.member(consents=frozenset())
    born(shop, NGOC, CHILD)

    def asks(ask: Ask, *words: str) -> object:
        now_ms = next(STEPS)
        with shop.writers.begin() as db:
            asked = PrivacyAsk(NGOC, 1, now_ms, ask, words, "vi", "00" * 64)
            return privacy_desk.act(db, NGOC, asked, now_ms)

    with shop.writers.begin() as db:
        proof = Proof(next(STEPS), Method.API, "", f"{GUARDIAN}bố")
        consents.agree(db, NGOC, Purpose.PRESENCE, proof)
    assert asks(Ask.CHOOSE, "1", "presence", "sms") is Refused.MINOR
    assert asks(Ask.CORRECT, "Ngọc", GROWN) is Refused.MINOR
    assert asks(Ask.CHOOSE, "1", "presence") == privacy_desk.Done()
    assert asks(Ask.CHOOSE, "1") == privacy_desk.Done()
    with shop.read() as db:
        assert profiles.consents(db, {NGOC})[NGOC] == set()


def test_an_offer_for_adults_needs_an_age_that_is_known(shop: Shop) -> None:
    shop.offer("wine")
    with shop.writers.begin() as db:
        terms = {"when": {"fact": "profile.age", "at_least": 18}}
        db.get_one(OfferRow, "wine").terms = json.encode(terms).decode()
    reasons = {}
    for number, birthday in enumerate(("1990-05-05", "2009-05-05", "05-05", "")):
        member, session = HUY[:-1] + str(number), S1[:-1] + str(number)
        shop.member(member)
        born(shop, member, birthday)
        shop.handle(Outbox(epoch=f"{number:016x}").says(scan(pass_of(member), session)))
        with shop.read() as db:
            mine = VisitRow.member == member, by_week(VisitRow.first_at_ms)
            visit = db.scalars(select(VisitRow.visit).where(*mine)).one()
            reasons[birthday] = str(offers.latest(db, visit)["wine"])

    assert reasons == {
        "1990-05-05": "granted",
        "2009-05-05": "age",
        "05-05": "fact_unknown",
        "": "fact_unknown",
    }


@pytest.mark.parametrize(
    ("birthday", "deeds"),
    [
        pytest.param(CHILD, [("file", frozenset(Purpose))], id="a file agrees for a child"),
        pytest.param("", [("file", frozenset(Purpose)), ("file says", CHILD)], id="a file"),
        pytest.param("", [("api", frozenset(Purpose)), ("correct", CHILD)], id="their phone"),
        pytest.param("", [("api", frozenset(Purpose)), ("merged with", CHILD)], id="a merge"),
        pytest.param(CHILD, [("phone", frozenset(Purpose))], id="a child's phone agrees"),
    ],
)
def test_by_every_way_in_a_child_has_agreed_to_nothing(
    shop: Shop, tmp_path: Path, birthday: str, deeds: list[tuple[str, object]]
) -> None:
    shop.member(consents=frozenset())
    born(shop, NGOC, birthday)
    for number, (deed, what) in enumerate(deeds):
        happens(shop, tmp_path, NGOC, deed, what)
        with shop.read() as db:
            agreed = profiles.consents(db, {NGOC})[NGOC]
        is_last = number == len(deeds) - 1
        assert agreed == (set() if is_last else set(Purpose)), deed

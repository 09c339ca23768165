"""Two members become one, with all that is theirs, and two again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, func, select
from sqlalchemy.orm import Session

from gateway.core.consent import Purpose
from gateway.core.interests import InterestKind, Noted
from gateway.core.ledger import Currency
from gateway.core.orders import OrderState
from gateway.core.tiers import Tier
from gateway.store import alerts, interests, ledger, merges, phones, profiles
from gateway.store.base import Base
from gateway.store.external_ids import ExternalIdRow
from gateway.store.interests import InterestRow
from gateway.store.ledger import Account, Deed
from gateway.store.merges import MergeRow, Problem
from gateway.store.orders import OrderRow
from gateway.store.profiles import ConsentRow, ProfileRow, TagRow
from gateway.store.redemptions import TallyRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, STORE, Outbox, Shop, near, pass_of, scan
from tests.gateway.shop import shown as said
from tests.gateway.till import balance_of

KEPT, GONE = NGOC, HUY
NOT_COMPARED = {"journey_due", "merge", "edition", "consent_said"}  # what is written down of it


def both(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, name="Ngọc Trần", tier="gold")


def merge(shop: Shop, kept: str = KEPT, gone: str = GONE) -> MergeRow | Problem:
    with shop.writers.begin() as db:
        return merges.merge(db, kept, gone, merges.Deed("lan", NOON_MS))


def split(shop: Shop, gone: str = GONE) -> MergeRow | Problem:
    with shop.writers.begin() as db:
        return merges.split(db, gone, merges.Deed("lan", NOON_MS))


def everything(db: Session) -> dict[str, Sequence[Any]]:
    db.flush()
    return {
        table.name: sorted(map(repr, db.execute(select(table)).all()))
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_COMPARED
    }


def test_a_pass_and_a_tag_of_the_gone_one_are_the_kept_ones(shop: Shop) -> None:
    both(shop)
    shop.order("A-1", HUY)
    shop.offer()
    merge(shop)

    outcome = shop.handle(
        Outbox().says(near(member=HUY)), Outbox("quay-2").says(scan(pass_of(HUY)))
    )

    (show,) = said(outcome)
    assert (show.name, len(show.orders), len(show.offers)) == ("Ngọc", 1, 1)
    with shop.read() as db:
        (visit,) = db.scalars(select(VisitRow)).all()
        assert visit.member == KEPT
        (card,) = alerts.board(db, STORE)
        assert card.order_number == "#A-1"


def test_a_lost_phone_is_ended_under_every_name_it_may_say(shop: Shop) -> None:
    both(shop)
    merge(shop)
    with shop.writers.begin() as db:
        assert phones.revoke(db, KEPT, None, NOON_MS) == 2
        assert profiles.pass_keys(db, {KEPT, GONE}, NOON_MS) == {}


def test_points_in_the_ledger_follow_and_go_back(shop: Shop) -> None:
    both(shop)
    with shop.writers.begin() as db:
        for member, amount in ((KEPT, 10), (GONE, 5)):
            deed = Deed(f"earn {member}", Account(member, Currency.POINTS), amount, NOON_MS)
            ledger.earn(db, deed)

    def usable(member: str) -> int:
        with shop.read() as db:
            return balance_of(db, Account(member, Currency.POINTS), NOON_MS).usable

    told = 1250  # by the file, of each
    merge(shop)
    assert (usable(KEPT), usable(GONE)) == (2 * told + 15, 0)
    with shop.writers.begin() as db:  # the file says of the kept one what it said before
        ledger.follow_files(db, [KEPT], NOON_MS)
    assert usable(KEPT) == 2 * told + 15
    split(shop)
    assert (usable(KEPT), usable(GONE)) == (told + 10, told + 5)


def test_what_came_since_the_merge_stays_with_the_kept_one(shop: Shop) -> None:
    both(shop)
    shop.order("A-1", HUY)
    merge(shop)
    shop.order("A-2", KEPT)
    with shop.writers.begin() as db:
        db.get_one(ProfileRow, KEPT).name = "Bảo Ngọc"
        db.delete(db.get_one(ConsentRow, (KEPT, str(Purpose.PRESENCE))))

    split(shop)

    with shop.read() as db:
        owners = {row.order: row.member for row in db.scalars(select(OrderRow))}
        assert owners == {"A-1": HUY, "A-2": KEPT}
        assert db.get_one(ProfileRow, KEPT).name == "Bảo Ngọc"
        agreed = profiles.consents(db, {KEPT, HUY})
        assert agreed[KEPT] == agreed[HUY] == ALL - {Purpose.PRESENCE}


def test_who_is_one_with_somebody_is_merged_no_further_and_names_go_on(shop: Shop) -> None:
    both(shop)
    shop.member("00000000d004", name="Vũ An")
    assert merge(shop, NGOC, NGOC) is Problem.SAME
    assert merge(shop, NGOC, "ffffffffffff") is Problem.UNKNOWN
    assert split(shop) is Problem.NOT_MERGED
    merge(shop)
    assert merge(shop) is Problem.IS_MERGED

    merge(shop, "00000000d004", KEPT)

    with shop.read() as db:
        assert profiles.heirs(db, {KEPT, GONE}) == dict.fromkeys((KEPT, GONE), "00000000d004")
        assert profiles.names(db, "00000000d004") == ["00000000d004", KEPT, GONE]
    assert split(shop, GONE) is Problem.IS_MERGED
    split(shop, KEPT)
    with shop.read() as db:
        assert profiles.heirs(db, {KEPT, GONE}) == {GONE: KEPT}


def test_tables_with_a_member_in_their_key_have_a_rule_of_their_own() -> None:
    """Else two rows of two members could become one row of one."""
    unique = (PrimaryKeyConstraint, UniqueConstraint)
    keyed = {
        table.name
        for table in Base.metadata.sorted_tables
        for one in table.constraints
        if isinstance(one, unique) and "member" in one.columns
    }
    assert keyed <= merges.OF_THEIR_OWN


def viewed(words: list[str], at_ms: int) -> Noted:
    return Noted(InterestKind.VIEWED, tuple(words), "shopify", at_ms)


def test_without_consent_to_profiling_no_interest_is_kept_and_old_ones_say_nothing(
    shop: Shop,
) -> None:
    shop.member(consents=ALL | {Purpose.PROFILING})
    shop.member(HUY)
    day_ms = 86_400_000
    with shop.writers.begin() as db:
        assert interests.learn(db, HUY, viewed(["tra"], NOON_MS)) is None
        for word, days in (("tra", 1), ("gom", 31)):
            assert interests.learn(db, NGOC, viewed([word], NOON_MS - days * day_ms))
        assert interests.recent(db, NGOC, NOON_MS)[InterestKind.VIEWED] == {"tra"}
        many = [f"{number}" for number in range(150)]
        interests.learn(db, NGOC, viewed(many, NOON_MS))
    assert shop.count(InterestRow) == 100


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = Shop(tmp_path_factory.mktemp("merges"))
    made.offer()
    return made


times = st.integers(0, 9)
person = st.fixed_dictionaries(
    {
        "row": st.fixed_dictionaries(
            {
                "name": st.sampled_from(["", "An"]),
                "phone": st.sampled_from(["", "0901234512"]),
                "tier": st.sampled_from([str(tier) for tier in Tier]),
                "points": times,
                "interests": st.sampled_from(["", "tra", "gom;tra"]),
                "segments": st.sampled_from(["", "vip"]),
                "birthday": st.sampled_from(["", "03-01"]),
                "said_at_ms": times,
            }
        ),
        "consents": st.dictionaries(st.sampled_from(["sms", "presence"]), times),
        "interests": st.dictionaries(st.sampled_from(["tra", "gom"]), times),
        "tally": st.none() | times,
    }
)


@given(person, person)
def test_a_split_undoes_a_merge_and_in_between_nothing_is_lost(
    people: Shop, kept: Mapping[str, Any], gone: Mapping[str, Any]
) -> None:
    with people.writers() as db:
        for member, one in ((KEPT, kept), (GONE, gone)):
            _settle(db, member, one)
        before = everything(db)

        assert isinstance(merges.merge(db, KEPT, GONE, merges.Deed("lan", 99)), MergeRow)
        for owner in (TagRow.member, ExternalIdRow.member, OrderRow.member, VisitRow.member):
            count = select(owner, func.count()).group_by(owner)
            assert [tuple(row) for row in db.execute(count)] == [(KEPT, 2)]
        assert isinstance(merges.split(db, GONE, merges.Deed("lan", 99)), MergeRow)

        assert everything(db) == before
        db.rollback()


def _settle(db: Session, member: str, one: Mapping[str, Any]) -> None:
    db.add(ProfileRow(member=member, **one["row"]))
    db.flush()
    db.add(TagRow(tag=f"t-{member}", identity=f"ibeacon:{member}", member=member))
    db.add(ExternalIdRow(external=f"zalo:{member}", member=member, source="test", at_ms=0))
    words = {"number": "#1", "items": 1, "unpaid_vnd": 0, "state": OrderState.READY}
    db.add(OrderRow(order=f"A-{member}", member=member, **words))
    times = {"first_at_ms": 1, "last_at_ms": 2, "confidence": 0.6, "evidence": "tag"}
    db.add(VisitRow(store=STORE, member=member, kiosk="quay-1", **times))
    for purpose, at_ms in one["consents"].items():
        words = {"granted_at_ms": at_ms, "text_version": 1, "evidence": member}
        db.add(ConsentRow(member=member, purpose=purpose, **words))
    for word, at_ms in one["interests"].items():
        row = {"kind": "viewed", "word": word, "at_ms": at_ms, "source": member}
        db.add(InterestRow(member=member, **row))
    if one["tally"] is not None:
        row = {"offer": "tea", "scope": "profile", "key": member}
        db.add(TallyRow(**row, used=one["tally"], spent_vnd=one["tally"]))
    db.flush()

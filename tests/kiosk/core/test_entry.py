"""Who may come in: one story for each reason, and a state machine that replays passes."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from contract import base45, passes, signatures
from contract.events import ClockTrust, Doubt, EntryReason
from contract.retailer_passes import Sort
from contract.sealed import Purpose, seal
from contract.signatures import SigningKey
from kiosk.core import entry
from kiosk.core.clock_trust import Belief
from kiosk.core.door_keys import DoorKeys
from kiosk.core.entry import EntryRules, Memory, Situation, Spend, Verdict
from kiosk.core.hours import OpeningHours
from tests.kiosk.door.shop import (
    ANA,
    BINH,
    CARD,
    CHI,
    ISSUER,
    ISSUER_KEY_ID,
    ISSUERS,
    KEYS,
    KNOWN,
    MEMBERS,
    NONCE,
    NOW_S,
    RETAILER,
    RULES,
    SLOT,
    STRANGER,
    TODAY,
    At,
    Order,
    card,
    learned,
    revocations,
)

WHY = EntryReason
NORMALLY = At()
HERE = NORMALLY.situation
NOTHING = Memory()


def show(text: str, memory: Memory = NOTHING, at: At = NORMALLY) -> Verdict:
    return entry.decide(RULES, KEYS, memory, text, at.situation)


def with_rules(rules: EntryRules, at: At = NORMALLY) -> Verdict:
    return entry.decide(rules, KEYS, NOTHING, MEMBERS.show(ANA), at.situation)


def test_a_member_comes_in_and_the_pass_is_used_up() -> None:
    verdict = show(MEMBERS.show(ANA))

    assert verdict == Verdict(WHY.PASS, ANA, spend=Spend(f"{ANA}/1", SLOT))
    assert verdict.is_granted


def test_a_card_comes_in_and_rests_for_ten_minutes() -> None:
    assert show(card()) == Verdict(WHY.PASS, CARD, spend=Spend(CARD, SLOT, apart=40))


FORGED = passes.make(STRANGER, 1, ANA, SLOT, 7)
UNKNOWN = passes.make(STRANGER, 2, ANA, SLOT, 7)


@pytest.mark.parametrize(
    ("text", "reason", "holder"),
    [
        pytest.param("", WHY.UNREADABLE, "", id="nothing"),
        pytest.param("https://example.com", WHY.UNREADABLE, "", id="an address"),
        pytest.param(MEMBERS.show(ANA)[:-1], WHY.UNREADABLE, "", id="cut short"),
        pytest.param(MEMBERS.show(ANA, store_no=8), WHY.FOREIGN, "", id="another store's"),
        pytest.param(card(store_no=8), WHY.FOREIGN, "", id="another store's card"),
        pytest.param(FORGED, WHY.FORGED, "", id="forged"),
        pytest.param(UNKNOWN, WHY.UNKNOWN, "", id="a phone we do not know"),
        pytest.param(MEMBERS.show(ANA, SLOT - 3), WHY.EXPIRED, ANA, id="45 s old"),
        pytest.param(MEMBERS.show(ANA, SLOT + 2), WHY.EARLY, ANA, id="from the future"),
        pytest.param(card(last_day=TODAY - 1), WHY.EXPIRED, CARD, id="yesterday's card"),
        pytest.param(card(sort=Sort.VOUCHER), WHY.NOT_FOR_DOORS, "", id="a voucher"),
        pytest.param(card(sort=Sort.PICK_UP), WHY.NOT_FOR_DOORS, "", id="a pick-up"),
    ],
)
def test_who_stays_out_because_of_the_pass(text: str, reason: EntryReason, holder: str) -> None:
    assert show(text) == Verdict(reason, holder)


@pytest.mark.parametrize("slot", [SLOT - 2, SLOT - 1, SLOT, SLOT + 1])
def test_a_pass_is_good_for_a_minute(slot: int) -> None:
    assert show(MEMBERS.show(ANA, slot)).is_granted


def test_a_pass_for_every_store_is_good_here() -> None:
    assert show(MEMBERS.show(ANA, store_no=passes.ANY_STORE)).is_granted


def test_a_card_is_good_until_the_end_of_its_day() -> None:
    rules = replace(RULES, hours=OpeningHours(zone=UTC))
    last_second = At(replace(KNOWN, unix_s=(TODAY + 1) * 86_400.0 - 1))

    assert entry.decide(rules, KEYS, NOTHING, card(), last_second.situation).is_granted


def test_the_revoked_stay_out_and_nobody_else() -> None:
    keys = learned(MEMBERS.keyring(), revocations(members=b"\x02", cards=(CARD,)))

    verdicts = [
        entry.decide(RULES, keys, NOTHING, text, HERE)
        for text in (MEMBERS.show(ANA), MEMBERS.show(BINH), MEMBERS.show(CHI), card())
    ]

    assert [verdict.reason for verdict in verdicts] == [
        WHY.PASS,
        WHY.REVOKED,
        WHY.PASS,
        WHY.REVOKED,
    ]


def test_a_used_pass_and_every_older_one_are_replays() -> None:
    memory = Memory(used={f"{ANA}/1": SLOT})

    assert show(MEMBERS.show(ANA, SLOT), memory).reason is WHY.REPLAYED
    assert show(MEMBERS.show(ANA, SLOT - 1), memory).reason is WHY.REPLAYED
    assert show(MEMBERS.show(ANA, SLOT + 1), memory).is_granted
    assert show(MEMBERS.show(BINH, SLOT), memory).is_granted


def test_a_card_rests_between_two_people() -> None:
    assert show(card(), Memory(used={CARD: SLOT - 39})).reason is WHY.REPLAYED
    assert show(card(), Memory(used={CARD: SLOT - 40})).is_granted


def test_what_a_lost_journal_knew_counts_as_used() -> None:
    memory = Memory(blank_until=SLOT)

    assert show(MEMBERS.show(ANA, SLOT), memory).reason is WHY.REPLAYED
    assert show(MEMBERS.show(ANA, SLOT + 1), memory).is_granted
    assert show(card(), memory).reason is WHY.REPLAYED


def test_an_old_list_of_the_revoked_shuts_the_door() -> None:
    old = replace(KEYS, issued_s=NOW_S - RULES.trust_age_s - 1)

    assert entry.decide(RULES, old, NOTHING, MEMBERS.show(ANA), HERE).reason is WHY.TRUST_STALE


def test_without_keys_nobody_is_known() -> None:
    assert entry.decide(RULES, DoorKeys(), NOTHING, card(), HERE).reason is WHY.UNKNOWN


def test_without_a_time_nothing_can_be_checked() -> None:
    floor = At(Belief(ClockTrust.FLOOR, NOW_S, math.inf))
    unsure = At(Belief(ClockTrust.HOLDOVER, NOW_S, 601.0))

    for at in (floor, unsure):
        assert show(MEMBERS.show(ANA), at=at).reason is WHY.CLOCK_UNKNOWN
        assert show(card(), at=at).reason is WHY.CLOCK_UNKNOWN


def test_an_unsure_clock_widens_the_window_and_replays_are_still_replays() -> None:
    unsure = At(Belief(ClockTrust.HOLDOVER, NOW_S, 90.0))

    assert show(MEMBERS.show(ANA, SLOT - 8), at=unsure).is_granted
    assert show(MEMBERS.show(ANA, SLOT - 9), at=unsure).reason is WHY.EXPIRED
    used = Memory(used={f"{ANA}/1": SLOT - 8})
    assert show(MEMBERS.show(ANA, SLOT - 8), used, unsure).reason is WHY.REPLAYED


def test_a_suspect_clock_decides_by_its_estimate() -> None:
    assert show(MEMBERS.show(ANA), at=At(replace(KNOWN, trust=ClockTrust.SUSPECT))).is_granted


def test_a_closed_shop_and_a_holiday_say_which() -> None:
    local = OpeningHours(zone=UTC).local(NOW_S)
    closed = replace(RULES, hours=OpeningHours(week=((),) * 7))
    holiday = replace(RULES, hours=OpeningHours(special={local.date(): ()}))

    assert with_rules(closed).reason is WHY.CLOSED
    assert with_rules(holiday).reason is WHY.HOLIDAY


def test_a_full_shop_lets_nobody_in() -> None:
    rules = replace(RULES, capacity=5)

    assert with_rules(rules, at=At(people=5)).reason is WHY.FULL
    assert with_rules(rules, at=At(people=4)).is_granted


def test_who_is_inside_already_comes_in_with_a_doubt() -> None:
    inside = At(people=1, holders=frozenset({ANA}))

    assert show(MEMBERS.show(ANA), at=inside).doubts == (Doubt.ALREADY_INSIDE,)
    assert show(MEMBERS.show(ANA), at=inside).is_granted
    assert show(MEMBERS.show(BINH), at=inside).doubts == ()


def test_a_shop_that_wants_to_be_strict_lets_nobody_in_twice() -> None:
    rules = replace(RULES, passback_is_hard=True)

    verdict = with_rules(rules, at=At(people=1, holders=frozenset({ANA})))
    assert verdict.reason is WHY.ALREADY_INSIDE
    assert with_rules(rules).is_granted


def test_one_at_a_time_and_only_if_the_door_works() -> None:
    assert show(MEMBERS.show(ANA), at=At(is_ready=False)).reason is WHY.BUSY
    assert show(MEMBERS.show(ANA), at=At(is_in_order=False)).reason is WHY.OUT_OF_ORDER


def test_what_is_wrong_with_the_pass_is_said_before_what_is_wrong_with_the_shop() -> None:
    everything = At(people=10**6, is_ready=False, is_in_order=False)

    assert show(MEMBERS.show(ANA, SLOT - 9), at=everything).reason is WHY.EXPIRED
    assert show(FORGED, at=everything).reason is WHY.FORGED


def order(sealed: bytes, memory: Memory = NOTHING, at: At = NORMALLY) -> Verdict:
    return entry.decide_order(RULES, ISSUERS, memory, sealed, at.situation)


def test_an_order_from_the_console_opens_also_a_closed_shop() -> None:
    rules = replace(RULES, hours=OpeningHours(week=((),) * 7), capacity=0)

    verdict = entry.decide_order(rules, ISSUERS, NOTHING, Order().sealed(), HERE)

    assert verdict == Verdict(WHY.STAFF, staff="lan", nonce=NONCE)


@pytest.mark.parametrize(
    ("sealed", "reason"),
    [
        pytest.param(b"open", WHY.FORGED, id="the word open"),
        pytest.param(Order().sealed(STRANGER), WHY.FORGED, id="a stranger's"),
        pytest.param(Order().sealed(RETAILER, 3), WHY.FORGED, id="a key for cards"),
        pytest.param(
            seal(ISSUER, ISSUER_KEY_ID, Purpose.KEYRING, b"{}"), WHY.FORGED, id="a keyring"
        ),
        pytest.param(
            seal(ISSUER, ISSUER_KEY_ID, Purpose.COMMAND, b"{}"), WHY.UNREADABLE, id="empty"
        ),
        pytest.param(Order(store="hue-2").sealed(), WHY.FOREIGN, id="another store's"),
        pytest.param(Order(device="back").sealed(), WHY.FOREIGN, id="another door's"),
        pytest.param(Order(at_s=NOW_S - 7).sealed(), WHY.EXPIRED, id="2 s late"),
        pytest.param(Order(at_s=NOW_S + 2).sealed(), WHY.EARLY, id="2 s early"),
    ],
)
def test_orders_that_open_nothing(sealed: bytes, reason: EntryReason) -> None:
    assert order(sealed).reason is reason


def test_an_order_is_obeyed_once() -> None:
    assert order(Order().sealed(), Memory(nonces=frozenset({NONCE}))).reason is WHY.REPLAYED


def test_an_order_needs_a_clock_and_a_door_that_works() -> None:
    sealed = Order().sealed()

    unsure = At(replace(KNOWN, error_s=61.0))
    assert order(sealed, at=unsure).reason is WHY.CLOCK_UNKNOWN
    floor = At(replace(KNOWN, trust=ClockTrust.FLOOR))
    assert order(sealed, at=floor).reason is WHY.CLOCK_UNKNOWN
    assert order(sealed, at=At(is_in_order=False)).reason is WHY.OUT_OF_ORDER
    assert order(sealed, at=At(is_ready=False)).reason is WHY.BUSY


@given(st.integers(0, 77), st.integers(1, 255), st.booleans())
def test_one_changed_byte_opens_nothing(place: int, change: int, is_card: bool) -> None:
    text = card() if is_card else MEMBERS.show(ANA)
    data = bytearray(base45.decode(text[4:]))
    data[place] ^= change

    assert not show(text[:4] + base45.encode(bytes(data))).is_granted


@given(st.text(max_size=200))
def test_no_text_opens_or_breaks_anything(text: str) -> None:
    for shown in (text, "MD1:" + text, "MV1:" + text):
        assert not show(shown).is_granted
        assert not order(shown.encode("utf-8", "replace")).is_granted


class Replays(RuleBasedStateMachine):
    """Anybody shows any pass at any time, again and again: each lets in once, and never late."""

    decide = staticmethod(entry.decide)

    def __init__(self) -> None:
        super().__init__()
        self.now_s = NOW_S
        self.memory = Memory()
        self.let_in: set[str] = set()
        self.newest: dict[str, int] = {}

    @rule(name=st.sampled_from([ANA, BINH, CHI]), age=st.integers(-3, 4))
    def a_pass_is_shown(self, name: str, age: int) -> None:
        slot = passes.slot_at(self.now_s) - age
        text = MEMBERS.show(name, slot)
        now = At(replace(KNOWN, unix_s=self.now_s)).situation
        verdict = self.decide(RULES, KEYS, self.memory, text, now)
        should = -1 <= age <= 2 and slot > self.newest.get(name, -1)
        assert verdict.is_granted == should, verdict.reason
        if verdict.is_granted:
            assert text not in self.let_in, "one pass let two people in"
            self.let_in.add(text)
            self.newest[name] = slot
            assert verdict.spend is not None
            used = {**self.memory.used, verdict.spend.key: verdict.spend.slot}
            self.memory = replace(self.memory, used=used)

    @rule(later_s=st.floats(0, 40))
    def time_passes(self, later_s: float) -> None:
        self.now_s += later_s


TestReplays = Replays.TestCase
TestReplays.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)


def test_a_planted_memory_of_the_last_pass_only_is_found() -> None:
    """The classic: what is remembered is who came last, so two friends take turns."""

    def forgetful(
        rules: EntryRules, keys: DoorKeys, memory: Memory, shown: str, now: Situation
    ) -> Verdict:
        newest = list(memory.used.items())[-1:]  # the bug
        return entry.decide(rules, keys, replace(memory, used=dict(newest)), shown, now)

    class BuggyDoor(Replays):
        decide = staticmethod(forgetful)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            BuggyDoor,
            settings=settings(max_examples=300, deadline=None, report_multiple_bugs=False),
        )


def test_a_phone_whose_browser_knows_only_p256_comes_in_and_nobody_in_its_name() -> None:
    phone, stranger = (ec.derive_private_key(number, ec.SECP256R1()) for number in (4711, 4712))
    keys = replace(KEYS, members={(ANA, 2): (0, signatures.public_bytes(phone))})

    def shown(key: SigningKey) -> Verdict:
        text = passes.make(key, 2, ANA, SLOT, 0)
        return entry.decide(RULES, keys, NOTHING, text, HERE)

    assert shown(phone).reason is EntryReason.PASS
    assert shown(stranger).reason is EntryReason.FORGED
    assert shown(STRANGER).reason is EntryReason.FORGED

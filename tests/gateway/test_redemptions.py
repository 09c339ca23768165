"""What the screen promised the till honours, once, whatever runs at the same time or dies."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from gateway.core.consent import Purpose
from gateway.core.offers.reasons import Reason
from gateway.core.redemption import LOCK_MS, State, Step
from gateway.core.vouchers import Voucher, VoucherKind
from gateway.redemptions import Wish
from gateway.store import vouchers
from tests.gateway.shop import ALL, NGOC, NOON_MS, STORE, Outbox, Shop, pass_of, scan, shown
from tests.gateway.till import CODE, EVERYBODYS, Till

LATER_MS = NOON_MS + LOCK_MS


def test_sixty_four_at_once_reserve_one_code_once_and_each_hears_why_not(shop: Shop) -> None:
    till = Till(shop, uses=1)
    wishes = [till.wish(code=CODE) for _ in range(64)]

    with ThreadPoolExecutor(64) as kiosks:
        answers = list(kiosks.map(till.reserve, wishes))

    assert Counter(one.reason for one in answers) == {
        Reason.GRANTED: 1,
        Reason.LOCKED_ELSEWHERE: 63,
    }
    assert all(one.sentence.vi and one.sentence.en for one in answers)
    assert till.code_used() == 1
    assert till.held()["total", ""] == (1, 0)


def test_a_cap_of_three_is_three_for_sixteen_at_once(shop: Shop) -> None:
    till = Till(shop, {"caps": {"total": 3}})

    with ThreadPoolExecutor(16) as kiosks:
        answers = list(kiosks.map(till.reserve, [till.wish() for _ in range(16)]))

    assert Counter(one.reason for one in answers) == {Reason.GRANTED: 3, Reason.TOTAL_LIMIT: 13}


def test_the_same_key_ten_times_gets_the_same_answer_even_after_it_was_confirmed(
    shop: Shop,
) -> None:
    till = Till(shop, uses=1)
    wish = till.wish(code=CODE)

    with ThreadPoolExecutor(5) as kiosks:
        first, *others = kiosks.map(till.reserve, [wish] * 5)
    till.step(first, Step.CONFIRM)
    others += [till.reserve(wish, LATER_MS) for _ in range(5)]

    assert others == [first] * 9
    assert till.held()["total", ""] == (1, 0)
    refused = till.wish(code=CODE)
    assert [till.reserve(refused).reason for _ in range(2)] == [Reason.ALREADY_REDEEMED] * 2
    assert till.reserve(replace(wish, store="hue-2")).reason is Reason.KEY_REUSED


def test_who_walks_away_blocks_nobody_for_longer_than_two_minutes(shop: Shop) -> None:
    till = Till(shop, {"caps": {"total": 1, "spend_vnd": 20_000}, "effects": EFFECTS}, uses=1)
    left = till.reserve(till.wish(code=CODE))

    assert till.reserve(at_ms=LATER_MS - 1).reason is Reason.TOTAL_LIMIT
    assert till.reserve(till.wish(code=CODE), LATER_MS).reason is Reason.GRANTED
    assert till.step(left, Step.CONFIRM, LATER_MS).reason is Reason.RESERVATION_OVER
    assert till.held()["total", ""] == (1, 15_000)


EFFECTS = [{"discount_vnd": 15_000}]


@pytest.mark.parametrize("last", [Step.RELEASE, Step.ROLL_BACK])
def test_what_is_let_go_or_undone_gives_back_code_slot_and_money(shop: Shop, last: Step) -> None:
    till = Till(shop, {"caps": {"spend_vnd": 20_000}, "effects": EFFECTS}, uses=1)
    answer = till.reserve(till.wish(code=CODE, member=None))
    if last is Step.ROLL_BACK:
        assert till.step(answer, Step.CONFIRM).state is State.CONFIRMED
        assert till.step(answer, Step.RELEASE).reason is Reason.ALREADY_REDEEMED

    assert {till.step(answer, last, LATER_MS - 1).state for _ in range(2)} <= {
        State.RELEASED,
        State.ROLLED_BACK,
    }
    assert till.held() == {}
    assert till.code_used() == 0
    assert till.reserve(till.wish(code=CODE)).reason is Reason.GRANTED


def test_each_kind_of_code_knows_whose_and_where_it_is(shop: Shop) -> None:
    till = Till(shop)
    shop.member()
    with shop.writers.begin() as db:
        vouchers.add(
            db,
            [
                Voucher("MINE", EVERYBODYS, VoucherKind.PERSONAL, NGOC),
                Voucher("THERE", EVERYBODYS, VoucherKind.POOL, store="hue-2"),
            ],
        )

    def reason(**changes: object) -> Reason:
        return till.reserve(till.wish(**changes)).reason

    assert reason(code="MINE") is Reason.WRONG_RECIPIENT
    assert reason(code="mine", member=NGOC) is Reason.GRANTED
    assert reason(code="THERE") is Reason.WRONG_STORE
    assert reason(code="NOBODYS") is Reason.UNKNOWN_CODE
    assert reason(offer="nothing") is Reason.UNKNOWN_CODE


def test_what_the_screen_grants_the_till_honours_and_what_is_used_up_it_shows_no_more(
    shop: Shop,
) -> None:
    terms = {"caps": {"total": 2, "per_profile": 1, "per_visit": 1, "cooldown_s": 60}}
    till = Till(shop, terms)
    shop.member()

    def on_screen(at_ms: int) -> list[str]:
        (answer,) = shown(shop.handle(outbox.says(scan(pass_of(NGOC, at_ms)), at_ms)))
        return [offer.id for offer in answer.offers]

    outbox = Outbox()
    assert on_screen(NOON_MS) == [EVERYBODYS]
    answer = till.reserve(till.wish(member=NGOC))
    assert answer.reason is Reason.GRANTED
    assert on_screen(NOON_MS + 90_000) == []
    assert till.reserve(till.wish(member=NGOC), NOON_MS + 90_000).reason is Reason.PROFILE_LIMIT
    assert on_screen(LATER_MS + 60_000) == [EVERYBODYS]  # it was let go of meanwhile


def test_an_earlier_visit_of_the_same_batch_is_a_visit_before(shop: Shop) -> None:
    """A kiosk that was without network brings a day at once."""
    Till(shop, {"trigger": {"nth_visit": 3}})
    shop.member(consents=ALL | {Purpose.PROFILING})
    hours = [NOON_MS + number * 3_600_000 for number in range(4)]
    outbox, sessions = Outbox(), [f"{number:016x}" for number in range(1, 5)]
    events = [
        outbox.says(scan(pass_of(NGOC, at_ms), session), at_ms)
        for at_ms, session in zip(hours, sessions, strict=True)
    ]
    outcome = [*shown(shop.handle(*events[:1])), *shown(shop.handle(*events))]  # the first again

    assert [len(show.offers) for show in outcome] == [0, 0, 1, 0, 0]


def test_what_was_let_go_starts_no_cool_down(shop: Shop) -> None:
    till = Till(shop, {"caps": {"cooldown_s": 3_600}})
    shop.member()
    till.step(till.reserve(till.wish(member=NGOC)), Step.RELEASE)

    assert till.reserve(till.wish(member=NGOC), NOON_MS + 1).reason is Reason.GRANTED
    assert till.reserve(till.wish(member=NGOC), NOON_MS + 2).reason is Reason.COOLDOWN


def test_a_basket_too_small_says_so(shop: Shop) -> None:
    till = Till(shop, {"when": {"fact": "basket.total_vnd", "at_least": 300_000}})

    assert till.reserve(till.wish(basket={"basket.total_vnd": 255_000})).reason is Reason.MIN_SPEND
    assert till.reserve(till.wish(basket={"basket.total_vnd": 300_000})).reason is Reason.GRANTED


KILLED = """
import sys, time
from gateway import redemptions
from gateway.redemptions import Wish
from gateway.store import base, offers

url, key, when, at_ms = sys.argv[1:]
with base.writers(base.connect(url)).begin() as db:
    wish = Wish(key, "hue-1", "staff", code="TET2027")
    redemptions.reserve(db, offers.rules(db), wish, int(at_ms))
    if when == "before":
        print("ready", flush=True)
        time.sleep(60)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("when", "reserved"), [("before", 0), ("after", 1)])
def test_a_process_killed_before_confirm_leaves_it_reserved_or_as_it_was(
    shop: Shop, when: str, reserved: int
) -> None:
    till = Till(shop, uses=1)
    wish = Wish("killed", STORE, "staff", code=CODE)
    url = shop.url
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, url, wish.idem_key, when, str(NOON_MS)],
        stdout=subprocess.PIPE,
    ) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == b"ready\n"
        victim.send_signal(signal.SIGKILL)

    assert till.code_used() == reserved
    assert till.held().get(("total", ""), (0, 0)) == (reserved, 0)
    again = till.reserve(wish)
    assert (again.state, again.lock_until_ms) == (State.RESERVED, LATER_MS)
    assert till.step(again, Step.CONFIRM).state is State.CONFIRMED
    assert till.code_used() == 1

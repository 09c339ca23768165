"""Experiments of a shop so small that each number was counted by hand, and through the intake."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from gateway.core.consent import Method, Purpose
from gateway.core.consent_texts import DAY_MS
from gateway.core.offers.drawing import Arm
from gateway.core.offers.model import Experiment, Goal, Variant
from gateway.core.offers.reasons import Reason
from gateway.core.orders import OrderStep
from gateway.core.redemption import State
from gateway.core.uplift import Share
from gateway.redemptions import Wish
from gateway.store import consents, experiments, offers
from gateway.store.consents import Proof
from gateway.store.experiments import Exposure, ExposureRow, Standing
from gateway.store.offers import OfferRow
from gateway.store.orders import OrderStepRow
from gateway.store.redemptions import RedemptionRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, STORE, Outbox, Shop, pass_of, scan, shown
from tests.gateway.till import CODE, EVERYBODYS, Till

DAY0_MS = NOON_MS
WINDOW = 14
OVER_MS = DAY0_MS + (WINDOW + 3) * DAY_MS
TEA = Experiment("tea", 50, enough=2)
FAR = 1_000  # from the numbers that PostgreSQL gives out
WORDS = '{"experiment": {"name": "tea", "holdout_pct": 50, "other": {"title_vi": "Trà"}}}'


def _exposed(shop: Shop, *parts: tuple[str, Arm, int]) -> None:
    with shop.writers.begin() as db:
        experiments.expose(
            db, [Exposure("tea", who, arm, DAY0_MS + day * DAY_MS) for who, arm, day in parts]
        )


def _came(shop: Shop, number: int, member: str, at_ms: int) -> None:
    with shop.writers.begin() as db:
        db.add(
            VisitRow(
                visit=FAR + number,
                store=STORE,
                member=member,
                kiosk="quay-1",
                first_at_ms=at_ms,
                last_at_ms=at_ms,
                confidence=1.0,
                evidence="pass",
            )
        )


def _standing(shop: Shop, experiment: Experiment = TEA, now_ms: int = OVER_MS) -> Standing:
    with shop.read() as db:
        return experiments.standing(db, "tea", experiment, now_ms)


def test_who_came_again_within_the_window_is_counted_by_arm(shop: Shop) -> None:
    _exposed(
        shop,
        ("m1", Arm.A, 0),  # came a day later
        ("m2", Arm.A, 0),  # came on the last moment of the window
        ("m3", Arm.A, 0),  # only after it
        ("m4", Arm.A, 10),  # their window is not over
        ("m5", Arm.HOLDOUT, 0),  # came before, and was there then
        ("m6", Arm.HOLDOUT, 0),  # came again twice: once counts
    )
    for number, (member, at_ms) in enumerate(
        [
            ("m1", DAY0_MS + DAY_MS),
            ("m2", DAY0_MS + WINDOW * DAY_MS),
            ("m3", DAY0_MS + WINDOW * DAY_MS + 1),
            ("m4", DAY0_MS + 11 * DAY_MS),
            ("m5", DAY0_MS - 1),
            ("m5", DAY0_MS),
            ("m6", DAY0_MS + 1),
            ("m6", DAY0_MS + DAY_MS),
            ("m7", DAY0_MS + DAY_MS),  # who is in no experiment
        ]
    ):
        _came(shop, number, member, at_ms)

    found = _standing(shop)

    assert found.shares[Goal.RETURNED] == {Arm.A: Share(2, 3), Arm.HOLDOUT: Share(1, 2)}
    assert found.waiting == 1
    assert found.seen == {Arm.A: 3, Arm.HOLDOUT: 2}


def test_orders_picked_up_and_the_offer_redeemed_are_counted_too(shop: Shop) -> None:
    for member in (NGOC, HUY):
        shop.member(member)
        shop.order(f"o-{member}", member)
    _exposed(shop, (NGOC, Arm.A, 0), (HUY, Arm.HOLDOUT, 0))
    with shop.writers.begin() as db:
        for member, step in ((NGOC, OrderStep.HAND_OVER), (HUY, OrderStep.MAKE_READY)):
            said = {"state": "x", "at_ms": DAY0_MS + DAY_MS, "by": "x", "note": ""}
            db.add(OrderStepRow(order=f"o-{member}", step=step, **said))
        for key, (member, offer, state) in enumerate(
            [
                (NGOC, "tea", State.CONFIRMED),
                (HUY, "tea", State.ROLLED_BACK),
                (HUY, "rice", State.CONFIRMED),
            ]
        ):
            db.add(
                RedemptionRow(
                    idem_key=str(key),
                    request="",
                    offer=offer,
                    member=member,
                    store=STORE,
                    day="2026-03-01",
                    state=state,
                    reason="granted",
                    cost_vnd=0,
                    at_ms=DAY0_MS,
                    lock_until_ms=0,
                    changed_at_ms=DAY0_MS + DAY_MS,
                )
            )

    found = _standing(shop, Experiment("tea", 50, enough=9)).shares

    for goal in (Goal.PICKED_UP, Goal.REDEEMED):
        assert found[goal] == {Arm.A: Share(1, 1), Arm.HOLDOUT: Share(0, 1)}


def test_once_there_are_enough_later_ones_change_nothing(shop: Shop) -> None:
    _exposed(shop, ("m1", Arm.A, 0), ("m2", Arm.A, 1), ("m3", Arm.HOLDOUT, 2))
    assert _standing(shop).counted_until_ms is None

    _exposed(shop, ("m4", Arm.HOLDOUT, 3))
    _came(shop, 1, "m3", DAY0_MS + 3 * DAY_MS)
    enough = _standing(shop)
    _exposed(shop, ("m5", Arm.A, 3), ("m6", Arm.A, 4), ("m7", Arm.HOLDOUT, 4))
    _came(shop, 2, "m6", DAY0_MS + 5 * DAY_MS)
    later = _standing(shop, now_ms=OVER_MS + 9 * DAY_MS)

    assert enough.counted_until_ms == later.counted_until_ms == DAY0_MS + 3 * DAY_MS
    assert enough.shares[Goal.RETURNED] == {Arm.A: Share(0, 2), Arm.HOLDOUT: Share(1, 2)}
    assert later.shares[Goal.RETURNED] == {Arm.A: Share(0, 3), Arm.HOLDOUT: Share(1, 2)}
    assert (enough.waiting, later.waiting) == (0, 0)


def test_an_experiment_nobody_met_has_all_its_arms_and_no_shares(shop: Shop) -> None:
    found = _standing(shop, Experiment("tea", 10, Variant({"title_vi": "Trà"})))

    assert found.shares[Goal.RETURNED] == dict.fromkeys(Arm, Share(0, 0))


@pytest.fixture
def tested(shop: Shop) -> dict[Arm, str]:
    """A shop whose offer is an experiment, and a member of each arm."""
    shop.offer()
    with shop.writers.begin() as db:
        db.execute(update(OfferRow).values(terms=WORDS))
    found: dict[Arm, str] = {}
    for number in range(40):
        member = f"{number:012x}"
        shop.member(member, consents=ALL | {Purpose.PROFILING})
        session = f"{number + 1:016x}"
        kiosk = Outbox(epoch=f"{number:016x}")
        (show,) = shown(shop.handle(kiosk.says(scan(pass_of(member), session))))
        with shop.read() as db:
            exposure = db.get_one(ExposureRow, ("tea", member))
        titles = [one.title.vi for one in show.offers]
        assert titles == {Arm.HOLDOUT: [], Arm.A: ["title"], Arm.B: ["Trà"]}[Arm(exposure.arm)]
        found.setdefault(Arm(exposure.arm), member)
        if len(found) == len(Arm):
            break
    return found


def test_what_the_screen_showed_is_kept_once_and_forgotten_with_the_consent(
    shop: Shop, tested: dict[Arm, str]
) -> None:
    held = tested[Arm.HOLDOUT]
    later_ms = NOON_MS + DAY_MS
    shop.handle(Outbox(epoch="f" * 16).says(scan(pass_of(held, later_ms), "f" * 16), later_ms))
    with shop.read() as db:
        assert db.get_one(ExposureRow, ("tea", held)).at_ms == NOON_MS
    with shop.read() as db:
        told = [offers.shown_to(db, "tea", who) for who in (tested[Arm.A], tested[Arm.B], None)]
        assert [one.title.vi for one in told if one is not None] == ["title", "Trà", "title"]
        assert offers.shown_to(db, "no such", None) is None
    before = shop.count(ExposureRow)

    with shop.writers.begin() as db:
        proof = Proof(later_ms, Method.PHONE, "", "")
        consents.choose(db, held, ALL, proof)

    assert shop.count(ExposureRow) == before - 1
    (show,) = shown(
        shop.handle(Outbox(epoch="e" * 16).says(scan(pass_of(held, later_ms), "e" * 16), later_ms))
    )
    assert [one.title.vi for one in show.offers] == ["title"]  # nobody's lot is drawn unasked
    assert shop.count(ExposureRow) == before - 1


def test_the_till_keeps_what_each_arm_was_promised(shop: Shop) -> None:
    effects = [{"discount_vnd": 10_000}]
    other = {"effects": [{"discount_vnd": 30_000}, {"points": 5}]}
    said = {"name": "tea", "holdout_pct": 50, "other": other}
    till = Till(shop, {"effects": effects, "experiment": said}, uses=9)
    (rule,) = till.rules().rules
    assert rule.draw is not None
    answers = {}
    for number in range(40):
        member = f"{number:012x}"
        arm = rule.draw.arm(member)
        if arm in answers:
            continue
        shop.member(member, consents=ALL | {Purpose.PROFILING})
        answers[arm] = (till.reserve(till.wish(member=member)), till.wish(member=member, code=CODE))

    assert [answers[arm][0].reason for arm in Arm] == [Reason.HOLDOUT, *[Reason.GRANTED] * 2]
    with shop.read() as db:
        query = select(RedemptionRow.cost_vnd).where(RedemptionRow.reason == Reason.GRANTED)
        assert sorted(db.scalars(query)) == [10_000, 30_000]
    assert till.reserve(answers[Arm.HOLDOUT][1]).reason is Reason.GRANTED  # a code is a promise
    stranger = Wish("k", STORE, "staff", offer=EVERYBODYS)
    assert till.reserve(stranger).reason is Reason.GRANTED

from __future__ import annotations

from contract.events import Arrived, Counted, Left, Moved
from contract.footfall import Counter
from gateway.core.consent import Purpose
from gateway.core.floor import Item, Plan
from gateway.core.floor_pictures import PictureKind
from gateway.core.visits import UNREPORTED_MS
from gateway.store import audit, floors
from gateway.store.audit import By
from gateway.store.base import writing
from gateway.store.floors import Drawn
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, STORE, Outbox, Shop

LAN = By("lan", STORE, NOON_MS)
PLAN = Plan(12.5, 8, (Item("quay-1", "Quầy 1", 1.5, 2), Item("tea", "Trà", 6, 4.25, 2)))
MINUTE_MS = 60_000


def draw(shop: Shop, drawn: Drawn, revision: int) -> bool:
    with writing(shop.writers) as db:
        return floors.draw(db, LAN, drawn, revision)


def heard(shop: Shop, now_ms: int = NOON_MS) -> dict[str, int]:
    with shop.read() as db:
        return floors.heard_now(db, STORE, now_ms)


def test_a_plan_is_kept_as_drawn_and_who_was_slower_is_told(shop: Shop) -> None:
    assert draw(shop, Drawn(PLAN, (PictureKind.PNG, b"png")), 0)
    assert not draw(shop, Drawn(Plan(1, 1)), 0)
    with shop.read() as db:
        assert floors.plan(db, STORE) == PLAN
        assert floors.plan(db, "elsewhere") is None
        assert [row.detail for row in audit.newest(db, 9)] == ["floor: 12.5 × 8 m, 2"]

    assert draw(shop, Drawn(Plan(20, 10)), 1)

    with shop.read() as db:
        assert floors.plan(db, STORE) == Plan(20, 10)
        row = floors.get(db, STORE)
        assert row is not None
        assert (row.picture, row.revision) == (b"png", 2)  # the picture was not touched


def test_members_are_counted_where_they_were_heard_last(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Phạm Gia Huy")
    one, two = Outbox(), Outbox("quay-2", "fedcba9876543210")
    shop.handle(
        one.says(Arrived(f"t-{NGOC}", "quay-1", -60)),
        two.says(Arrived(f"t-{HUY}", "quay-2", -60)),
        one.says(Moved(f"t-{NGOC}", "tea"), NOON_MS + 1),
    )
    assert heard(shop) == {"tea": 1, "quay-2": 1}

    shop.handle(two.says(Left(f"t-{HUY}", "quay-2", 60), NOON_MS + 2))

    assert heard(shop) == {"tea": 1}
    assert heard(shop, NOON_MS + UNREPORTED_MS + 2) == {}


def test_who_does_not_agree_to_be_recognised_is_not_counted(shop: Shop) -> None:
    shop.member(consents=ALL - {Purpose.PRESENCE})
    shop.handle(Outbox().says(Arrived(f"t-{NGOC}", "quay-1", -60)))
    shop.handle(Outbox("quay-2", "fedcba9876543210").says(Arrived("t-nobody", "quay-2", -60)))

    assert heard(shop) == {}


def test_people_nobody_knows_are_five_or_more_or_fewer_than_five(shop: Shop) -> None:
    one, two = Outbox(), Outbox("quay-2", "fedcba9876543210")
    shop.handle(
        one.says(Counted(Counter.PHONES, 20), NOON_MS - 20 * MINUTE_MS),
        one.says(Counted(Counter.PHONES, 7), NOON_MS - 5 * MINUTE_MS),
        two.says(Counted(Counter.PHONES, None), NOON_MS - 5 * MINUTE_MS),
    )
    with shop.read() as db:
        assert floors.passed_lately(db, STORE, NOON_MS) == {"quay-1": 7, "quay-2": None}
        assert floors.passed_lately(db, STORE, NOON_MS + 60 * MINUTE_MS) == {}

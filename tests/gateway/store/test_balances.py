"""One balance: what files say of points, what is earned and used here, and who reads it."""

from __future__ import annotations

from sqlalchemy import text, update

from gateway.core.ledger import DAY_MS, Balance, Currency, Result, Standing
from gateway.core.redemption import Step
from gateway.store import ledger, migrations
from gateway.store.ledger import Account, Deed, PostingRow
from gateway.store.profiles import ProfileRow
from tests.gateway.shop import HUY, NGOC, NOON_MS, Outbox, Shop, pass_of, scan, shown
from tests.gateway.till import Till, balance_of

POINTS = Account(NGOC, Currency.POINTS)


def file_says(shop: Shop, points: int) -> int:
    """An import with another number of points for everybody; how many were news."""
    before = shop.count(PostingRow)
    with shop.writers.begin() as db:
        members = db.scalars(update(ProfileRow).values(points=points).returning(ProfileRow.member))
        ledger.follow_files(db, members.all(), NOON_MS)
    return shop.count(PostingRow) - before


def balance(shop: Shop, account: Account = POINTS) -> int:
    with shop.read() as db:
        return balance_of(db, account, NOON_MS).usable


def test_what_was_used_here_stays_used_whatever_files_say_next(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Huy")
    with shop.writers.begin() as db:
        assert ledger.burn(db, Deed("a", POINTS, 200, NOON_MS)) is Result.DONE

    assert file_says(shop, 1250) == 0
    assert balance(shop) == 1050
    assert file_says(shop, 1300) == 2
    assert balance(shop) == 1100
    assert file_says(shop, 1250) == 2
    assert balance(shop) == 1050
    assert balance(shop, Account(HUY, Currency.POINTS)) == 1250
    file_says(shop, 100)
    assert balance(shop) == 0  # 200 were spent; the file takes what there is
    assert file_says(shop, 100) == 0
    assert file_says(shop, 1250) == 2


def test_what_a_file_said_is_not_undone_by_a_return(shop: Shop) -> None:
    shop.member()
    with shop.writers.begin() as db:
        undone = ledger.reverse(db, Deed("b", POINTS, 0, NOON_MS), f"file:{NGOC}:0:0")

    assert undone is Result.NOTHING_THERE
    assert balance(shop) == 1250


def test_a_database_from_before_opens_its_accounts_once(shop: Shop) -> None:
    shop.member()
    migrations.downgrade(shop.engine, "0008")
    with shop.writers.begin() as db:
        for table in ("posting_part", "lot", "posting"):
            db.execute(text(f"DELETE FROM {table}"))
    migrations.upgrade(shop.engine)

    assert balance(shop) == 1250
    assert file_says(shop, 1250) == 0
    assert file_says(shop, 1249) == 1
    assert balance(shop) == 1249
    assert shop.count(PostingRow) == 2


def test_a_screen_shows_what_can_be_used_what_comes_later_and_what_ends_soon(shop: Shop) -> None:
    shop.member()
    soon = Deed("soon", POINTS, 30, NOON_MS, "", 0, NOON_MS + 5 * DAY_MS)
    later = Deed("later", POINTS, 70, NOON_MS, "", NOON_MS + DAY_MS)
    with shop.writers.begin() as db:
        assert [ledger.earn(db, one) for one in (soon, later)] == [Result.DONE] * 2

    (show,) = shown(shop.handle(Outbox().says(scan(pass_of(NGOC)))))

    assert (show.points, show.points_pending) == (1280, 70)
    assert (show.points_ending, show.points_end_ms) == (30, NOON_MS + 5 * DAY_MS)


def test_rewards_come_with_the_confirmation_wait_their_days_and_go_back_with_the_sale(
    shop: Shop,
) -> None:
    effects = [
        {"points": 20, "pending_days": 14, "valid_days": 90},
        {"cashback_vnd": 50_000, "max_vnd": 30_000},
    ]
    till = Till(shop, {"effects": effects})
    shop.member()
    answer = till.reserve(till.wish(member=NGOC))
    cashback = Account(NGOC, Currency.VND)

    def stands(at_ms: int) -> tuple[Standing, Balance]:
        with shop.read() as db:
            points = ledger.standings(db, [NGOC], Currency.POINTS, at_ms)[NGOC]
            return points, balance_of(db, cashback, at_ms)

    assert stands(NOON_MS) == (Standing(1250, 0), Balance(0, 0))
    for _ in range(2):
        till.step(answer, Step.CONFIRM)
    assert stands(NOON_MS) == (Standing(1250, 20), Balance(30_000, 0))
    assert stands(NOON_MS + 14 * DAY_MS)[0] == Standing(1270, 0)
    assert stands(NOON_MS + 80 * DAY_MS)[0] == Standing(1270, 0, 20, NOON_MS + 90 * DAY_MS)
    for _ in range(2):
        till.step(answer, Step.ROLL_BACK)
    assert stands(NOON_MS) == (Standing(1250, 0), Balance(0, 0))

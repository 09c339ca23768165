"""One-time codes in both databases: nothing to read there, and used once by whoever is first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from gateway.core.one_time_codes import TRIES_MAX, Answer, Use
from gateway.store import one_time_codes
from gateway.store.one_time_codes import OneTimeCodeRow
from tests.gateway.shop import NOON_MS, Shop

KEY = b"k" * 32
WHO = (Use.SCREEN, "+84901234512")


def ask(shop: Shop, who: tuple[Use, str] = WHO, at_ms: int = NOON_MS) -> tuple[Answer, str]:
    with shop.writers.begin() as db:
        return one_time_codes.ask(db, KEY, who, at_ms)


def check(shop: Shop, typed: str, who: tuple[Use, str] = WHO, at_ms: int = NOON_MS + 1) -> Answer:
    with shop.writers.begin() as db:
        return one_time_codes.check(db, KEY, who, typed, at_ms)


def test_a_code_is_right_once_for_its_number_and_its_use(shop: Shop) -> None:
    answer, code = ask(shop)
    assert answer is Answer.SENT

    assert check(shop, code, (Use.ERASURE, WHO[1])) is Answer.OVER
    assert check(shop, code, (Use.SCREEN, "+84901234513")) is Answer.OVER
    assert check(shop, code) is Answer.RIGHT
    assert check(shop, code) is Answer.OVER
    with shop.read() as db:
        kept = str([vars(row) for row in db.scalars(select(OneTimeCodeRow))])
    assert code not in kept
    assert "901234512" not in kept


def test_a_code_that_may_not_be_sent_is_not_told_and_the_one_before_stays_good(shop: Shop) -> None:
    _, code = ask(shop)

    assert ask(shop, at_ms=NOON_MS + 10) == (Answer.TOO_SOON, "")
    assert check(shop, code) is Answer.RIGHT


def test_the_one_before_is_good_no_more_once_another_was_sent(shop: Shop) -> None:
    _, first = ask(shop)
    _, second = ask(shop, at_ms=NOON_MS + 30_000)

    if first != second:  # one in a million
        assert check(shop, first, at_ms=NOON_MS + 30_001) is Answer.WRONG
    assert check(shop, second, at_ms=NOON_MS + 30_001) is Answer.RIGHT


def test_whoever_types_in_parallel_has_no_more_tries_and_no_second_use(shop: Shop) -> None:
    _, code = ask(shop)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: check(shop, code), range(4))) == sorted(
            [Answer.RIGHT, *[Answer.OVER] * 3]
        )
        ask(shop, at_ms=NOON_MS + 60_000)
        answers = list(pool.map(lambda _: check(shop, wrong, at_ms=NOON_MS + 60_001), range(8)))

    assert answers.count(Answer.WRONG) == TRIES_MAX - 1
    assert answers.count(Answer.LOCKED) == 8 - (TRIES_MAX - 1)

"""How often a code may be asked for and tried, and when it is good."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import one_time_codes
from gateway.core.one_time_codes import (
    LIFE_MS,
    RESEND_MS,
    SENT_MAX,
    TRIES_MAX,
    WINDOW_MS,
    Answer,
    Letter,
    Standing,
    Use,
)

SENT, TOO_SOON, LOCKED = Answer.SENT, Answer.TOO_SOON, Answer.LOCKED
RIGHT, WRONG, OVER = Answer.RIGHT, Answer.WRONG, Answer.OVER
ASK, GOOD, BAD = "ask", "good", "bad"
MINUTE, HOUR = 60_000, 3_600_000
NOON = 1_772_341_200_000

STORIES = [
    pytest.param([(0, ASK, SENT), (9, GOOD, RIGHT)], id="typed at once"),
    pytest.param([(0, ASK, SENT), (LIFE_MS - 1, GOOD, RIGHT)], id="in the last moment"),
    pytest.param([(0, ASK, SENT), (LIFE_MS, GOOD, OVER)], id="too late"),
    pytest.param([(0, ASK, SENT), (1, GOOD, RIGHT), (2, GOOD, OVER)], id="good once"),
    pytest.param([(0, GOOD, OVER)], id="never asked for"),
    pytest.param([(0, ASK, SENT), (29_999, ASK, TOO_SOON), (30_000, ASK, SENT)], id="resend"),
    pytest.param([(0, ASK, SENT), (1, BAD, WRONG), (2, GOOD, RIGHT)], id="a slip of the finger"),
    pytest.param(
        [
            *[(0, ASK, SENT), *[(1, BAD, WRONG)] * 4, (2, BAD, LOCKED), (3, GOOD, LOCKED)],
            *[(HOUR + 1, ASK, LOCKED), (HOUR + 2, ASK, SENT), (HOUR + 3, GOOD, RIGHT)],
        ],
        id="guessed at, and locked for an hour",
    ),
    pytest.param(
        [(0, ASK, SENT), *[(1, BAD, WRONG)] * 4, (MINUTE, ASK, SENT), (MINUTE + 1, BAD, LOCKED)],
        id="a new code gives no new tries",
    ),
    pytest.param(
        [(n * MINUTE, ASK, SENT) for n in range(5)] + [(9 * MINUTE, ASK, LOCKED)],
        id="five messages an hour",
    ),
    pytest.param(
        [(0, ASK, SENT), (HOUR - MINUTE, ASK, SENT), (HOUR + 1, GOOD, RIGHT)],
        id="good beyond the hour that is counted",
    ),
]


@pytest.mark.parametrize("story", STORIES)
def test_stories(story: list[tuple[int, str, Answer]]) -> None:
    was = Standing()
    for after_ms, does, wanted in story:
        step = one_time_codes.ask if does == ASK else one_time_codes.check
        was, answer = step(was, "other" if does == BAD else "digest", NOON + after_ms)
        assert answer is wanted, (after_ms, does)


@given(st.lists(st.tuples(st.integers(0, 40_000), st.sampled_from([ASK, BAD])), max_size=120))
def test_nobody_sends_or_guesses_more_than_the_hour_allows(
    steps: list[tuple[int, str]],
) -> None:
    was, now_ms = Standing(), NOON
    done: dict[Answer, list[int]] = {answer: [] for answer in Answer}
    locks: list[int] = []
    for gap_ms, does in steps:
        now_ms += gap_ms
        step = one_time_codes.ask if does == ASK else one_time_codes.check
        tries = was.tries
        was, answer = step(was, "other" if does == BAD else "digest", now_ms)
        done[answer].append(now_ms)
        if answer is LOCKED and was.tries > tries:
            locks.append(now_ms)

    sent = done[SENT]
    assert all(b - a >= RESEND_MS for a, b in pairwise(sent))
    # the hours that are counted stand side by side: no two of them give thrice as much
    assert all(b - a >= WINDOW_MS for a, b in zip(sent, sent[2 * SENT_MAX :], strict=False))
    tried = sorted(done[WRONG] + locks)
    assert all(b - a >= WINDOW_MS for a, b in zip(tried, tried[2 * TRIES_MAX :], strict=False))
    for locked_ms in locks:
        assert not [at for at in (*sent, *tried) if locked_ms < at < locked_ms + WINDOW_MS]


def test_a_code_has_six_digits_also_when_it_is_small() -> None:
    assert one_time_codes.draw(lambda bound: bound - 1) == "999999"
    assert one_time_codes.draw(lambda _: 7) == "000007"


def test_what_is_kept_says_neither_number_nor_code_and_fits_nothing_else() -> None:
    key, number = b"k" * 32, "+84901234512"
    who = one_time_codes.owner(key, Use.SCREEN, number)
    kept = one_time_codes.digest(key, who, "123456")

    assert number[3:] not in who
    assert "123456" not in kept
    assert who != one_time_codes.owner(key, Use.ERASURE, number)
    assert who != one_time_codes.owner(b"j" * 32, Use.SCREEN, number)
    other = one_time_codes.owner(key, Use.ERASURE, number)
    assert kept != one_time_codes.digest(key, other, "123456")


@pytest.mark.parametrize(("language", "word"), [("vi", "mã của bạn"), ("en", "your code")])
def test_the_message_begins_with_the_code_and_warns(language: str, word: str) -> None:
    said = one_time_codes.text("123456", "An Nhiên", language)

    assert said.startswith("123456")
    assert word in said
    assert "An Nhiên" in said
    assert "10" in said
    letter = Letter("id-1", NOON, "+84901234512", said, language)
    assert "123456" not in repr(letter)
    assert "8490" not in repr(letter)

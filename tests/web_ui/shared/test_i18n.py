from __future__ import annotations

from datetime import UTC, datetime

import pytest

from web_ui.shared.i18n import LANGUAGES, words

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "vnd", "written"),
    [
        ("vi", 294_000, f"294.000{NBSP}₫"),
        ("vi", 0, f"0{NBSP}₫"),
        ("vi", 1_250_000, f"1.250.000{NBSP}₫"),
        ("en", 294_000, "₫294,000"),
    ],
)
def test_money_is_whole_dong(language: str, vnd: int, written: str) -> None:
    assert words(language).money(vnd) == written


def test_numbers_have_the_languages_separators() -> None:
    assert [words(language).number(1_250) for language in LANGUAGES] == ["1.250", "1,250"]


def test_times_are_shop_time() -> None:
    new_years_eve = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)

    assert words("vi").time(new_years_eve) == "00:30"
    assert "1/1/27" in words("vi").day_and_time(new_years_eve)
    assert "1/1/27" in words("en").day_and_time(new_years_eve)


def test_another_language_is_not_made_up() -> None:
    with pytest.raises(FileNotFoundError):
        words("fr")

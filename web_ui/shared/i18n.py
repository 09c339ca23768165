"""Words, numbers and dates in Vietnamese and English. It decides no language; it is told one.

The .po files are the source and are read at start, so no compiled catalogue can be stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import Translations
from flask import Flask, g

CATALOGUES = Path(__file__).parent.parent / "translations"
LANGUAGES = ("vi", "en")
SHOP_TIME = ZoneInfo("Asia/Ho_Chi_Minh")  # every store so far; Việt Nam has one time zone


class Bilingual(Protocol):
    """Content that comes in both languages."""

    @property
    def vi(self) -> str:
        """Vietnamese."""

    @property
    def en(self) -> str:
        """English."""


@dataclass(frozen=True)
class Words:
    """How one language says things."""

    language: str
    translations: Translations

    def money(self, vnd: int) -> str:
        """An amount of đồng, which has no decimals: "294.000 ₫"."""
        return format_currency(vnd, "VND", locale=self.language)

    def number(self, value: float) -> str:
        """A number with the language's separators: "1.250"."""
        return format_decimal(value, locale=self.language)

    def milliseconds(self, ms: float | None) -> str:
        """A duration that was measured, or a dash where none was."""
        return "–" if ms is None else f"{self.number(round(ms))} ms"

    def day_and_time(self, at: datetime) -> str:
        """A moment in shop time, short."""
        return format_datetime(at, "short", tzinfo=SHOP_TIME, locale=self.language)

    def day(self, at_ms: int) -> str:
        """A day in shop time without its year, from Unix milliseconds: "05/03"."""
        at = datetime.fromtimestamp(at_ms / 1000, SHOP_TIME)
        return format_date(at, "dd/MM" if self.language == "vi" else "d MMM", locale=self.language)

    def date(self, day: date) -> str:
        """A day of the calendar without its year: "05/03"."""
        return format_date(day, "dd/MM" if self.language == "vi" else "d MMM", locale=self.language)

    def weekday(self, number: int) -> str:
        """A day of the week, short; 0 is Monday: "Th 2"."""
        return str(get_day_names("abbreviated", locale=self.language)[number])

    def day_name(self, number: int) -> str:
        """A day of the week as it is said; 0 is Monday: "Thứ Hai"."""
        return str(get_day_names("wide", locale=self.language)[number])

    def time(self, at: datetime) -> str:
        """A time of day in shop time: "14:05"."""
        return format_time(at, "HH:mm", tzinfo=SHOP_TIME, locale=self.language)

    def ago(self, seconds: float) -> str:
        """How long ago something was, roughly: "2 phút trước"; never "in 0 seconds"."""
        return format_timedelta(
            -timedelta(seconds=max(seconds, 1)), add_direction=True, locale=self.language
        )


@cache
def words(language: str) -> Words:
    """The words of a language of LANGUAGES; FileNotFoundError for any other."""
    compiled = BytesIO()
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Words(language, Translations(compiled))


def speak(language: str) -> None:
    """Use this language for the rest of the present application context."""
    g.words = words(language)


def spoken() -> Words:
    """The words now in use; Vietnamese until `speak` says otherwise."""
    if "words" not in g:
        speak("vi")
    chosen: Words = g.words
    return chosen


def gettext(message: str) -> str:
    """A sentence in the language now in use."""
    return spoken().translations.ugettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """A counted sentence in the language now in use."""
    return spoken().translations.ungettext(one, many, count)


def later(message: str) -> str:
    """Mark a sentence for translation that is said elsewhere, through gettext."""
    return message


def said(text: Bilingual) -> str:
    """Bilingual content in the language now in use."""
    return text.en if spoken().language == "en" else text.vi


FORMATS = (
    *("money", "number", "milliseconds", "ago"),
    *("day", "day_and_time", "time", "date", "day_name"),
)


def install(app: Flask) -> None:
    """Give templates `_` and `ngettext`, and this file's formats as filters."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    for name in FORMATS:
        app.jinja_env.filters[name] = partial(_formatted, name)
    app.jinja_env.filters["said"] = said
    app.jinja_env.filters["day_of_calendar"] = lambda day: spoken().date(day)
    app.jinja_env.filters["waited"] = waited
    app.jinja_env.filters["at"] = at
    app.jinja_env.globals["spoken"] = spoken


def _formatted(name: str, value: object) -> str:
    return str(getattr(spoken(), name)(value))


def at(at_ms: int) -> datetime:
    """A moment of the store, to be said as a day and a time."""
    return datetime.fromtimestamp(at_ms / 1000, SHOP_TIME)


def midnight_ms(now_ms: int) -> int:
    """When the shop's present day began, as Unix time in milliseconds."""
    now = datetime.fromtimestamp(now_ms / 1000, SHOP_TIME)
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def waited(seconds: int) -> str:
    """A stopwatch, the same in every language: "1:28", "1:02:03"."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

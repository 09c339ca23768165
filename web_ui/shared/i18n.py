"""Words, numbers and dates in Vietnamese and English. It decides no language; it is told one.

The .po files are the source and are read at start, so no compiled catalogue can be stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import Translations
from flask import Flask, g

CATALOGUES = Path(__file__).parent.parent / "translations"
LANGUAGES = ("vi", "en")
SHOP_TIME = ZoneInfo("Asia/Ho_Chi_Minh")  # every store so far; Việt Nam has one time zone


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

    def day_and_time(self, at: datetime) -> str:
        """A moment in shop time, short."""
        return format_datetime(at, "short", tzinfo=SHOP_TIME, locale=self.language)

    def time(self, at: datetime) -> str:
        """A time of day in shop time: "14:05"."""
        return format_time(at, "HH:mm", tzinfo=SHOP_TIME, locale=self.language)


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


def install(app: Flask) -> None:
    """Give templates `_`, `ngettext` and the formats `money`, `number`, `time`, `day_and_time`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters |= {
        "money": lambda vnd: spoken().money(vnd),
        "number": lambda value: spoken().number(value),
        "time": lambda at: spoken().time(at),
        "day_and_time": lambda at: spoken().day_and_time(at),
    }
    app.jinja_env.globals["spoken"] = spoken

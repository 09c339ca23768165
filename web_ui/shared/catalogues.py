"""Brings the translations up to date with the code: `python -m web_ui.shared.catalogues`.

English is the source. New sentences appear in vi/…/messages.po with an empty msgstr, to be
filled by a person; it translates nothing and guesses nothing.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from web_ui.shared.i18n import CATALOGUES, LANGUAGES

SOURCES = CATALOGUES.parent
METHODS = [("**/static/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "later": None}


def main() -> None:
    """Rewrite every catalogue that differs from what the code now says."""
    for language in LANGUAGES:
        path = path_of(language)
        path.write_bytes(written(updated(language)))


def path_of(language: str) -> Path:
    """Where the translations of a language stand."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def extracted() -> Catalog:
    """Every sentence the code and the templates say."""
    found = Catalog(project="Hiên", charset="utf-8")
    for file, _, message, comments, context in extract_from_dir(
        SOURCES, METHODS, keywords=KEYWORDS, comment_tags=("i18n:",)
    ):
        found.add(message, None, [(f"web_ui/{file}", 0)], auto_comments=comments, context=context)
    return found


def updated(language: str) -> Catalog:
    """The catalogue of a language with the sentences of today, and no others."""
    with path_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if language == "en":
        for message in catalogue:
            message.string = message.id
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """A catalogue as its file stands: sorted, unwrapped, without dates that differ at each run."""
    file = BytesIO()
    write_po(file, catalogue, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return _header(catalogue).encode() + file.getvalue()


def _header(catalogue: Catalog) -> str:
    return (
        "# Hiên's pages. Brought up to date by `python -m web_ui.shared.catalogues`.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )


if __name__ == "__main__":
    main()

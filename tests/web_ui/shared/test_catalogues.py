from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from web_ui.shared import catalogues
from web_ui.shared.i18n import LANGUAGES

PLACEHOLDER = re.compile(r"%\(\w+\)s")


def committed(language: str) -> Catalog:
    with catalogues.path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def sentences(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_exactly_what_the_code_says(language: str) -> None:
    said = {forms(message.id) for message in sentences(catalogues.extracted())}
    written = {forms(message.id) for message in sentences(committed(language))}

    assert len(said) > 50
    assert written == said, "run: python -m web_ui.shared.catalogues"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_sure(language: str) -> None:
    catalogue = committed(language)
    open_ones = [
        message.id
        for message in sentences(catalogue)
        if message.fuzzy or not all(forms(message.string))
    ]

    assert open_ones == []
    assert not catalogue.obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_placeholders(language: str) -> None:
    for message in sentences(committed(language)):
        expected = set(PLACEHOLDER.findall(forms(message.id)[-1]))
        for form in forms(message.string):
            assert set(PLACEHOLDER.findall(form)) == expected, message.id


def test_vietnamese_is_not_english_left_in_place() -> None:
    same = [
        message.id
        for message in sentences(committed("vi"))
        if forms(message.string)[0] == forms(message.id)[0]
    ]

    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_bringing_a_catalogue_up_to_date_changes_nothing(language: str) -> None:
    path = catalogues.path_of(language)

    assert catalogues.written(catalogues.updated(language)) == path.read_bytes()

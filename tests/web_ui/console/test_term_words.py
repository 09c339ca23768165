"""Mistakes in an offer's conditions are said in the language of the page."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest
from flask import Flask

from gateway.core.offers import conditions, places, terms
from gateway.core.offers.conditions import TermsError
from gateway.core.offers.places import JsonTextError
from web_ui.console.term_words import NO_JSON, PROBLEMS, wrong
from web_ui.shared import i18n


def raised(module: ModuleType) -> set[str]:
    """Every sentence that a module refuses terms with."""
    found = set(getattr(module, "_WANTED", {}).values())
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        match node:
            case ast.Call(func=ast.Name("TermsError"), args=[_, ast.Constant(str(problem))]):
                found.add(problem)
            case ast.Call(func=ast.Name("TermsError"), args=[_, ast.Name("wanted")]):
                found.add("%(said)r is not a number")
            case ast.Call(func=ast.Name("TermsError")):
                raise AssertionError(f"line {node.lineno} says what nobody can translate")
    return found


def test_every_mistake_there_is_can_be_translated() -> None:
    assert set(PROBLEMS) == raised(conditions) | raised(terms)


@pytest.mark.parametrize("problem", [*PROBLEMS, *NO_JSON])
def test_vietnamese_says_it_otherwise_with_the_same_places(problem: str) -> None:
    said = i18n.words("vi").translations.ugettext(problem)

    assert said != problem
    assert [problem.count(one) for one in ("%(said)", "%(known)", "%(most)", "%(fact)")] == [
        said.count(one) for one in ("%(said)", "%(known)", "%(most)", "%(fact)")
    ]


@pytest.mark.parametrize(
    ("terms_", "vi", "en"),
    [
        (
            {"caps": {"moon": 1}},
            "caps: 'moon' không nằm trong",
            "caps: 'moon' is not one of",
        ),
        (
            {"effects": [{"points": -1}]},
            "effects[0].points: -1 không phải là số nguyên từ 0",
            "effects[0].points: -1 is not a whole number from 0",
        ),
        ({"not_on": ["tết"]}, "not_on: 'tết' không phải là ngày", "not_on: 'tết' is not a day"),
        ({"when": {"fact": "x"}}, "when: không có dữ kiện 'x'", "when: there is no fact 'x'"),
        (
            {"when": {"fact": "profile.tier", "is": "x"}},
            "when.is: 'x' không nằm trong member",
            "when.is: 'x' is not one of member",
        ),
    ],
)
def test_a_mistake_is_said_in_the_language_spoken(terms_: object, vi: str, en: str) -> None:
    with pytest.raises(TermsError) as caught:
        terms.read_terms(terms_)

    assert str(caught.value).startswith(en)
    with Flask("a page").app_context():
        for language, told in (("vi", vi), ("en", en)):
            i18n.speak(language)
            assert wrong(caught.value).startswith(told)


@pytest.mark.parametrize(
    "text",
    ["", "{x", '{"a" 1}', '{"a": 1 "b"}', "{} {}", '"a', '"\t"', "[" * 100_000],
)
def test_a_text_that_is_no_json_is_refused_in_vietnamese(text: str) -> None:
    with pytest.raises(JsonTextError) as caught:
        places.read(text)
    with Flask("a page").app_context():
        i18n.speak("vi")
        assert wrong(caught.value) != str(caught.value)

"""Trees of questions: what they say, and what cannot be said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.offers.conditions import (
    OPS,
    Condition,
    Leaf,
    Questions,
    TermsError,
    leaves,
    read,
)
from gateway.core.offers.facts import FACTS, Kind, Known

RICH = {"fact": "profile.points", "at_least": 1000}
TEA = {"fact": "interests", "has": "tra"}


def holds(condition: Condition) -> Callable[[Known], bool]:
    questions = Questions()
    test = questions.test_of(questions.same(condition))
    return lambda known: test(questions.failing(known)) is None


@pytest.mark.parametrize(
    ("tree", "known", "expected"),
    [
        (RICH, {"profile.points": 1000}, True),
        (RICH, {"profile.points": 999}, False),
        (RICH, {}, False),
        ({"not": RICH}, {"profile.points": 999}, True),
        ({"not": RICH}, {}, False),
        ({"all": [RICH, TEA]}, {"profile.points": 1000, "interests": frozenset("x")}, False),
        ({"any": [RICH, TEA]}, {"profile.points": 1000}, True),
        ({"not": {"any": [RICH, TEA]}}, {"profile.points": 1}, False),  # about tea nobody knows
        ({"not": {"all": [RICH, TEA]}}, {"profile.points": 1}, True),
        ({"fact": "profile.tier", "at_least": "silver"}, {"profile.tier": "gold"}, True),
        ({"fact": "profile.tier", "at_most": "silver"}, {"profile.tier": "gold"}, False),
        ({"fact": "profile.tier", "is": "gold"}, {"profile.tier": "gold"}, True),
        ({"fact": "time.clock", "at_least": "09:30"}, {"time.clock": 570}, True),
        ({"fact": "time.clock", "at_least": "09:30"}, {"time.clock": 569}, False),
        ({"fact": "time.day", "at_most": "2026-03-01"}, {"time.day": "2026-03-02"}, False),
        ({"fact": "kiosk", "one_of": ["quay-1"]}, {"kiosk": "quay-2"}, False),
        ({"fact": "interests", "has_any": ["a", "b"]}, {"interests": frozenset("bc")}, True),
        ({"fact": "interests", "has_any": ["a", "b"]}, {"interests": frozenset("c")}, False),
    ],
    ids=lambda case: str(case) if isinstance(case, bool) else "",
)
def test_a_tree_says_what_it_seems_to_say(
    tree: dict[str, Any], known: Known, expected: bool
) -> None:
    assert holds(read(tree))(known) is expected


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ([], "when: must be an object"),
        ({}, "when: must be one of all, any, not or fact, not nothing"),
        ({"all": [TEA], "any": [TEA]}, "not all, any"),
        ({"all": []}, "when.all: must not be empty"),
        ({"any": [TEA, {"fact": "mood", "is": "x"}]}, "when.any[1]: there is no fact 'mood'"),
        ({"fact": "interests", "at_least": 3}, "interests may be asked has, has_any, not at_least"),
        ({"fact": "interests"}, "not nothing"),
        ({"fact": "profile.tier", "is": "iron"}, "'iron' is not one of member, silver, gold"),
        ({"fact": "profile.points", "is": True}, "True is not a number"),
        ({"fact": "time.clock", "at_least": "25:00"}, "'25:00' is not a time like 09:30"),
        ({"fact": "time.day", "is": "1.3.2026"}, "is not a day like 2027-02-06"),
        ({"fact": "kiosk", "one_of": []}, "when.one_of: must be a list of words"),
        ({"not": {"not": {"fact": "kiosk", "is": ""}}}, "when.not.not.is: '' is not a word"),
        ({"all": [TEA] * 65}, "asks more than 64 questions"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_a_tree_that_makes_no_sense_says_where(tree: object, sentence: str) -> None:
    with pytest.raises(TermsError) as caught:
        read(tree)

    assert sentence in str(caught.value)


def test_a_tree_too_deep_to_read_is_refused() -> None:
    tree: dict[str, Any] = TEA
    for _ in range(9):
        tree = {"not": tree}

    with pytest.raises(TermsError, match="nested more than 8 deep"):
        read(tree)


def test_every_kind_of_fact_can_be_asked_about() -> None:
    assert set(OPS) == set(Kind)
    assert {fact.kind for fact in FACTS.values()} == set(Kind)


questions: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [RICH, TEA, {"fact": "kiosk", "is": "quay-1"}, {"fact": "profile.tier", "at_most": "silver"}]
)


def deeper(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        inner,
        st.builds(lambda one: {"not": one}, inner),
        st.builds(lambda many: {"all": many}, several),
        st.builds(lambda many: {"any": many}, several),
    )


trees = deeper(deeper(deeper(questions)))
knowledge = st.fixed_dictionaries(
    {},
    optional={
        "profile.points": st.integers(0, 2000),
        "interests": st.sampled_from([frozenset[str](), frozenset({"tra"})]),
        "kiosk": st.sampled_from(["quay-1", "quay-2"]),
        "profile.tier": st.sampled_from(["member", "gold"]),
    },
)


def plainly(tree: dict[str, Any], known: Known) -> bool | None:
    """The same by Kleene's three values, as one would write it down."""
    if "not" in tree:
        inner = plainly(tree["not"], known)
        return None if inner is None else not inner
    word = next((word for word in ("all", "any") if word in tree), None)
    if word is None:
        leaf = read(tree)
        assert isinstance(leaf, Leaf)
        return None if leaf.fact.path not in known else holds(leaf)(known)
    parts = [plainly(part, known) for part in tree[word]]
    decisive = word == "any"
    return decisive if decisive in parts else None if None in parts else not decisive


@given(trees, knowledge)
def test_pushing_not_down_changes_no_answer(tree: dict[str, Any], known: Known) -> None:
    condition: Condition = read(tree)
    assert holds(condition)(known) is (plainly(tree, known) is True)
    assert all(isinstance(leaf, Leaf) for leaf in leaves(condition))

"""Conditions: trees of `all`, `any` and `not` over facts, read from JSON and made into tests.

`not` is pushed down to the leaves when a tree is read (De Morgan), so that a fact nobody knows
fails a question and its opposite alike: nobody gets an offer for what we do not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias, cast

from gateway.core.offers.facts import FACTS, Fact, Kind, Known, Value
from gateway.core.tiers import TIERS

DEEPEST = 8  # nobody can read a deeper one, and Python's stack stays out of it
MOST_LEAVES = 64  # of one offer; a list of articles is one leaf


class TermsError(ValueError):
    """An offer's terms make no sense: refuse the offer, and say where and why.

    `problem` is English with places like `%(said)s` for `named`, so that a page can say it in
    another language (web_ui/console/term_words.py has them all).
    """

    def __init__(self, where: str, problem: str, **named: object) -> None:
        super().__init__(f"{where}: {problem % named}")
        self.where, self.problem, self.named = where, problem, named


class Op(StrEnum):
    """The questions that may be asked about a fact."""

    IS = "is"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    HAS = "has"
    HAS_ANY = "has_any"


_ORDERED = {Op.IS, Op.AT_LEAST, Op.AT_MOST}
OPS: Mapping[Kind, frozenset[Op]] = {
    kind: frozenset(ops)
    for kind, ops in {
        Kind.NUMBER: _ORDERED,
        Kind.SHARE: _ORDERED,
        Kind.VND: _ORDERED,
        Kind.SECONDS: _ORDERED,
        Kind.DAYS: _ORDERED,
        Kind.CLOCK: {Op.AT_LEAST, Op.AT_MOST},
        Kind.DAY: _ORDERED,
        Kind.TEXT: {Op.IS, Op.ONE_OF},
        Kind.WORDS: {Op.HAS, Op.HAS_ANY},
        Kind.TIER: _ORDERED,
    }.items()
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question about one fact; `turned` asks for the opposite."""

    fact: Fact
    op: Op
    value: Value
    turned: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with no parts it always does."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = "Leaf | All | Any"
ALWAYS = All()

Test: TypeAlias = "Callable[[AbstractSet[int]], Leaf | None]"
"""Given the numbers of all questions that do not hold, says the first of its own among them."""


def read(tree: object, where: str = "when") -> Condition:
    """A condition from decoded JSON; TermsError says which part of it makes no sense."""
    condition = _read(tree, where, 0, turned=False)
    if sum(1 for _ in leaves(condition)) > MOST_LEAVES:
        raise TermsError(where, "asks more than %(most)s questions", most=MOST_LEAVES)
    return condition


def leaves(condition: Condition) -> Iterator[Leaf]:
    """All questions of a tree, in the order they stand there."""
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from leaves(part)


class Questions:
    """The different questions of many offers, numbered: each is asked once for all of them."""

    def __init__(self) -> None:
        self._known: dict[Leaf, tuple[int, Leaf]] = {}
        self._asked: list[tuple[int, str, bool, Callable[[Value], bool]]] = []

    @property
    def paths(self) -> frozenset[str]:
        """The facts that are asked for."""
        return frozenset(path for _, path, _, _ in self._asked)

    def same(self, condition: Condition) -> Condition:
        """The condition, with equal questions being one and the same object everywhere."""
        match condition:
            case Leaf():
                return self._number(condition)[1]
            case All(parts):
                return All(tuple(map(self.same, parts)))
            case Any(parts):
                return Any(tuple(map(self.same, parts)))

    def test_of(self, condition: Condition) -> Test:
        """The condition as one function."""
        if isinstance(condition, Leaf):
            return _leaf_test(*self._number(condition))
        tests = tuple(self.test_of(part) for part in condition.parts)
        if isinstance(condition, Any):
            return _any_test(tests)
        own = frozenset(self._number(leaf)[0] for leaf in leaves(condition))
        return _all_test(own, tests)

    def failing(self, known: Known) -> frozenset[int]:
        """The numbers of the questions that do not hold, or that nobody can answer."""
        return frozenset(
            number
            for number, path, turned, question in self._asked
            if (actual := known.get(path)) is None or question(actual) is turned
        )

    def _number(self, leaf: Leaf) -> tuple[int, Leaf]:
        if leaf not in self._known:
            number = len(self._asked)
            self._known[leaf] = (number, leaf)
            self._asked.append((number, leaf.fact.path, leaf.turned, _question(leaf)))
        return self._known[leaf]


def holds(leaf: Leaf, known: Known) -> bool | None:
    """Whether a question is answered as wished; None if nobody knows the fact."""
    actual = known.get(leaf.fact.path)
    return None if actual is None else _question(leaf)(actual) is not leaf.turned


def _all_test(own: frozenset[int], tests: tuple[Test, ...]) -> Test:
    def test(failing: AbstractSet[int]) -> Leaf | None:
        if own.isdisjoint(failing):
            return None  # at the speed of C: most offers that fit end here
        for one in tests:
            failed = one(failing)
            if failed is not None:
                return failed
        return None

    return test


def _any_test(tests: tuple[Test, ...]) -> Test:
    def test(failing: AbstractSet[int]) -> Leaf | None:
        first = None
        for one in tests:
            failed = one(failing)
            if failed is None:
                return None
            first = first or failed
        return first

    return test


def _leaf_test(number: int, leaf: Leaf) -> Test:
    return lambda failing: leaf if number in failing else None


def _question(leaf: Leaf) -> Callable[[Value], bool]:
    wanted = leaf.value
    if leaf.fact.kind is Kind.TIER:
        return _tiers(leaf.op, str(wanted)).__contains__
    match leaf.op:
        case Op.IS:
            return lambda actual: actual == wanted
        case Op.ONE_OF:
            return cast("frozenset[str]", wanted).__contains__
        case Op.HAS:
            return lambda actual: wanted in cast("frozenset[str]", actual)
        case Op.HAS_ANY:
            one_of = cast("frozenset[str]", wanted)
            return lambda actual: not one_of.isdisjoint(cast("frozenset[str]", actual))
        case Op.AT_LEAST:
            return lambda actual: cast("float", actual) >= cast("float", wanted)
        case Op.AT_MOST:
            return lambda actual: cast("float", actual) <= cast("float", wanted)


def _tiers(op: Op, tier: str) -> frozenset[str]:
    at = [str(one) for one in TIERS].index(tier)
    wanted = {Op.AT_LEAST: TIERS[at:], Op.AT_MOST: TIERS[: at + 1]}.get(op, TIERS[at : at + 1])
    return frozenset(str(one) for one in wanted)


def _read(tree: object, where: str, depth: int, *, turned: bool) -> Condition:
    if depth > DEEPEST:
        raise TermsError(where, "is nested more than %(most)s deep", most=DEEPEST)
    if not isinstance(tree, dict):
        raise TermsError(where, "must be an object with all, any, not or fact")
    match tree:
        case {"fact": str(path), **rest}:
            return _read_leaf(path, rest, where, turned=turned)
        case {"not": inner, **rest} if not rest:
            return _read(inner, f"{where}.not", depth + 1, turned=not turned)
        case {"all": list(parts), **rest} | {"any": list(parts), **rest} if not rest:
            word = "all" if "all" in tree else "any"
            read_parts = tuple(
                _read(part, f"{where}.{word}[{number}]", depth + 1, turned=turned)
                for number, part in enumerate(parts)
            )
            if not read_parts:
                raise TermsError(f"{where}.{word}", "must not be empty")
            return All(read_parts) if (word == "all") is not turned else Any(read_parts)
    there = ", ".join(map(str, tree)) or "nothing"
    raise TermsError(where, "must be one of all, any, not or fact, not %(said)s", said=there)


def _read_leaf(path: str, rest: Mapping[str, object], where: str, *, turned: bool) -> Leaf:
    fact = FACTS.get(path)
    if fact is None:
        raise TermsError(where, "there is no fact %(said)r", said=path)
    ops = OPS[fact.kind]
    if len(rest) != 1 or next(iter(rest)) not in ops:
        asked = ", ".join(rest) or "nothing"
        raise TermsError(
            where,
            "%(fact)s may be asked %(known)s, not %(said)s",
            fact=path,
            known=", ".join(sorted(ops)),
            said=asked,
        )
    op = Op(next(iter(rest)))
    return Leaf(fact, op, _value(fact, op, rest[op.value], f"{where}.{op}"), turned)


def _value(fact: Fact, op: Op, value: object, where: str) -> Value:
    if op in (Op.ONE_OF, Op.HAS_ANY):
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            return frozenset(value)
        raise TermsError(where, "must be a list of words")
    match fact.kind:
        case Kind.TEXT | Kind.WORDS if isinstance(value, str) and value:
            return value
        case Kind.TIER if value in list(TIERS):
            return str(value)
        case Kind.DAY if isinstance(value, str) and _is_day(value):
            return value
        case Kind.CLOCK if isinstance(value, str):
            return minutes(value, where)
        case Kind.NUMBER | Kind.SHARE | Kind.VND | Kind.SECONDS | Kind.DAYS if isinstance(
            value, int | float
        ) and not isinstance(value, bool):
            return value
    wanted = _WANTED.get(fact.kind, "%(said)r is not a number")
    raise TermsError(where, wanted, said=value, known=", ".join(TIERS))


_WANTED = {
    Kind.TEXT: "%(said)r is not a word",
    Kind.WORDS: "%(said)r is not a word",
    Kind.TIER: "%(said)r is not one of %(known)s",
    Kind.DAY: "%(said)r is not a day like 2027-02-06",
    Kind.CLOCK: "%(said)r is not a time like 09:30",
}


def minutes(text: str, where: str) -> int:
    """The minute of the day of `09:30`; `24:00` is the end of it."""
    hour, colon, minute = text.partition(":")
    if colon and len(hour) == len(minute) == 2 and (hour + minute).isdecimal():
        found = int(hour) * 60 + int(minute)
        if found <= 24 * 60 and int(minute) < 60:
            return found
    raise TermsError(where, "%(said)r is not a time like 09:30", said=text)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

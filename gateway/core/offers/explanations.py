"""The whole story of one decision: every question, its answer, and what was asked for.

For owners and staff who may see these facts; a shopper's screen gets a sentence, not this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contract.messages import Text
from gateway.core.offers.conditions import All, Any, Condition, Leaf, Op, holds
from gateway.core.offers.facts import Kind, Known, Value
from gateway.core.offers.model import Offer
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import (
    UNUSED,
    Decision,
    RuleSet,
    Situation,
    Used,
    cost_vnd,
    evaluate,
    limits,
    moment_of,
)
from gateway.core.offers.sentences import SENTENCES

UNKNOWN = Text("chưa biết", "not known")
NOW = Text("hiện là", "now")
NOT = Text("không phải: ", "not: ")
ANY_OF = Text("ít nhất một điều sau đúng", "at least one of these holds")
OPS = {
    Op.IS: Text("là", "is"),
    Op.ONE_OF: Text("là một trong", "is one of"),
    Op.AT_LEAST: Text("từ", "at least"),
    Op.AT_MOST: Text("không quá", "at most"),
    Op.HAS: Text("có", "has"),
    Op.HAS_ANY: Text("có ít nhất một trong", "has any of"),
}
LIMITS = {
    Reason.TOTAL_LIMIT: Text("tổng số lần đã phát", "given in all"),
    Reason.STORE_LIMIT: Text("số lần ở cửa hàng này", "given in this store"),
    Reason.DAY_LIMIT: Text("số lần hôm nay", "given today"),
    Reason.PROFILE_LIMIT: Text("số lần của khách này", "given to this customer"),
    Reason.VISIT_LIMIT: Text("số lần trong lượt ghé này", "given on this visit"),
}
BUDGET = Text("ngân sách đã dùng", "budget spent")
COOLDOWN = Text("thời gian từ lần dùng trước", "time since the last use")
BELOW = Text("dưới", "less than")


@dataclass(frozen=True, slots=True)
class Line:
    """One question and its answer; `depth` says how far it is indented below an "any of"."""

    is_met: bool
    text: Text
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an offer was given or not."""

    decision: Decision
    sentence: Text
    lines: tuple[Line, ...]


def explain(rules: RuleSet, situation: Situation, used: Mapping[str, Used]) -> list[Explanation]:
    """Everything about every offer, in the order of `evaluate`, with actual and required values.

    Without consent no personal answer is looked at: the lines then say which consent is missing.
    """
    story = _Story(moment_of(rules, situation).known)
    explained = []
    for number, decision in enumerate(evaluate(rules, situation, used)):
        lines: list[Line] = []
        if decision.offer is not None:
            rule = rules.rules[number]
            missing = rule.purposes - frozenset(situation.consents)
            lines += [_consent(purpose) for purpose in sorted(missing)]
            if not missing:
                lines += story.tree(rule.trigger, 0)
                lines += story.tree(rule.who, 0)
                lines += _caps(decision.offer, used.get(decision.offer.content.id), story.known)
        explained.append(Explanation(decision, SENTENCES[decision.reason], tuple(lines)))
    return explained


class _Story:
    """One shopper's answers. Each question is put into words once, however many offers ask it."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._said: dict[tuple[int, int], Line] = {}

    def tree(self, condition: Condition, depth: int) -> list[Line]:
        """All questions of a condition."""
        match condition:
            case Leaf():
                return [self._leaf(condition, depth)]
            case Any(parts):
                is_met = any(_holds(part, self.known) for part in parts)
                below = [line for part in parts for line in self.tree(part, depth + 1)]
                return [Line(is_met, ANY_OF, depth), *below]
            case All(parts):
                return [line for part in parts for line in self.tree(part, depth)]

    def _leaf(self, leaf: Leaf, depth: int) -> Line:
        key = (id(leaf), depth)  # equal questions of one rule set are one object
        line = self._said.get(key)
        if line is None:
            line = Line(holds(leaf, self.known) is True, asked(leaf, self.known), depth)
            self._said[key] = line
        return line


def asked(leaf: Leaf, known: Known) -> Text:
    """One question with its answer: `basket total at least 300,000 ₫ (now 255,000 ₫)`."""
    actual = known.get(leaf.fact.path)
    required = written(leaf.value, leaf.fact.kind)
    answer = UNKNOWN if actual is None else written(actual, leaf.fact.kind)
    turned = NOT if leaf.turned else Text("", "")
    op, name = OPS[leaf.op], leaf.fact.name
    return Text(
        f"{turned.vi}{name.vi} {op.vi} {required.vi} ({NOW.vi} {answer.vi})",
        f"{turned.en}{name.en} {op.en} {required.en} ({NOW.en} {answer.en})",
    )


def written(value: Value, kind: Kind) -> Text:
    """A value as people of each language write it."""
    if isinstance(value, frozenset):
        words = ", ".join(sorted(value)) or "-"
        return Text(words, words)
    if isinstance(value, str):
        return Text(value, value)
    match kind:
        case Kind.VND:
            grouped = f"{value:,.0f}"
            return Text(f"{grouped.replace(',', '.')} ₫", f"{grouped} ₫")
        case Kind.SHARE:
            return _both(f"{value:.0%}")
        case Kind.CLOCK:
            return _both(f"{int(value) // 60:02}:{int(value) % 60:02}")
        case Kind.SECONDS:
            return Text(f"{value:.0f} giây", f"{value:.0f} s")
        case Kind.DAYS:
            return Text(f"{value:g} ngày", f"{value:g} days")
    return Text(f"{value:g}".replace(".", ","), f"{value:g}")


def _both(words: str) -> Text:
    return Text(words, words)


def _holds(condition: Condition, known: Known) -> bool:
    if isinstance(condition, Leaf):
        return holds(condition, known) is True
    parts = (_holds(part, known) for part in condition.parts)
    return any(parts) if isinstance(condition, Any) else all(parts)


def _consent(purpose: str) -> Line:
    return Line(False, Text(f"đồng ý cho mục đích {purpose}", f"consent to {purpose}"))


def _caps(offer: Offer, counted: Used | None, known: Known) -> Iterator[Line]:
    caps, used = offer.terms.caps, counted or UNUSED
    for cap, count, reason in limits(caps, used):
        if cap is not None:
            yield Line(count < cap, _counted(LIMITS[reason], _both(str(cap)), _both(str(count))))
    if caps.spend_vnd is not None:
        most, spent = written(caps.spend_vnd, Kind.VND), written(used.spent_vnd, Kind.VND)
        cost = cost_vnd(offer, known)
        more = written(cost, Kind.VND)
        text = Text(
            f"{BUDGET.vi} {spent.vi}, lần này {more.vi}, tối đa {most.vi}",
            f"{BUDGET.en} {spent.en}, this time {more.en}, at most {most.en}",
        )
        yield Line(used.spent_vnd + cost <= caps.spend_vnd, text)
    if caps.cooldown_s is not None:
        quiet = UNKNOWN if used.quiet_s is None else written(used.quiet_s, Kind.SECONDS)
        least = written(caps.cooldown_s, Kind.SECONDS)
        text = Text(
            f"{COOLDOWN.vi} từ {least.vi} ({NOW.vi} {quiet.vi})",
            f"{COOLDOWN.en} at least {least.en} ({NOW.en} {quiet.en})",
        )
        yield Line(used.quiet_s is None or used.quiet_s >= caps.cooldown_s, text)


def _counted(name: Text, most: Text, count: Text) -> Text:
    return Text(
        f"{name.vi} {BELOW.vi} {most.vi} ({NOW.vi} {count.vi})",
        f"{name.en} {BELOW.en} {most.en} ({NOW.en} {count.en})",
    )

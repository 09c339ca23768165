"""A condition as sentences, one question a line, so that an owner reads what they ask for."""

from __future__ import annotations

from collections.abc import Iterator

from contract.messages import Text
from gateway.core.offers.conditions import All, Any, Condition, Leaf
from gateway.core.offers.explanations import ANY_OF, NOT, OPS, written

ALL_OF = Text("tất cả những điều sau đúng", "all of these hold")


def sentences(condition: Condition, depth: int = 0) -> Iterator[tuple[int, Text]]:
    """Each line with how far it is indented; nothing for a condition that always holds."""
    match condition:
        case Leaf():
            yield depth, _question(condition)
        case Any(parts):
            yield depth, ANY_OF
            for part in parts:
                yield from sentences(part, depth + 1)
        case All(parts):
            deeper = depth
            if depth and len(parts) > 1:  # at the top that everything must hold goes without saying
                yield depth, ALL_OF
                deeper += 1
            for part in parts:
                yield from sentences(part, deeper)


def _question(leaf: Leaf) -> Text:
    turned = NOT if leaf.turned else Text("", "")
    op, name, value = OPS[leaf.op], leaf.fact.name, written(leaf.value, leaf.fact.kind)
    return Text(
        f"{turned.vi}{name.vi} {op.vi} {value.vi}", f"{turned.en}{name.en} {op.en} {value.en}"
    )

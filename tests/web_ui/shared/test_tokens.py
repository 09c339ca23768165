"""What is no text and must be seen all the same: rings around what has the focus, edges of fields.

axe looks at text only; these are WCAG 2.2's 1.4.11 and 2.4.13, by the style sheet's own colours.
"""

from __future__ import annotations

import re

import pytest

from gateway.core.colours import ratio
from web_ui.shared.site import HOUSE

LEAST = 3.0
SHEET = (HOUSE / "shared" / "static" / "tokens.css").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", SHEET))
GROUNDS = ("paper", "paper-2", "white", "jade-100", "jade-700", "jade-900", "jade-950", "glass")
MORE_GROUNDS = ("lacquer-700", "lacquer-100", "gold-500", "gold-100")


@pytest.mark.parametrize("ground", [*GROUNDS, *MORE_GROUNDS])
def test_one_of_the_two_tones_of_the_focus_ring_is_seen_on_every_ground(ground: str) -> None:
    tones = {name: ratio(TOKENS[name], TOKENS[ground]) for name in ("focus", "gold-300")}

    assert max(tones.values()) >= LEAST, tones


def test_the_two_tones_are_seen_beside_each_other() -> None:
    assert ratio(TOKENS["focus"], TOKENS["gold-300"]) >= LEAST


@pytest.mark.parametrize("ground", ["white", "paper", "paper-2"])
def test_the_edge_of_a_field_is_seen(ground: str) -> None:
    assert ratio(TOKENS["border"], TOKENS[ground]) >= LEAST

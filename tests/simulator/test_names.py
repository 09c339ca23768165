"""The audit of the demo looks for given names: none may be a word that screens or offers say."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from simulator import goods
from simulator.floor import SHELVES
from simulator.names import GIVEN, full_name
from simulator.shop import STORE_NAME

ROOT = Path(__file__).parents[2]
SAID = [
    *ROOT.glob("web_ui/translations/*/LC_MESSAGES/*.po"),
    *ROOT.glob("web_ui/screen/templates/*"),
]


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@pytest.mark.parametrize("path", SAID, ids=lambda path: path.name)
def test_no_given_name_is_a_word_on_the_screens(path: Path) -> None:
    assert not GIVEN & words(path.read_text(encoding="utf-8"))


def test_no_given_name_is_a_word_of_the_shop() -> None:
    texts = [STORE_NAME, *(label for shelf in SHELVES for label in (shelf.vi, shelf.en))]
    for offer in goods.OFFERS:
        texts += [*offer.kind, *offer.badge, *offer.until, *offer.title, *offer.why]

    assert SAID
    assert not GIVEN & words(" ".join(texts))


def test_names_have_a_family_a_middle_and_a_given_name() -> None:
    rng = Random(5)
    for _ in range(200):
        parts = full_name(rng).split()
        assert len(parts) in {3, 4}  # Tôn Nữ and Tôn Thất are two words
        assert parts[-1] in GIVEN
        assert len(set(parts)) == len(parts)

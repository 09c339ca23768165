from __future__ import annotations

import re

from web_ui.shared import icons, vendor


def test_every_icon_is_drawn_whole_and_in_as_few_pieces_as_can_be() -> None:
    sprite = icons.SPRITE.read_text()
    drawn = icons.strokes()

    assert set(drawn) == set(vendor.ICONS)
    for name, body in icons.SYMBOL.findall(sprite):
        lines = re.findall(r' d="([^"]*)"', body)
        assert all(line in drawn[name] for line in lines), name
        assert drawn[name].count("<path") == 1 + body.count("fill="), name

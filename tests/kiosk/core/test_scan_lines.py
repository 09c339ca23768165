"""What a serial scanner sends, and what of it is a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.scan_lines import Lines

Came = list[tuple[float, bytes]]


def read(came: Came) -> list[str]:
    lines = Lines()
    return [text for at_s, data in came for text in lines.take(data, at_s)]


@pytest.mark.parametrize(
    ("came", "texts"),
    [
        pytest.param([(0, b"MD1:ABC\r")], ["MD1:ABC"], id="carriage return"),
        pytest.param([(0, b"MD1:ABC\r\n")], ["MD1:ABC"], id="both"),
        pytest.param([(0, b"A\nB\n")], ["A", "B"], id="two at once"),
        pytest.param([(0, b"MD1"), (0.1, b":ABC"), (0.15, b"\r")], ["MD1:ABC"], id="in pieces"),
        pytest.param([(0, b"MD1:ABC"), (0.1, b"")], [], id="not yet"),
        pytest.param([(0, b"MD1:ABC"), (0.25, b"")], ["MD1:ABC"], id="ended by silence"),
        pytest.param([(0, b"A"), (5, b"B\r")], ["A", "B"], id="silence ends before what follows"),
        pytest.param([(0, b"x" * 160 + b"\r")], ["x" * 160], id="160 characters"),
        pytest.param([(0, b"x" * 161 + b"\rB\r")], ["B"], id="161, and then one of ours"),
        pytest.param([(0, b"x" * 99_999), (0.1, b"\rB\r")], ["B"], id="far too many"),
        pytest.param([(0, "Phở\r".encode()), (0.1, b"B\r")], ["B"], id="not ASCII"),
        pytest.param([(0, b"a\x1db\r"), (0.1, b"B\r")], ["B"], id="control characters"),
        pytest.param([(0, b"\r\n\r\n")], [], id="nothing"),
    ],
)
def test_texts_of_a_serial_scanner(came: Came, texts: list[str]) -> None:
    assert read(came) == texts


@given(st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=300)), max_size=20))
def test_whatever_comes_only_short_ascii_goes_on_and_little_is_held(came: Came) -> None:
    lines, now_s = Lines(), 0.0
    for pause_s, data in came:
        now_s += pause_s
        for text in lines.take(data, now_s):
            assert text.isascii()
            assert text.isprintable()
            assert 0 < len(text) <= 160
        assert len(lines._held) <= 160


@given(
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=160)),
    st.integers(1, 50),
)
def test_texts_arrive_however_they_are_cut(texts: list[str], cut: int) -> None:
    sent = "".join(f"{text}\r\n" for text in texts).encode()
    came = [(0.0, sent[at : at + cut]) for at in range(0, len(sent), cut)]

    assert read(came) == texts

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.toml_lines import read
from firmware_config.toml_text import written

GOOD = """\
a = 1
"b c" = 'x' # as well
d.e = [1,
  2, # two
]
[x]
f = { g = 1, h.i = 2 }
[x.y]
j = \"\"\"
[no.heading]
k = 1
\"\"\"
[[l]]
m = 1
[l.n]
o = 2027-02-06
[[l]]
[l.n]
o = 1e3
"""


def test_what_python_reads_is_read_alike_and_each_thing_knows_its_line() -> None:
    document = read(GOOD)

    assert document.mistakes == []
    assert document.tables == tomllib.loads(GOOD)
    assert document.line(("d", "e")) == 3
    assert document.line(("x", "f", "g")) == 7
    assert document.line(("l", 1, "n", "o")) == 19
    assert document.line(("l", 0)) == 13
    assert document.line(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a = 1\nb", 2, "'b' is neither a heading nor KEY = VALUE"),
        ('a = "1\nb = 2', 1, "a cannot be read"),
        ("a = [1\nb = 2", 1, "a cannot be read"),
        ("a = 1\na = 2\nb = 2", 2, "a is there twice (line 1)"),
        ("[x]\nb = 2\n[x]", 3, "[x] is there twice (line 1)"),
        ("[[x]]\nb = 2\n[[x]\n", 3, "[[x] is no heading: [table] or [[list]]"),
        ("x = 1\n[x]\nb = 2", 2, "[x] is there twice (line 1)"),
        ("x = 1\n[x.y]\nb = 2", 2, "[x.y] is in something that is no table"),
        ("x = 1\nx.y = 1\nb = 2", 2, "x.y is in something that is no table"),
        ("[x]\nb = 2\n[[x]]", 3, "[[x]] is there already, and no list"),
    ],
)
def test_a_mistake_has_its_line_and_the_rest_is_read(text: str, line: int, problem: str) -> None:
    document = read(text)

    assert [found for found, _ in document.mistakes] == [line]
    assert document.mistakes[0][1].startswith(problem)
    has_b = any(path[-1] == "b" for path in document.lines)
    assert has_b or "nor KEY" in problem or document.tables == {"x": 1}


def test_a_list_under_a_wrong_name_joins_the_right_one() -> None:
    document = read("[[ab]]\nc = 1\n[[ba]]\nc = 2\n")

    document.rename(("ba",), "ab")

    assert document.tables == {"ab": [{"c": 1}, {"c": 2}]}
    assert document.line(("ab", 1, "c")) == 4


@given(st.text(alphabet="ab.=[]{}\"'#\n 1,", max_size=40))
def test_no_text_is_too_strange_and_what_python_takes_is_the_same(text: str) -> None:
    document = read(text)

    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert document.mistakes == []
    assert document.tables == expected


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=10)
values = st.booleans() | st.integers(-(2**40), 2**40) | words | st.lists(words, max_size=3)
keys = st.from_regex("[a-z_]{1,5}", fullmatch=True)
tables = st.recursive(
    st.dictionaries(keys, values, max_size=4),
    lambda inner: st.dictionaries(keys, values | inner | st.lists(inner, min_size=1), max_size=3),
    max_leaves=8,
)


@given(tables)
def test_what_is_written_is_read_again(table: dict[str, object]) -> None:
    assert tomllib.loads(written(table, "Two\nlines.")) == table

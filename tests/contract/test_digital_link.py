"""Shelf codes: GS1's own examples, and everything that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import digital_link
from contract.digital_link import DigitalLink
from contract.errors import ContractError

GTIN = "09520123456788"  # the one in the examples of GS1's Digital Link standard


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"https://id.gs1.org/01/{GTIN}", DigitalLink("id.gs1.org", GTIN)),
        (
            f"https://brand.example.com/some-extra/pins/01/{GTIN}",
            DigitalLink("brand.example.com", GTIN),
        ),
        (
            f"https://id.gs1.org/01/{GTIN}/22/2A",
            DigitalLink("id.gs1.org", GTIN, variant="2A"),
        ),
        (
            f"https://id.gs1.org/01/{GTIN}/10/ABC1/21/12345?17=180426",
            DigitalLink("id.gs1.org", GTIN, lot="ABC1", serial="12345", expires="180426"),
        ),
        (f"https://id.gs1.org/01/{GTIN}/10/A%2FB/", DigitalLink("id.gs1.org", GTIN, lot="A/B")),
        ("http://s.vn/01/9520123456788", DigitalLink("s.vn", GTIN)),
    ],
)
def test_the_standards_examples_are_read(text: str, says: DigitalLink) -> None:
    assert digital_link.read(text) == says
    assert digital_link.read(digital_link.write(says)) == says


@pytest.mark.parametrize("gtin", ["6291041500213", "036000291452", "96385074", GTIN])
def test_the_check_digit_is_the_known_one(gtin: str) -> None:
    """An EAN-13, a UPC-A, an EAN-8 that others print in their books, and GS1's own."""
    assert digital_link.check_digit(gtin[:-1]) == int(gtin[-1])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no web address"),
        ("MD1:ABC", "no web address"),
        ("https://id.gs1.org/", "no web address"),
        ("https://id.gs1.org/01", "no web address"),
        ("https://[::1/01/1", "IPv6"),
        (f"ftp://id.gs1.org/01/{GTIN}", "no web address"),
        ("https://id.gs1.org/01/09520123456789", "check digit should be 8"),
        ("https://id.gs1.org/01/952012345678", "check digit"),
        ("https://id.gs1.org/01/95201234", "check digit"),
        ("https://id.gs1.org/01/952", "8, 12, 13 or 14 digits"),
        (f"https://id.gs1.org/01/{GTIN}/99/x", "behind the GTIN"),
        (f"https://id.gs1.org/01/{GTIN}/10", "behind the GTIN"),
        (f"https://id.gs1.org/01/{GTIN}/21/1/10/2", "in this order"),
        (f"https://id.gs1.org/01/{GTIN}/10/1/10/2", "once each"),
        (f"https://id.gs1.org/01/{GTIN}/10/{'x' * 21}", "1 to 20"),
        (f"https://id.gs1.org/01/{GTIN}/10/tr%C3%A0", "1 to 20"),
        (f"https://id.gs1.org/01/{GTIN}?17=261331", "no day"),
        (f"https://id.gs1.org/01/{GTIN}?" + "x" * 600, "at most 512"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str, problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        digital_link.read(text)


@given(st.text(max_size=80))
def test_no_text_makes_it_stumble(text: str) -> None:
    for candidate in (
        text,
        f"https://{text}",
        f"https://s.vn/01/{text}",
        f"https://s.vn/{text}/01/1",
    ):
        try:
            digital_link.read(candidate)
        except ContractError:
            continue

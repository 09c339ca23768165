"""Codes that nobody guesses and nobody misreads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from contract.drawn_codes import ALPHABET, LENGTH, draw, is_drawn, written
from gateway.core.offers.reasons import Reason
from gateway.core.vouchers import Voucher, VoucherKind, judge, typed

CODE = draw(Random(1).randrange)
TODAY = date(2026, 3, 1)
MINE = Voucher(CODE, "tea", VoucherKind.PERSONAL, "00000000a001", "hue-1", TODAY, TODAY)


def test_no_sign_looks_like_another() -> None:
    assert not set("01ODQILUVZSGB") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 23


def test_every_wrong_sign_and_every_swap_is_noticed() -> None:
    for place in range(LENGTH):
        for sign in set(ALPHABET) - {CODE[place]}:
            assert not is_drawn(CODE[:place] + sign + CODE[place + 1 :])
        for other in range(place):
            swapped = list(CODE)
            swapped[place], swapped[other] = swapped[other], swapped[place]
            assert is_drawn("".join(swapped)) is (CODE[place] == CODE[other])


def test_a_code_is_found_however_it_is_typed() -> None:
    printed = written(CODE)
    assert [len(part) for part in printed.split("-")] == [4, 4, 4]
    misread = printed.lower().replace("2", "z").replace("5", "s").replace("6", "g")
    assert typed(f" {misread} ") == CODE
    assert typed("Tet 2027") == written("TET2027") == "TET2027"
    assert typed("BIGSALE") == "BIGSALE"  # no drawn code: its letters are meant


def test_codes_are_not_drawn_twice() -> None:
    random = Random(2)
    assert len({draw(random.randrange) for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(
    ("voucher", "reason"),
    [
        (MINE, None),
        (None, Reason.UNKNOWN_CODE),
        (replace(MINE, store="hue-2"), Reason.WRONG_STORE),
        (replace(MINE, store=None), None),
        (replace(MINE, starts_on=date(2026, 3, 2)), Reason.NOT_STARTED),
        (replace(MINE, ends_on=date(2026, 2, 28)), Reason.ENDED),
        (replace(MINE, member="00000000b002"), Reason.WRONG_RECIPIENT),
        (replace(MINE, member=None, kind=VoucherKind.POOL), None),
    ],
    ids=str,
)
def test_a_code_says_for_whom_where_and_when(
    voucher: Voucher | None, reason: Reason | None
) -> None:
    assert judge(voucher, "00000000a001", "hue-1", TODAY) is reason

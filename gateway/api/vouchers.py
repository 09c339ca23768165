"""`/v1/vouchers:check`: whether a code or an offer would be good now. It holds nothing."""

from __future__ import annotations

import msgspec

from gateway import redemptions
from gateway.api.problems import Problem, Said
from gateway.api.redemptions import Wanted, wish_of
from gateway.api.routes import Call, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.offers.reasons import Reason
from gateway.store import offers


class Checked(msgspec.Struct, frozen=True):
    """What reserving it would say."""

    good: bool
    reason: str
    sentence: Said


def check_voucher(call: Call[Wanted]) -> Result:
    """By the same rule as reserving, at this moment; another may be faster."""
    answer = redemptions.check(call.db, offers.rules(call.db), wish_of(call), call.now_ms)
    sentence = Said(answer.sentence.vi, answer.sentence.en)
    return Result(Checked(answer.reason is Reason.GRANTED, str(answer.reason), sentence))


ROUTES = (
    Route(
        "POST",
        "/vouchers:check",
        Scope.VOUCHERS_READ,
        "Whether a code or an offer would be good now; holds nothing.",
        check_voucher,
        Wanted,
        answer=Checked,
        problems=(Problem.NO_SUCH_STORE, Problem.NO_SUCH_MEMBER),
        is_trial=True,
    ),
)

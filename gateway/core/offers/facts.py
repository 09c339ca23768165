"""Everything a condition may ask about: name, kind, unit, and what its use needs consent to.

What is not in this table cannot be asked. A fact nobody knows is simply absent, and no condition
over it holds, neither as it stands nor turned round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from contract.messages import Text
from gateway.core.consent import Purpose
from gateway.core.offers.reasons import Reason

Value: TypeAlias = "int | float | str | frozenset[str]"
Known: TypeAlias = Mapping[str, Value]


class Kind(StrEnum):
    """What sort of thing a fact is; decides which questions make sense and how it is written."""

    NUMBER = "number"
    SHARE = "share"  # between 0 and 1
    VND = "vnd"
    SECONDS = "seconds"
    DAYS = "days"
    CLOCK = "clock"  # minutes since midnight, written 09:30
    DAY = "day"  # 2027-02-06
    TEXT = "text"
    WORDS = "words"  # several, in no order
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that may be known about a moment."""

    path: str
    kind: Kind
    name: Text
    reason: Reason = Reason.CONDITION_UNMET  # when a condition over it does not hold
    purposes: frozenset[Purpose] = frozenset()  # what must be agreed to before it chooses offers


_OFFERS = frozenset({Purpose.PERSONAL_OFFERS})
# What somebody did on other days or online is a profile of their behaviour: asked for on its own.
_BEHAVIOUR = frozenset({Purpose.PERSONAL_OFFERS, Purpose.PROFILING})

_ALL = (
    # where, when, how: nobody's secret
    Fact("store", Kind.TEXT, Text("cửa hàng", "store"), Reason.WRONG_STORE),
    Fact("kiosk", Kind.TEXT, Text("màn hình", "kiosk")),
    Fact("channel", Kind.TEXT, Text("kênh", "channel"), Reason.WRONG_CHANNEL),
    Fact("moment", Kind.TEXT, Text("thời điểm trong lượt ghé", "moment of the visit")),
    Fact("shelf", Kind.TEXT, Text("kệ vừa quét mã", "shelf whose code was scanned")),
    Fact("time.clock", Kind.CLOCK, Text("giờ", "time of day"), Reason.OUTSIDE_HOURS),
    Fact("time.weekday", Kind.NUMBER, Text("thứ (1 là thứ Hai)", "weekday (1 is Monday)")),
    Fact("time.day", Kind.DAY, Text("ngày", "day")),
    # this visit
    Fact(
        "visit.confidence",
        Kind.SHARE,
        Text("độ chắc chắn về người đến", "certainty about who it is"),
        Reason.IDENTITY_TOO_WEAK,
    ),
    Fact("visit.evidence", Kind.TEXT, Text("cách nhận ra", "how they were recognised")),
    Fact("visit.dwell_s", Kind.SECONDS, Text("thời gian ở cửa hàng", "time in the store")),
    # other visits
    Fact(
        "visits.count",
        Kind.NUMBER,
        Text("số lượt ghé cửa hàng này", "visits to this store, this one included"),
        purposes=_BEHAVIOUR,
    ),
    Fact(
        "visits.days_since_last",
        Kind.DAYS,
        Text("số ngày từ lượt ghé trước", "days since the visit before"),
        purposes=_BEHAVIOUR,
    ),
    # the profile
    Fact("profile.tier", Kind.TIER, Text("hạng thành viên", "tier"), Reason.TIER, _OFFERS),
    Fact("profile.points", Kind.NUMBER, Text("điểm", "points"), purposes=_OFFERS),
    Fact(
        "profile.segments",
        Kind.WORDS,
        Text("nhóm khách hàng", "customer groups"),
        Reason.SEGMENT,
        _BEHAVIOUR,
    ),
    Fact(
        "profile.birthday_in_days",
        Kind.DAYS,
        Text("số ngày đến hoặc qua sinh nhật", "days to or from the birthday"),
        purposes=_OFFERS,
    ),
    Fact("profile.age", Kind.NUMBER, Text("tuổi", "age"), Reason.AGE, _OFFERS),
    Fact(
        "profile.source",
        Kind.TEXT,
        Text("nguồn biết đến", "where they came from first"),
        purposes=_OFFERS,
    ),
    # what they look at
    Fact("interests", Kind.WORDS, Text("mối quan tâm", "interests"), Reason.SEGMENT, _OFFERS),
    Fact(
        "interests.viewed",
        Kind.WORDS,
        Text("đã xem trên mạng", "viewed online"),
        Reason.SEGMENT,
        _BEHAVIOUR,
    ),
    Fact(
        "interests.carted",
        Kind.WORDS,
        Text("đang ở giỏ hàng trên mạng", "in the cart online"),
        Reason.SEGMENT,
        _BEHAVIOUR,
    ),
    Fact(
        "interests.asked",
        Kind.WORDS,
        Text("đã hỏi", "asked about"),
        Reason.SEGMENT,
        _BEHAVIOUR,
    ),
    # what they ordered and booked
    Fact("orders.open", Kind.NUMBER, Text("đơn chưa nhận", "open orders"), purposes=_OFFERS),
    Fact(
        "orders.ready",
        Kind.NUMBER,
        Text("đơn đã sẵn sàng", "orders ready to pick up"),
        purposes=_OFFERS,
    ),
    Fact(
        "orders.arrived",
        Kind.NUMBER,
        Text("đơn đang đến nhận", "orders being picked up now"),
        purposes=_OFFERS,
    ),
    Fact(
        "orders.unpaid_vnd",
        Kind.VND,
        Text("tiền còn phải trả cho đơn", "unpaid for orders"),
        purposes=_OFFERS,
    ),
    Fact(
        "appointments.today",
        Kind.NUMBER,
        Text("lịch hẹn hôm nay", "appointments today"),
        purposes=_OFFERS,
    ),
    Fact(
        "appointments.kinds",
        Kind.WORDS,
        Text("loại lịch hẹn hôm nay", "kinds of today's appointments"),
        purposes=_OFFERS,
    ),
    # the basket at the till: shown by the shopper, for this purpose
    Fact("basket.total_vnd", Kind.VND, Text("tổng giỏ hàng", "basket total"), Reason.MIN_SPEND),
    Fact(
        "basket.items", Kind.NUMBER, Text("số món trong giỏ", "items in the basket"), Reason.MIN_QTY
    ),
    Fact(
        "basket.skus",
        Kind.WORDS,
        Text("mã hàng trong giỏ", "articles in the basket"),
        Reason.ITEM_MISSING,
    ),
)
FACTS = {fact.path: fact for fact in _ALL}

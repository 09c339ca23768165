"""How long each sort of data is kept: the defaults, and the bounds of what an owner may set.

It forgets nothing itself. Points, orders and redemptions are the shop's accounts and not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Text
from gateway.core.consent_texts import DAY_MS, PRESENT


class Kept(StrEnum):
    """What is forgotten in time, each by a number of its own."""

    SIGHTINGS = "sightings"
    FAILED_SCANS = "failed_scans"
    PASS_USES = "pass_uses"
    PHONE_CODES = "phone_codes"
    DEAD_LETTERS = "dead_letters"
    INTERESTS = "interests"
    MESSAGES = "messages"
    DECISIONS = "decisions"
    VISITS = "visits"
    CONSENT_PROOFS = "consent_proofs"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept, for how many days unless the owner says otherwise, and why so long."""

    days: int
    what: Text
    why: Text
    least_days: int = 1


_PROMISED_DAYS = max(one.promise.days for one in PRESENT.values() if one.promise is not None)

# P10 of the requirements; where it is silent, what the code itself still needs.
RULES: Mapping[Kept, Rule] = {
    Kept.SIGHTINGS: Rule(
        1,
        Text("Lúc thẻ đến, đổi chỗ, rời đi", "When tags came, moved and left"),
        Text("đã thành lượt ghé", "they have become visits"),
    ),
    Kept.FAILED_SCANS: Rule(
        1,
        Text("Mã quét không được chấp nhận", "Codes that were refused"),
        Text("để tìm lỗi trong ngày", "to find a fault on the same day"),
    ),
    Kept.PASS_USES: Rule(
        1,
        Text("Mã thành viên đã dùng", "Passes that were used"),
        Text("chống dùng lại; mã sống một phút", "against replay; a pass lives for a minute"),
    ),
    Kept.PHONE_CODES: Rule(
        1,
        Text(
            "Đường dẫn tạo thẻ và mã gửi qua tin nhắn đã hết hạn",
            "Links for phones, and codes by message, that have ended",
        ),
        Text("chúng sống mười lăm phút", "they live for a quarter of an hour"),
    ),
    Kept.DEAD_LETTERS: Rule(
        30,
        Text("Tin không đọc được", "Messages nobody could read"),
        Text("để sửa lỗi", "so that somebody can mend it"),
    ),
    Kept.INTERESTS: Rule(
        90,
        Text(
            "Hàng đã xem, đã bỏ vào giỏ, đường dẫn đã mở",
            "What was viewed and carted, links followed",
        ),
        Text("đã hứa trong lời đồng ý", "promised in the words of the consent"),
    ),
    Kept.MESSAGES: Rule(
        90,
        Text("Lúc đã gửi tin", "When messages went out"),
        Text("để giữ lời hứa về số tin", "to keep the promise of how many come"),
        least_days=_PROMISED_DAYS,
    ),
    Kept.DECISIONS: Rule(
        90,
        Text("Vì sao hiện hay không hiện ưu đãi", "Why offers were shown or not"),
        Text("để trả lời câu hỏi của khách", "to answer a shopper who asks"),
    ),
    Kept.VISITS: Rule(
        395,  # thirteen months: a year can be compared with the one before
        Text(
            "Lượt ghé, thẻ việc, lịch hẹn, sổ cửa, lệnh cho kiosk, mã đã quét, nhóm thử nghiệm",
            "Visits, cards, appointments, door records, orders to kiosks, codes that were read, "
            "who was in which test",
        ),
        Text("so sánh hai năm", "to compare two years"),
    ),
    Kept.CONSENT_PROOFS: Rule(
        1826,  # five years after the last word of somebody who is nobody here any more
        Text("Bằng chứng đồng ý của người đã xoá", "Proofs of consent of who was erased"),
        Text("thời hiệu khiếu nại", "as long as somebody may complain"),
    ),
    Kept.AUDIT: Rule(
        730,  # two years: what somebody looked at is asked about late, but not for ever
        Text("Ai đã làm gì, xem hồ sơ nào", "Who did what, and whose profile they saw"),
        Text("để trả lời khi bị khiếu nại", "to answer a complaint"),
        least_days=90,
    ),
}

Table = Mapping[Kept, int | None]  # days; None: for ever


def table(wanted: Table) -> Table:
    """What an owner set, and the defaults for the rest."""
    return {kept: wanted.get(kept, rule.days) for kept, rule in RULES.items()}


def before_ms(days: int, now_ms: int) -> int:
    """What is older than this is forgotten."""
    return now_ms - days * DAY_MS

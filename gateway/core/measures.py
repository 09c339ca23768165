"""What an owner can know of a shop in numbers: each number's definition, and what it cannot say.

docs/metrics.md says the same in a table; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.footfall import COUNTED_LEAST
from contract.messages import Text


class Measure(StrEnum):
    """One number a shop has for every hour."""

    VISITS = "visits"
    RETURNING = "returning"
    DWELL_S = "dwell_s"
    SERVE_S = "serve_s"
    HAND_OVER_S = "hand_over_s"
    REDEMPTIONS = "redemptions"
    GIVEN_VND = "given_vnd"
    ENTRIES = "entries"
    CAPTURE = "capture"
    CHECK_INS = "check_ins"
    MEMBERS = "members"
    SALES = "sales"
    REVENUE_VND = "revenue_vnd"
    TICKET_VND = "ticket_vnd"
    BOUGHT = "bought"
    PASSED = "passed"
    PHONES = "phones"
    STAY_S = "stay_s"


class Sort(StrEnum):
    """How the single cases of a measure become one number."""

    COUNT = "count"  # how many there were
    SUM = "sum"  # all their amounts together
    MEAN = "mean"  # what one of them is on average
    SHARE = "share"  # how many of a hundred


class Unit(StrEnum):
    """What a number is written with."""

    PIECES = "pieces"
    SECONDS = "seconds"
    VND = "vnd"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was, and the sum of its amounts: what days and stores are added up by."""

    count: int = 0
    total: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.count + other.count, self.total + other.total)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a measure means, for people and for the queries."""

    sort: Sort
    unit: Unit
    name: Text
    meaning: Text
    unknown: Text  # what it does not know
    of: tuple[Measure, Measure] | None = None  # a share of one measure's count in another's

    def value(self, tally: Tally) -> float | None:
        """The number; None if there is nothing to make it of."""
        match self.sort:
            case Sort.COUNT:
                return tally.count
            case Sort.SUM:
                return tally.total
            case Sort.MEAN:
                return tally.total / tally.count if tally.count else None
            case Sort.SHARE:
                return 100 * tally.total / tally.count if tally.count else None


MEASURES: Mapping[Measure, Definition] = {
    Measure.VISITS: Definition(
        Sort.COUNT,
        Unit.PIECES,
        Text("Lượt đến", "Visits"),
        Text(
            "Số lượt đến của thành viên, tính theo ngày giờ bắt đầu.",
            "Visits of members, by the day and hour at which they began.",
        ),
        Text(
            "Người không phải thành viên, hoặc không đồng ý được nhận ra, không được đếm.",
            "People who are no members, or do not agree to be recognised, are not counted.",
        ),
    ),
    Measure.RETURNING: Definition(
        Sort.SHARE,
        Unit.PERCENT,
        Text("Khách quay lại", "Returning"),
        Text(
            "Trong các lượt đến, bao nhiêu phần trăm là của người đã từng đến cửa hàng này.",
            "Of the visits, how many in a hundred were by members who had been in this store.",
        ),
        Text(
            "Những lần đến trước khi dùng Hiên, hoặc đã xoá theo hạn lưu, không được biết.",
            "Visits before Hiên came, or after their storage ended, are not known.",
        ),
    ),
    Measure.DWELL_S: Definition(
        Sort.MEAN,
        Unit.SECONDS,
        Text("Thời gian ở lại", "Dwell"),
        Text(
            "Từ dấu hiệu đầu đến dấu hiệu cuối của một lượt đến, tính trung bình.",
            "From a visit's first to its last sign of presence, on average.",
        ),
        Text(
            "Lượt đến chỉ có một dấu hiệu, như một lần quét mã, không có thời gian ở lại.",
            "A visit with a single sign, as one scanned code, has no dwell and is left out.",
        ),
    ),
    Measure.SERVE_S: Definition(
        Sort.MEAN,
        Unit.SECONDS,
        Text("Chờ nhân viên", "Time to serve"),
        Text(
            "Từ lúc thẻ báo hiện lên đến khi có nhân viên nhận, tính trung bình.",
            "From a card's first appearance until somebody of the staff took it, on average.",
        ),
        Text(
            "Thẻ không ai nhận không có thời gian chờ và không được tính.",
            "Cards nobody took have no such time and are left out.",
        ),
    ),
    Measure.HAND_OVER_S: Definition(
        Sort.MEAN,
        Unit.SECONDS,
        Text("Chờ nhận đơn", "Time to hand over"),
        Text(
            "Từ lúc khách báo đã đến đến khi đơn được giao, tính trung bình.",
            "From a customer's word that they are there until they have their order, on average.",
        ),
        Text(
            "Đơn mà khách không báo đã đến, hoặc không thuộc cửa hàng nào, không được tính.",
            "Orders without that word, or of no certain store, are left out.",
        ),
    ),
    Measure.REDEMPTIONS: Definition(
        Sort.COUNT,
        Unit.PIECES,
        Text("Ưu đãi đã dùng", "Redemptions"),
        Text(
            "Số ưu đãi và phiếu được xác nhận ở quầy mà không bị huỷ sau đó.",
            "Offers and vouchers confirmed at the till and not undone since.",
        ),
        Text(
            "Ưu đãi dùng ngoài hệ thống, như giảm giá bằng tay, không được biết.",
            "What was given by hand, outside Hiên, is not known.",
        ),
    ),
    Measure.GIVEN_VND: Definition(
        Sort.SUM,
        Unit.VND,
        Text("Giá trị ưu đãi", "Cost of offers"),
        Text(
            "Tổng giá trị của các ưu đãi đã dùng.",
            "What all redemptions together cost the shop.",
        ),
        Text(
            "Phần thưởng không có giá, như quà tặng không ghi giá, được tính là không.",
            "Gifts without a written price count as nothing.",
        ),
    ),
    Measure.ENTRIES: Definition(
        Sort.COUNT,
        Unit.PIECES,
        Text("Lượt qua cửa", "Entries"),
        Text(
            "Số lần có người đi vào qua cửa có cảm biến.",
            "How often somebody went in through a door with a contact.",
        ),
        Text(
            "Cửa không có cảm biến không đếm được; hai người vào cùng lúc là một lần.",
            "A door without a contact counts nobody; two who enter together are one.",
        ),
    ),
    Measure.CAPTURE: Definition(
        Sort.SHARE,
        Unit.PERCENT,
        Text("Tỷ lệ nhận ra", "Capture"),
        Text(
            "Số lượt đến trên một trăm lượt qua cửa; nếu đếm bằng tia thì lấy một nửa.",
            "Visits for each hundred entries; by a light barrier, half of what it counts.",
        ),
        Text(
            "Không có ở cửa hàng có cửa không đếm; vượt 100 khi có người vào bằng cửa khác.",
            "Nothing where no door counts; above 100 where people also come in by another door.",
        ),
        of=(Measure.VISITS, Measure.ENTRIES),
    ),
    Measure.CHECK_INS: Definition(
        Sort.COUNT,
        Unit.PIECES,
        Text("Lượt tự xưng tên", "Check-ins"),
        Text(
            "Lượt đến mà dấu hiệu sau cùng là mã hay điện thoại của chính khách.",
            "Visits whose newest sign is a code or phone of the member's own.",
        ),
        Text(
            "Ai đưa mã ra trước rồi chỉ chạm hay mang thẻ thì không được đếm.",
            "Who showed a code first, and only touched or wore a tag since, is not counted.",
        ),
    ),
    Measure.MEMBERS: Definition(
        Sort.COUNT,
        Unit.PIECES,
        Text("Thành viên đã đến", "Members who came"),
        Text(
            "Số thành viên, mỗi người một lần trong tháng, vào ngày đến đầu tiên của tháng.",
            "Members, each once in a month, on the first day of it on which they came.",
        ),
        Text(
            "Tháng đầu tiên của một người là tháng đầu mà ở đây còn biết.",
            "Somebody's very first month is the first one that is still known here.",
        ),
    ),
    Measure.SALES: Definition(
        Sort.COUNT,
        Unit.PIECES,
        Text("Giao dịch bán", "Sales"),
        Text(
            "Số giao dịch bán mà quầy, tệp và trang bán hàng đã báo.",
            "Sales that tills, files and web shops told of.",
        ),
        Text(
            "Quầy không báo gì thì không được biết.",
            "A till that tells nothing is not known.",
        ),
    ),
    Measure.REVENUE_VND: Definition(
        Sort.SUM,
        Unit.VND,
        Text("Doanh thu", "Revenue"),
        Text(
            "Tiền của mọi giao dịch bán, trừ tiền đã hoàn vào ngày hoàn.",
            "The money of all sales, less what was given back, on the day it went back.",
        ),
        Text(
            "Đơn hàng không ai cho biết tổng tiền thì không có trong đó.",
            "Orders of which nobody said the total are not in it.",
        ),
    ),
    Measure.TICKET_VND: Definition(
        Sort.MEAN,
        Unit.VND,
        Text("Tiền mỗi giao dịch", "A sale on average"),
        Text(
            "Tiền của một giao dịch bán, tính trung bình, chưa trừ tiền hoàn.",
            "The money of one sale, on average, before anything is given back.",
        ),
        Text(
            "Như doanh thu: chỉ những giao dịch được báo.",
            "As with revenue: only sales that were told.",
        ),
    ),
    Measure.BOUGHT: Definition(
        Sort.SHARE,
        Unit.PERCENT,
        Text("Đến rồi mua", "Visits that bought"),
        Text(
            "Trong các lượt đến, bao nhiêu phần trăm mua tại đó, chậm nhất nửa giờ sau.",
            "Of the visits, how many in a hundred bought there, at most half an hour after.",
        ),
        Text(
            "Giao dịch mà quầy không biết của ai thì không thuộc lượt đến nào.",
            "A sale of which the till did not know the buyer belongs to no visit.",
        ),
    ),
    Measure.PASSED: Definition(
        Sort.SUM,
        Unit.PIECES,
        Text("Lượt qua tia", "Door counter"),
        Text(
            "Số lần tia hồng ngoại ở cửa bị ngắt, cả vào lẫn ra.",
            "How often the light barrier at the door was broken, in and out.",
        ),
        Text(
            "Hai người đi sát nhau là một lần; dưới năm lần thì đợi sang mười lăm phút sau.",
            "Two side by side are one; fewer than five wait for the next quarter of an hour.",
        ),
    ),
    Measure.PHONES: Definition(
        Sort.MEAN,
        Unit.PIECES,
        Text("Điện thoại ở gần", "Phones near"),
        Text(
            "Trung bình mỗi mười lăm phút có khoảng bao nhiêu điện thoại ở gần một máy.",
            "About how many phones were near a kiosk in a quarter of an hour, on average.",
        ),
        Text(
            "Là điện thoại, không phải người; khi dưới năm thì không tính. Để so các giờ với nhau.",
            "Phones, not people; quarters with fewer than five are left out. For comparing hours.",
        ),
    ),
    Measure.STAY_S: Definition(
        Sort.MEAN,
        Unit.SECONDS,
        Text("Ở mỗi khu vực", "Time in a zone"),
        Text(
            "Từ lúc thẻ vào một khu vực đến khi sang khu khác hoặc đi khỏi, tính trung bình.",
            "From a tag's coming into a zone until it moved on or was gone, on average.",
        ),
        Text(
            "Chỉ thẻ của người đồng ý được nhận ra; không ai báo lúc đi thì không tính.",
            "Only tags of who agrees to be recognised; a stay whose end nobody told is left out.",
        ),
    ),
}

WHOLE = 100  # of a hundred
AT_TILL_MS = 30 * 60_000  # who pays so long after the last sign of them pays for this visit


def is_many(tally: Tally) -> bool:
    """Whether a zone's number is of nobody in particular: of fewer it would be somebody."""
    return tally.count >= COUNTED_LEAST


def number(measure: Measure, tallies: Mapping[Measure, Tally]) -> float | None:
    """A measure's number, from all that was counted; None where there is nothing to make it of."""
    definition = MEASURES[measure]
    if definition.of is None:
        return definition.value(tallies.get(measure, Tally()))
    part, whole = (tallies.get(one, Tally()) for one in definition.of)
    if measure is Measure.CAPTURE and not whole.count:
        whole = Tally(tallies.get(Measure.PASSED, Tally()).total // 2)  # who came in also goes out
    return definition.value(Tally(whole.count, part.count))


def is_beyond_its_whole(measure: Measure, value: float | None) -> bool:
    """Whether a share is of more than were counted: who comes in elsewhere passes no counter."""
    return MEASURES[measure].of is not None and value is not None and value > WHOLE


def together(days: Iterable[Mapping[Measure, Tally]]) -> dict[Measure, Tally]:
    """The tallies of several days or stores as those of one."""
    sums: dict[Measure, Tally] = {}
    for day in days:
        for measure, tally in day.items():
            sums[measure] = sums.get(measure, Tally()) + tally
    return sums

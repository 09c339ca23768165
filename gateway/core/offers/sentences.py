"""What each reason sounds like to a shopper, in both languages. It says what would help."""

from __future__ import annotations

from contract.messages import Text
from gateway.core.offers.reasons import Reason

SENTENCES = {
    Reason.GRANTED: Text("Ưu đãi này dành cho bạn.", "This offer is for you."),
    Reason.NOTHING_RUNS: Text(
        "Hiện cửa hàng chưa có ưu đãi nào.", "There are no offers in this store now."
    ),
    Reason.PAUSED: Text("Ưu đãi này đang tạm dừng.", "This offer is paused for now."),
    Reason.NOT_STARTED: Text("Ưu đãi này chưa bắt đầu.", "This offer has not begun yet."),
    Reason.ENDED: Text("Ưu đãi này đã kết thúc.", "This offer is over."),
    Reason.OUTSIDE_HOURS: Text(
        "Ưu đãi này không áp dụng vào giờ này.", "This offer does not apply at this hour."
    ),
    Reason.WRONG_STORE: Text(
        "Ưu đãi này chỉ dùng ở cửa hàng khác.", "This offer is for another store."
    ),
    Reason.WRONG_CHANNEL: Text(
        "Ưu đãi này không dùng được ở đây.", "This offer cannot be used here."
    ),
    Reason.CONSENT_MISSING: Text(
        "Ưu đãi này cần bạn đồng ý trước ở mục Quyền riêng tư.",
        "This offer needs you to agree first, under Privacy.",
    ),
    Reason.IDENTITY_TOO_WEAK: Text(
        "Hãy cho xem mã thành viên để chúng tôi biết chắc là bạn.",
        "Show your member code, so that we are sure it is you.",
    ),
    Reason.TIER: Text(
        "Ưu đãi này dành cho hạng thành viên khác.", "This offer is for another membership tier."
    ),
    Reason.SEGMENT: Text(
        "Ưu đãi này dành cho nhóm khách hàng khác.", "This offer is for other customers."
    ),
    Reason.AGE: Text(
        "Ưu đãi này dành cho độ tuổi khác.", "This offer is for people of another age."
    ),
    Reason.NOT_TRIGGERED: Text(
        "Chưa đến lúc nhận ưu đãi này.", "It is not the moment for this offer."
    ),
    Reason.MIN_SPEND: Text(
        "Tổng giỏ hàng chưa phù hợp với ưu đãi này.", "The basket's total does not fit this offer."
    ),
    Reason.MIN_QTY: Text(
        "Số món trong giỏ chưa phù hợp với ưu đãi này.",
        "The number of items does not fit this offer.",
    ),
    Reason.ITEM_MISSING: Text(
        "Giỏ hàng còn thiếu món của ưu đãi này.", "The basket lacks an item this offer needs."
    ),
    Reason.CONDITION_UNMET: Text(
        "Một điều kiện của ưu đãi này chưa đạt.", "One condition of this offer is not met."
    ),
    Reason.FACT_UNKNOWN: Text(
        "Chúng tôi chưa biết đủ để áp dụng ưu đãi này.",
        "We do not know enough yet to give this offer.",
    ),
    Reason.TOTAL_LIMIT: Text("Ưu đãi này đã phát hết.", "All of this offer has been given out."),
    Reason.STORE_LIMIT: Text(
        "Cửa hàng này đã phát hết ưu đãi.", "This store has given out all of its share."
    ),
    Reason.DAY_LIMIT: Text(
        "Hôm nay đã phát hết ưu đãi, mời bạn trở lại ngày khác.",
        "All of today's are given out; please come again another day.",
    ),
    Reason.PROFILE_LIMIT: Text(
        "Bạn đã dùng hết số lần của ưu đãi này.", "You have used this offer as often as it allows."
    ),
    Reason.VISIT_LIMIT: Text(
        "Bạn đã dùng ưu đãi này trong lượt ghé này.", "You have used this offer on this visit."
    ),
    Reason.BUDGET_SPENT: Text(
        "Ngân sách của ưu đãi này đã dùng hết.", "The budget of this offer is used up."
    ),
    Reason.COOLDOWN: Text(
        "Bạn vừa dùng ưu đãi này, hãy chờ thêm một thời gian.",
        "You have just used this offer; it comes back after a while.",
    ),
    Reason.UNKNOWN_CODE: Text(
        "Chúng tôi không có mã này; hãy kiểm tra lại từng ký tự.",
        "We do not know this code; please check each sign.",
    ),
    Reason.WRONG_RECIPIENT: Text(
        "Mã này dành cho một khách hàng khác.", "This code belongs to another customer."
    ),
    Reason.LOCKED_ELSEWHERE: Text(
        "Mã này đang được dùng ở nơi khác; hãy thử lại sau hai phút.",
        "This code is being used elsewhere; please try again in two minutes.",
    ),
    Reason.ALREADY_REDEEMED: Text(
        "Mã hay ưu đãi này đã được dùng rồi.", "This code or offer has been used already."
    ),
    Reason.RESERVATION_OVER: Text(
        "Đã quá hai phút giữ chỗ; hãy quét lại mã.",
        "The two minutes it was held for are over; please scan it again.",
    ),
    Reason.KEY_REUSED: Text(
        "Yêu cầu này trùng số với một yêu cầu khác; hãy bắt đầu lại.",
        "This request carries another request's number; please start again.",
    ),
    Reason.EXCLUDED_BY_GROUP: Text(
        "Ưu đãi này không dùng chung với ưu đãi bạn đang có.",
        "This offer cannot be combined with one you have.",
    ),
    Reason.BETTER_OFFER_APPLIED: Text(
        "Bạn đã có ưu đãi tốt hơn.", "You already have a better offer."
    ),
    Reason.HOLDOUT: Text(
        "Ưu đãi này hiện chưa áp dụng cho khách này.",
        "This offer is not for this customer at present.",
    ),
}

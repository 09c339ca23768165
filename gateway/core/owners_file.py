"""The owner's file: what is processed, why, how long, who gets it; made of how the shop is set up.

A product's reading of the law, to be looked through by who advises the owner; it is no advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from contract.messages import Text
from gateway.core.consent import TEXT_VERSION, Purpose
from gateway.core.consent_texts import PRESENT
from gateway.core.retention import RULES, Table

FILE_AFTER_DAYS = 60  # Law 91/2025: the assessment is with the authority by then
RENEW_AFTER_DAYS = 182  # and brought up to date about every six months

# What each purpose is done with; nothing else is read for it (gateway/core/offers/facts.py).
DATA = {
    Purpose.PRESENCE: Text(
        "mã của thẻ đeo hoặc điện thoại, khu vực, giờ",
        "identity of the tag or phone, zone, time",
    ),
    Purpose.PERSONAL_OFFERS: Text(
        "hạng, điểm, sở thích, ngày sinh, nhóm khách, đơn hàng, lượt ghé",
        "tier, points, interests, birthday, customer groups, orders, visits",
    ),
    Purpose.STAFF_CONTEXT: Text(
        "tên, hạng, đơn hàng, lịch hẹn", "name, tier, orders, appointments"
    ),
    Purpose.PROFILING: Text(
        "hàng đã xem, đã bỏ vào giỏ, đường dẫn đã mở trên mạng",
        "what was viewed, carted and followed online",
    ),
    Purpose.EMAIL: Text("địa chỉ thư, số tin đã gửi", "e-mail address, how many were sent"),
    Purpose.SMS: Text("số điện thoại, số tin đã gửi", "telephone number, how many were sent"),
    Purpose.ZALO: Text("mã Zalo, số tin đã gửi", "Zalo id, how many were sent"),
}
# Each risk with what the product does against it.
RISKS: Sequence[tuple[Text, Text]] = (
    (
        Text(
            "Người lạ bị nhận ra hoặc theo dõi qua Bluetooth.",
            "Strangers are recognised or followed by Bluetooth.",
        ),
        Text(
            "Máy chỉ giữ thẻ của người đã đồng ý; mã lạ không rời bộ nhớ máy, không ghi "
            "địa chỉ MAC.",
            "Kiosks keep tags of those who agreed only; others never leave a kiosk's memory, and no"
            " MAC address is written anywhere.",
        ),
    ),
    (
        Text("Người đứng cạnh đọc được tên.", "A bystander reads a name."),
        Text(
            "Màn hình chỉ hỏi tên đã che, và chỉ mở trang riêng sau khi chạm hoặc đưa mã.",
            "A screen asks with a masked name and opens a page only after a touch or a pass.",
        ),
    ),
    (
        Text("Nhân viên xem hồ sơ không cần thiết.", "Staff look at profiles without need."),
        Text(
            "Nhân viên chỉ thấy người đã đồng ý, khi có thẻ việc; chỉ quản lý và chủ mở được "
            "hồ sơ, mỗi lần mở đều được ghi lại.",
            "Staff see those who agreed, on a card of theirs; only managers and the owner open "
            "profiles, and each look is written down.",
        ),
    ),
    (
        Text("Máy bị lấy trộm.", "A kiosk is stolen."),
        Text(
            "Máy chỉ có khoá công khai và chứng chỉ riêng, thu hồi được.",
            "It holds public keys only, and a certificate of its own that can be revoked.",
        ),
    ),
    (
        Text("Dữ liệu giữ quá lâu, hoặc quay lại sau khi xoá.", "Data stays too long, or returns."),
        Text(
            "Mỗi đêm xoá theo bảng; ai đã xoá thì dấu băm có khoá chặn nhập lại, cả khi khôi phục.",
            "Every night by the table; keyed hashes keep the erased out, also after a restore.",
        ),
    ),
    (
        Text("Trẻ em bị lập hồ sơ hoặc quảng cáo.", "Children are profiled or advertised to."),
        Text(
            "Dưới 16 tuổi: không hồ sơ, không ưu đãi riêng, không tin nhắn; nhận diện cần người "
            "giám hộ.",
            "Under 16: no profile, no personal offers, no messages; recognition needs a guardian.",
        ),
    ),
    (
        Text(
            "Người đi qua bị đếm thành người cụ thể.", "Passers-by who are counted become somebody."
        ),
        Text(
            "Chỉ đếm số, từng mười lăm phút, không dưới năm; mã băm đổi mỗi lần, chỉ trong bộ nhớ.",
            "Numbers only, by the quarter of an hour, none below five; salts live in memory only.",
        ),
    ),
    (
        Text("Máy ảnh, micrô ghi lại người.", "Camera or microphone record people."),
        Text(
            "Máy ảnh chỉ đọc mã QR trong bộ nhớ; không nhận mặt, không micrô.",
            "The camera reads QR codes in memory only; no faces, no microphone.",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody beside the shop who gets or brings data."""

    name: str
    what: Text
    where: str  # a host or a kind
    is_abroad: bool  # as far as can be told: a file of its own is due then


@dataclass(frozen=True, slots=True)
class Setup:
    """How this shop is set up, as far as the file needs it."""

    retention: Table = field(
        default_factory=lambda: {kept: rule.days for kept, rule in RULES.items()}
    )
    recipients: Sequence[Recipient] = ()


SIGN: Sequence[Text] = (
    Text(
        "Thiết bị trong cửa hàng nhận ra qua Bluetooth thẻ đeo hoặc điện thoại của thành viên đã "
        "đồng ý, để chào và phục vụ nhanh hơn.",
        "Devices in this shop notice, by Bluetooth, tags and phones of members who agreed to it, "
        "to greet them and to serve them faster.",
    ),
    Text(
        "Nếu bạn chưa đồng ý: không có gì về bạn được ghi lại. Máy ảnh chỉ đọc mã QR; không nhận "
        "mặt, không ghi âm.",
        "If you have not agreed, nothing about you is kept. Cameras read QR codes only; no faces, "
        "no sound.",
    ),
    Text(
        "Không muốn được nhận ra hôm nay? Chạm “Hôm nay đừng nhận ra tôi” trên máy, hoặc hỏi "
        "nhân viên.",
        "Not today? Touch “Do not recognise me today” on a kiosk, or ask our staff.",
    ),
    Text(
        "Số người qua cửa và số điện thoại ở gần có thể được đếm theo từng mười lăm phút; máy "
        "không biết và không lưu là ai.",
        "How many people come in, and how many phones are near, may be counted by the quarter of "
        "an hour; nobody knows or keeps who they were.",
    ),
    Text(
        "Xem, sửa, tải, rút lại đồng ý hoặc xoá dữ liệu của bạn: quét mã này.",
        "See, mend, download, withdraw or erase your data: scan this code.",
    ),
)


def sign_version(store: str, controller: str) -> str:
    """What stands in the corner of a sign, so that one can say which words hung there."""
    words = [store, controller, str(TEXT_VERSION), *(f"{one.vi}\n{one.en}" for one in SIGN)]
    return sha256("\n".join(words).encode()).hexdigest()[:8]


PURPOSES = tuple(PRESENT.items())

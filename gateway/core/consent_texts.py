"""The words that members are asked with, version by version, and how often messages may come.

A version that somebody agreed to is never changed: other words are another version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from contract import consents
from contract.messages import Text
from gateway.core.consent import TEXT_VERSION, Purpose

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Promise:
    """The most messages that come within some days."""

    most: int
    days: int

    @property
    def within_ms(self) -> int:
        """The time over which they are counted."""
        return self.days * DAY_MS


@dataclass(frozen=True, slots=True)
class Wording:
    """What one purpose is, in words: what happens, with which data, and what never happens."""

    title: Text
    says: Text
    promise: Promise | None = None

    @property
    def digest(self) -> str:
        """The hash of every word in both languages, as proof of what was read."""
        return consents.digest((self.title.vi, self.says.vi, self.title.en, self.says.en))


def _channel(title: Text, how: Text, promise: Promise) -> Wording:
    """One way to write to somebody: what comes, and how often at most."""
    says = Text(
        f"Khuyến mãi, sinh nhật và lời mời trở lại, {how.vi}. Nhiều nhất {promise.most} tin trong "
        f"{promise.days} ngày. Bạn có thể tắt bất cứ lúc nào.",
        f"Promotions, birthday and an invitation back, {how.en}. At most {promise.most} in "
        f"{promise.days} days. You can switch it off at any time.",
    )
    return Wording(title, says, promise)


# PRODUCT's P1: each stands alone, says what is done and with what, and promises nothing else.
VERSIONS: Mapping[int, Mapping[Purpose, Wording]] = {
    1: {
        Purpose.PRESENCE: Wording(
            Text("Nhận ra tôi khi tôi đến", "Notice me when I come"),
            Text(
                "Thiết bị trong cửa hàng nhận ra thẻ đeo hoặc điện thoại của bạn qua Bluetooth khi "
                "bạn ở gần, để chào bạn. Ngoài cửa hàng thì không. Màn hình chỉ hiện tên sau khi "
                "bạn chạm.",
                "Devices in the shop notice your tag or phone by Bluetooth while you are near, to "
                "greet you. Nowhere else. A screen says your name only after you touch it.",
            ),
        ),
        Purpose.PERSONAL_OFFERS: Wording(
            Text("Ưu đãi dành riêng cho tôi", "Offers chosen for me"),
            Text(
                "Màn hình trong cửa hàng chọn ưu đãi theo hạng, điểm và sở thích bạn đã cho biết. "
                "Không bật thì bạn vẫn thấy ưu đãi chung.",
                "Screens in the shop choose offers by your tier, points and the interests you told "
                "us. Without this you still see the offers for everybody.",
            ),
        ),
        Purpose.STAFF_CONTEXT: Wording(
            Text("Nhân viên biết tôi là ai", "Staff know who I am"),
            Text(
                "Khi bạn ở trong cửa hàng, nhân viên thấy tên, hạng, đơn hàng và lịch hẹn của bạn "
                "để phục vụ nhanh hơn. Khi bạn về, họ không thấy nữa.",
                "While you are in the shop, staff see your name, tier, orders and appointments, to "
                "serve you faster. Once you have left, they see them no more.",
            ),
        ),
        Purpose.PROFILING: Wording(
            Text("Dùng những gì tôi đã xem trên mạng", "Use what I looked at online"),
            Text(
                "Hàng bạn đã xem hoặc bỏ vào giỏ trên mạng giúp chọn ưu đãi. Giữ nhiều nhất 90 "
                "ngày; tắt đi là xoá ngay.",
                "What you viewed or put in the cart online helps to choose offers. Kept for 90 "
                "days at most; switching it off deletes it at once.",
            ),
        ),
        Purpose.EMAIL: _channel(
            Text("Thư điện tử", "E-mail"), Text("qua thư điện tử", "by e-mail"), Promise(4, 30)
        ),
        Purpose.SMS: _channel(
            Text("Tin nhắn SMS", "Text messages"), Text("qua SMS", "by SMS"), Promise(2, 30)
        ),
        Purpose.ZALO: _channel(
            Text("Tin nhắn Zalo", "Zalo messages"), Text("qua Zalo", "by Zalo"), Promise(4, 30)
        ),
    },
}
PRESENT = VERSIONS[TEXT_VERSION]


@cache  # an import asks for it with every consent
def digest(purpose: Purpose, version: int) -> str:
    """The hash of the words of a version; empty for words that were never ours."""
    wording = VERSIONS.get(version, {}).get(purpose)
    return "" if wording is None else wording.digest

"""What a sale is, by which way it was made, why one is not taken. Knows no till and no table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Text


class Channel(StrEnum):
    """By which way the shop sold something."""

    STORE = "store"  # at the till
    PICK_UP = "pick_up"  # ordered online, collected here
    WEB = "web"  # ordered and paid online, and not collected yet, or sent home
    KIOSK = "kiosk"
    PHONE = "phone"
    UNMANNED = "unmanned"


CHANNELS: Mapping[Channel, Text] = {
    Channel.STORE: Text("Tại quầy", "At the till"),
    Channel.PICK_UP: Text("Đặt mạng, nhận tại cửa hàng", "Ordered online, collected here"),
    Channel.WEB: Text("Trên mạng", "Online"),
    Channel.KIOSK: Text("Tại kiosk", "At a kiosk"),
    Channel.PHONE: Text("Qua điện thoại", "By telephone"),
    Channel.UNMANNED: Text("Cửa hàng không nhân viên", "In a shop without staff"),
}


@dataclass(frozen=True, slots=True)
class Links:
    """What a sale has to do with; what is empty is not known."""

    member: str | None = None
    session: str | None = None  # of a kiosk's screen
    order: str | None = None
    voucher: str | None = None
    staff: str = ""


@dataclass(frozen=True, slots=True)
class Sold:
    """One sale as a till tells of it."""

    source: str  # who tells: a connector's name, a file's till
    sale: str  # the till's own number; the same one is the same sale
    store: str  # empty: sent home
    at_ms: int
    amount_vnd: int
    channel: Channel = Channel.STORE
    links: Links = Links()


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Money of a sale that went back to the customer."""

    source: str
    refund: str  # the till's own number of the refund
    sale: str
    at_ms: int
    amount_vnd: int


class NotTaken(StrEnum):
    """Why a sale or a refund is not taken: a closed list."""

    OTHER_SALE = "other_sale"
    UNKNOWN_SALE = "unknown_sale"
    TOO_MUCH = "too_much"


SENTENCES: Mapping[NotTaken, Text] = {
    NotTaken.OTHER_SALE: Text(
        "Số này đã dùng cho một giao dịch khác.", "This number is another sale's already."
    ),
    NotTaken.UNKNOWN_SALE: Text(
        "Không có giao dịch bán này để hoàn tiền.", "There is no such sale to give money back of."
    ),
    NotTaken.TOO_MUCH: Text(
        "Số tiền hoàn lớn hơn số tiền còn lại của giao dịch.",
        "More would be given back than is left of the sale.",
    ),
}

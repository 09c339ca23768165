"""What the demo shop offers: tea, skincare, tea ware and gifts of Huế, in two languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedOffer:
    """One offer as the shop's owner wrote it. `{d}/{m}` is filled with its last day."""

    offer: str
    priority: int
    tone: str
    interest: str
    tier: str
    kind: tuple[str, str]
    badge: tuple[str, str]
    until: tuple[str, str]
    title: tuple[str, str]
    why: tuple[str, str]
    price_vnd: int | None = None
    was_vnd: int | None = None
    personal: bool = False


_FOR_YOU = ("Ưu đãi riêng cho bạn", "For you only")
_TOGETHER = ("Mua kèm", "Goes well together")
_SEASON = ("Mùa này", "This season")
_LAST_DAY = ("Đến hết {d}/{m}", "Until {d}/{m}")
_TONIGHT = ("Đến hết hôm nay", "Until tonight")

OFFERS = (
    PlannedOffer(
        offer="nuoc-hoa-hong-sen",
        priority=90,
        tone="jade",
        interest="cham-soc-da",
        tier="member",
        kind=_FOR_YOU,
        badge=("30%", "30%"),
        until=_TONIGHT,
        title=("Giảm 30% nước hoa hồng Sen Tịnh Tâm", "30% off Tịnh Tâm lotus toner"),
        why=("Vì bạn hay xem đồ chăm sóc da", "Because you often look at skincare"),
        price_vnd=294_000,
        was_vnd=420_000,
        personal=True,
    ),
    PlannedOffer(
        offer="tra-sen-mot-ly",
        priority=80,
        tone="gold",
        interest="tra",
        tier="member",
        kind=("Mời bạn thử", "Taste it"),
        badge=("1 ly", "1 cup"),
        until=_TONIGHT,
        title=("Một ly trà sen Huế pha tại quầy", "A cup of Huế lotus tea, brewed here"),
        why=("Vì bạn hay xem trà", "Because you often look at tea"),
        price_vnd=0,
        was_vnd=45_000,
        personal=True,
    ),
    PlannedOffer(
        offer="hop-qua-tet",
        priority=70,
        tone="lacquer",
        interest="qua-tang",
        tier="member",
        kind=_TOGETHER,
        badge=("20%", "20%"),
        until=_LAST_DAY,
        title=(
            "Hộp quà: bánh đậu xanh và trà ướp sen thượng hạng",
            "Gift box: mung bean cakes and finest lotus tea",
        ),
        why=("Vì bạn hay xem quà tặng", "Because you often look at gifts"),
        price_vnd=448_000,
        was_vnd=560_000,
        personal=True,
    ),
    PlannedOffer(
        offer="am-chen-phuoc-tich",
        priority=60,
        tone="jade",
        interest="am-chen",
        tier="member",
        kind=_FOR_YOU,
        badge=("15%", "15%"),
        until=_LAST_DAY,
        title=(
            "Bộ ấm chén gốm Phước Tích, một ấm bốn chén",
            "Phước Tích pottery: a pot, four cups",
        ),
        why=("Vì bạn hay xem ấm chén", "Because you often look at tea ware"),
        price_vnd=680_000,
        was_vnd=800_000,
        personal=True,
    ),
    PlannedOffer(
        offer="soi-da-hang-vang",
        priority=95,
        tone="gold",
        interest="",
        tier="gold",
        kind=("Hạng Vàng", "Gold tier"),
        badge=("Miễn phí", "Free"),
        until=_LAST_DAY,
        title=("Soi da và tư vấn 20 phút cùng chuyên viên", "A 20-minute skin check and advice"),
        why=("Vì bạn ở hạng Vàng", "Because you are a gold member"),
        personal=True,
    ),
    PlannedOffer(
        offer="tra-gung-mua-mua",
        priority=40,
        tone="gold",
        interest="",
        tier="member",
        kind=_SEASON,
        badge=("2+1", "2+1"),
        until=_LAST_DAY,
        title=("Trà gừng mật ong, mua hai tặng một", "Ginger and honey tea, three for two"),
        why=("Ưu đãi cho mọi khách hàng", "For every customer"),
        price_vnd=130_000,
        was_vnd=195_000,
    ),
    PlannedOffer(
        offer="xa-phong-que-tram",
        priority=35,
        tone="jade",
        interest="",
        tier="member",
        kind=_SEASON,
        badge=("15%", "15%"),
        until=_LAST_DAY,
        title=("Xà phòng quế và tràm gió Lộc Thủy", "Cinnamon and cajuput soap from Lộc Thủy"),
        why=("Ưu đãi cho mọi khách hàng", "For every customer"),
        price_vnd=76_000,
        was_vnd=89_000,
    ),
    PlannedOffer(
        offer="me-xung-tra-xanh",
        priority=30,
        tone="lacquer",
        interest="",
        tier="member",
        kind=_TOGETHER,
        badge=("10%", "10%"),
        until=_TONIGHT,
        title=("Mè xửng dẻo khi mua bất kỳ loại trà nào", "Sesame candy with any tea you buy"),
        why=("Ưu đãi cho mọi khách hàng", "For every customer"),
        price_vnd=54_000,
        was_vnd=60_000,
    ),
)


@dataclass(frozen=True, slots=True)
class PlannedProduct:
    """One product of the shop, and where it stands."""

    product: str
    name: tuple[str, str]
    price_vnd: int
    shelf: str
    stock: int | None
    gtin: str = ""  # with a 2 in front, which GS1 leaves to shops
    promo_vnd: int | None = None


PRODUCTS = (
    PlannedProduct(
        "tra-sen",
        ("Trà ướp sen hồ Tịnh Tâm, hộp 100 g", "Lotus tea of Tịnh Tâm lake, 100 g"),
        *(185_000, "tra", 12, "2000000000114", 150_000),
    ),
    PlannedProduct(
        "tra-gung",
        ("Trà gừng mật ong", "Ginger and honey tea"),
        *(65_000, "tra", 40, "2000000000121"),
    ),
    PlannedProduct(
        "nuoc-hoa-hong-sen",
        ("Nước hoa hồng Sen Tịnh Tâm, 250 ml", "Tịnh Tâm lotus toner, 250 ml"),
        *(420_000, "cham-soc-da", 7, "2000000000138"),
    ),
    PlannedProduct(
        "am-chen-phuoc-tich",
        ("Bộ ấm chén gốm Phước Tích", "Phước Tích pottery: a pot, four cups"),
        *(800_000, "am-chen", 0, "2000000000145"),
    ),
    PlannedProduct(
        "me-xung",
        ("Mè xửng dẻo", "Sesame candy"),
        *(60_000, "qua-tang", None),
    ),
)

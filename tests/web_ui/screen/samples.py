"""A tea and skincare shop in Huế, one evening in November: every screen its kiosk can show."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from contract import vietqr
from contract.events import Condition, Device, EntryReason, Verdict
from contract.messages import (
    AskedConsent,
    CodeAnswer,
    Consents,
    Hitch,
    KioskState,
    Level,
    Refusal,
    Show,
    ShownAppointment,
    ShownOffer,
    ShownOrder,
    ShownReason,
    Text,
    Tone,
)
from contract.products import Product, price
from contract.vietqr import VietQr
from kiosk.core import screen as screens
from kiosk.core.at_the_shelf import NoProduct, ProductShown, Unknown
from kiosk.core.identify import Identify
from kiosk.core.inputs import Language
from kiosk.core.maintenance import Maintenance, PinAsked, PinLocked, TouchTest
from kiosk.core.new_here import NewHere, Step
from kiosk.core.phone_keypad import Hurdle
from kiosk.core.screen import Screen, ScreenState

SESSION = "5e551014c0ffee00"

OFFERS = (
    ShownOffer(
        id="toner-30",
        tone=Tone.JADE,
        kind=Text("Ưu đãi riêng cho bạn", "For you only"),
        badge=Text("30%", "30%"),
        until=Text("Đến hết hôm nay", "Until tonight"),
        title=Text("Giảm 30% nước hoa hồng Sen Tây Hồ", "30% off West Lake lotus toner"),
        why=Text(
            "Vì bạn đã mua sữa rửa mặt Sen tháng trước",
            "Because you bought the lotus cleanser last month",
        ),
        price_vnd=294_000,
        was_vnd=420_000,
    ),
    ShownOffer(
        id="tea-200",
        tone=Tone.GOLD,
        kind=Text("Đổi điểm", "Use your points"),
        badge=Text("1 ly", "1 cup"),
        until=Text("Còn 12 ly hôm nay", "12 cups left today"),
        title=Text(
            "Đổi 200 điểm lấy một ly trà sen vàng tại quầy pha chế",
            "A cup of golden lotus tea at the tea bar for 200 points",
        ),
        why=Text(
            "Bạn có 1.250 điểm, thêm 750 điểm nữa để lên hạng Vàng",
            "You have 1,250 points; with 750 more you reach Gold",
        ),
    ),
    ShownOffer(
        id="tet-box",
        tone=Tone.LACQUER,
        kind=Text("Mua kèm", "Goes well with it"),
        badge=Text("20%", "20%"),
        until=Text("Đến 30/11", "Until 30 November"),
        title=Text(
            "Bộ quà Tết: hộp bánh đậu xanh và trà ướp sen thượng hạng",
            "Tết gift box: mung bean cakes and finest lotus-scented tea",
        ),
        why=Text(
            "Được khách ở cửa hàng này chọn nhiều trong tuần",
            "Chosen most often in this store this week",
        ),
        price_vnd=448_000,
        was_vnd=560_000,
    ),
    ShownOffer(
        id="birthday",
        tone=Tone.JADE,
        kind=Text("Sinh nhật", "Birthday"),
        badge=Text("Quà", "Gift"),
        until=Text("Trong tháng 11", "During November"),
        title=Text("Quà sinh nhật: xà phòng quế thủ công", "A gift: hand-made cinnamon soap"),
        why=Text("Tháng này có sinh nhật của bạn", "Your birthday is this month"),
    ),
)
ORDERS = (
    ShownOrder(id="a-20418", number="A-20418", items=3, unpaid_vnd=0, ready=True),
    ShownOrder(id="a-20431", number="A-20431", items=1, unpaid_vnd=185_000, ready=False),
)
UNPAID = replace(
    ORDERS[1],
    unpaid_vnd=1_285_000,
    ready=True,
    pay=vietqr.write(VietQr("970422", "0011223344", 1_285_000, "A-20431")),
)
BOOKED = ShownAppointment(
    id="t-17",
    kind=Text("Lái thử", "Test drive"),
    starts=Text("14:00 hôm nay", "14:00 today"),
    host="Minh",
    bring=(Text("Giấy phép lái xe", "Driving licence"), Text("Căn cước", "Identity card")),
)
CHECKED_IN = replace(BOOKED, ticket=128)
TOO_EARLY = replace(
    BOOKED,
    id="t-18",
    starts=Text("09:30 ngày 28/11", "09:30 on 28 Nov"),
    hitch=Text(
        "Còn sớm so với giờ hẹn; mời ngồi chờ hoặc chọn giờ khác.",
        "It is early for this appointment; please wait, or choose another time.",
    ),
)
TENDED = KioskState(
    "quay-1",
    online=True,
    version="0.1.0",
    outbox_depth=1_204,
    devices={
        device: (Condition.OK, Condition.OK, Condition.DEGRADED, Condition.OUT)[number % 4]
        for number, device in enumerate(Device)
    },
)
WHY_NOT = (
    ShownReason(
        Text("Hộp quà Tết thượng hạng cho cả nhà", "The finest Tết gift box for the family"),
        Text("Cần tổng giỏ hàng từ 1.200.000 ₫.", "It needs: basket total, at least 1,200,000 ₫."),
    ),
    ShownReason(
        Text("Phòng trà riêng, một buổi chiều", "A tea room of your own, one afternoon"),
        Text("Dành cho hạng Vàng trở lên.", "For the Gold tier and above."),
    ),
    ShownReason(
        Text("Ưu đãi chọn riêng cho từng người", "Offers chosen for one person"),
        Text(
            "Ưu đãi này cần bạn đồng ý trước ở mục Quyền riêng tư.",
            "This offer needs you to agree first, under Privacy.",
        ),
    ),
)
# As the gateway words them; the longest there is, the shortest, and what chooses her offers.
ASKED = (
    AskedConsent(
        "presence",
        1,
        Text("Nhận ra tôi khi tôi đến", "Notice me when I come"),
        Text(
            "Thiết bị trong cửa hàng nhận ra thẻ đeo hoặc điện thoại của bạn qua Bluetooth khi "
            "bạn ở gần, để chào bạn. Ngoài cửa hàng thì không. Màn hình chỉ hiện tên sau khi bạn "
            "chạm.",
            "Devices in the shop notice your tag or phone by Bluetooth while you are near, to "
            "greet you. Nowhere else. A screen says your name only after you touch it.",
        ),
        is_granted=True,
    ),
    AskedConsent(
        "personal_offers",
        1,
        Text("Ưu đãi dành riêng cho tôi", "Offers chosen for me"),
        Text(
            "Màn hình trong cửa hàng chọn ưu đãi theo hạng, điểm và sở thích bạn đã cho biết. "
            "Không bật thì bạn vẫn thấy ưu đãi chung.",
            "Screens in the shop choose offers by your tier, points and the interests you told "
            "us. Without this you still see the offers for everybody.",
        ),
        is_granted=True,
        shows=("toner-30", "tea-200"),
    ),
    *(
        AskedConsent(
            purpose,
            1,
            Text(name, name),
            Text(
                f"Khuyến mãi, sinh nhật và lời mời trở lại, qua {name}. Nhiều nhất 4 tin trong 30 "
                "ngày. Bạn có thể tắt bất cứ lúc nào.",
                f"Promotions, birthday and an invitation back, by {name}. At most 4 in 30 days. "
                "You can switch it off at any time.",
            ),
            is_granted=False,
        )
        for purpose, name in (("email", "E-mail"), ("sms", "SMS"), ("zalo", "Zalo"))
    ),
)
TOLD_MS = 1_795_168_800_000
TONER = Product(
    "nuoc-hoa-hong-sen",
    Text("Nước hoa hồng Sen Tây Hồ, chai 250 ml", "West Lake lotus toner, 250 ml bottle"),
    1_420_000,
    promo_vnd=1_294_000,
    promo_until_ms=TOLD_MS + 86_400_000,
    stock=12,
    shelf="cham-soc-da",
)
WINE = Product("ruou-nep", Text("Rượu nếp cẩm", "Black rice wine"), 90_000, is_for_adults=True)
MASKED_NAME = "N***"
# Whatever of these stands on a screen says who is there or what they did.
PERSONAL = (
    *("Ngọc", "N***", "1.250", "1,250", "Bạc", "Silver", "A-20418", "A-20431", "Sen Tây Hồ"),
    *("Lái thử", "Test drive", "14:00", "Minh", "128", "Giấy phép", "Driving licence"),
    *("lotus", "294.000", "420.000", "sữa rửa mặt", "trà sen", "Tết", "sinh nhật", "Birthday"),
)


def shown(offers: int = 3, orders: int = 1, appointments: int = 0) -> Show:
    """Ngọc's page with this many offers, orders and appointments."""
    return Show(
        session=SESSION,
        in_reply_to="0" * 32,
        level=Level.PERSONAL,
        name="Ngọc",
        points=1_250,
        points_pending=70,
        points_ending=1_100,
        points_end_ms=1_772_341_200_000,
        tier=Text("Bạc", "Silver"),
        offers=OFFERS[:offers],
        why_not=WHY_NOT,
        orders=ORDERS[:orders],
        appointments=(BOOKED, TOO_EARLY)[:appointments],
    )


def consenting(*asked: AskedConsent, is_child: bool = False) -> Show:
    """Ngọc's page, to which she signed in with a pass."""
    return replace(shown(2), consents=Consents(asked, is_child))


SCREENS: dict[str, Screen] = {
    "attract": screens.Attract(),
    "hello": screens.Hello(),
    "waiting": screens.Waiting(),
    "recorded": screens.Recorded(),
    "confirm": screens.Confirm(MASKED_NAME),
    "no offers": screens.Offers(shown(0, 0)),
    "an order and no offers": screens.Offers(shown(0, 1)),
    "one offer": screens.Offers(shown(1, 0)),
    "two offers": screens.Offers(shown(2, 1)),
    "three offers": screens.Offers(shown(3, 1)),
    "many offers and orders": screens.Offers(shown(4, 2)),
    "offer with a price": screens.OfferDetail(shown(), OFFERS[2]),
    "offer for points": screens.OfferDetail(shown(), OFFERS[1]),
    "why not others": screens.WhyNot(shown(2)),
    "privacy": screens.Privacy(shown(2)),
    "privacy of who signed in": screens.Privacy(consenting(*ASKED)),
    "choices": screens.Choices(consenting(*ASKED)),
    "a choice is saved": screens.Choices(consenting(*ASKED), "presence"),
    "a choice of old words": screens.Choices(
        consenting(replace(ASKED[2], hitch=Hitch.OLD_TEXT), *ASKED[:2])
    ),
    "choices of a child": screens.Choices(
        consenting(ASKED[0], replace(ASKED[3], hitch=Hitch.MINOR), is_child=True)
    ),
    "a child agreed to nothing": screens.Choices(consenting(is_child=True)),
    "order ready": screens.PickUp(shown(), ORDERS[0]),
    "order not ready": screens.PickUp(shown(), ORDERS[1]),
    "order to be paid": screens.PickUp(shown(), UNPAID),
    "order paid": screens.PickUp(shown(), replace(UNPAID, unpaid_vnd=0, pay=""), is_paid=True),
    "an appointment and no offers": screens.Offers(shown(0, 0, 1)),
    "everything at once": screens.Offers(shown(4, 2, 2)),
    "asks to check in": screens.CheckIn(shown(appointments=1), BOOKED),
    "checked in": screens.CheckIn(shown(appointments=1), CHECKED_IN),
    "too early for an appointment": screens.CheckIn(shown(appointments=2), TOO_EARLY),
    "a code instead of an offer": screens.RainCheck(OFFERS[1], "K7RM-2AXT-39HC"),
    "nobody answers who checks in": screens.CheckIn(shown(appointments=1), BOOKED, True),
    "asked a door": screens.DoorAsked(),
    "let in": screens.LetIn(),
    # the longest words; the rest is shorter, or said to other people too
    "kept out with a voucher": screens.KeptOut(EntryReason.NOT_FOR_DOORS),
    "kept out as a second": screens.KeptOut(EntryReason.ALREADY_INSIDE),
    "kept out until tomorrow": screens.KeptOut(
        EntryReason.CLOSED, screens.Closed(datetime(2026, 11, 23, 7, 30, tzinfo=UTC), 1)
    ),
    "asked for a number": screens.NumberAsked(),
    "no number": screens.NumberAsked(is_wrong=True),
    "code is on its way": screens.CodeAsked("0901234512", 0, since_s=0),
    "asked for a code": screens.CodeAsked("0901234512", 0, answer=CodeAnswer.SENT),
    "wrong code": screens.CodeAsked(
        "0901234512", 0, answer=CodeAnswer.WRONG, tries=1, may_resend=True
    ),
    "code is over": screens.CodeAsked("0901234512", 0, answer=CodeAnswer.OVER, may_resend=True),
    "code asked for too soon": screens.CodeAsked("0901234512", 0, answer=CodeAnswer.TOO_SOON),
    **{f"no code: {hurdle}": screens.NoCode(hurdle) for hurdle in Hurdle},
    "staff called": screens.StaffCalled(),
    "asked for the PIN": PinAsked(),
    "wrong PIN": PinAsked(wrong=1),
    "too many PINs": PinLocked(),
    "maintenance": Maintenance(TENDED),
    "maintenance, nothing said yet": Maintenance(),
    "maintenance, codes read": Maintenance(TENDED, codes_read=2),
    "maintenance, starts anew": Maintenance(TENDED, is_restarting=True),
    "touch test": TouchTest(Maintenance(TENDED), frozenset({0, 4, 11})),
    "closed until Monday": screens.Closed(datetime(2026, 11, 23, 7, 30, tzinfo=UTC), 2),
    "closed over Tết": screens.Closed(datetime(2027, 2, 11, 7, 30, tzinfo=UTC), 9),
    "closed by the owner": screens.Closed(is_by_owner=True),
    "closed for weeks": screens.Closed(),
    "out of order": screens.OutOfOrder(),
    "a product on offer": ProductShown(TONER, price(TONER, 0), TOLD_MS),
    "a product for adults": ProductShown(WINE, price(WINE, 0), TOLD_MS, shown()),
    **{f"no product: {why}": NoProduct(why) for why in Unknown},
    "goodbye": screens.Goodbye(),
    "identify": Identify(),
    **{f"refused: {reason}": screens.Refused(reason) for reason in (*Verdict, *Refusal)},
}
# Before there is a kiosk: nobody is served, and nobody can be called.
NEW_HERE: dict[str, NewHere] = {
    "searching": NewHere(Step.SEARCHING, detail="no gateway answers at gateway.lan:8885"),
    "waiting": NewHere(Step.WAITING, "W69-9VP"),
    "refused": NewHere(Step.REFUSED),
    "expired": NewHere(Step.EXPIRED),
    "unfit": NewHere(Step.UNFIT, detail="a word of eight " * 10),
}
PERSONAL_SCREENS = {
    "confirm": SCREENS["confirm"],
    "three offers": SCREENS["three offers"],
    "offer with a price": SCREENS["offer with a price"],
    "choices": SCREENS["choices"],
    "order not ready": SCREENS["order not ready"],
    "checked in": SCREENS["checked in"],
    "staff called from the own page": screens.StaffCalled(shown()),
}


def state(
    screen: Screen,
    language: Language = Language.VI,
    revision: int = 1,
    warning_left_s: int | None = None,
    offline: bool = False,
) -> ScreenState:
    """A connected kiosk that shows this."""
    return ScreenState(
        screen=screen,
        session=SESSION,
        language=language,
        offline=offline,
        warning_left_s=warning_left_s,
        revision=revision,
    )

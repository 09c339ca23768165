"""What whoever tends the shop is told of a kiosk: what is wrong, and what to do. Both languages."""

from __future__ import annotations

from contract.messages import Text
from gateway.core.fleet import Trouble
from gateway.core.notices import Notice

BODIES = {
    Trouble.OFFLINE: Text(
        vi="Kiosk không kết nối. Hãy kiểm tra nguồn điện và mạng; khách chưa mất gì.",
        en="It is not connected. Check its power and its network; nothing is lost.",
    ),
    Trouble.DARK: Text(
        vi="Màn hình không đổi hình. Hãy khởi động lại ở trang Kiosk, hoặc rút nguồn rồi cắm lại.",
        en="Its screen paints nothing new. Restart it (page Kiosks), or unplug it for a moment.",
    ),
    Trouble.DEAF: Text(
        vi="Bluetooth không nghe được, dù đã tự sửa. Hãy khởi động lại, hoặc cắm Bluetooth USB.",
        en="Its Bluetooth hears nothing and did not mend itself. Restart it, or plug in another.",
    ),
    Trouble.PART: Text(
        vi="Một bộ phận bị hỏng hoặc chỉ chạy một phần. Trang Kiosk cho biết bộ phận nào.",
        en="One of its parts is broken or works in part. The page Kiosks says which.",
    ),
    Trouble.POWER: Text(
        vi="Nguồn điện quá yếu. Hãy dùng bộ nguồn đúng loại của Raspberry Pi và dây ngắn.",
        en="It gets too little power. Use the supply made for it, and a short cable.",
    ),
    Trouble.HOT: Text(
        vi="Máy quá nóng nên tự chạy chậm lại. Hãy cho máy thoáng khí.",
        en="It is too hot and slows itself down. Give it air.",
    ),
    Trouble.DISK: Text(
        vi="Bộ nhớ sắp đầy. Hãy chạy: sudo journalctl --vacuum-size=20M; sudo apt clean",
        en="Its disk is nearly full. Run: sudo journalctl --vacuum-size=20M; sudo apt clean",
    ),
    Trouble.CARD: Text(
        vi="Thẻ nhớ sắp hết tuổi thọ. Hãy đặt mua thẻ mới và thay trong tháng này.",
        en="Its card is nearly worn out. Order another, and change it this month.",
    ),
    Trouble.BACKLOG: Text(
        vi="Nhiều sự kiện chưa gửi được. Chúng không bị mất; hãy kiểm tra máy chủ và mạng.",
        en="Many events wait to be sent. None is lost; check the gateway and the network.",
    ),
}


def notice(kiosk: str, trouble: Trouble) -> Notice:
    """As people read it; `kiosk` is the name on its screen."""
    title = Text(vi=f"Hiên: {kiosk} cần xem lại", en=f"Hiên: {kiosk} wants a look")
    return Notice(title, BODIES[trouble])

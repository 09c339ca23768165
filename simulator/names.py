"""Vietnamese names for people who do not exist.

No given name here is also a word that a kiosk's screen says, because the audit of the demo looks
for given names on screens that must not know anybody (tests/simulator/test_names.py).
"""

from __future__ import annotations

from random import Random

_FAMILY = (
    *("Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan"),
    *("Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"),
)
"""Families, the common ones more often."""

_WOMEN_FAMILY = (*_FAMILY, "Tôn Nữ")  # of Huế, and so are the Tôn Thất
_WOMEN_MIDDLE = ("Thị", "Ngọc", "Khánh", "Phương", "Thu", "Minh", "Bích", "Thanh", "Mỹ", "Hoàng")
_WOMEN_GIVEN = (
    *("Quỳnh", "Uyên", "Khuê", "Vy", "Thy", "Trinh", "Diễm", "Nhung", "Oanh", "Loan", "Thúy"),
    *("Linh", "Vân", "Tuyết", "Nga", "Trâm", "Giang", "Hân", "Huyền", "Lam", "Nhi", "Thùy"),
)
_MEN_FAMILY = (*_FAMILY, "Tôn Thất")
_MEN_MIDDLE = ("Văn", "Quốc", "Gia", "Minh", "Đức", "Hữu", "Anh", "Thanh", "Nhật", "Tuấn")
_MEN_GIVEN = (
    *("Khôi", "Tuấn", "Dũng", "Hùng", "Kiệt", "Vinh", "Hiếu", "Huy", "Quân", "Duy", "Khang"),
    *("Nghĩa", "Thịnh", "Cường", "Lâm", "Triết", "Thiện", "Luân", "Khải", "Thuận", "Khoa", "Hưng"),
)
_WOMEN = (_WOMEN_FAMILY, _WOMEN_MIDDLE, _WOMEN_GIVEN)
_MEN = (_MEN_FAMILY, _MEN_MIDDLE, _MEN_GIVEN)
GIVEN = frozenset((*_WOMEN_GIVEN, *_MEN_GIVEN))


def full_name(rng: Random) -> str:
    """Family, middle and given name, in this order; no word twice."""
    while True:
        name = " ".join(rng.choice(part) for part in rng.choice((_WOMEN, _MEN)))
        if len(set(name.split())) == len(name.split()):
            return name

"""What communes announce again and again, with places to fill. Pure.

The text is Vietnamese in every language of the pages: it is what the village hears.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PLACE = re.compile(r"\{(\w+)\}")
_OPEN = "…"


@dataclass(frozen=True, slots=True)
class Field:
    """One place in a script; `hint` shows how it is filled."""

    id: str
    label_vi: str
    label_en: str
    hint: str


@dataclass(frozen=True, slots=True)
class Script:
    """A text to be read with its title, and the ids of its fields in braces."""

    id: str
    title_vi: str
    title_en: str
    text: str
    fields: tuple[Field, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with what was filled in; a place that is empty stays visible as "…"."""
        return _PLACE.sub(lambda place: " ".join(values.get(place[1], "").split()) or _OPEN, self.text)


_WHO = Field("who", "Đơn vị thông báo", "Who announces", "UBND xã")
_WHEN = Field("when", "Thời gian", "When", "7h30 ngày 5/12/2026")
_WHERE = Field("where", "Địa điểm", "Where", "NVH thôn 2")
_CALL = Field("call", "Số điện thoại", "Telephone", "0912 345 678")

SCRIPTS = (
    Script(
        "vaccination", "Tiêm chủng", "Vaccination",
        "{who} thông báo: từ {when}, tại {where}, tổ chức tiêm {vaccine} cho {whom}.\n"
        "Đề nghị gia đình mang theo sổ tiêm chủng và đưa con em đến đúng giờ. Liên hệ: {call}.",
        (
            Field("who", "Đơn vị thông báo", "Who announces", "Trạm y tế xã"), _WHEN, _WHERE,
            Field("vaccine", "Vắc xin", "Vaccine", "vắc xin sởi, rubella"),
            Field("whom", "Đối tượng", "For whom", "trẻ từ 18 đến 24 tháng tuổi"), _CALL,
        ),
    ),
    Script(
        "power", "Cắt điện", "Power cut",
        "{who} thông báo: tạm ngừng cấp điện từ {when}, tại {where}. Lý do: {why}.\n"
        "Đề nghị bà con chủ động trong sinh hoạt và sản xuất. Khi cần, xin gọi {call}.",
        (
            Field("who", "Đơn vị thông báo", "Who announces", "Điện lực huyện"),
            Field("when", "Thời gian", "When", "7h30-11h30 ngày 5/12/2026"),
            Field("where", "Khu vực", "Area", "các thôn 1, 2, 3"),
            Field("why", "Lý do", "Why", "sửa chữa đường dây"),
            Field("call", "Số điện thoại", "Telephone", "1900 1234"),
        ),
    ),
    Script(
        "water", "Cắt nước", "Water cut",
        "{who} thông báo: tạm ngừng cấp nước từ {when}, tại {where}. Lý do: {why}.\nĐề nghị bà con trữ nước đủ dùng.",
        (
            Field("who", "Đơn vị thông báo", "Who announces", "Trạm cấp nước xã"),
            Field("when", "Thời gian", "When", "8h-16h ngày 5/12/2026"),
            Field("where", "Khu vực", "Area", "thôn 4 và thôn 5"), Field("why", "Lý do", "Why", "súc rửa đường ống"),
        ),
    ),
    Script(
        "meeting", "Mời họp", "Meeting",
        "{who} kính mời {whom} đến dự {what}.\nThời gian: {when}. Địa điểm: {where}.\n"
        "Cuộc họp rất quan trọng, đề nghị mọi người có mặt đông đủ, đúng giờ.",
        (
            _WHO, Field("whom", "Thành phần", "Who is invited", "đại diện các hộ gia đình thôn 2"),
            Field("what", "Nội dung", "What for", "họp bàn làm đường NTM"), _WHEN, _WHERE,
        ),
    ),
    Script(
        "lost", "Tìm của rơi", "Lost and found",
        "{who} thông báo: {what}, vào {when}, tại {where}.\nAi {ask}, xin liên hệ {call}. Xin cảm ơn.",
        (
            Field("who", "Đơn vị thông báo", "Who announces", "Công an xã"),
            Field("what", "Sự việc", "What happened", "bà Nguyễn Thị Hoa đánh rơi một ví da màu nâu"),
            Field("when", "Thời gian", "When", "sáng 4/12"), Field("where", "Địa điểm", "Where", "chợ xã"),
            Field("ask", "Nhắn", "Who is asked", "nhặt được"), _CALL,
        ),
    ),
    Script(
        "storm", "Bão, mưa lũ", "Storm",
        "{who} thông báo khẩn: {what}, dự kiến ảnh hưởng đến xã ta từ {when}.\n"
        "Đề nghị bà con chằng chống nhà cửa, cắt tỉa cành cây, đưa gia súc đến nơi an toàn, không ra sông suối.\n"
        "Các hộ ở {where} sẵn sàng di dời khi có lệnh. Khi nguy cấp, gọi {call}.",
        (
            Field("who", "Đơn vị thông báo", "Who announces", "BCH PCTT và TKCN xã"),
            Field("what", "Thiên tai", "What comes", "bão số 10, gió cấp 9, giật cấp 11"),
            Field("when", "Thời gian", "When", "tối 28/9"),
            Field("where", "Nơi nguy hiểm", "Places in danger", "ven sông thôn 1"),
            Field("call", "Số điện thoại", "Telephone", "112 hoặc 0912 345 678"),
        ),
    ),
    Script(
        "fee", "Nộp tiền, nhận tiền", "Payment",
        "{who} thông báo: {what}, mức {much}.\nThời gian: {when}. Địa điểm: {where}.\nKhi đi mang theo {bring}.",
        (
            _WHO, Field("what", "Nội dung", "What for", "chi trả lương hưu và trợ cấp BHXH tháng 12/2026"),
            Field("much", "Số tiền", "How much", "500.000đ/tháng"), _WHEN, _WHERE,
            Field("bring", "Giấy tờ", "Papers", "CCCD"),
        ),
    ),
    Script(
        "clean", "Tổng vệ sinh", "Cleaning day",
        "{who} phát động tổng vệ sinh môi trường từ {when}, tại {where}.\n"
        "Mỗi hộ cử ít nhất một người, mang theo {bring}. Đề nghị bà con hưởng ứng.",
        (
            _WHO, _WHEN, Field("where", "Địa điểm", "Where", "các trục đường thôn"),
            Field("bring", "Dụng cụ", "Tools", "cuốc, xẻng, chổi"),
        ),
    ),
)  # fmt: skip


def script(id: str) -> Script | None:
    return next((each for each in SCRIPTS if each.id == id), None)

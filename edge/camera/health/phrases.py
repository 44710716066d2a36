"""What a technician reads about a camera: what is seen, and what to do. Vietnamese, with the English word behind."""

from edge.camera.view.seen import Obstacle

OBSTACLES = {
    Obstacle.REFUSED: "địa chỉ này từ chối kết nối (connection refused)",
    Obstacle.UNREACHABLE: "không kết nối được tới camera (cannot be reached)",
    Obstacle.LOGIN: "camera không nhận tên hoặc mật khẩu (login refused)",
    Obstacle.ADDRESS: "camera không có luồng hình này (no such stream)",
    Obstacle.SILENT: "camera nhận kết nối nhưng không gửi hình (sends nothing)",
    Obstacle.GARBLED: "dữ liệu hình bị hỏng, không giải mã được (cannot be decoded)",
    Obstacle.CRASHED: "camera không cho được hình trong 5 giây (no picture in 5 s)",
}

_SEEN = {
    "stamps": "dấu thời gian của luồng hình đứng yên (time stamps stand still)",
    "same": "hình giống hệt lần xem trước (the very same picture)",
    "dark": "hình tối, độ sáng {brightness:.0f}/255; giờ này mọi hôm vẫn thấy rõ (dark)",
    "bright": "hình trắng xoá {clipped:.0%}; xem có đèn chiếu vào hay camera hỏng cân sáng (over-exposed)",
    "covered": "ống kính bị che khoảng {still:.0%} khung hình; cần gỡ vật che (covered)",
    "moved": "camera bị xoay: lệch {dx:+.0%} ngang, {dy:+.0%} dọc, {rotation_deg:+.1f}°; cần chỉnh lại hướng (moved)",
    "elsewhere": "camera nhìn sang chỗ khác hẳn; cần chỉnh lại hướng (moved)",
    "blurred": "hình mờ, chỉ còn {sharpness:.0%} chi tiết; cần lau kính hoặc chỉnh nét (out of focus)",
    "noise": "hình nhiễu hạt nặng; kiểm tra nguồn và cáp (snow)",
    "stripes": "hình có sọc; kiểm tra nguồn và cáp (stripes)",
    "night_colour": "ban đêm mà hình có màu: bộ lọc hồng ngoại kẹt (infrared filter sticks)",
    "day_grey": "ban ngày mà hình đen trắng: bộ lọc hồng ngoại kẹt (infrared filter sticks)",
    "day_pink": "ban ngày mà hình ám hồng: bộ lọc hồng ngoại kẹt (infrared filter sticks)",
    "dirty": "kính bẩn dần {dull:.0%} khung hình; cần lau kính (dirty lens)",
}


def told(what: str, **numbers: float) -> str:
    """One sentence with its figures in place."""
    return _SEEN[what].format(**numbers).replace("%", " %")

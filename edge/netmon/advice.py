"""Each cause as a sentence and what to do about it, for who stands in front of the node. Pure.

The hub says the same in the same words (a test compares), where it is reached.
"""

from contract.terms import NetworkCause

SENTENCES: dict[NetworkCause, tuple[str, str]] = {
    NetworkCause.NONE: ("Mạng hoạt động", "The network works"),
    NetworkCause.HUB: (
        "Internet vẫn chạy nhưng máy chủ của xã không trả lời",
        "The internet works, but the hub does not answer",
    ),
    NetworkCause.DNS: (
        "Đường truyền vẫn chạy nhưng không phân giải được tên miền (DNS)",
        "The line works, but no names are found (DNS)",
    ),
    NetworkCause.CAPTIVE: (
        "Wifi đòi đồng ý trang chào rồi mới cho nút ra internet",
        "The wifi wants its welcome page agreed to before it lets the node out",
    ),
    NetworkCause.PROVIDER: (
        "Bộ phát wifi vẫn chạy nhưng đường truyền của nhà mạng bị mất",
        "The wifi router works, but the provider's line does not",
    ),
    NetworkCause.GATEWAY: ("Bộ phát wifi không trả lời", "The wifi router does not answer"),
    NetworkCause.ACCESS_POINT: (
        "Nút không kết nối được với bộ phát wifi",
        "The node has no connection to the wifi router",
    ),
    NetworkCause.PI: ("Nút không thấy card mạng của chính nó", "The node finds no network device of its own"),
    NetworkCause.POWER: (
        "Nguồn điện của nút quá yếu và nút mất mạng",
        "The node's power is too weak, and its network is gone",
    ),
    NetworkCause.UNKNOWN: (
        "Mạng có phần không trả lời, chưa đủ dấu hiệu để biết vì sao",
        "Something of the network does not answer; what is seen does not say why",
    ),
}
"""Vietnamese and English."""

ACTIONS: dict[NetworkCause, tuple[str, str]] = {
    NetworkCause.HUB: (
        "Kiểm tra máy chủ của xã có đang chạy không, và từ ngoài có vào được địa chỉ, cổng của nó không.",
        "Check that the hub runs and that its address and port can be reached from outside.",
    ),
    NetworkCause.DNS: (
        "Khởi động lại bộ phát wifi; nếu vẫn vậy, đặt máy chủ tên miền (DNS) trong đó là 1.1.1.1.",
        "Restart the wifi router; if it stays so, enter 1.1.1.1 there as the name server (DNS).",
    ),
    NetworkCause.CAPTIVE: (
        "Tắt trang chào cho nút trong bộ phát wifi, hoặc đồng ý một lần.",
        "Switch the welcome page off for the node in the router, or agree to it once.",
    ),
    NetworkCause.PROVIDER: (
        "Xem đèn internet trên bộ phát rồi khởi động lại; sau năm phút vẫn vậy thì gọi nhà mạng.",
        "Look at the router's internet light, and restart it; if it stays so after five minutes, call the provider.",
    ),
    NetworkCause.GATEWAY: (
        "Kiểm tra bộ phát wifi có điện không, rồi rút điện nó 10 giây và cắm lại.",
        "Check that the router has power, then unplug it for ten seconds.",
    ),
    NetworkCause.ACCESS_POINT: (
        "Kiểm tra dây mạng, hoặc xem wifi có bật và mật khẩu có bị đổi không; nếu vẫn không được cấp địa chỉ mạng thì "
        "khởi động lại bộ phát.",
        "Check the network cable, or that the wifi is on and its password is still the same; if it gets no address all "
        "the same, restart the router.",
    ),
    NetworkCause.PI: (
        "Rút điện nút 10 giây rồi cắm lại; nếu vẫn vậy, mang theo một Pi khác hoặc bộ thu wifi USB.",
        "Unplug the node for ten seconds; if it stays so, bring another Pi or a USB wifi adapter.",
    ),
    NetworkCause.POWER: (
        "Mang theo bộ nguồn khác có dây ngắn cho Pi và thay nó trước.",
        "Bring another supply with a short cable for the Pi, and change it first.",
    ),
}
"""What to do, where the cause is one."""


def in_words(cause: NetworkCause) -> str:
    """The sentence and the action, "tiếng Việt / English"."""
    vietnamese, english = SENTENCES[cause]
    if cause not in ACTIONS:
        return f"{vietnamese} / {english}"
    do_vietnamese, do_english = ACTIONS[cause]
    return f"{vietnamese}. {do_vietnamese} / {english}. {do_english}"

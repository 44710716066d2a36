"""Vietnamese numbers in words, northern usage. Pure."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu", "tỷ")
ORDINALS = {1: "nhất", 4: "tư"}
"""After "thứ"; all others are as ever."""


def cardinal(n: int) -> str:
    """A whole number: 2026 is "hai nghìn không trăm hai mươi sáu"."""
    if n < 0:
        return f"âm {cardinal(-n)}"
    if n >= 10**9:  # tỷ counts on by itself: a million tỷ is "một triệu tỷ"
        head, rest = divmod(n, 10**9)
        return " ".join(filter(None, (cardinal(head), "tỷ", _groups(rest, is_first=False))))
    return _groups(n, is_first=True) or DIGITS[0]


def ordinal(n: int) -> str:
    """What follows "thứ" or "tháng": the fourth is "tư", the first day or time "nhất"."""
    return ORDINALS.get(n) or cardinal(n)


def month(n: int) -> str:
    return "tư" if n == 4 else cardinal(n)


def digits(figures: str) -> str:
    """Figure by figure, as telephone numbers are read."""
    return " ".join(DIGITS[int(figure)] for figure in figures)


def decimal(whole: int, fraction: str) -> str:
    """Two decimals are read as a number unless the first is a zero; three or more figure by figure."""
    is_number = len(fraction) <= 2 and not fraction.startswith("0")
    return f"{cardinal(whole)} phẩy {cardinal(int(fraction)) if is_number else digits(fraction)}"


def _groups(n: int, is_first: bool) -> str:
    """Below a thousand million, in groups of three; one after the first names its hundreds though there are none."""
    words: list[str] = []
    for power in (2, 1, 0):
        group = n // 1000**power % 1000
        if group:
            words.append(_group(group, is_whole=is_first and not words))
            words.append(_SCALES[power])
    return " ".join(filter(None, words))


def _group(n: int, is_whole: bool) -> str:
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    words = []
    if hundreds or not is_whole:
        words.append(f"{DIGITS[hundreds]} trăm")
    if tens == 0:
        if ones:
            words.append(f"linh {DIGITS[ones]}" if words else DIGITS[ones])
    elif tens == 1:
        words.append("mười")
    else:
        words.append(f"{DIGITS[tens]} mươi")
    if tens and ones:
        words.append("mốt" if ones == 1 and tens > 1 else "lăm" if ones == 5 else DIGITS[ones])
    return " ".join(words)

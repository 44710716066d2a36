"""Why an upload was turned away: a stable code, and one sentence for the officer, Vietnamese first. Pure."""

from enum import StrEnum


class Cause(StrEnum):
    """The stable codes."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NO_ROOM = "no_room"
    NOT_AUDIO = "not_audio"
    DAMAGED = "damaged"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    SILENT = "silent"
    UNEVEN = "uneven"
    TOO_HEAVY = "too_heavy"
    NO_TEXT = "no_text"
    LONG_TEXT = "long_text"
    NO_SPEECH = "no_speech"
    NO_VOICE = "no_voice"
    FAULT = "fault"


_SENTENCES: dict[Cause, tuple[str, str]] = {
    Cause.EMPTY: (
        "Tệp trống, không có dữ liệu nào.",
        "The file is empty.",
    ),
    Cause.TOO_LARGE: (
        "Tệp lớn quá mức cho phép ({limit_vi}).",
        "The file is larger than allowed ({limit_en}).",
    ),
    Cause.TOO_MANY: (
        "Bạn đang gửi dở {limit_vi} tệp; hãy gửi tiếp hoặc huỷ bớt rồi tải tệp này lên.",
        "You have {limit_en} unfinished files; continue or cancel some, then upload this one.",
    ),
    Cause.NO_ROOM: (
        "Ổ đĩa của máy chủ không đủ chỗ cho tệp này; xin xoá bớt tệp đang gửi dở hoặc báo kỹ thuật viên.",
        "The server's disk has no room for this file; cancel unfinished uploads or tell the technician.",
    ),
    Cause.NOT_AUDIO: (
        "Đây không phải tệp âm thanh đọc được; xin chọn tệp MP3, WAV, M4A, OGG hoặc FLAC.",
        "This is not a sound file that can be read; please choose an MP3, WAV, M4A, OGG or FLAC file.",
    ),
    Cause.DAMAGED: (
        "Tệp âm thanh bị hỏng hoặc thiếu một đoạn; xin chép hoặc xuất lại tệp rồi tải lên lần nữa.",
        "The sound file is damaged or a part of it is missing; please copy or export it again and upload it once more.",
    ),
    Cause.TOO_LONG: (
        "Âm thanh dài quá mức cho phép ({limit_vi}).",
        "The sound is longer than allowed ({limit_en}).",
    ),
    Cause.TOO_SHORT: (
        "Âm thanh quá ngắn; cần dài ít nhất {limit_vi}.",
        "The sound is too short; it must last at least {limit_en}.",
    ),
    Cause.SILENT: (
        "Âm thanh gần như không có tiếng; xin kiểm tra micrô hoặc bản thu rồi tải lên lại.",
        "There is almost nothing to hear; please check the microphone or the recording and upload it again.",
    ),
    Cause.UNEVEN: (
        "Âm thanh chỉ có những tiếng động rất ngắn nên không chỉnh được đủ to cho loa; xin dùng bản thu khác.",
        "The sound has only very short bursts and cannot be made loud enough for horns; please use another recording.",
    ),
    Cause.TOO_HEAVY: (
        "Xử lý tệp này tốn quá nhiều thời gian hoặc bộ nhớ nên đã dừng lại; "
        "xin xuất lại thành tệp MP3 rồi tải lên lần nữa.",
        "This file took too much time or memory, so work on it was stopped; please export it as MP3 and try again.",
    ),
    Cause.NO_TEXT: (
        "Hãy gõ nội dung cần đọc.",
        "Type what is to be said.",
    ),
    Cause.LONG_TEXT: (
        "Nội dung quá dài; tối đa {limit_vi}.",
        "The text is too long; at most {limit_en}.",
    ),
    Cause.NO_SPEECH: (
        "Máy chủ chưa đọc được thành tiếng; hãy chọn một bản thu có sẵn và báo kỹ thuật viên cài espeak-ng.",
        "The server could not speak the text; choose a stored recording and tell the technician to install espeak-ng.",
    ),
    Cause.NO_VOICE: (
        "Giọng Piper này chưa đọc được; hãy chọn giọng khác và báo kỹ thuật viên xem lại tệp giọng và piper.",
        "This Piper voice could not speak; choose another and tell the technician to look at its files and at piper.",
    ),
    Cause.FAULT: (
        "Máy chủ chưa xử lý được tệp (có thể do đầy ổ đĩa); xin báo kỹ thuật viên.",
        "The server could not process the file (its disk may be full); please tell the technician.",
    ),
}


class Rejected(Exception):
    """An upload that was not stored. `code` is stable; `detail` is for the log, not for the officer.

    `limit` is what the file broke, in Vietnamese and English, for the causes that have one.
    """

    def __init__(self, cause: Cause, detail: str = "", limit: tuple[str, str] = ("", "")) -> None:
        super().__init__(f"{cause.value}: {detail}" if detail else cause.value)
        sentence_vi, sentence_en = _SENTENCES[cause]
        self.code = cause.value
        self.message_vi = sentence_vi.format(limit_vi=limit[0])
        self.message_en = sentence_en.format(limit_en=limit[1])
        self.detail = detail


def say_duration(seconds: float) -> tuple[str, str]:
    """Write a limit as people say it, in Vietnamese and English: 2 giờ, 45 phút, 0,5 giây."""
    for unit_s, vi, en in ((3600, "giờ", "hours"), (60, "phút", "minutes")):
        if seconds >= unit_s and seconds % unit_s == 0:
            return f"{seconds / unit_s:g} {vi}", f"{seconds / unit_s:g} {en}"
    number = f"{seconds:g}"
    return f"{number.replace('.', ',')} giây", f"{number} seconds"


def say_size(size: int) -> tuple[str, str]:
    number = f"{size / 1e6:g}"
    return f"{number.replace('.', ',')} MB", f"{number} MB"

"""Whether a run of capitals is a Vietnamese word, or letters to be spelled; by its form, not by a dictionary. Pure."""

import re
import unicodedata

_SYLLABLE = re.compile(r"(?:NGH|NG|NH|GH|GI|KH|PH|QU|TH|TR|CH|[BCDĐGHKLMNPRSTVX])?[AEIOUY]{1,3}(?:NG|NH|CH|[CMNPT])?")


def is_word(capitals: str) -> bool:
    """ "BAN", "XÃ", "NGHIỆP"; not "UBND", "VTV"."""
    plain = "".join(c for c in unicodedata.normalize("NFD", capitals) if not unicodedata.combining(c))
    return _SYLLABLE.fullmatch(plain) is not None

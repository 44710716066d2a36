"""The two languages of the pages. Catalogs are .po files read at start; msgids are the English sentences."""

import functools
import gettext
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LANGUAGE = "vi"
CATALOGS = Path(__file__).parents[1] / "locale"


def mark(msgid: str) -> str:
    """Say that a text is to be translated where it is shown; returns it unchanged."""
    return msgid


class Words:
    """One language. Values are put into the translated sentence by name: `%(count)s`."""

    def __init__(self, language: str, catalog: gettext.NullTranslations) -> None:
        self.language = language
        self._catalog = catalog

    def gettext(self, msgid: str, /, **values: object) -> str:
        text = self._catalog.gettext(msgid)
        return text % values if values else text

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> str:
        return self._catalog.ngettext(one, many, n) % {"num": n, **values}

    def pick(self, vietnamese: str, english: str) -> str:
        """Choose between the two forms of a sentence that came from below the pages."""
        return english if self.language == "en" else vietnamese


@functools.cache
def load() -> Mapping[str, Words]:
    """Read every catalog, once a process. Raises OSError or ValueError where one is missing or broken: then nothing
    starts."""
    return {language: Words(language, _compile(CATALOGS / f"{language}.po")) for language in LANGUAGES}


def _compile(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)

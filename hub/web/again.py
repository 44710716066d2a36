"""A form that was refused: its page is shown again, with the sentence at the form and all that was typed in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.refusals import NotAllowed, NotFound, Refused
from hub.web.asking import Asking

STATUS = 409
"""Of a page with a refused form."""


@dataclass(frozen=True, slots=True)
class Again:
    """Which form of a page was refused, why, and what its fields held; `FIRST` where none was."""

    form: str = ""
    fault: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return STATUS if self.form else 200

    def fault_of(self, form: str) -> str:
        return self.fault if form == self.form else ""

    def value(self, form: str, name: str, usual: object) -> object:
        """What stands in a field: what was typed, else what stands there usually."""
        return self.typed.get(name, usual) if form == self.form else usual


FIRST = Again()


def refused(asking: Asking, error: Refused, form: str, **typed: str) -> Again:
    """Raises the error itself where no other words in the form would help: it may not be done, or is not there."""
    if isinstance(error, NotAllowed | NotFound):
        raise error
    return Again(form, asking.words.pick(error.message_vi, error.message_en), typed)

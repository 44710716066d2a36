"""Templates into HTML, once for each language; and the files that go with the pages."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined

from hub.rules import wording
from hub.web import wave
from hub.web.wording import network_lines, phrases
from hub.web.wording.times import Times
from hub.web.wording.words import Words

HERE = Path(__file__).parent
STATIC = HERE / "static"
TEMPLATES = HERE / "templates"


class Pages:
    """Renders the templates; every text in them goes through the catalogs, every value is escaped.

    All are read at the start, as the code is: an upgrade in place must not mix new pages with the old hub.
    """

    def __init__(self, languages: Mapping[str, Words], zone: ZoneInfo, templates: Path = TEMPLATES) -> None:
        self.zone = zone
        sources = {str(p.relative_to(templates)): p.read_text(encoding="utf-8") for p in templates.rglob("*.html")}
        self._environments = {name: _environment(sources, w, Times(zone, w)) for name, w in languages.items()}

    def render(self, language: str, template: str, **context: object) -> str:
        return self._environments[language].get_template(template).render(context)


def _environment(sources: Mapping[str, str], words: Words, times: Times) -> Environment:
    environment = Environment(
        loader=DictLoader(sources),
        auto_reload=False,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        _=words.gettext,
        gettext=words.gettext,
        ngettext=words.ngettext,
        language=words.language,
        badge=phrases.badge,
        asset=asset,
    )
    environment.filters.update(
        say=lambda term: phrases.say(words, term),
        detail=lambda text: phrases.say_detail(words, text),
        more=lambda text, said: phrases.say_more(words, text, said),
        fault=lambda name: phrases.say(words, phrases.name_alert_fault(name)),
        target=lambda id: phrases.say_target(words, id),
        strength=network_lines.strength,
        second=times.second,
        minute=times.minute,
        day=times.day,
        short_day=times.short_day,
        weekday=times.weekday,
        moment=times.moment,
        near_day=times.near_day,
        field=times.field,
        duration=times.duration,
        number=times.number,
        share=times.share,
        clock_minutes=times.clock_minutes,
        day_names=times.day_names,
        iso=lambda at: at.isoformat(),
        lunar=times.lunar,
        rule_words=wording.shown_words,
        outline=wave.outline,
    )
    return environment


_assets: dict[str, str] = {}


def asset(name: str) -> str:
    """The address of a static file with a mark of its content, so that browsers may keep it for good."""
    if name not in _assets:
        mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
        _assets[name] = f"/static/{name}?v={mark}"
    return _assets[name]

"""Writes the reference page of the wire (docs/mqtt.md) from the contract itself: `python -m contract.page`."""

import dataclasses
import inspect
import json
import sys
from typing import Any, get_type_hints

from contract import codec, events, limits, orders, pictures, reports
from contract.samples import MESSAGES
from contract.topics import HUB_STATE, PREFIX

_TOPICS = """\
| kind | way | QoS | retained | carries |
|---|---|---|---|---|
| `state` | up | 1 | yes, and last will | State |
| `birth` | up | 1 | no | Birth, on every connection |
| `report` | up | 0 | no | Heartbeat, once a minute and at a change |
| `event` | up | 1 | no | Playout, Change or Refusal, until its receipt |
| `picture` | up | 1 | no | Pictures, because a command asked for them |
| `plan` | down | 1 | yes | Envelope around a Plan |
| `command` | down | 1 | no | Envelope around a Command |
| `receipt` | down | 1 | no | Receipt |
"""

_ORDER = {
    "Up: what is so": [
        reports.State,
        reports.Birth,
        reports.Heartbeat,
        reports.PlanReport,
        reports.ClockReport,
        reports.Vitals,
        reports.CameraReport,
        reports.TargetReport,
        reports.NetworkReport,
        pictures.Pictures,
        events.Key,
        events.Playout,
        events.Change,
        events.Refusal,
        limits.Limits,
    ],
    "Down: what is to be heard": [
        orders.Envelope,
        orders.Grant,
        orders.Plan,
        orders.Cue,
        orders.Audio,
        orders.Counter,
        orders.Command,
        orders.Receipt,
    ],
}


def page() -> str:
    """The whole page as Markdown."""
    lines = [
        "# The wire: MQTT topics and messages",
        "",
        "*Generated from `contract/` by `python -m contract.page`; a test compares.*",
        "",
        f"Topics are `{PREFIX}/<commune>/<node>/<kind>`, the node id being `<commune>-<name>`. The hub's own presence",
        f"is `{HUB_STATE}` (retained, with a last will), readable by every node.",
        "",
        _TOPICS,
        'Payloads are JSON with `"v": 1`. Unknown fields are accepted, unknown kinds are refused and counted. Instants',
        "are RFC 3339 in UTC; bytes are base64. A signed body is the JSON of its message, deflated (zlib):",
        f"at most {codec.PLAN_PACKED_MAX} bytes packed and {codec.PLAN_UNPACKED_MAX} unpacked. The signature (Ed25519)",
        "covers a context string (`loa/v1/plan\\0`, `loa/v1/command\\0`, `loa/v1/grant\\0`), then the packed bytes.",
        "",
    ]
    for heading, kinds in _ORDER.items():
        lines += [f"## {heading}", ""]
        for kind in kinds:
            lines += _section(kind)
    lines += ["## Samples", ""]
    for name, message in MESSAGES.items():
        pretty = json.dumps(json.loads(codec.encode(message)), indent=2, ensure_ascii=False)
        lines += [f"### {name}", "", "```json", pretty, "```", ""]
    return "\n".join(lines)


def _section(kind: type[Any]) -> list[str]:
    hints = get_type_hints(kind)
    rows = [f"| `{f.name}` | {_type(hints[f.name])} | {_default(f)} |" for f in dataclasses.fields(kind)]
    doc = inspect.cleandoc(kind.__doc__ or "")
    intro = [] if doc.startswith(f"{kind.__name__}(") else [doc, ""]
    return [f"### {kind.__name__}", "", *intro, "| field | type | default |", "|---|---|---|", *rows, ""]


def _type(hint: Any) -> str:
    text = hint.__name__ if isinstance(hint, type) and not getattr(hint, "__args__", None) else str(hint)
    for module in (
        "contract.terms.",
        "contract.orders.",
        "contract.reports.",
        "contract.events.",
        "contract.limits.",
        "datetime.",
    ):
        text = text.replace(module, "")
    return f"`{text}`".replace("|", "or")


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
        return f"`{json.dumps(field.default_factory())}`"
    if field.default is dataclasses.MISSING:
        return "required"
    return f"`{json.dumps(field.default, default=repr, ensure_ascii=False)}`"


if __name__ == "__main__":
    sys.stdout.write(page())

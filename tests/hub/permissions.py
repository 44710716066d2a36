"""Who may ask what, of whose things: one table for pages and API, read by the tests and printed as docs/permissions.md.

python -m tests.hub.permissions > docs/permissions.md
"""

import sys
from enum import StrEnum

from hub.people.accounts import Role
from tests.hub.web.test_routes import ALARMS, APPROVES, AUDITS, EVERYONE, MANAGES, ORDERS, STOPS, TENDS, WHO_MAY

Route = tuple[str, str]
API = "/api/v1"


class Whose(StrEnum):
    """Of whose things an address with a thing in it is for those whose role includes it."""

    ALL = "everybody's"
    VILLAGES = "only where one answers for all of its villages"
    PARTLY = "in the villages one answers for"
    MAKER = "the commune's, or one's own where one answers for some villages alone"
    OWN = "one's own alone"


API_WHO_MAY: dict[Route, frozenset[Role]] = {
    ("GET", "/broadcasts"): EVERYONE,
    ("POST", "/broadcasts"): ORDERS,
    ("GET", "/broadcasts/{id}"): EVERYONE,
    ("PUT", "/broadcasts/{id}"): ORDERS,
    ("PUT", "/broadcasts/{id}/starts-at"): ORDERS,
    ("POST", "/broadcasts/{id}/undo-move"): ORDERS,
    ("POST", "/broadcasts/{id}/submit"): ORDERS,
    ("POST", "/broadcasts/{id}/withdraw"): ORDERS,
    ("POST", "/broadcasts/{id}/return"): APPROVES,
    ("POST", "/broadcasts/{id}/approve"): APPROVES,
    ("POST", "/broadcasts/{id}/cancel"): ORDERS,
    ("POST", "/broadcasts/{id}/drop"): ORDERS,
    ("POST", "/broadcasts/{id}/stop"): STOPS,
    ("POST", "/broadcasts/{id}/again"): ORDERS,
    ("POST", "/stops"): STOPS,
    ("POST", "/checks"): ORDERS,
    ("GET", "/recordings"): EVERYONE,
    ("POST", "/recordings"): ORDERS,
    ("GET", "/bin"): ORDERS,
    ("GET", "/folders"): EVERYONE,
    ("GET", "/recordings/{sha256}"): EVERYONE,
    ("DELETE", "/recordings/{sha256}"): ORDERS,
    ("GET", "/recordings/{sha256}/sound"): EVERYONE,
    ("PUT", "/recordings/{sha256}/name"): ORDERS,
    ("PUT", "/recordings/{sha256}/kept"): ORDERS,
    ("PUT", "/recordings/{sha256}/substitute"): ORDERS,
    ("POST", "/recordings/{sha256}/put-back"): ORDERS,
    ("GET", "/recordings/{sha256}/waveform"): EVERYONE,
    ("GET", "/recordings/{sha256}/text"): EVERYONE,
    ("GET", "/recordings/{sha256}/uses"): EVERYONE,
    ("GET", "/recordings/{sha256}/versions"): EVERYONE,
    ("POST", "/recordings/{sha256}/versions"): ORDERS,
    ("POST", "/recordings/{sha256}/cut"): ORDERS,
    ("POST", "/recordings/{sha256}/cut-silence"): ORDERS,
    ("POST", "/recordings/{sha256}/choose"): ORDERS,
    ("POST", "/broadcasts/{id}/renew"): ORDERS,
    ("GET", "/uploads/{id}"): ORDERS,
    ("OPTIONS", "/uploads"): ORDERS,
    ("GET", "/uploads"): ORDERS,
    ("POST", "/uploads"): ORDERS,
    ("HEAD", "/uploads/{id}"): ORDERS,
    ("PATCH", "/uploads/{id}"): ORDERS,
    ("DELETE", "/uploads/{id}"): ORDERS,
    ("GET", "/speech/voices"): ORDERS,
    ("GET", "/speech/scripts"): ORDERS,
    ("POST", "/speech/scripts/{id}/words"): ORDERS,
    ("POST", "/speech/words"): ORDERS,
    ("POST", "/speech/sound"): ORDERS,
    ("POST", "/speech/recordings"): ORDERS,
    ("GET", "/speech/abbreviations"): ORDERS,
    ("PUT", "/speech/abbreviations"): ORDERS,
    ("POST", "/speech/abbreviations/put-back"): ORDERS,
    ("GET", "/calendar"): EVERYONE,
    ("GET", "/calendar.ics"): EVERYONE,
    ("POST", "/calendar/import"): ORDERS,
    ("POST", "/calendar/import/drafts"): ORDERS,
    ("GET", "/calendar/days"): EVERYONE,
    ("GET", "/calendar/rule"): ORDERS,
    ("GET", "/emergencies"): EVERYONE,
    ("POST", "/emergencies"): ALARMS,
    ("POST", "/preparations"): ALARMS,
    ("GET", "/emergencies/{id}"): EVERYONE,
    ("POST", "/emergencies/{id}/cancel"): ORDERS,
    ("POST", "/emergencies/{id}/all-clear"): ORDERS,
    ("GET", "/metrics"): EVERYONE,
    ("GET", "/nodes"): EVERYONE,
    ("GET", "/nodes/{id}"): EVERYONE,
    ("GET", "/nodes/{id}/history"): EVERYONE,
    ("GET", "/nodes/{id}/figures"): EVERYONE,
    ("PUT", "/nodes/{id}/phone"): TENDS,
    ("PUT", "/nodes/{id}/language"): TENDS,
    ("PUT", "/nodes/{id}/position"): TENDS,
    ("GET", "/nodes/{id}/maintenance"): EVERYONE,
    ("POST", "/nodes/{id}/maintenance"): TENDS,
    ("POST", "/nodes/{id}/maintenance/{window}/end"): TENDS,
    ("GET", "/nodes/{id}/cameras"): EVERYONE,
    ("GET", "/nodes/{id}/cameras/{camera}"): EVERYONE,
    ("POST", "/nodes/{id}/cameras/{camera}/show"): TENDS,
    ("POST", "/nodes/{id}/cameras/{camera}/right"): TENDS,
    ("GET", "/nodes/{id}/cameras/{camera}/pictures"): TENDS,
    ("GET", "/nodes/{id}/cameras/{camera}/pictures/{which}"): TENDS,
    ("GET", "/incidents"): EVERYONE,
    ("GET", "/incidents/{id}"): EVERYONE,
    ("POST", "/incidents/{id}/known"): TENDS,
    ("PUT", "/incidents/{id}/person"): TENDS,
    ("POST", "/incidents/{id}/notes"): TENDS,
    ("GET", "/uptime"): EVERYONE,
    ("GET", "/people"): MANAGES,
    ("GET", "/people/{name}"): MANAGES,
    ("POST", "/people/{name}/log-out"): MANAGES,
    ("POST", "/people/{name}/off"): MANAGES,
    ("GET", "/audit"): AUDITS,
    ("GET", "/me"): EVERYONE,
    ("GET", "/me/tokens"): EVERYONE,
    ("DELETE", "/me/tokens/{id}"): EVERYONE,
    ("GET", "/me/sessions"): EVERYONE,
    ("DELETE", "/me/sessions/{id}"): EVERYONE,
}
EVERY: dict[Route, frozenset[Role]] = {
    **WHO_MAY,
    **{(method, API + path): roles for (method, path), roles in API_WHO_MAY.items()},
}
"""All routes that need somebody to be known."""

_BROADCAST = ("approve", "submit", "withdraw", "return", "cancel", "drop", "again")
_CAMERA = "/nodes/{id}/cameras/{camera}"
_RECORDING = ("rename", "remove", "put-back", "keep", "substitute", "cut", "choose", "renew")
THINGS: dict[Route, Whose] = {
    **{("POST", f"/broadcasts/{{id}}/{what}"): Whose.VILLAGES for what in _BROADCAST},
    **{("POST", f"{API}/broadcasts/{{id}}/{what}"): Whose.VILLAGES for what in _BROADCAST},
    ("PUT", f"{API}/broadcasts/{{id}}"): Whose.VILLAGES,
    ("PUT", f"{API}/broadcasts/{{id}}/starts-at"): Whose.VILLAGES,
    ("POST", f"{API}/broadcasts/{{id}}/undo-move"): Whose.VILLAGES,
    ("POST", "/broadcasts/{id}/edit"): Whose.VILLAGES,
    ("POST", "/calendar/move/{id}"): Whose.VILLAGES,
    ("POST", "/calendar/move/{id}/undo"): Whose.VILLAGES,
    ("POST", "/broadcasts/{id}/stop"): Whose.PARTLY,
    ("POST", f"{API}/broadcasts/{{id}}/stop"): Whose.PARTLY,
    ("POST", "/emergency/{id}/cancel"): Whose.VILLAGES,
    ("POST", "/emergency/{id}/all-clear"): Whose.VILLAGES,
    ("POST", f"{API}/emergencies/{{id}}/cancel"): Whose.VILLAGES,
    ("POST", f"{API}/emergencies/{{id}}/all-clear"): Whose.VILLAGES,
    ("POST", "/nodes/{id}/phone"): Whose.VILLAGES,
    ("POST", "/nodes/{id}/language"): Whose.VILLAGES,
    ("POST", "/nodes/{id}/position"): Whose.VILLAGES,
    ("PUT", f"{API}/nodes/{{id}}/phone"): Whose.VILLAGES,
    ("PUT", f"{API}/nodes/{{id}}/language"): Whose.VILLAGES,
    ("PUT", f"{API}/nodes/{{id}}/position"): Whose.VILLAGES,
    **{("POST", f"/audio/{{sha256}}/{what}"): Whose.MAKER for what in _RECORDING},
    ("DELETE", f"{API}/recordings/{{sha256}}"): Whose.MAKER,
    ("POST", f"{API}/recordings/{{sha256}}/versions"): Whose.MAKER,
    ("POST", f"{API}/recordings/{{sha256}}/cut"): Whose.MAKER,
    ("POST", f"{API}/recordings/{{sha256}}/cut-silence"): Whose.MAKER,
    ("POST", f"{API}/recordings/{{sha256}}/choose"): Whose.MAKER,
    ("POST", f"{API}/broadcasts/{{id}}/renew"): Whose.VILLAGES,
    ("PUT", f"{API}/recordings/{{sha256}}/name"): Whose.MAKER,
    ("PUT", f"{API}/recordings/{{sha256}}/kept"): Whose.MAKER,
    ("PUT", f"{API}/recordings/{{sha256}}/substitute"): Whose.MAKER,
    ("POST", f"{API}/recordings/{{sha256}}/put-back"): Whose.MAKER,
    ("GET", "/audio/uploads/{id}"): Whose.OWN,
    ("GET", f"{API}/uploads/{{id}}"): Whose.OWN,
    **{(method, f"{place}/uploads/{{id}}"): Whose.OWN for method in ("HEAD", "PATCH", "DELETE") for place in ("", API)},
    ("POST", "/uploads/{id}/cancel"): Whose.OWN,
    ("POST", "/account/tokens/{id}/revoke"): Whose.OWN,
    ("DELETE", f"{API}/me/tokens/{{id}}"): Whose.OWN,
    ("DELETE", f"{API}/me/sessions/{{id}}"): Whose.OWN,
    ("POST", "/account/sessions/end"): Whose.OWN,
    ("POST", f"{API}/speech/scripts/{{id}}/words"): Whose.ALL,
    **{route: Whose.ALL for route in EVERY if "/people/" in route[1]},
    **{route: Whose.ALL for route in EVERY if route[0] == "GET" and "{" in route[1] and "/uploads/" not in route[1]},
    **{("POST", f"{place}/nodes/{{id}}/maintenance"): Whose.VILLAGES for place in ("", API)},
    **{("POST", f"{place}/nodes/{{id}}/maintenance/{{window}}/end"): Whose.VILLAGES for place in ("", API)},
    **{("POST", f"{place}{_CAMERA}/{what}"): Whose.VILLAGES for place in ("", API) for what in ("show", "right")},
    **{("GET", f"{place}{_CAMERA}/pictures/{{which}}"): Whose.VILLAGES for place in ("", API)},
    ("GET", f"{API}{_CAMERA}/pictures"): Whose.VILLAGES,
    **{("POST", f"/incidents/{{id}}/{what}"): Whose.VILLAGES for what in ("known", "assign", "note", "photos")},
    ("POST", "/incidents/{id}/photos/{photo}/remove"): Whose.VILLAGES,
    **{("POST", f"{API}/incidents/{{id}}/{what}"): Whose.VILLAGES for what in ("known", "notes")},
    ("PUT", f"{API}/incidents/{{id}}/person"): Whose.VILLAGES,
    **{("POST", f"/alerts/{{id}}{what}"): Whose.VILLAGES for what in ("", "/test", "/remove")},
}
"""Every route with a thing in it (and those that name one in their form)."""


def page() -> str:
    """docs/permissions.md."""
    lines = [
        "# Who may do what",
        "",
        "Made from `tests/hub/permissions.py`, which the tests hold against every route of the hub:",
        "`python -m tests.hub.permissions > docs/permissions.md`. A person may answer for some villages alone; the",
        "last column says what that, or being another person, keeps from them. A token for looking only reads.",
        "",
        "| | " + " | ".join(role.value for role in Role) + " | whose things |",
        "|---|" + ":-:|" * len(Role) + "---|",
    ]
    for (method, path), roles in sorted(EVERY.items(), key=lambda each: (each[0][1], each[0][0])):
        marks = " | ".join("yes" if role in roles else "" for role in Role)
        lines.append(f"| `{method} {path}` | {marks} | {THINGS.get((method, path), '')} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())

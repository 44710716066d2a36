"""The record of deeds as sentences: what each act is called, and what kind it is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.web.wording.words import mark


class Kind(StrEnum):
    """What a deed is about; the page is looked through by it."""

    BROADCASTS = "broadcasts"
    ALARMS = "alarms"
    SOUNDS = "sounds"
    VILLAGES = "villages"
    CAMERAS = "cameras"
    PEOPLE = "people"
    LOGINS = "logins"


KINDS = {
    Kind.BROADCASTS: mark("Broadcasts"),
    Kind.ALARMS: mark("Emergency"),
    Kind.SOUNDS: mark("Recordings"),
    Kind.VILLAGES: mark("Villages"),
    Kind.CAMERAS: mark("Cameras"),
    Kind.PEOPLE: mark("People"),
    Kind.LOGINS: mark("Log-ins"),
}
ICONS = {
    Kind.BROADCASTS: "calendar",
    Kind.ALARMS: "alert",
    Kind.SOUNDS: "note",
    Kind.VILLAGES: "horn",
    Kind.CAMERAS: "camera",
    Kind.PEOPLE: "user",
    Kind.LOGINS: "phone",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One kind of act: its sentence, with who and what in it, and whether the note's detail goes with it."""

    kind: Kind
    msgid: str
    has_detail: bool = False


DEEDS: Mapping[str, Deed] = {
    "order": Deed(Kind.BROADCASTS, mark("%(who)s ordered “%(what)s”")),
    "draft": Deed(Kind.BROADCASTS, mark("%(who)s drafted “%(what)s”")),
    "change": Deed(Kind.BROADCASTS, mark("%(who)s changed “%(what)s”")),
    "move": Deed(Kind.BROADCASTS, mark("%(who)s moved “%(what)s” to another time")),
    "submit": Deed(Kind.BROADCASTS, mark("%(who)s submitted “%(what)s” for approval")),
    "withdraw": Deed(Kind.BROADCASTS, mark("%(who)s took “%(what)s” back as a draft")),
    "return": Deed(Kind.BROADCASTS, mark("%(who)s returned “%(what)s” to be mended"), True),
    "approve": Deed(Kind.BROADCASTS, mark("%(who)s approved “%(what)s”")),
    "approve-own": Deed(Kind.BROADCASTS, mark("%(who)s alone approved “%(what)s”, and said why"), True),
    "approve-again": Deed(Kind.BROADCASTS, mark("%(who)s approved “%(what)s” to be aired again")),
    "again": Deed(Kind.BROADCASTS, mark("%(who)s let “%(what)s” be aired again where it was missed")),
    "renew": Deed(Kind.BROADCASTS, mark("%(who)s let “%(what)s” sound with another version of its recording")),
    "undo-move": Deed(Kind.BROADCASTS, mark("%(who)s took back the move of “%(what)s”")),
    "cancel": Deed(Kind.BROADCASTS, mark("%(who)s cancelled “%(what)s”")),
    "drop": Deed(Kind.BROADCASTS, mark("%(who)s left out one airing of “%(what)s”")),
    "stop": Deed(Kind.BROADCASTS, mark("%(who)s stopped “%(what)s”"), True),
    "alarm": Deed(Kind.ALARMS, mark("%(who)s sent the emergency “%(what)s”")),
    "alarm-cancel": Deed(Kind.ALARMS, mark("%(who)s cancelled the emergency “%(what)s”")),
    "all-clear": Deed(Kind.ALARMS, mark("%(who)s gave the all-clear “%(what)s”")),
    "pin": Deed(Kind.ALARMS, mark("%(who)s set the emergency PIN of %(what)s")),
    "pin-wrong": Deed(Kind.ALARMS, mark("%(who)s typed a wrong emergency PIN")),
    "upload": Deed(Kind.SOUNDS, mark("%(who)s added the recording “%(what)s”")),
    "rename": Deed(Kind.SOUNDS, mark("%(who)s renamed the recording “%(what)s”")),
    "remove": Deed(Kind.SOUNDS, mark("%(who)s put the recording “%(what)s” into the bin")),
    "put-back": Deed(Kind.SOUNDS, mark("%(who)s took the recording “%(what)s” out of the bin")),
    "upload-version": Deed(Kind.SOUNDS, mark("%(who)s uploaded a newer version of “%(what)s”")),
    "speak-version": Deed(Kind.SOUNDS, mark("%(who)s had a newer version of “%(what)s” spoken")),
    "cut": Deed(Kind.SOUNDS, mark("%(who)s cut the recording “%(what)s”")),
    "choose-version": Deed(Kind.SOUNDS, mark("%(who)s chose a version of “%(what)s”")),
    "keep": Deed(Kind.SOUNDS, mark("%(who)s had “%(what)s” held ready for emergencies")),
    "unkeep": Deed(Kind.SOUNDS, mark("%(who)s no longer has “%(what)s” held ready")),
    "substitute": Deed(Kind.SOUNDS, mark("%(who)s made “%(what)s” the substitute")),
    "no-substitute": Deed(Kind.SOUNDS, mark("%(who)s no longer has “%(what)s” as the substitute")),
    "abbreviation": Deed(Kind.SOUNDS, mark("%(who)s said how “%(what)s” is read"), True),
    "phone": Deed(Kind.VILLAGES, mark("%(who)s wrote down whom to call in %(what)s"), True),
    "language": Deed(Kind.VILLAGES, mark("%(who)s wrote down what is spoken in %(what)s"), True),
    "position": Deed(Kind.VILLAGES, mark("%(who)s wrote down where %(what)s lies"), True),
    "maintenance": Deed(Kind.VILLAGES, mark("%(who)s planned maintenance of %(what)s"), True),
    "maintenance-end": Deed(Kind.VILLAGES, mark("%(who)s ended the maintenance of %(what)s"), True),
    "incident-known": Deed(Kind.VILLAGES, mark("%(who)s knows of %(what)s")),
    "incident-assign": Deed(Kind.VILLAGES, mark("%(who)s said who sees to %(what)s"), True),
    "incident-note": Deed(Kind.VILLAGES, mark("%(who)s noted on %(what)s"), True),
    "incident-photo": Deed(Kind.VILLAGES, mark("%(who)s added a photo to %(what)s")),
    "incident-photo-remove": Deed(Kind.VILLAGES, mark("%(who)s deleted a photo of %(what)s")),
    "place-add": Deed(Kind.VILLAGES, mark("%(who)s added a place for alerts: %(what)s"), True),
    "place-change": Deed(Kind.VILLAGES, mark("%(who)s changed what %(what)s is told of"), True),
    "place-remove": Deed(Kind.VILLAGES, mark("%(who)s removed the place for alerts %(what)s")),
    "place-test": Deed(Kind.VILLAGES, mark("%(who)s sent a test to %(what)s")),
    "camera-show": Deed(Kind.CAMERAS, mark("%(who)s asked for pictures of %(what)s")),
    "camera-look": Deed(Kind.CAMERAS, mark("%(who)s looked at the pictures of %(what)s")),
    "camera-right": Deed(Kind.CAMERAS, mark("%(who)s said that the view of %(what)s is right")),
    "person-add": Deed(Kind.PEOPLE, mark("%(who)s added %(what)s"), True),
    "person-change": Deed(Kind.PEOPLE, mark("%(who)s changed what %(what)s may do"), True),
    "person-off": Deed(Kind.PEOPLE, mark("%(who)s deactivated the account of %(what)s")),
    "person-on": Deed(Kind.PEOPLE, mark("%(who)s reactivated the account of %(what)s")),
    "person-password": Deed(Kind.PEOPLE, mark("%(who)s gave %(what)s a new password")),
    "person-second-factor": Deed(Kind.PEOPLE, mark("%(who)s dropped the second step of %(what)s")),
    "person-logout": Deed(Kind.PEOPLE, mark("%(who)s logged %(what)s out everywhere")),
    "login": Deed(Kind.LOGINS, mark("%(who)s logged in"), True),
    "logout": Deed(Kind.LOGINS, mark("%(who)s logged out")),
    "end-session": Deed(Kind.LOGINS, mark("%(who)s ended a log-in of their own")),
    "password": Deed(Kind.LOGINS, mark("%(who)s changed their password")),
    "second-factor": Deed(Kind.LOGINS, mark("%(who)s set up the second step")),
    "no-second-factor": Deed(Kind.LOGINS, mark("%(who)s dropped the second step")),
    "recovery-codes": Deed(Kind.LOGINS, mark("%(who)s made new recovery codes")),
    "recovery-code": Deed(Kind.LOGINS, mark("%(who)s logged in with a recovery code")),
    "code-wrong": Deed(Kind.LOGINS, mark("%(who)s typed a wrong code at the log-in")),
    "token": Deed(Kind.LOGINS, mark("%(who)s made an access token")),
    "token-revoke": Deed(Kind.LOGINS, mark("%(who)s revoked an access token")),
}
CAMERA = mark("camera %(camera)s (%(village)s)")
INCIDENT = mark("incident no. %(id)s")
OTHER = mark("%(who)s did: %(act)s %(what)s")
EVERYTHING = mark("everything that sounds")
BY_COMMAND = mark("The command line (loa-hub)")
ALL, COMMAND = "all", "loa-hub"
"""The subject of a stop of everything; who acts at the command line."""


def of_kind(kind: str) -> tuple[str, ...]:
    """The acts of this kind; none for what is no kind."""
    return tuple(act for act, deed in DEEDS.items() if deed.kind == kind)

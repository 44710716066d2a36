"""What a person does on each kind of device so that it trusts the hub's own authority, and to take that back."""

from dataclasses import dataclass
from enum import StrEnum

from hub.web.wording.words import mark


class Device(StrEnum):
    ANDROID = "android"
    IPHONE = "iphone"
    WINDOWS = "windows"
    MAC = "mac"
    LINUX = "linux"
    FIREFOX = "firefox"


@dataclass(frozen=True, slots=True)
class Step:
    """A sentence, and the drawing beside it (templates/trust/pictures.html)."""

    picture: str
    text: str


@dataclass(frozen=True, slots=True)
class How:
    """The file to begin with, what is done with it, and how it is undone."""

    title: str
    file: str
    steps: tuple[Step, ...]
    undo: str


_CERTIFICATE, _PROFILE = "/trust/ca.crt", "/trust/ca.mobileconfig"

HOW: dict[Device, How] = {
    Device.ANDROID: How(
        mark("Android"),
        _CERTIFICATE,
        (
            Step("download", mark("Press the button below; the phone keeps the file loa-lang.crt.")),
            Step("search", mark("Open Settings and search for “CA certificate”.")),
            Step(
                "warning", mark("Choose CA certificate, then “Install anyway”. The phone may ask for its screen lock.")
            ),
            Step("file", mark("Choose the file loa-lang.crt among the downloads.")),
        ),
        mark("To take it back: Settings, search for “Trusted credentials”, User, Loa Lang, Remove."),
    ),
    Device.IPHONE: How(
        mark("iPhone, iPad"),
        _PROFILE,
        (
            Step("download", mark("In Safari, press the button below and choose “Allow”.")),
            Step("install", mark("Open Settings; near the top press “Profile Downloaded”, then “Install”.")),
            Step("settings", mark("Go to Settings, General, About, and right down to Certificate Trust Settings.")),
            Step("toggle", mark("Switch on Loa Lang, and press “Continue”.")),
        ),
        mark("To take it back: Settings, General, VPN & Device Management, Loa Làng, Remove Profile."),
    ),
    Device.WINDOWS: How(
        mark("Windows"),
        _CERTIFICATE,
        (
            Step("download", mark("Press the button below, then open the file loa-lang.crt.")),
            Step("install", mark("Press “Install Certificate”, choose Current User, Next.")),
            Step(
                "folder",
                mark(
                    "Choose “Place all certificates in the following store”, Browse, Trusted Root Certification "
                    "Authorities, OK."
                ),
            ),
            Step(
                "warning",
                mark("Next, Finish. Windows asks once more: press Yes. Then close the browser and open it again."),
            ),
        ),
        mark(
            "To take it back: open certmgr.msc, Trusted Root Certification Authorities, Certificates, Loa Lang, Delete."
        ),
    ),
    Device.MAC: How(
        mark("Mac"),
        _CERTIFICATE,
        (
            Step(
                "download", mark("Press the button below, then open the file loa-lang.crt: Keychain Access comes up.")
            ),
            Step("search", mark("Find Loa Lang in the list and open it by pressing twice.")),
            Step("toggle", mark("Under Trust choose “Always Trust”, close the window and give your password.")),
        ),
        mark("To take it back: in Keychain Access find Loa Lang and delete it."),
    ),
    Device.LINUX: How(
        mark("Linux, ChromeOS"),
        _CERTIFICATE,
        (
            Step("download", mark("Press the button below; the browser keeps the file loa-lang.crt.")),
            Step("search", mark("In the browser's settings search for “Manage certificates”.")),
            Step("file", mark("Import the file under Authorities (or Trusted certificates).")),
            Step("toggle", mark("Tick that it may identify websites, and press OK.")),
        ),
        mark("To take it back: in the same list choose Loa Lang, Delete."),
    ),
    Device.FIREFOX: How(
        mark("Firefox"),
        _CERTIFICATE,
        (
            Step(
                "download",
                mark("Press the button below. On a PC Firefox asks at once: tick that it may identify websites, OK."),
            ),
            Step("search", mark("If it does not ask: Settings, search for “Certificates”, View Certificates.")),
            Step(
                "file",
                mark("Under Authorities press Import, choose loa-lang.crt, tick that it may identify websites, OK."),
            ),
            Step(
                "toggle",
                mark(
                    "On a phone first follow the steps for Android or iPhone, then in Firefox: Settings, About "
                    "Firefox, press the picture 5 times, go back, Secret Settings, “Use third party CA "
                    "certificates”."
                ),
            ),
        ),
        mark("To take it back: the same list, Authorities, Loa Lang, Delete or Distrust."),
    ),
}

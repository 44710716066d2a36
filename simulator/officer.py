"""A person at the hub's pages, by HTTP as a browser would: logs in, uploads, orders, approves, looks."""

import re
import time
from html import unescape
from pathlib import Path

import httpx

LOOK_S = 0.1


class Refused(RuntimeError):
    """The page said no; the text is what the person reads."""


class Person:
    """One logged-in user of the hub's pages."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self._web = httpx.Client(base_url=address, headers={"Origin": address}, timeout=60, follow_redirects=False)
        self._post("/login", {"name": name, "password": password})

    def upload(self, sound: Path, title: str) -> str:
        """Upload a recording and wait until it is levelled and stored; returns its SHA-256."""
        taken = self._web.post("/audio", params={"title": title}, content=sound.read_bytes())
        _require_done(taken)
        place = f"/audio/uploads/{taken.json()['id']}"
        while (state := self._web.get(place).json())["step"] in ("waiting", "working"):
            time.sleep(LOOK_S)
        if state["step"] != "done":
            raise Refused(state["message"])
        return str(state["sha256"])

    def order(self, title: str, recording: str, nodes: list[str], **choices: str) -> str:
        """Order a broadcast, for now unless `day` (2026-12-31) and `time` (05:00) are given; returns its id."""
        when = "later" if "time" in choices else "now"
        form = {"title": title, "recording": recording, "priority": "routine", "when": when, "chime": "yes", **choices}
        ordered = self._web.post("/broadcasts", data={**form, "nodes": nodes})
        _require_done(ordered)
        return ordered.headers["location"].rpartition("/")[2]

    def type(self, text: str, title: str) -> str:
        """Type an announcement, read it in words as the page shows it, and keep it; returns its SHA-256."""
        read = self._web.post("/speech/words", data={"text": text})
        _require_done(read)
        sentences = re.findall(r'<textarea name="sentence"[^>]*>([^<]*)</textarea>', read.text)
        kept = self._web.post("/speech", data={"sentence": [unescape(s) for s in sentences], "title": title})
        _require_done(kept)
        return kept.headers["location"].rpartition("=")[2]

    def approve(self, broadcast: str, waiver: str = "") -> None:
        """Who ordered it too says in `waiver` why nobody else can."""
        shown = self.page(f"/broadcasts/{broadcast}").partition('name="seen" value="')[2].partition('"')[0]
        self._post(f"/broadcasts/{broadcast}/approve", {"seen": shown, "waiver": waiver})

    def set_pin(self, password: str, pin: str) -> None:
        self._post("/pin", {"password": password, "pin": pin, "again": pin})

    def keep(self, recording: str) -> None:
        """Have a recording held ready in every village."""
        self._post(f"/audio/{recording}/keep", {"is_kept": "yes"})

    def prepare_alarm(self, nodes: list[str], repeat_s: int, recording: str = "text", text: str = "") -> dict[str, str]:
        """The first step of an emergency; returns the form of the second as the page shows it, but for the PIN."""
        form = {"recording": recording, "text": text, "nodes": nodes, "repeat_s": str(repeat_s)}
        prepared = self._web.post("/emergency/prepare", data=form)
        _require_done(prepared)
        fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.page(prepared.headers["location"]))
        return {name: value for name, value in fields if name != "next"}

    def send_alarm(self, prepared: dict[str, str], pin: str) -> str:
        """The second step; returns the alarm's id."""
        sent = self._web.post("/emergency", data={**prepared, "pin": pin})
        _require_done(sent)
        return sent.headers["location"].rpartition("/")[2]

    def cancel_alarm(self, alarm: str, recording: str = "", text: str = "") -> None:
        self._post(f"/emergency/{alarm}/cancel", {"recording": recording, "text": text})

    def make_token(self, password: str) -> str:
        """What lets a program look for this person."""
        form = {"name": "chương trình", "scope": "read", "days": "30", "password": password}
        made = self._web.post("/account/tokens", data=form)
        _require_done(made)
        return made.text.partition('class="secret" value="')[2].partition('"')[0]

    def stop(self, broadcast: str) -> None:
        self._post(f"/broadcasts/{broadcast}/stop", {})

    def aired(self, broadcast: str) -> str:
        """The page's own words on how a broadcast went ("Đã phát 05:00:02, 3/3"); empty before it aired anywhere."""
        found = re.search(r"Đã phát [0-9:]+, [0-9]+/[0-9]+", self.page(f"/broadcasts/{broadcast}"))
        return found.group(0) if found else ""

    def page(self, path: str = "/") -> str:
        response = self._web.get(path)
        response.raise_for_status()
        return response.text

    def close(self) -> None:
        self._web.close()

    def _post(self, path: str, form: dict[str, str]) -> None:
        _require_done(self._web.post(path, data=form))


def _require_done(response: httpx.Response) -> None:
    if response.status_code >= 400:
        words = " ".join(re.sub(r"<[^>]+>", " ", response.text).split())[:400]
        raise Refused(f"{response.url.path}: {response.status_code} {words}")

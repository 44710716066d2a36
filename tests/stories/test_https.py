"""The hub's real pages over HTTPS, as a phone in the same network meets them: first by the plain door."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from hub.ports import free_port
from tests.hub.web.chromium import CHROMIUM, NEEDED

PASSWORD = "mot cau that dai de nho"
pytestmark = NEEDED


@dataclass(frozen=True)
class Served:
    folder: Path
    page_port: int
    plain_port: int

    @property
    def plain(self) -> str:
        return f"http://127.0.0.1:{self.plain_port}"

    @property
    def pages(self) -> str:
        return f"https://127.0.0.1:{self.page_port}"

    def ca(self) -> Path:
        """The certificate as the plain door gives it, for programs that want text."""
        file = self.folder / "phone-ca.pem"
        file.write_text(ssl.DER_cert_to_PEM_cert(httpx.get(f"{self.plain}/trust/ca.crt").content))
        return file


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("https")
    made = Served(folder, free_port(), free_port())
    settings = folder / "hub.toml"
    settings.write_text(
        f'data_dir = "{folder / "data"}"\npage_port = {made.page_port}\nplain_port = {made.plain_port}\n'
        f'node_host = "127.0.0.1"\nmqtt_port = {free_port()}\nmedia_port = {free_port()}\n'
    )
    command = [sys.executable, "-m", "hub", "--config", str(settings)]
    user = ["user", "add", "hung", "--role", "technician", "--password-stdin"]
    subprocess.run([*command, *user], input=f"{PASSWORD}\n", text=True, check=True, capture_output=True)
    with subprocess.Popen([*command, "serve"]) as process:
        for port in (made.plain_port, made.page_port):
            _await_port(port, process)
        yield made
        process.send_signal(signal.SIGTERM)


def _await_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the hub ended before it listened")


def test_whoever_trusts_the_certificate_believes_the_pages_under_their_names(hub: Served) -> None:
    context = ssl.create_default_context(cafile=str(hub.ca()))
    for host in ("127.0.0.1", "localhost"):
        with httpx.Client(verify=context) as web:
            assert web.get(f"https://{host}:{hub.page_port}/login").status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{hub.pages}/login")


def test_openssl_believes_them(hub: Served) -> None:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{hub.page_port}", "-CAfile", str(hub.ca())]
    command += ["-verify_return_error", "-verify_hostname", "localhost", "-brief"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False, timeout=30)
    assert "Verification: OK" in done.stdout + done.stderr


def test_the_command_line_tells_the_same_fingerprint(hub: Served) -> None:
    command = [sys.executable, "-m", "hub", "--config", str(hub.folder / "hub.toml"), "trust"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    shown = re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", httpx.get(f"{hub.plain}/trust").text)
    assert shown is not None
    assert said[-1] == shown.group()


def test_a_browser_that_took_the_certificate_in_opens_and_logs_in(hub: Served, tmp_path: Path) -> None:
    """As on a Linux PC: certutil puts it where Chromium looks."""
    store = tmp_path / ".pki/nssdb"
    store.mkdir(parents=True)
    tool = ["certutil", "-d", f"sql:{store}"]
    subprocess.run([*tool, "-N", "--empty-password"], check=True)
    with sync_playwright() as playwright:
        home: dict[str, str | float | bool] = {**os.environ, "HOME": str(tmp_path)}
        launch = partial(playwright.chromium.launch, executable_path=str(CHROMIUM), args=["--no-sandbox"], env=home)
        stranger = launch()
        page = stranger.new_page(locale="vi-VN")
        page.goto(f"{hub.plain}/trust")
        expect(page.get_by_role("status")).to_contain_text("Máy này chưa tin Loa Làng", timeout=20_000)
        stranger.close()

        subprocess.run([*tool, "-A", "-n", "loa", "-t", "C,,", "-i", str(hub.ca())], check=True)
        friend = launch()
        page = friend.new_page(locale="vi-VN")
        page.goto(f"{hub.plain}/trust")
        expect(page.get_by_role("status")).to_contain_text("Máy này đã tin Loa Làng", timeout=20_000)
        page.goto(f"{hub.plain}/login")
        assert urlsplit(page.url).scheme == "https"
        page.get_by_label("Tên đăng nhập").fill("hung")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_label("Tài khoản của bạn")).to_be_visible(timeout=20_000)
        cookies = page.context.cookies()
        assert cookies
        assert all(cookie["secure"] for cookie in cookies)
        assert page.evaluate("navigator.serviceWorker.ready.then(worker => worker.scope)") == f"{hub.pages}/"
        friend.close()

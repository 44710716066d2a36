"""What people read when they typed something wrong at `loa-hub`: one clear sentence in Vietnamese and English, exit
status 1, nothing changed, and never a traceback."""

import io
import os
import re
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from contract import bundle as bundles
from contract import codec
from contract.settings import parse
from hub.__main__ import main
from hub.config import HubSettings
from hub.people.passwords import is_password
from hub.store import nodes, people
from hub.store.database import Database

PASSWORD = "mot cau that dai de nho"


class Terminal:
    """Types commands at one hub, and reads what they say."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], type_in: Callable[[str], None]) -> None:
        self.settings = folder / "hub.toml"
        self.settings.write_text(f'data_dir = "{folder / "hub"}"\npublic_host = "hub.xa"\n', encoding="utf-8")
        self._capsys = capsys
        self._type_in = type_in

    def run(self, *arguments: str | Path, typed: str = "") -> str:
        """A command that succeeds; returns its standard output."""
        status, out, err = self._run(*arguments, typed=typed)
        assert status == 0, err
        return out

    def fail(self, *arguments: str | Path, typed: str = "") -> str:
        """A command that is refused; returns its complaint."""
        status, out, err = self._run(*arguments, typed=typed)
        assert status == 1, (out, err)
        assert out == ""
        assert err.startswith("loa-hub")
        assert " / " in err, f"in both languages, please: {err}"
        return err

    def _run(self, *arguments: str | Path, typed: str) -> tuple[int | str | None, str, str]:
        self._type_in(typed)
        try:
            status: int | str | None = main(["--config", str(self.settings), *map(str, arguments)])
        except SystemExit as end:
            status = end.code
        said = self._capsys.readouterr()
        return status, said.out, said.err


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(tmp_path, capsys, lambda typed: monkeypatch.setattr("sys.stdin", io.StringIO(typed)))


@pytest.mark.parametrize("address", ["abc", "Bình Minh/thôn 1", "hub/thon-1", "binhminh/", "binhminh/-x", "a/b/c", ""])
def test_a_node_address_that_is_none_is_explained_by_an_example(terminal: Terminal, address: str) -> None:
    for act in ("add", "revoke"):
        assert "binhminh/thon-1" in terminal.fail("node", act, address)
    assert terminal.run("node", "list") == ""


def test_a_node_is_added_once_before_the_hub_was_ever_started(terminal: Terminal, tmp_path: Path) -> None:
    target = tmp_path / "thon-1.loa"
    terminal.run("node", "add", "binhminh/thon-1", "--title", "Thôn Một", "--out", target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert bundles.decode(target.read_bytes()).title == "Thôn Một"
    assert "--again" in terminal.fail("node", "add", "binhminh/thon-1", "--out", tmp_path / "hai.loa")
    assert "Thôn Một" in terminal.run("node", "list")


def test_a_bundle_that_cannot_be_written_adds_no_node(terminal: Terminal, tmp_path: Path) -> None:
    there = tmp_path / "da-co.loa"
    there.write_text("của người khác", encoding="utf-8")
    assert "không ghi đè" in terminal.fail("node", "add", "binhminh/thon-1", "--out", there)
    assert "không có thư mục" in terminal.fail("node", "add", "binhminh/thon-1", "--out", tmp_path / "khong/co.loa")
    assert there.read_text(encoding="utf-8") == "của người khác"
    assert terminal.run("node", "list") == ""


def test_a_title_that_no_node_could_show_adds_no_node(terminal: Terminal, tmp_path: Path) -> None:
    status_text = terminal._run(
        "node", "add", "binhminh/thon-1", "--title", "a\nb", "--out", tmp_path / "x.loa", typed=""
    )
    assert status_text[0] == 1
    assert terminal.run("node", "list") == ""


def test_only_a_node_that_is_there_can_be_revoked(terminal: Terminal, tmp_path: Path) -> None:
    assert "binhminh-thon-9" in terminal.fail("node", "revoke", "binhminh/thon-9")
    terminal.run("node", "add", "binhminh/thon-1", "--out", tmp_path / "thon-1.loa")
    terminal.run("node", "revoke", "binhminh/thon-1")
    assert "đã thu hồi" in terminal.run("node", "list")


@pytest.mark.parametrize("name", ["", "A B", "lan\tnguyen", "Lan", "x", "a" * 33, "../etc", "-lan"])
def test_a_log_in_name_is_short_and_plain(terminal: Terminal, name: str) -> None:
    typed = PASSWORD + "\n"
    terminal.fail("user", "add", "--role", "officer", "--password-stdin", "--", name, typed=typed)
    assert terminal.run("user", "list") == ""


@pytest.mark.parametrize("password", ["", "ngan", "aaaaaaaaaaaaaa", "canbo.xa.binhminh", "x" * 300])
def test_a_password_that_anybody_could_guess_is_refused(terminal: Terminal, password: str) -> None:
    typed = password + "\n"
    terminal.fail("user", "add", "canbo.xa.binhminh", "--role", "officer", "--password-stdin", typed=typed)
    assert terminal.run("user", "list") == ""


@pytest.mark.parametrize("typed", [0, 1])
def test_where_nobody_can_type_a_password_a_sentence_says_how_to_give_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, typed: int
) -> None:
    """Piped input ends: before the first of the two, or before the second."""
    given = iter([PASSWORD] * typed)

    def read(_prompt: str) -> str:
        for line in given:
            return line
        raise EOFError

    monkeypatch.setattr("getpass.getpass", read)
    assert "--password-stdin" in terminal.fail("user", "add", "lan", "--role", "officer")
    assert terminal.run("user", "list") == ""


def test_people_are_added_listed_and_given_new_passwords(terminal: Terminal) -> None:
    typed = PASSWORD + "\n"
    terminal.run("user", "add", "lan", "--role", "officer", "--title", "Chị Lan", "--password-stdin", typed=typed)
    assert "lan" in terminal.fail("user", "add", "lan", "--role", "leader", "--password-stdin", typed=typed)
    assert "hoa" in terminal.fail("user", "reset", "hoa", "--password-stdin", typed=typed)
    terminal.run("user", "reset", "lan", "--password-stdin", typed="mot cau khac cung dai\n")
    assert terminal.run("user", "list") == "lan\tofficer\tChị Lan\n"


@pytest.mark.parametrize(
    "typed", [["user", "add", "lan", "--role", "boss"], ["frobnicate"], [], ["node"], ["backup"], ["user", "add"]]
)
def test_a_command_that_does_not_exist_points_to_help(terminal: Terminal, typed: list[str]) -> None:
    assert "--help" in terminal.fail(*typed)


def test_the_recovery_key_is_shown_once_and_no_other_rotates(terminal: Terminal) -> None:
    terminal.fail("key", "rotate", "--key-stdin", typed="ABCD\n")
    shown = terminal.run("key", "reveal")
    key = next(line.strip() for line in shown.splitlines() if line.startswith("    "))
    terminal.fail("key", "reveal")
    slip = ("A" if key[0] != "A" else "B") + key[1:]
    for wrong in ("", "không phải khóa", slip):
        terminal.fail("key", "rotate", "--key-stdin", typed=wrong + "\n")
    assert "1" in terminal.run("key", "rotate", "--key-stdin", typed=key.lower().replace("-", " ") + "\n")


def test_the_new_key_goes_to_a_node_without_a_network_as_a_file(terminal: Terminal, tmp_path: Path) -> None:
    grant, stick = tmp_path / "khoa-moi", tmp_path / "usb.txt"
    shown = terminal.run("key", "reveal")
    assert "chưa đổi khóa" in terminal.fail("key", "grant", grant)
    stick.write_text(next(line for line in shown.splitlines() if line.startswith("    ")), encoding="utf-8")
    terminal.run("key", "rotate", "--key-file", stick)
    terminal.run("key", "grant", grant)
    assert codec.decode_envelope(grant.read_bytes()).grant is None
    assert grant.stat().st_mode & 0o077 == 0


def test_backup_and_restore_say_what_is_in_the_way(terminal: Terminal, tmp_path: Path) -> None:
    junk = tmp_path / "anh.jpg"
    junk.write_bytes(b"\xff\xd8 no backup")
    for source in (junk, tmp_path / "khong-co"):
        assert source.name in terminal.fail("restore", source)
    assert "chưa có hub" in terminal.fail("backup", tmp_path / "sao-luu")
    terminal.run("key", "reveal")
    terminal.fail("backup", tmp_path / "khong/co/thu-muc")
    terminal.run("backup", tmp_path / "sao-luu")
    assert "không ghi đè" in terminal.fail("restore", tmp_path / "sao-luu")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('data_dri = "/srv"\n', "did you mean 'data_dir'"),
        ('page_certificate = "/etc/loa/pages.pem"\n', "page_key"),
        ('links_address = "loa.vn"\n', "links_address: begins with"),
        ("plain_port = 8000\n", "two of them are the same"),
        ("page_port = 0\n", "65535"),
        ("data_dir = [\n", "not TOML"),
    ],
)
def test_a_slip_in_hub_toml_is_named(terminal: Terminal, text: str, meant: str) -> None:
    terminal.settings.write_text(text, encoding="utf-8")
    said = terminal.fail("serve")
    assert "hub.toml" in said
    assert meant in said


@pytest.mark.parametrize("key", ["page_port", "plain_port"])
def test_a_port_that_another_program_holds_is_named_with_its_holder(terminal: Terminal, key: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]
        with terminal.settings.open("a", encoding="utf-8") as file:
            file.write(f"{key} = {port}\n")
        said = terminal.fail("serve")
    assert f"cổng {port}" in said
    assert f"đổi {key}" in said
    assert f"pid {os.getpid()}" in said


def test_a_database_that_is_none_is_said_to_be_unusable(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub/hub.db").write_bytes(b"not a database " * 100)
    assert "cơ sở dữ liệu" in terminal.fail("user", "list")


def test_the_fingerprint_for_the_phones_is_told_and_stays(terminal: Terminal) -> None:
    first, again = (terminal.run("trust").splitlines() for _ in range(2))
    assert first == again
    assert first[0].endswith("http://hub.xa:8080/trust")
    assert first[1].endswith("https://hub.xa:8000")
    assert re.fullmatch(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", first[-1])


def test_the_printed_example_can_be_read_again(terminal: Terminal) -> None:
    parse(terminal.run("example"), HubSettings)


def test_a_leader_gets_a_fresh_pin_that_is_shown_once_and_an_officer_none(terminal: Terminal) -> None:
    for name, role in (("hung", "leader"), ("lan", "officer")):
        terminal.run("user", "add", name, "--role", role, "--password-stdin", typed=f"{PASSWORD}\n")
    first, second = (terminal.run("user", "pin", "hung").split()[-1] for _ in range(2))
    assert all(len(pin) == 6 and pin.isdigit() for pin in (first, second))
    database = Database(parse(terminal.settings.read_text(encoding="utf-8"), HubSettings).database_url)
    with database.read() as c:
        hung = people.user(c, "hung")
    database.dispose()
    assert hung is not None
    assert is_password(hung.pin_hash, second)
    assert not is_password(hung.pin_hash, first)
    assert "lan" in terminal.fail("user", "pin", "lan")
    assert "hoa" in terminal.fail("user", "pin", "hoa")


def test_a_villages_phone_and_language_are_kept_and_what_is_none_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "thon-1.loa"
    assert "+" in terminal.fail("node", "add", "binhminh/thon-1", "--phone", "bác Tư", "--out", out)
    assert "Mông" in terminal.fail("node", "add", "binhminh/thon-1", "--language", "T4", "--out", out)
    terminal.run("node", "add", "binhminh/thon-1", "--phone", "0912 345 678", "--language", "Tày", "--out", out)
    database = Database(parse(terminal.settings.read_text(encoding="utf-8"), HubSettings).database_url)
    with database.read() as c:
        node = nodes.node(c, "binhminh-thon-1")
    database.dispose()
    assert node is not None
    assert (node.phone, node.language) == ("0912 345 678", "Tày")


def test_when_lists_the_airings_of_a_rule_without_a_hub(terminal: Terminal) -> None:
    said = terminal.run("when", "hằng ngày 5:00 và 17:00", "--from", "2026-12-01", "--to", "2/12/2026")
    assert said.splitlines() == [
        "2026-12-01T05:00:00+07:00",
        "2026-12-01T17:00:00+07:00",
        "2026-12-02T05:00:00+07:00",
        "2026-12-02T17:00:00+07:00",
    ]
    lunar = terminal.run("when", "ram va mung mot 6h", "--from", "1/12/2026", "--to", "31/12/2026")
    assert lunar.split() == ["2026-12-09T06:00:00+07:00", "2026-12-23T06:00:00+07:00"]
    assert len(terminal.run("when", "hằng ngày 5:00").split()) == 46
    assert not (terminal.settings.parent / "hub").exists(), "nothing was opened"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("blah 5:00",), "“blah”"),
        (("hằng ngày 5:00", "--from", "32/1/2027"), "“32/1/2027”"),
        (("hằng ngày 5:00", "--from", "mai"), "“mai”"),
        (("rằm 5:00", "--from", "1/1/1500"), "“1/1/1500”"),
        (("hằng ngày 5:00", "--from", "2/1/2027", "--to", "1/1/2027"), "“1/1/2027”"),
    ],
)
def test_when_says_in_one_sentence_what_it_did_not_understand(
    terminal: Terminal, arguments: tuple[str, ...], named: str
) -> None:
    status, out, err = terminal._run("when", *arguments, typed="")
    assert (status, out) == (2, "")
    assert named in err
    assert err.count("\n") == 1


def test_the_commune_keeps_its_own_days(terminal: Terminal) -> None:
    assert "30/4" in terminal.run("days", "holiday")
    assert terminal.run("days", "mourning") == "\n"
    kept = terminal.run("days", "mourning", "từ 25/7/2027 đến 26/7/2027, 1/8/2027")
    assert kept == "ngày 1/8/2027, từ 25/7/2027 đến 26/7/2027\n"
    assert terminal.run("days", "mourning") == kept
    assert terminal.run("days", "mourning", "") == "\n"
    assert " / " in terminal.fail("days", "exam", "ngày lễ")


def positions(terminal: Terminal) -> dict[str, str]:
    database = Database(parse(terminal.settings.read_text(), HubSettings).database_url)
    with database.read() as c:
        found = {node.id: str(node.position) for node in nodes.nodes(c) if node.position is not None}
    database.dispose()
    return found


def test_a_table_says_where_many_nodes_lie_or_changes_nothing(terminal: Terminal, tmp_path: Path) -> None:
    for n in (1, 2):
        terminal.run("node", "add", f"binhminh/thon-{n}", "--out", tmp_path / f"{n}.loa")
    table = tmp_path / "vi-tri.csv"
    table.write_text("node,lat,lon\nbinhminh-thon-1,21.0,105.8\nbinhminh-thon-9,21.0,105.8\n", encoding="utf-8")
    assert "binhminh-thon-9" in terminal.fail("node", "position", table)
    table.write_text("binhminh-thon-1,21.0,105.8\nbinhminh-thon-2,tây\n", encoding="utf-8")
    assert "dòng 2" in terminal.fail("node", "position", table)
    table.write_text("binhminh-thon-1,39.9,116.4\n", encoding="utf-8")
    assert "--abroad" in terminal.fail("node", "position", table)
    assert "không đọc được" in terminal.fail("node", "position", tmp_path / "khong-co.csv")
    assert positions(terminal) == {}
    table.write_text("\ufeffnode;lat;lon\nbinhminh-thon-1;21,0;105,8\nbinhminh-thon-2;21,1;105,9\n", encoding="utf-8")
    assert "2 nút" in terminal.run("node", "position", table)
    assert positions(terminal) == {
        "binhminh-thon-1": "21.000000, 105.800000", "binhminh-thon-2": "21.100000, 105.900000",
    }  # fmt: skip

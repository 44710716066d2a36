"""What a technician reads when something was typed wrong: one clear sentence, exit status 1, never a traceback."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.orders import Grant
from contract.settings import parse
from contract.signing import sign
from edge.__main__ import main
from edge.camera.config import CameraSettings
from edge.config import Paths
from edge.identity import NodeSettings
from edge.link import LinkSettings
from edge.netmon.config import NetmonSettings
from edge.speaker.config import SpeakerSettings
from edge.spool import Spool

NODE = f"""\
node = "binhminh-thon-1"
hub_host = "127.0.0.1"
daily_key = "{"a" * 64}"
recovery_key = "{"b" * 64}"
"""
SETTINGS = {
    "node": NodeSettings,
    "link": LinkSettings,
    "speaker": SpeakerSettings,
    "camera": CameraSettings,
    "netmon": NetmonSettings,
}


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    """A Pi that has been joined, by hand."""
    etc = tmp_path / "etc/loa"
    etc.mkdir(parents=True)
    (etc / "node.toml").write_text(NODE, encoding="utf-8")
    return tmp_path


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What is complained of on standard error; the command must have failed."""
    assert main([str(each) for each in arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


@pytest.mark.parametrize(
    ("process", "text", "meant"),
    [
        ("speaker", "volum_pct = 80\n", "volume_pct"),
        ("speaker", "[amplifier]\nwarmup_s = 3.0\n", "warm_up_s"),
        ("camera", '[[cameras]]\nid = "cong"\nulr = "rtsp://10.0.0.2/1"\n', "url"),
        ("netmon", '[[targets]]\nid = "modem"\nkinds = "gateway"\n', "kind"),
    ],
)
def test_a_slip_in_a_settings_file_is_named_with_what_was_meant(
    pi: Path, capsys: pytest.CaptureFixture[str], process: str, text: str, meant: str
) -> None:
    (pi / f"etc/loa/{process}.toml").write_text(text, encoding="utf-8")
    said = complaint(capsys, "--root", pi, process)
    assert f"{process}.toml" in said
    assert f"did you mean {meant!r}" in said


def test_a_process_of_a_pi_that_was_never_joined_names_the_missing_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for process in ("link", "speaker"):
        assert "node.toml" in complaint(capsys, "--root", tmp_path, process)


@pytest.mark.parametrize("content", [b"", b"PNG\x89 no bundle", b'{"v":1,"node":"../../etc"}', b"{" * 100_000])
def test_a_file_that_is_no_bundle_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    bundle = tmp_path / "thon-1.loa"
    bundle.write_bytes(content)
    assert complaint(capsys, "--root", tmp_path / "pi", "join", bundle)
    assert not (tmp_path / "pi").exists()


def test_a_bundle_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "thon-9.loa" in complaint(capsys, "--root", tmp_path, "join", tmp_path / "thon-9.loa")


@pytest.mark.parametrize("name", SETTINGS)
def test_every_printed_example_can_be_read_again(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["example", name]) == 0
    parse(capsys.readouterr().out, SETTINGS[name])


def test_the_amplifier_is_switched_off_where_there_is_one_and_where_there_is_none(pi: Path) -> None:
    file = pi / "etc/loa/speaker.toml"
    for text in ("", '[amplifier]\npin = 17\npin_factory = "mock"\n'):
        file.write_text(text, encoding="utf-8")
        assert main(["--root", str(pi), "amplifier-off"]) == 0


class TestTrust:
    """`loa-edge trust FILE`: a new key of the hub's, brought on a stick."""

    def make(self, tmp_path: Path, recovery: Ed25519PrivateKey) -> Path:
        grant = tmp_path / "khoa-moi"
        grant.write_bytes(codec.encode(sign(Grant(epoch=1, daily_key="c" * 64), recovery)))
        return grant

    def test_hands_a_genuine_one_to_the_speaker(
        self, pi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        recovery = Ed25519PrivateKey.generate()
        file = pi / "etc/loa/node.toml"
        file.write_text(NODE.replace("b" * 64, recovery.public_key().public_bytes_raw().hex()), encoding="utf-8")
        Paths(pi).make()
        grant = self.make(tmp_path, recovery)
        assert main(["--root", str(pi), "trust", str(grant)]) == 0
        assert "khóa mới" in capsys.readouterr().out
        assert Spool(Paths(pi).spool).grant() == grant.read_bytes()

    def test_refuses_any_other_file_and_changes_nothing(
        self, pi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Paths(pi).make()
        photo = tmp_path / "anh.jpg"
        photo.write_bytes(b"\xff\xd8")
        for path in (self.make(tmp_path, Ed25519PrivateKey.generate()), photo):
            assert "không có gì thay đổi" in complaint(capsys, "--root", pi, "trust", path)
        assert Spool(Paths(pi).spool).grant() is None
        assert "absent" in complaint(capsys, "--root", pi, "trust", tmp_path / "absent")

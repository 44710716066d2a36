"""One step makes a Pi a node; a wrong step changes nothing."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from contract import bundle as bundles
from contract.bundle import Bundle
from contract.limits import Limits
from contract.settings import BadSettings, example, parse
from edge import access
from edge.camera.config import CameraSettings
from edge.config import Paths, load
from edge.identity import NodeSettings
from edge.join import JoinRefused, fill, join, without_samples
from edge.netmon.config import NetmonSettings
from edge.outbox import Outbox
from edge.speaker.config import SpeakerSettings
from tests.edge.conftest import SECRET, Authority

TEMPLATES = {
    "speaker.toml": example(SpeakerSettings, "Loa của nhà văn hóa."),
    "camera.toml": example(CameraSettings, "Camera của nhà văn hóa."),
    "netmon.toml": example(NetmonSettings, "Mạng của nhà văn hóa."),
}


@pytest.fixture
def bundle(authority: Authority) -> Bundle:
    return Bundle(
        node="binhminh-thon-1",
        hub_host="loa.binhminh.example",
        mqtt_port=8883,
        media_port=8443,
        secret=SECRET,
        daily_key="ab" * 32,
        recovery_key="cd" * 32,
        epoch=2,
        ca_pem=authority.ca_pem,
        limits=Limits(quiet_from_min=20 * 60 + 30, minutes_a_day=45, longest_s=7200.0),
        title='Thôn "Đồng\\Tâm"',
    )


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def files(paths: Paths) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(paths.etc.glob("*"))} if paths.etc.exists() else {}


def test_a_fresh_pi_becomes_the_node_of_the_bundle(bundle: Bundle, paths: Paths) -> None:
    joined = join(bundles.encode(bundle), paths, TEMPLATES)
    settings = load(paths.etc / "node.toml", NodeSettings)
    assert settings.node == bundle.node
    assert settings.keys.daily.hex() == bundle.daily_key
    assert settings.epoch == 2
    hub = access.load(paths, settings)
    assert (hub.host, hub.mqtt_port, hub.media_port, hub.secret) == ("loa.binhminh.example", 8883, 8443, SECRET)
    assert set(files(paths)) == {"node.toml", "secret", "hub-ca.pem", *TEMPLATES}
    assert {path.name for path in joined.written} == set(files(paths))
    assert joined.bundle.title == 'Thôn "Đồng\\Tâm"'


def test_the_bundles_limits_stand_in_the_speakers_file(bundle: Bundle, paths: Paths) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    assert load(paths.etc / "speaker.toml", SpeakerSettings).limits.limits == bundle.limits


def test_sample_cameras_of_the_template_are_not_watched(bundle: Bundle, paths: Paths) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    assert load(paths.etc / "camera.toml", CameraSettings) == CameraSettings()
    assert '# id = "cong"' in (paths.etc / "camera.toml").read_text()


def test_only_the_owner_reads_the_secret(bundle: Bundle, paths: Paths) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths.etc.iterdir()}
    assert modes["secret"] == 0o600
    assert modes["node.toml"] == 0o644
    assert modes["camera.toml"] == 0o640


def test_under_systemd_the_secret_comes_as_a_credential(
    bundle: Bundle, paths: Paths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    paths.secret.unlink()
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials/secret").write_text("cua-systemd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert access.load(paths, load(paths.etc / "node.toml", NodeSettings)).secret == "cua-systemd"


def test_a_new_bundle_for_the_same_node_leaves_the_technicians_files_alone(bundle: Bundle, paths: Paths) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    (paths.etc / "speaker.toml").write_text("volume_pct = 70\n")
    node_toml = (paths.etc / "node.toml").read_text()
    (paths.etc / "node.toml").write_text(node_toml.replace('"kernel"', '"trusted"'))
    again = replace(bundle, secret="mat-khau-moi-sau-khi-doi-may", hub_host="10.0.0.2")
    joined = join(bundles.encode(again), paths, TEMPLATES)
    assert (paths.etc / "speaker.toml").read_text() == "volume_pct = 70\n"
    assert {path.name for path in joined.kept} == set(TEMPLATES)
    settings = load(paths.etc / "node.toml", NodeSettings)
    assert settings.hub_host == "10.0.0.2"
    assert settings.clock_trust == "trusted"
    assert access.load(paths, settings).secret == again.secret


def test_a_bundle_for_another_node_is_refused(bundle: Bundle, paths: Paths) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    before = files(paths)
    other = replace(bundle, node="binhminh-thon-2")
    with pytest.raises(JoinRefused, match=r"binhminh-thon-1.*binhminh-thon-2.*--force"):
        join(bundles.encode(other), paths, TEMPLATES)
    assert files(paths) == before


def test_with_force_the_machine_changes_and_the_old_records_lie_aside(bundle: Bundle, paths: Paths) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    Outbox(paths.state / "speaker.db").close()
    joined = join(bundles.encode(replace(bundle, node="binhminh-thon-2")), paths, TEMPLATES, force=True)
    assert load(paths.etc / "node.toml", NodeSettings).node == "binhminh-thon-2"
    assert joined.moved_to is not None
    assert (joined.moved_to / "speaker.db").exists()
    assert not (paths.state / "speaker.db").exists()


def test_a_node_file_that_cannot_be_read_needs_force(bundle: Bundle, paths: Paths) -> None:
    paths.make()
    (paths.etc / "node.toml").write_text("node = ???")
    with pytest.raises(JoinRefused, match="--force"):
        join(bundles.encode(bundle), paths, TEMPLATES)
    join(bundles.encode(bundle), paths, TEMPLATES, force=True)
    assert load(paths.etc / "node.toml", NodeSettings).node == bundle.node


def test_a_damaged_bundle_changes_nothing(bundle: Bundle, paths: Paths, authority: Authority) -> None:
    wire = bundles.encode(bundle)
    pem = authority.ca_pem.replace("\n", "\\n").encode()
    for data in (
        b"",
        b"\x00\xff",
        wire[:-1],
        wire.replace(b'"v":1', b'"v":9'),
        wire.replace(pem, pem.replace(b"MII", b"AAA")),
    ):
        with pytest.raises(JoinRefused, match="hỏng"):
            join(data, paths, TEMPLATES)
    assert not paths.etc.exists()


def test_the_provinces_limits_come_with_the_bundle(bundle: Bundle, paths: Paths) -> None:
    province = Limits(days=(0, 1, 2, 3, 4), sessions_a_day=2, volumes=((270, 60), (420, 100)), quiet_from_min=1200)
    join(bundles.encode(replace(bundle, limits=province)), paths, TEMPLATES)
    assert load(paths.etc / "speaker.toml", SpeakerSettings).limits.limits == province


def test_limits_no_speaker_would_take_change_nothing(bundle: Bundle, paths: Paths) -> None:
    other = replace(bundle, limits=Limits(time_zone="Asia/Ho_Chi_Min"))
    with pytest.raises(JoinRefused, match="time_zone"):
        join(bundles.encode(other), paths, TEMPLATES)
    assert not paths.etc.exists()


def test_a_place_that_cannot_be_written_changes_nothing(bundle: Bundle, paths: Paths) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    before = files(paths)
    paths.state.joinpath("spool").rmdir()
    paths.state.joinpath("spool").write_text("a file where a folder should be")
    with pytest.raises(JoinRefused, match="sudo"):
        join(bundles.encode(replace(bundle, secret="x" * 43)), paths, TEMPLATES)
    assert files(paths) == before


def test_nothing_unfinished_is_left_beside_the_files(bundle: Bundle, paths: Paths) -> None:
    join(bundles.encode(bundle), paths, TEMPLATES)
    assert not list(paths.etc.glob(".*"))


class TestFill:
    def test_values_take_the_place_of_the_defaults(self) -> None:
        text = fill('# a\na = 1\n\n[t]\nb = "x"\n', {"a": 2.5, "b": 'ă "\\" \n'})
        assert text == '# a\na = 2.5\n\n[t]\nb = "ă \\"\\\\\\" \\n"\n'

    def test_a_key_that_is_missing_or_stands_twice_is_told(self) -> None:
        with pytest.raises(BadSettings, match="c"):
            fill("a = 1\n", {"c": 2})
        with pytest.raises(BadSettings, match="a"):
            fill("a = 1\na = 1\n", {"a": 2})

    def test_sample_tables_become_comments(self) -> None:
        text = without_samples("a = 1\n\n# one each\n[[x]]\n# its name\nid = 1\n\n[y]\nb = 2\n")
        assert text == "a = 1\n\n# one each\n# [[x]]\n# its name\n# id = 1\n\n[y]\nb = 2\n"


def test_every_default_of_the_templates_is_valid_as_it_stands() -> None:
    kinds = {"speaker.toml": SpeakerSettings, "camera.toml": CameraSettings, "netmon.toml": NetmonSettings}
    for name, kind in kinds.items():
        assert parse(without_samples(TEMPLATES[name]), kind, name) == kind()

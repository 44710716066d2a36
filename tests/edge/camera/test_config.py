"""`camera.toml` as a technician writes it."""

import pytest

from contract.settings import BadSettings, example, parse
from edge.camera.config import Camera, CameraSettings

URL = "rtsp://admin:bi-mat-123@192.168.1.64:8554/stream2"


def read(text: str) -> CameraSettings:
    return parse(text, CameraSettings, "camera.toml")


def test_two_cameras_are_read_with_their_defaults() -> None:
    settings = read(
        f'[[cameras]]\nid = "cong"\ntitle = "Cổng"\nurl = "{URL}"\n'
        '[[cameras]]\nid = "san"\nurl = "rtsp://192.168.1.65/1"\nevery_s = 5\n'
    )
    assert [(c.id, c.every_s) for c in settings.cameras] == [("cong", 20.0), ("san", 5.0)]
    assert settings.rule.covered.opens_after == 2


def test_a_house_without_cameras_is_fine() -> None:
    assert read("").cameras == ()


def test_a_camera_never_shows_its_password_by_accident() -> None:
    camera = Camera(id="cong", url=URL)
    assert camera.place == "192.168.1.64:8554/stream2"
    for text in (repr(camera), str(camera), f"{camera}", repr(CameraSettings(cameras=(camera,)))):
        assert "bi-mat" not in text
        assert "admin" not in text


@pytest.mark.parametrize(
    "url",
    ["ftp://admin:bi-mat-123@cam/1", "rtsp://", "admin:bi-mat-123@cam", "rtsp://admin:bi-mat-123@cam:999999/1", "rtsp://[::bi-mat-123"],
)  # fmt: skip
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSettings, match="'cong'") as caught:
        read(f'[[cameras]]\nid = "cong"\nurl = "{url}"\n')
    assert "bi-mat" not in str(caught.value)


def test_two_cameras_of_one_name_are_refused() -> None:
    one = f'[[cameras]]\nid = "cong"\nurl = "{URL}"\n'
    with pytest.raises(BadSettings, match="stands twice"):
        read(one + one)


def test_a_mistyped_key_is_answered_with_the_right_one() -> None:
    with pytest.raises(BadSettings, match="did you mean 'url'"):
        read('[[cameras]]\nid = "cong"\nurll = "x"\n')


def test_the_example_file_can_be_used_as_it_is() -> None:
    settings = read(example(CameraSettings, "Cameras"))
    assert [c.id for c in settings.cameras] == ["cong"]

"""`camera-login.toml`: the cameras' users and passwords, apart from everything that others may read."""

import stat
from dataclasses import dataclass

from contract.form import require, require_id
from contract.settings import BadSettings, required, setting
from edge.camera.source.login import Login
from edge.config import Paths, load

NAME = "camera-login.toml"
EVERY = "*"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CameraLogin:
    """The user and password of one camera, or of all that have no entry of their own."""

    camera: str = required("cong", "The id of the camera in camera.toml, or * for all that are not named here.")
    user: str = required("loa", "Its user: best one of its own on the camera, that may only watch.")
    password: str = required("mat-khau", "Its password.")

    def __post_init__(self) -> None:
        if self.camera != EVERY:
            require_id("camera", self.camera)
        require(bool(self.user), f"user of camera {self.camera!r}: is empty")
        self.login  # noqa: B018 (judges both)

    @property
    def login(self) -> Login:
        return Login(self.user, self.password)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLogins:
    """Users and passwords of the cameras. Only the camera process may read this file:
    sudo chown loa-camera /etc/loa/camera-login.toml; sudo chmod 600 /etc/loa/camera-login.toml"""

    logins: tuple[CameraLogin, ...] = setting((), "One such table for each login.")

    def of(self, camera: str) -> Login | None:
        """That camera's own, or the one for all."""
        by_name = {each.camera: each.login for each in self.logins}
        return by_name.get(camera) or by_name.get(EVERY)


def read_logins(paths: Paths) -> CameraLogins:
    """Read the file; without one there are none. Raises BadSettings, also where others than its owner may read it."""
    path = paths.etc / NAME
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return CameraLogins()
    except OSError as error:
        raise BadSettings(f"{path}: {error}") from None
    if stat.S_IMODE(mode) & 0o077:
        raise BadSettings(
            f"{path}: người khác đọc được mật khẩu / others can read the passwords: sudo chmod 600 {path}"
        )
    return load(path, CameraLogins)

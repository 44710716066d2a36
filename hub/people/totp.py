"""Codes that change every 30 seconds (RFC 6238), as the apps on phones count them. Pure."""

import hmac
from datetime import datetime

import pyotp

STEP_S = 30
DRIFT_STEPS = 1
"""A phone's clock may be this many steps off, either way (RFC 6238, 5.2)."""
ISSUER = "Loa Làng"


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The step whose code this is; None where it is none of about now, or not later than the last that was used."""
    totp, present = pyotp.TOTP(secret, interval=STEP_S), int(now.timestamp()) // STEP_S
    digits = "".join(code.split())
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        right = totp.generate_otp(step)
        if hmac.compare_digest(right.encode(), digits.encode()) and step > last_step:
            return step
    return None


def address(secret: str, name: str) -> str:
    """What a QR code tells the app."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=ISSUER)

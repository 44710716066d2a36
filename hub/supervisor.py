"""Tells systemd how the hub is, where it listens (sd_notify(3))."""

import os
import socket


def notify(state: str) -> None:
    """Send one word: READY=1, WATCHDOG=1 or STOPPING=1."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as bell:
        bell.sendto(state.encode(), address)

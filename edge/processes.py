"""The four processes of a node, put together; and the relay's pin alone, for when the speaker is dead."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge import service
from edge.clock import SystemClock
from edge.config import Paths, load
from edge.spool import Doorbell, Spool

if TYPE_CHECKING:
    from edge.identity import NodeSettings
    from edge.netmon.probe import Hub


def link(paths: Paths) -> None:
    from edge.link import Link, LinkSettings

    service.configure_logging("link")
    paths.make()
    own = paths.etc / "link.toml"
    settings = load(own, LinkSettings) if own.exists() else LinkSettings()
    bell = Doorbell(paths.run / "link.bell")
    link = Link(paths, _node(paths), SystemClock(), settings)
    service.run(link.step, bell.wait)
    link.close()
    bell.close()


def camera(paths: Paths) -> None:
    from edge.camera.config import CameraSettings
    from edge.camera.logins import read_logins
    from edge.camera.onvif.survey import Surveyor
    from edge.camera.probe import RtspProbe
    from edge.camera.service import CameraService

    service.configure_logging("camera")
    paths.make()
    settings = load(paths.etc / "camera.toml", CameraSettings)
    os.environ.setdefault("RES_OPTIONS", "timeout:1 attempts:1")  # a silent name server delays no look by more
    clock = SystemClock()
    bell = Doorbell(paths.run / "camera.bell")
    cameras = CameraService(settings, paths, RtspProbe(read_logins(paths)), clock)
    surveyor = Surveyor(settings, paths.root, clock)
    service.run(lambda: min(surveyor.step(), cameras.step()), bell.wait)
    surveyor.close()
    cameras.close()
    bell.close()


def netmon(paths: Paths) -> None:
    from edge.checkup import Checkup
    from edge.netmon import house
    from edge.netmon.config import NetmonSettings
    from edge.netmon.probe import NetworkProbe
    from edge.netmon.radio import KernelRadio
    from edge.netmon.service import NetmonService

    service.configure_logging("netmon")
    paths.make()
    settings = load(paths.etc / "netmon.toml", NetmonSettings)
    os.environ.setdefault("RES_OPTIONS", "timeout:1 attempts:2")  # one lost packet is no lost name; 2 s tell silence
    hub = _hub(paths)
    root, clock = Path("/"), SystemClock()
    radio = KernelRadio(clock)
    netmon = NetmonService(
        settings,
        paths,
        NetworkProbe(hub=hub),
        clock,
        Checkup(paths, root, clock),
        lambda: house.look(root, radio, settings.wifi),
        hub.host if hub is not None else "",
    )
    service.run(netmon.step, time.sleep)
    netmon.close()


def speaker(paths: Paths) -> None:
    from contract.terms import Trust
    from edge.outbox import Outbox
    from edge.speaker.amplifier import Amplifier, open_factory
    from edge.speaker.config import SpeakerSettings
    from edge.speaker.ledger import Ledger
    from edge.speaker.mixer import CardMixer
    from edge.speaker.service import Speaker
    from edge.speaker.sound import CardSound
    from edge.trust import GivenTrust, KernelTrust

    service.configure_logging("speaker")
    paths.make()
    node = _node(paths)
    settings = load(paths.etc / "speaker.toml", SpeakerSettings)
    clock = SystemClock()
    relay = settings.amplifier
    bell = Doorbell(paths.run / "speaker.bell")
    speaker = Speaker(
        node,
        settings,
        paths=paths,
        spool=Spool(paths.spool),
        outbox=Outbox(paths.state / "speaker.db"),
        ledger=Ledger(paths.state / "ledger.db"),
        sound=CardSound(clock, settings.card),
        mixer=CardMixer(clock, settings.card),
        amplifier=Amplifier(relay, clock, open_factory(relay.pin_factory) if relay.pin >= 0 else None),
        clock=clock,
        trust=KernelTrust() if node.clock_trust == "kernel" else GivenTrust(Trust.TRUSTED),
    )
    service.run(speaker.step, bell.wait)
    speaker.close()
    bell.close()


def amplifier_off(paths: Paths) -> None:
    """Drive the relay's pin low, whatever state a dead speaker left it in."""
    from edge.speaker.amplifier import Amplifier, open_factory
    from edge.speaker.config import SpeakerSettings

    settings = load(paths.etc / "speaker.toml", SpeakerSettings).amplifier
    if settings.pin >= 0:
        Amplifier(settings, SystemClock(), open_factory(settings.pin_factory)).close()


def _hub(paths: Paths) -> "Hub | None":
    """Where netmon finds the hub, and how it knows it; None where this node has not joined, or its files are broken."""
    import logging

    from edge import access
    from edge.netmon.probe import Hub

    try:
        node = _node(paths)
        tls = access.trust(paths.hub_ca.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        logging.getLogger("edge.netmon").error("the hub cannot be asked: %s", error)
        return None
    return Hub(node.hub_host, node.mqtt_port, tls)


def _node(paths: Paths) -> "NodeSettings":
    from edge.identity import NodeSettings

    return load(paths.etc / "node.toml", NodeSettings)

"""`loa-hub speak`: a typed text as it will be spoken, and its sound."""

import argparse
import sys
from pathlib import Path

from hub.commands.terminal import Failed, Parser, command, say
from hub.config import HubSettings
from hub.media import voice
from hub.media.rejection import Rejected
from hub.media.voice import Manner
from hub.speech.normalise import normalise


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    added = command(commands, "speak", _speak, "đọc một văn bản thành tiếng / speak a text")
    added.add_argument("text", nargs="?", default="", help='in Vietnamese; "-" reads it from standard input')
    added.add_argument("--voice", default=Manner().voice, metavar="NAME", help="whose (%(default)s); see --voices")
    added.add_argument("--voices", action="store_true", help="list the voices of this computer")
    added.add_argument("--show", action="store_true", help="print the text in words, as it will be spoken")
    added.add_argument("--out", type=Path, metavar="FILE", help="write the sound to this WAV file")


def _speak(settings: HubSettings, options: argparse.Namespace) -> None:
    if options.voices:
        _list(settings)
        return
    spoken = normalise(sys.stdin.read() if options.text == "-" else options.text)
    if options.out is not None:
        _write(spoken, options.out, options.voice, settings)
    if options.show or options.out is None:
        say(spoken)


def _write(spoken: str, out: Path, name: str, settings: HubSettings) -> None:
    if out.suffix.lower() != ".wav":
        raise Failed(f"{out}: chỉ ghi được tệp .wav / only a .wav file can be written")
    try:
        voice.speak(spoken, out.absolute(), Manner(name), settings.home.voices)
    except ValueError:
        raise Failed(f"{name}: không có giọng này, xem / no such voice, see:  loa-hub speak --voices") from None
    except Rejected as rejected:
        raise Failed(f"{rejected.message_vi} / {rejected.message_en}\n    {rejected.detail}") from None


def _list(settings: HubSettings) -> None:
    for id, (vi, en) in voice.voices(settings.home.voices).items():
        say(f"{id}\t{vi} / {en}")
    for sentence in voice.fault(settings.home.voices) or ():
        say(sentence)

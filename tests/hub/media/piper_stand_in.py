"""Stands in for the program `piper`: takes its options, reads lines, and writes a tone as long as they are.

It refuses what the real one refuses: a missing model, settings that are no JSON.
"""

import argparse
import json
import math
import sys
import wave
from array import array
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--model", type=Path, required=True)
parser.add_argument("--config", type=Path, required=True)
parser.add_argument("--output-file", required=True)
parser.add_argument("--length-scale", type=float, default=1.0)
parser.add_argument("--sentence-silence", type=float, default=0.0)
asked, said = parser.parse_known_args()
if said or asked.model.read_bytes() != b"a model":
    sys.exit("no such model")
rate = json.loads(asked.config.read_text())["audio"]["sample_rate"]
length_s = sum(0.06 * len(line.strip()) for line in sys.stdin) * asked.length_scale
samples = array("h", (int(9000 * math.sin(i / 20)) for i in range(int(rate * length_s))))
with wave.open(asked.output_file, "wb") as wav:
    wav.setnchannels(1)
    wav.setsampwidth(2)
    wav.setframerate(rate)
    wav.writeframes(samples.tobytes())

"""Writes a Piper voice of a few hundred bytes: run by a Python that has `onnx`, with the path of the model to write.

It takes what a VITS model of Piper takes and answers in the same shape, with a hum whose length is that of the phonemes
times the length scale.
"""

import json
import string
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

RATE = 22_050
PHONEME_SAMPLES = 2560.0
TONES = "1234567"
LETTERS = string.ascii_lowercase + "ăâđêôơưɛɔəɨɯɤɗɓɲŋɣʈʂʐɹʰʔːˈˌ " + TONES + string.punctuation


def constant(name: str, value: object, kind: type) -> object:
    return numpy_helper.from_array(np.array(value, dtype=kind), name)


def main(path: Path) -> None:
    nodes = [
        helper.make_node("Gather", ["scales", "one"], ["slowness"]),
        helper.make_node("Gather", ["input_lengths", "zero"], ["count"]),
        helper.make_node("Cast", ["count"], ["phonemes"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["phonemes", "slowness"], ["slow"]),
        helper.make_node("Mul", ["slow", "each"], ["samples"]),
        helper.make_node("Range", ["start", "samples", "step"], ["time"]),
        helper.make_node("Mul", ["time", "pitch"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["hum"]),
        helper.make_node("Reshape", ["hum", "shape"], ["output"]),
    ]
    constants = [
        constant("zero", 0, np.int64),
        constant("one", 1, np.int64),
        constant("each", PHONEME_SAMPLES, np.float32),
        constant("start", 0, np.float32),
        constant("step", 1, np.float32),
        constant("pitch", 2 * np.pi * 220 / RATE, np.float32),
        constant("shape", [1, 1, 1, -1], np.int64),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, ["batch", "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, ["batch"]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 1, 1, "time"])
    graph = helper.make_graph(nodes, "hum", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    save(model, path)
    ids = {"_": [0], "^": [1], "$": [2], **{letter: [3 + n] for n, letter in enumerate(LETTERS) if letter not in "_^$"}}
    config = {
        "audio": {"sample_rate": RATE, "quality": "tiny"},
        "espeak": {"voice": "vi"},
        "phoneme_type": "espeak",
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "num_symbols": 256,
        "num_speakers": 1,
        "speaker_id_map": {},
        "phoneme_id_map": ids,
    }
    Path(f"{path}.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

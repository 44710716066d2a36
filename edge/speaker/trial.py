"""Opens the sound card for a moment of silence and says its name: `loa-edge doctor` asks it, as a child."""

import sys
import time
from array import array

from edge.speaker.card import Card, CardFault

MOMENT_S = 0.5


def main() -> int:
    """Exit status 0 and the card's name, or 1 and why it does not open."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    asked = 0

    def silence(frames: int, _asked_at: float, _leaves_at: float) -> "array[int]":
        nonlocal asked
        asked += 1
        return array("h", bytes(2 * frames))

    try:
        stream = Card().open(name, silence)
        time.sleep(MOMENT_S)
        stream.close()
    except (CardFault, OSError) as error:
        sys.stdout.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{name or 'default'}\n")
    return 0 if asked else 1


if __name__ == "__main__":
    sys.exit(main())

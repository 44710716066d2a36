"""Thirty days of a cultural house without its hub, in virtual time: how much of what was approved was heard, and what
was heard twice. The real speaker with its real ledger; the power fails every night, and the clock runs on by itself.
    python -m benchmarks.month_offline [--seed 1]
"""

import argparse
import random
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks._result import report, say
from contract.limits import LimitSettings
from contract.orders import Cue
from contract.terms import Outcome, Priority, Trust, Yielding
from edge.speaker.config import SpeakerSettings
from tests.edge.speaker.house import House, at, cue, memory_folder

DAYS = 30
HOURS = ("05:00", "05:15", "05:30", "06:00", "06:30", "11:00", "11:30", "16:30", "17:00", "17:15", "17:30", "18:00")
LIMITS = LimitSettings(sessions_a_day=12, minutes_a_day=180)


def main() -> None:
    parser = argparse.ArgumentParser(description="a month without the hub")
    parser.add_argument("--seed", type=int, default=1, help="when the power fails, and for how long (%(default)s)")
    chance = random.Random(parser.parse_args().seed)
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        house = House(Path(folder), settings=SpeakerSettings(limits=LIMITS))
        days = [plan_day(day, chance) for day in range(DAYS)]
        cues = [each for day in days for each in day]
        house.put_plan(*cues)
        house.run(10)
        house.trust.trust = Trust.HOLDOVER
        for day, planned in enumerate(days):
            live_a_day(house, day, planned, chance)
        outcomes = Counter(p.outcome for p in house.playouts())
        heard = Counter(h.broadcast for h in house.heard())
    say(f"{DAYS} days, {len(cues)} approved, {DAYS} power cuts: " + ", ".join(f"{n} {o}" for o, n in outcomes.items()))
    report("month_offline_aired_pct", 100 * outcomes[Outcome.AIRED] / len(cues), "%", 100, "higher")
    report("month_offline_double", sum(1 for count in heard.values() if count > 1), "airings", 0)


def plan_day(day: int, chance: random.Random) -> list[Cue]:
    """Twelve airings, one of them a priority bulletin."""
    made = []
    for number, hour in enumerate(HOURS):
        priority = Priority.PRIORITY if number == 5 else Priority.ROUTINE
        each = cue(f"d{day}n{number}", at(hour, day), chance.randrange(60, 600), priority, grace_s=120)
        made.append(replace(each, yields=Yielding.RESUME))
    return made


def live_a_day(house: House, day: int, cues: list[Cue], chance: random.Random) -> None:
    for each in cues:
        house.leap_to(each.at - timedelta(seconds=10))
        house.run(each.duration_s + 20)
    house.leap_to(at("22:00", day))
    house.crash()
    house.clock.advance(chance.randrange(60, 5 * 3600))
    house.start()
    house.run(5)


if __name__ == "__main__":
    main()

"""Random schedules of edits, applies, faults and kills, in one process, by seed.

`python -m tests.chaos.schedules --seeds 0:5000` plays them, prints each that fails with its steps,
and ends with what was met how often.
"""

import random
import sys
import traceback
from collections import Counter
from contextlib import closing

import click

from syncer.resources import Address
from tests.chaos.plants import (
    ALLOWED,
    DISKS,
    FAULTS,
    KEYS,
    NO_TROUBLE,
    OVERWRITING,
    Plant,
    Trouble,
    chosen,
)

_CALLS = 14  # of an apply, about


class Schedule:
    """The steps of one seed, done to a plant of their own."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.steps: list[str] = []
        self.counts: Counter[str] = Counter()
        self._chance = random.Random(seed)  # noqa: S311 - chance by seed

    def play(self) -> None:
        """Do all steps, and one last apply after which nothing is left to do."""
        with closing(Plant(count=self._chance.choice((1, 2, 3)))) as plant:
            self.counts = plant.counts
            plant.counts["schedules"] += 1
            for _ in range(self._chance.randint(3, 8)):
                self._edit(plant)
            for _ in range(self._chance.randint(2, 5)):
                self._apply(plant)
                for _ in range(self._chance.randint(0, 3)):
                    self._edit(plant)
            self.steps.append("last apply")
            plant.finish()

    def _edit(self, plant: Plant) -> None:
        chance = self._chance
        address, path, value = chosen(chance)
        match chance.choice(("git", "git", "git", "people", "release", "follow")):
            case "git":
                self.steps.append(f"git: {address} {path} = {value!r}")
                plant.declare(address, path, value)
            case "people":
                self.steps.append(f"people: {address} {path} = {value!r}")
                plant.edit(address, path, value)
            case "release":
                self.steps.append(f"git: {address} is left out")
                plant.release(address)
            case _:
                alias, key = chance.choice(KEYS)
                self.steps.append(f"git: items/{alias}/{key} follows, or no longer")
                plant.follow(Address("items", alias, key))

    def _apply(self, plant: Plant) -> None:
        chance = self._chance
        trouble = self._trouble()
        allowances = chance.choice((ALLOWED, OVERWRITING))
        goes_on = chance.random() < 0.3
        may = " overwriting" if allowances is OVERWRITING else ""
        self.steps.append(f"apply{may}{' going on' if goes_on else ''}: {trouble}")
        plant.run_apply(trouble, allowances, goes_on=goes_on)

    def _trouble(self) -> Trouble:
        chance = self._chance
        if chance.random() < 0.1:
            return NO_TROUBLE
        faults = {
            chance.randint(1, _CALLS): chance.choice(FAULTS) for _ in range(chance.randint(0, 4))
        }
        edits = {
            chance.randint(1, _CALLS): chance.randrange(2**32) for _ in range(chance.randint(0, 4))
        }
        is_disk = chance.random() < 0.3
        disk = (chance.randint(1, 10), chance.choice(DISKS)) if is_disk else None
        return Trouble(faults, edits, disk)


@click.command()
@click.option("--seeds", default="0:1000", help="The seeds to play: FIRST:LAST, the last excluded.")
def main(seeds: str) -> None:
    """Play the schedules of these seeds."""
    first, _, last = seeds.partition(":")
    counts: Counter[str] = Counter()
    failed: list[int] = []
    for seed in range(int(first), int(last)):
        schedule = Schedule(seed)
        try:
            schedule.play()
        except Exception:  # noqa: BLE001 - told, and the next one is tried
            failed.append(seed)
            print(f"seed {seed}:", *schedule.steps, traceback.format_exc(), sep="\n  ")
        counts += schedule.counts
    for name, count in sorted(counts.items()):
        print(f"{count:8} {name}")
    print(f"{len(failed)} failed: {failed[:20]}" if failed else "none failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()

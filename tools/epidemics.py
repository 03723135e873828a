"""Epidemics of a made-up college out of covasim: on which day does which student fall ill?

    python -m tools.epidemics 100 --out var/epidemics.npz

Needs `requirements/sim.txt` in an environment of its own (several hundred megabytes; docs/
early_warning.md says how). 3,000 students in classes of 40, rooms of 6 within the class, floors of
10 rooms; contacts in the room, the class, and anywhere on campus. The same number makes the same
epidemic. The outcome is a simulation of COVID-19 as of early 2020, not an observation.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

STUDENTS, CLASS, ROOM, FLOOR = 3000, 40, 6, 60
DAYS = 45
SEEDED = 5
BETA = {"room": 4.0, "classroom": 0.3, "campus": 0.5}
CAMPUS_CONTACTS = 8

Ints = npt.NDArray[np.int64]


def circles() -> dict[str, Ints]:
    """The number of each student's class, room and floor."""
    who = np.arange(STUDENTS)
    rooms_of_class = -(-CLASS // ROOM)
    return {
        "CLASS": who // CLASS,
        "ROOM": who // CLASS * rooms_of_class + who % CLASS // ROOM,
        "FLOOR": who // FLOOR,
    }


def simulate(seed: int) -> Ints:
    """The day of onset of each student, -1 for whoever has no symptoms until the last day."""
    import covasim as cv  # type: ignore[import-not-found]  # see the head of this file
    import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]  # the same
    import starsim as ss  # type: ignore[import-not-found]  # the same

    class Fixed(ss.Network):  # type: ignore[misc]  # of a library without types
        """Contacts that stay as they are."""

        def step(self) -> None:
            """Nothing changes."""

    of = circles()
    networks = [
        Fixed(name=name, **_pairs(of[kind]))
        for name, kind in (("room", "ROOM"), ("classroom", "CLASS"))
    ]
    networks.append(ss.RandomNet(name="campus", n_contacts=CAMPUS_CONTACTS))
    ages = pd.DataFrame({"age": [18, 19, 20, 21, 22], "value": [1, 1, 1, 1, 1]})
    sim = cv.Sim(
        pop_size=STUDENTS, n_days=DAYS, pop_infected=SEEDED, rand_seed=seed, verbose=0,
        people=cv.People(STUDENTS, age_data=ages), networks=networks, beta_layer=BETA,
    )  # fmt: skip
    sim.run()
    onset = np.asarray(sim.diseases.covid.ti_symptomatic.raw)[:STUDENTS]
    with np.errstate(invalid="ignore"):
        return np.where(np.isnan(onset) | (onset > DAYS), -1, onset).astype(np.int64)


def _pairs(circle: Ints) -> dict[str, Any]:
    """Everybody of a circle with everybody else of it, once."""
    first, second = [], []
    for number in np.unique(circle):
        members = np.flatnonzero(circle == number)
        one, other = np.triu_indices(len(members), 1)
        first.append(members[one])
        second.append(members[other])
    p1 = np.concatenate(first)
    return {"p1": p1, "p2": np.concatenate(second), "beta": np.ones(len(p1))}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.epidemics")
    parser.add_argument("number", type=int)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.number)
    onsets = np.stack([simulate(seed) for seed in seeds])
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(chosen.out, onsets=onsets, first_seed=chosen.first_seed)
    ill = (onsets >= 0).sum(axis=1)
    print(f"{len(ill)} epidemics, ill until day {DAYS}: median {np.median(ill):.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How many made-up bots the signs of copied reporting find, and how many honest people they ask.

    python tools/honest_reports.py                    print the table
    python tools/honest_reports.py --write            put it into docs/honest_reports.md
    python tools/honest_reports.py --people 6000      how many people, of all kinds together
    python tools/honest_reports.py --time             30,000 people and 14 days: how long it takes

The same seed makes the same college. The kinds below say what each of them does; nobody here
is a person.
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lianfang.doubts.copied import SIGNS, Reports, signs_of  # noqa: E402  (path first)
from lianfang.rulebook.honesty_policy import HonestyPolicy  # noqa: E402  (path first)

DAYS = 14
CLASS = 40
DOC = ROOT / "docs" / "honest_reports.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
_SIX = 6 * 3600

# What each kind does in one college: (seconds, marks) per person × day; -1 and 0 mean no report.
Made = tuple[np.ndarray, np.ndarray]
Maker = Callable[[Generator, int], Made]


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    is_bot: bool
    share: float
    make: Maker
    counted: bool = True  # whether it belongs to the two rates that are promised


def _marks(rng: Generator, people: int, spread: float, rounded: bool) -> np.ndarray:
    """A measured temperature of a person who is well, as a mark; equal when equal to 0.1 °C."""
    own = rng.normal(36.5, 0.15, (people, 1))
    heat = rng.normal(own, spread, (people, DAYS))
    return np.round(heat * (2 if rounded else 10)).astype(np.int64)


def _missed(rng: Generator, seconds: np.ndarray, share: float) -> np.ndarray:
    return np.where(rng.random(seconds.shape) < share, -1, seconds)


def honest_at_any_time(rng: Generator, n: int) -> Made:
    """Measures, and reports some time between 6 and 12."""
    seconds = rng.integers(_SIX, 12 * 3600, (n, DAYS))
    return _missed(rng, seconds, 0.08), _marks(rng, n, 0.17, rounded=False)


def honest_by_the_alarm(rng: Generator, n: int) -> Made:
    """Measures, and reports within two minutes after the same alarm every morning."""
    alarm = rng.integers(_SIX, 9 * 3600, (n, 1))
    seconds = alarm + rng.normal(60, 25, (n, DAYS)).astype(np.int64)
    return _missed(rng, seconds, 0.04), _marks(rng, n, 0.17, rounded=False)


def honest_in_class(rng: Generator, n: int) -> Made:
    """The whole class reports in the minute after the teacher asks, each with a thermometer."""
    bell = rng.integers(8 * 3600, 9 * 3600, (-(-n // CLASS), DAYS))
    seconds = np.repeat(bell, CLASS, axis=0)[:n] + rng.integers(5, 75, (n, DAYS))
    return _missed(rng, seconds, 0.05), _marks(rng, n, 0.17, rounded=False)


def honest_coarse(rng: Generator, n: int) -> Made:
    """A thermometer that shows half degrees."""
    seconds = rng.integers(_SIX, 12 * 3600, (n, DAYS))
    return _missed(rng, seconds, 0.08), _marks(rng, n, 0.17, rounded=True)


def honest_habit(rng: Generator, n: int) -> Made:
    """Is well, has no thermometer at hand and types 36.5 every day."""
    seconds = rng.integers(_SIX, 12 * 3600, (n, DAYS))
    return _missed(rng, seconds, 0.08), np.full((n, DAYS), 365, dtype=np.int64)


def bot_at_a_second(rng: Generator, n: int) -> Made:
    """A timer at one second, the same answers every day."""
    at = rng.integers(0, 10 * 3600, (n, 1))
    return at + rng.integers(0, 2, (n, DAYS)), np.full((n, DAYS), 365, dtype=np.int64)


def bot_with_made_up_heat(rng: Generator, n: int) -> Made:
    """A timer at one second, another temperature every day."""
    at = rng.integers(0, 10 * 3600, (n, 1))
    return at + rng.integers(0, 4, (n, DAYS)), rng.integers(361, 369, (n, DAYS))


def bot_with_a_random_wait(rng: Generator, n: int) -> Made:
    """A timer with a random wait of up to ten minutes, the same answers every day."""
    at = rng.integers(0, 10 * 3600, (n, 1))
    seconds = at + rng.integers(0, 600, (n, DAYS))
    return _missed(rng, seconds, 0.02), np.full((n, DAYS), 365, dtype=np.int64)


def bot_for_a_class(rng: Generator, n: int) -> Made:
    """Somebody sends the reports of a whole class with one script, at another hour every day."""
    start = rng.integers(7 * 3600, 11 * 3600, (-(-n // CLASS), DAYS))
    seconds = np.repeat(start, CLASS, axis=0)[:n] + rng.integers(0, 2, (n, DAYS))
    return seconds, rng.integers(361, 369, (n, DAYS))


def bot_in_disguise(rng: Generator, n: int) -> Made:
    """A random wait of ten minutes and another temperature every day: looks like a person."""
    at = rng.integers(_SIX, 10 * 3600, (n, 1))
    return at + rng.integers(0, 600, (n, DAYS)), rng.integers(361, 369, (n, DAYS))


KINDS = (
    Kind("honest, at any time", False, 0.40, honest_at_any_time),
    Kind("honest, by the alarm clock", False, 0.20, honest_by_the_alarm),
    Kind("honest, the class together", False, 0.12, honest_in_class),
    Kind("honest, thermometer of half degrees", False, 0.04, honest_coarse, counted=False),
    Kind("honest, types 36.5 out of habit", False, 0.04, honest_habit, counted=False),
    Kind("bot, same second, same answers", True, 0.05, bot_at_a_second),
    Kind("bot, same second, made-up temperature", True, 0.05, bot_with_made_up_heat),
    Kind("bot, random wait, same answers", True, 0.05, bot_with_a_random_wait),
    Kind("script for a whole class", True, 0.03, bot_for_a_class),
    Kind("bot in disguise", True, 0.02, bot_in_disguise, counted=False),
)


@dataclass(frozen=True, slots=True)
class Row:
    kind: Kind
    people: int
    flagged: int
    by_sign: dict[str, int]

    @property
    def rate(self) -> float:
        return self.flagged / self.people if self.people else 0.0


def college(*, people: int, seed: int) -> tuple[Reports, dict[int, int], list[tuple[Kind, range]]]:
    """Reports of a made-up college, its class sizes, and which people are of which kind."""
    rng = np.random.default_rng(seed)
    parts: list[tuple[Kind, range]] = []
    seconds, marks = [], []
    first = 0
    for kind in KINDS:
        # Whole classes, so that nobody shares a class with another kind.
        n = max(CLASS, round(people * kind.share / CLASS) * CLASS)
        made, mark = kind.make(rng, n)
        seconds.append(np.clip(made, -1, 86_399))
        marks.append(mark)
        parts.append((kind, range(first, first + n)))
        first += n
    second, mark = np.concatenate(seconds), np.concatenate(marks)
    who, day = np.nonzero(second >= 0)
    units = who // CLASS
    reports = Reports(who, units, day, second[who, day], mark[who, day])
    return reports, dict.fromkeys(range(first // CLASS), CLASS), parts


def measure(*, people: int, seed: int, policy: HonestyPolicy) -> list[Row]:
    reports, sizes, parts = college(people=people, seed=seed)
    signs = signs_of(reports, sizes=sizes, policy=policy)
    return [
        Row(
            kind,
            len(members),
            sum(pk in signs for pk in members),
            {sign: sum(sign in signs.get(pk, ()) for pk in members) for sign in SIGNS},
        )
        for kind, members in parts
    ]


def rates(rows: list[Row]) -> tuple[float, float]:
    """Of the bots that are promised to be found, and of the honest who report regularly."""
    found = []
    for is_bot in (True, False):
        of = [row for row in rows if row.kind.is_bot is is_bot and row.kind.counted]
        found.append(sum(row.flagged for row in of) / sum(row.people for row in of))
    return found[0], found[1]


def shipped_policy() -> HonestyPolicy:
    """The parameters of the newest edition that is shipped."""
    newest = max((ROOT / "rulebook").glob("*.toml"))
    return HonestyPolicy.from_settings(tomllib.loads(newest.read_text())["settings"])


def table(rows: list[Row], *, seed: int) -> str:
    lines = [
        "| who (all made up) | people | asked about | same second | same answers | at once | combined |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        name = row.kind.name if row.kind.counted else f"*{row.kind.name}*"
        cells = " | ".join(f"{row.by_sign[sign]:,}" for sign in SIGNS)
        lines.append(f"| {name} | {row.people:,} | {row.rate:.1%} | {cells} |")
    bots, honest = rates(rows)
    lines += [
        "",
        f"Seed {seed}, {sum(row.people for row in rows):,} people, {DAYS} days. Of the bots "
        f"**{bots:.1%}** are found, of the honest who report regularly **{honest:.1%}** are asked "
        "about. Kinds in italics are outside of both rates; see below.",
    ]  # fmt: skip
    return "\n".join(lines)


def write(text: str) -> None:
    page = DOC.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    _old, tail = rest.split(END)
    DOC.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{tail}", encoding="utf-8")


def clock(seed: int) -> None:
    reports, sizes, _parts = college(people=30_000, seed=seed)
    started = time.perf_counter()
    signs_of(reports, sizes=sizes, policy=shipped_policy())
    spent = time.perf_counter() - started
    print(f"signs of {len(reports.day):,} reports of 30,000 people: {spent:.2f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=20200201)
    parser.add_argument("--write", action="store_true", help="put the table into the document")
    parser.add_argument("--time", action="store_true", help="measure 30,000 people")
    given = parser.parse_args()
    if given.time:
        clock(given.seed)
        return 0
    rows = measure(people=given.people, seed=given.seed, policy=shipped_policy())
    text = table(rows, seed=given.seed)
    print(text)
    if given.write:
        write(text)
    bots, honest = rates(rows)
    return 0 if bots >= 0.9 and honest <= 0.02 else 1


if __name__ == "__main__":
    sys.exit(main())

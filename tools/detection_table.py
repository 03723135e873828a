"""How well rules and detectors find an epidemic, and how often they cry wolf: docs/early_warning.md.

    python -m tools.detection_table --epidemics var/epidemics.npz

100 epidemics out of `tools.epidemics` on top of an ordinary term's illness, and 100 terms with
that illness alone, reported day by day and judged by the product's own functions
(`clusters.rules.holds`, `clusters.detecting.judge`) under the shipped edition. The same input
makes the same table. No database is needed.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import merge
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from lianfang.clusters.detecting import judge
from lianfang.clusters.rules import Ill, Key, grouped, holds
from lianfang.rulebook.cluster_policy import ClusterPolicy, policy_of
from tools.epidemics import STUDENTS, circles

ROOT: Final = Path(__file__).resolve().parent.parent
FIRST: Final = date(2020, 2, 3)  # a Monday
LEAD: Final = 28  # ordinary days before the epidemic
TERM: Final = 120  # days of a quiet term
DEPARTMENTS: Final = 5
SMALLEST: Final = 30  # an epidemic that never reached so many has died out by itself
ORDINARY: Final = 0.001  # falls ill of something respiratory, per student and day
OF_THE_WEEK: Final = (1.3, 1.1, 1.0, 1.0, 1.0, 0.8, 0.8)  # Monday to Sunday, mean 1
REPORTS: Final = 0.9  # reports on a day; who does not reports the next day
INFLUENZA_LIKE: Final = 0.4  # of the epidemic's ill: 38 degrees with cough or sore throat
ORDINARY_LIKE: Final = 0.2
SAME_ALARM: Final = 14  # days within which an alarm of one unit is the same alert

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Term:
    """Who fell ill and became known when; `epidemic` marks those of the epidemic. Days from 0."""

    person: Ints
    onset: Ints
    known: Ints
    epidemic: npt.NDArray[np.bool_]
    influenza_like: npt.NDArray[np.bool_]
    reporters: Ints  # per day, college
    days: int


def term(onsets: Ints | None, *, days: int, seed: int) -> Term:
    """Ordinary illness of `days` days, and an epidemic (`onsets`, -1 for nobody) on top of it."""
    luck = np.random.default_rng([seed, 20200203])
    weekday = np.array([OF_THE_WEEK[(FIRST + timedelta(days=d)).weekday()] for d in range(days)])
    person, onset, epidemic = [], [], []
    for day in range(days):
        ill = np.flatnonzero(luck.random(STUDENTS) < ORDINARY * weekday[day])
        person.append(ill)
        onset.append(np.full(len(ill), day))
        epidemic.append(np.zeros(len(ill), dtype=np.bool_))
    if onsets is not None:
        who = np.flatnonzero((onsets >= 0) & (onsets + LEAD < days))
        person.append(who)
        onset.append(onsets[who] + LEAD)
        epidemic.append(np.ones(len(who), dtype=np.bool_))
    people, first, is_new = (np.concatenate(part) for part in (person, onset, epidemic))
    known = first + luck.geometric(REPORTS, len(people)) - 1
    like = luck.random(len(people)) < np.where(is_new, INFLUENZA_LIKE, ORDINARY_LIKE)
    reporters = luck.binomial(STUDENTS, REPORTS, days)
    return Term(people, first, known, is_new, like, reporters, days)


# ---------------------------------------------------------------- who alarms on which day

Alarm = tuple[int, Key, bool]  # day, unit, whether somebody of the epidemic is in it
Detector = Callable[[Term], Iterator[Alarm]]


@dataclass(slots=True)
class Result:
    """One method over all terms."""

    name: str
    units: int
    found: int = 0
    early: int = 0
    epidemics: int = 0
    days: list[int] = field(default_factory=list)
    ill: list[int] = field(default_factory=list)
    false: int = 0
    quiet_days: int = 0

    @property
    def false_per_thousand(self) -> float:
        return 1000 * self.false / (self.quiet_days * self.units) if self.quiet_days else 0.0

    @property
    def false_per_term(self) -> float:
        return self.false / (self.quiet_days / TERM) if self.quiet_days else 0.0


def people_of(one: Term, until: int, since: int) -> list[Ill]:
    """The signs that are known on a day and lie in the longest window of the rules."""
    of = circles()
    chosen = np.flatnonzero((one.known <= until) & (one.known > until - since))
    found = []
    for n in chosen:
        who = int(one.person[n])
        groups = frozenset((kind, str(of[kind][who])) for kind in of) | {("COLLEGE", "0")}
        for syndrome in ("FEVER_RESPIRATORY", *(("ILI",) if one.influenza_like[n] else ())):
            found.append(
                Ill(
                    sign=int(n) * 2 + (syndrome == "ILI"),
                    person=who,
                    syndrome=syndrome,
                    onset_on=FIRST + timedelta(days=int(one.onset[n])),
                    known_on=FIRST + timedelta(days=int(one.known[n])),
                    linked=False,
                    groups=groups,
                )
            )
    return found


def by_rule(policy: ClusterPolicy, code: str, kinds: Sequence[str]) -> Detector:
    """A count rule on circles of these kinds; a day is looked at when somebody became known."""
    rule = policy.rule(code)
    assert rule is not None

    def alarms(one: Term) -> Iterator[Alarm]:
        epidemic = {int(n) for n in np.flatnonzero(one.epidemic)}
        for day in np.unique(one.known[one.known < one.days]):
            ill = people_of(one, int(day), rule.days)
            today = FIRST + timedelta(days=int(day))
            fresh = {group for one_ill in ill if one_ill.known_on == today for group in one_ill.groups}  # fmt: skip
            for group, members in grouped(ill, kinds=kinds).items():
                hit = holds(rule, group, members) if group in fresh else None
                if hit is not None:
                    yield int(day), group, any(sign // 2 in epidemic for sign in hit.signs)

    return alarms


def by_statistics(
    policy: ClusterPolicy, methods: Sequence[str], *, agree: int, departments: bool
) -> Detector:
    """Methods of the daily detectors; `agree` of them at once, on the college or its parts."""

    def alarms(one: Term) -> Iterator[Alarm]:
        yield from sorted(unsorted(one))

    def unsorted(one: Term) -> Iterator[Alarm]:
        of = one.person * DEPARTMENTS // STUDENTS
        for part in range(DEPARTMENTS) if departments else (-1,):
            mine = np.ones(len(of), dtype=np.bool_) if part < 0 else of == part
            share = 1 if part < 0 else DEPARTMENTS
            counts = np.bincount(one.known[mine], minlength=one.days)[: one.days]
            struck = np.bincount(one.known[mine & one.epidemic], minlength=one.days)
            reporters = (one.reporters // share).astype(float)
            expected = np.full(one.days, STUDENTS // share, dtype=float)
            for day in range(policy.detectors.baseline, one.days):
                first = max(0, day + 1 - policy.detectors.history_days)
                said = judge(
                    (
                        counts[first : day + 1].astype(float),
                        reporters[first : day + 1],
                        expected[first : day + 1],
                    ),
                    detectors=policy.detectors,
                    threshold=0.8,
                )
                if len(set(said.alarms) & set(methods)) >= agree and not said.suppressed:
                    yield day, ("UNIT", str(part)), bool(struck[day])

    return alarms


def together(detectors: Sequence[Detector]) -> Detector:
    """Whichever of them is first."""

    def alarms(one: Term) -> Iterator[Alarm]:
        yield from merge(*(detector(one) for detector in detectors))

    return alarms


def measure(
    name: str, detector: Detector, units: int, epidemics: Sequence[Ints], quiet: Sequence[Term]
) -> Result:
    """Sensitivity, days and people until the first alarm, and alarms of terms without an epidemic."""
    result = Result(name, units)
    for number, onsets in enumerate(epidemics):
        one = term(onsets, days=LEAD + int(onsets.max()) + 1, seed=number)
        sick = np.sort(one.onset[one.epidemic])
        result.epidemics += 1
        first = next((day for day, _unit, real in detector(one) if real and day >= LEAD), None)
        if first is None:
            continue
        so_far = int((sick <= first).sum())
        result.found += 1
        result.early += so_far <= SMALLEST
        result.days.append(first - int(sick[2]))
        result.ill.append(so_far)
    for one in quiet:
        last: dict[Key, int] = {}
        for day, unit, _real in detector(one):
            if day - last.get(unit, -SAME_ALARM) >= SAME_ALARM:
                result.false += 1
            last[unit] = day
        result.quiet_days += one.days
    return result


def methods_of(policy: ClusterPolicy) -> list[tuple[str, Detector, int]]:
    """Every row of the table: its name, its detector, and how many units it watches."""
    of = circles()
    rooms, classes, floors = (int(of[kind].max()) + 1 for kind in ("ROOM", "CLASS", "FLOOR"))
    rows: list[tuple[str, Detector, int]] = [
        ("A1 rooms", by_rule(policy, "A1", ["ROOM"]), rooms),
        ("A1 classes", by_rule(policy, "A1", ["CLASS"]), classes),
        ("A2 rooms and classes", by_rule(policy, "A2", ["ROOM", "CLASS"]), rooms + classes),
        ("A2W floors", by_rule(policy, "A2W", ["FLOOR"]), floors),
        ("A3 college", by_rule(policy, "A3", ["COLLEGE"]), 1),
    ]
    rows.append(
        ("all count rules", together([one for _n, one, _u in rows]), sum(u for *_, u in rows))
    )
    for wide, units in ((False, 1), (True, DEPARTMENTS)):
        where = "departments" if wide else "college"
        for method in ("C1", "C2", "C3", "CUSUM"):
            one = by_statistics(policy, [method], agree=1, departments=wide)
            rows.append((f"{method} {where}", one, units))
        several = by_statistics(
            policy, ["C1", "C2", "C3", "CUSUM"], agree=policy.detectors.agree, departments=wide
        )
        rows.append((f"{policy.detectors.agree} of 4 methods, {where}", several, units))
    ours = [row for row in rows if row[0] == "all count rules" or "methods" in row[0]]
    rows.append(
        ("as shipped: all of it", together([row[1] for row in ours]), sum(row[2] for row in ours))
    )
    return rows


def shipped_policy() -> ClusterPolicy:
    """The clusters of the edition that the product ships."""
    edition = tomllib.loads((ROOT / "rulebook" / "2020-01-30.toml").read_text(encoding="utf-8"))
    return policy_of(edition["settings"])


def lines(results: Sequence[Result]) -> list[str]:
    head = [
        "| method | units | found | by the 30th ill | days from the 3rd ill (quartiles) "
        "| ill by then | false alarms per 1,000 unit-days | per quiet term |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    return head + [
        f"| {one.name} | {one.units} | {_share(one.found, one.epidemics)} | "
        f"{_share(one.early, one.epidemics)} | {_quartiles(one.days)} | {_middle(one.ill)} | "
        f"{one.false_per_thousand:.3f} | {one.false_per_term:.2f} |"
        for one in results
    ]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _quartiles(days: Sequence[int]) -> str:
    if not days:
        return "–"
    low, middle, high = np.percentile(days, [25, 50, 75])
    return f"{middle:.0f} ({low:.0f} to {high:.0f})"


def _middle(numbers: Sequence[int]) -> str:
    return f"{np.median(numbers):.0f}" if numbers else "–"


def epidemics_of(path: Path, *, number: int) -> list[Ints]:
    """The first so many epidemics of a file that did not die out by themselves."""
    onsets = np.load(path)["onsets"]
    return [one for one in onsets if (one >= 0).sum() >= SMALLEST][:number]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.detection_table")
    parser.add_argument("--epidemics", type=Path, required=True)
    parser.add_argument("--number", type=int, default=100)
    chosen = parser.parse_args(arguments)
    epidemics = epidemics_of(chosen.epidemics, number=chosen.number)
    quiet = [term(None, days=TERM, seed=10_000 + n) for n in range(chosen.number)]
    print(f"{len(epidemics)} epidemics, {len(quiet)} quiet terms of {TERM} days\n")
    results = []
    for name, detector, units in methods_of(shipped_policy()):
        results.append(measure(name, detector, units, epidemics, quiet))
        print(lines(results)[-1], file=sys.stderr, flush=True)
    print("\n".join(lines(results)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

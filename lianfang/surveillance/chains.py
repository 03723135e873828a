"""Chains of transmission: generations, offspring and serial intervals.

Fine PEM (2003). The interval between successive cases of an infectious disease. American Journal
of Epidemiology 158, 1039-1047.
Lloyd-Smith JO, Schreiber SJ, Kopp PE, Getz WM (2005). Superspreading and the effect of individual
variation on disease emergence. Nature 438, 355-359 (offspring distribution).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median, stdev
from typing import Final

import scipy

from lianfang.surveillance.detection import BadParameter, SurveillanceError

_MOST_SAID: Final = 20


class ChainFaults(SurveillanceError):
    """The links are not a forest; `faults` names every culprit, the message the first of them."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        said = "; ".join(self.faults[:_MOST_SAID])
        more = len(self.faults) - _MOST_SAID
        super().__init__(f"{said}; and {more} more" if more > 0 else said)


@dataclass(frozen=True, slots=True)
class SerialIntervals:
    """Days from the infector's onset to the infectee's.

    days: by infectee, where both onsets are known.  mean, median, sd in days (NaN where there are
    too few).  interval: of the mean, by Student's t.  reversed: infectees who fell ill before or
    with their infector; they are counted, and a person should look at them.
    """

    days: Mapping[str, int]
    mean: float
    median: float
    sd: float
    interval: tuple[float, float]
    reversed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainMeasures:
    """cases; cases_with_infector; roots, the cases without a known infector; generation by case, a
    root being 0; offspring, the cases that each case infected, 0 included; serial intervals."""

    cases: int
    cases_with_infector: int
    roots: tuple[str, ...]
    generation: Mapping[str, int]
    offspring: Mapping[str, int]
    serial: SerialIntervals

    @property
    def max_offspring(self) -> int:
        return max(self.offspring.values(), default=0)

    @property
    def generations(self) -> int:
        """How many generations there are, the roots being the first."""
        return max(self.generation.values(), default=-1) + 1


def chain_measures(
    cases: Sequence[str],
    infectors: Sequence[str | None],
    onsets: Sequence[date | None],
    *,
    confidence: float = 0.95,
) -> ChainMeasures:
    """Measure the chains of a line list.

    cases: one id per case.  infectors: the id of the case it was infected by, None = not known.
    onsets: the day of onset, None = not known.  confidence: of the interval of the mean, 0..1.

    Raises ChainFaults naming every id that occurs twice, every infector that is not on the list,
    every case infected by itself and every ring; BadParameter for lists of unequal length.
    Papers: Fine (2003); Lloyd-Smith et al. (2005).
    """
    if not len(cases) == len(infectors) == len(onsets):
        lengths = (len(cases), len(infectors), len(onsets))
        raise BadParameter("cases, infectors, onsets", lengths, "three lists of one length")
    if not 0 < confidence < 1:
        raise BadParameter("confidence", confidence, "a level between 0 and 1")
    source = dict(zip(cases, infectors, strict=True))
    faults = _faults(cases, source)
    if faults:
        raise ChainFaults(faults)
    links = {case: infector for case, infector in source.items() if infector is not None}
    infected = Counter(links.values())
    return ChainMeasures(
        cases=len(cases),
        cases_with_infector=len(links),
        roots=tuple(case for case in cases if case not in links),
        generation=_generations(links, cases),
        offspring={case: infected[case] for case in cases},
        serial=_serial(links, dict(zip(cases, onsets, strict=True)), confidence),
    )


def _faults(cases: Sequence[str], source: Mapping[str, str | None]) -> list[str]:
    faults = [f"case {case} is listed {n} times" for case, n in Counter(cases).items() if n > 1]
    for case, infector in source.items():
        if infector is None:
            continue
        if infector == case:
            faults.append(f"case {case} is infected by itself")
        elif infector not in source:
            faults.append(f"case {case} is infected by {infector}, who is not on the list")
    return faults + [f"a ring: {' <- '.join(ring)}" for ring in _rings(source)]


def _rings(source: Mapping[str, str | None]) -> list[list[str]]:
    """Every ring of two or more cases that infect each other in turn."""
    rings, seen = [], set[str]()
    for case in source:
        path: list[str] = []
        here: str | None = case
        while here is not None and here in source and here not in seen:
            seen.add(here)
            path.append(here)
            here = source[here]
        if here in path and source[here] != here:
            rings.append([*path[path.index(here) :], here])
    return rings


def _generations(links: Mapping[str, str], cases: Sequence[str]) -> dict[str, int]:
    generation: dict[str, int] = {}
    for case in cases:
        path = [case]
        while path[-1] not in generation and path[-1] in links:
            path.append(links[path[-1]])
        depth = generation.setdefault(path.pop(), 0)
        while path:
            depth += 1
            generation[path.pop()] = depth
    return generation


def _serial(
    links: Mapping[str, str], onset: Mapping[str, date | None], confidence: float
) -> SerialIntervals:
    days = {}
    for case, infector in links.items():
        fell, before = onset[case], onset[infector]
        if fell is not None and before is not None:
            days[case] = (fell - before).days
    values = list(days.values())
    middle = mean(values) if values else math.nan
    spread = stdev(values) if len(values) > 1 else math.nan
    return SerialIntervals(
        days=days,
        mean=float(middle),
        median=float(median(values)) if values else math.nan,
        sd=spread,
        interval=_interval(middle, spread, len(values), confidence),
        reversed=tuple(case for case, gap in days.items() if gap <= 0),
    )


def _interval(middle: float, spread: float, size: int, confidence: float) -> tuple[float, float]:
    if size < 2:
        return math.nan, math.nan
    reach = float(scipy.stats.t.ppf((1 + confidence) / 2, size - 1)) * spread / math.sqrt(size)
    return middle - reach, middle + reach

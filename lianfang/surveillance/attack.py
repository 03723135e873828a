"""Attack rates: how much more often did those fall ill who ate, sat or slept there?

Rothman KJ, Greenland S, Lash TL (2008). Modern Epidemiology, 3rd ed., chapter 14 (risk ratio and
its Wald interval).
Wilson EB (1927). Probable inference, the law of succession, and statistical inference. Journal of
the American Statistical Association 22, 209-212 (interval of a single rate).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import scipy

from lianfang.surveillance.detection import BadParameter

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Persons: exposed or not, ill or well."""

    exposed_ill: int
    exposed_well: int
    unexposed_ill: int
    unexposed_well: int

    @property
    def exposed(self) -> int:
        return self.exposed_ill + self.exposed_well

    @property
    def unexposed(self) -> int:
        return self.unexposed_ill + self.unexposed_well


@dataclass(frozen=True, slots=True)
class AttackRate:
    """One row of an attack-rate table.

    rate_exposed, rate_unexposed: shares 0..1, with Wilson intervals; NaN where nobody is in the
    group.  risk_ratio with its Wald interval on the log scale: NaN where it is 0/0, infinity where
    no unexposed person fell ill; its interval is NaN where one of the two groups has no ill person.
    p_chi2: without continuity correction, NaN where a margin is empty.  p_fisher: two-sided, exact.
    """

    table: TwoByTwo
    rate_exposed: float
    rate_exposed_interval: Interval
    rate_unexposed: float
    rate_unexposed_interval: Interval
    risk_ratio: float
    risk_ratio_interval: Interval
    p_chi2: float
    p_fisher: float


def attack_rate(table: TwoByTwo, *, confidence: float = 0.95) -> AttackRate:
    """Rates, risk ratio, intervals at `confidence` (0..1) and p-values of one two-by-two table.

    Raises BadParameter for a negative number of persons or a confidence outside (0, 1).
    Paper: Rothman et al. (2008); Wilson (1927) for the single rates.
    """
    cells = (table.exposed_ill, table.exposed_well, table.unexposed_ill, table.unexposed_well)
    if min(cells) < 0:
        raise BadParameter("table", cells, "numbers of persons, 0 or more")
    if not 0 < confidence < 1:
        raise BadParameter("confidence", confidence, "a level between 0 and 1")
    z = float(scipy.stats.norm.ppf((1 + confidence) / 2))
    exposed = _share(table.exposed_ill, table.exposed)
    unexposed = _share(table.unexposed_ill, table.unexposed)
    ratio = _ratio(exposed, unexposed)
    return AttackRate(
        table=table,
        rate_exposed=exposed,
        rate_exposed_interval=_wilson(table.exposed_ill, table.exposed, z),
        rate_unexposed=unexposed,
        rate_unexposed_interval=_wilson(table.unexposed_ill, table.unexposed, z),
        risk_ratio=ratio,
        risk_ratio_interval=_wald(table, ratio, z),
        p_chi2=_p_chi2(table),
        p_fisher=float(scipy.stats.fisher_exact([cells[:2], cells[2:]]).pvalue),
    )


def attack_table(
    ill: Sequence[bool],
    exposures: Mapping[str, Sequence[bool | None]],
    *,
    confidence: float = 0.95,
) -> dict[str, AttackRate]:
    """One row per exposure, in the order given.

    ill: one entry per person.  exposures: name -> one entry per person, None = not known; such a
    person is left out of that row only.

    Raises BadParameter where an exposure has another number of persons than `ill`.
    Paper: Rothman et al. (2008); Wilson (1927) for the single rates.
    """
    rows = {}
    for name, exposed in exposures.items():
        if len(exposed) != len(ill):
            raise BadParameter(name, len(exposed), f"{len(ill)} persons, as in ill")
        rows[name] = attack_rate(_count(ill, exposed), confidence=confidence)
    return rows


def _count(ill: Sequence[bool], exposed: Sequence[bool | None]) -> TwoByTwo:
    pairs = [
        (bool(was), bool(fell)) for fell, was in zip(ill, exposed, strict=True) if was is not None
    ]
    return TwoByTwo(
        exposed_ill=pairs.count((True, True)),
        exposed_well=pairs.count((True, False)),
        unexposed_ill=pairs.count((False, True)),
        unexposed_well=pairs.count((False, False)),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _ratio(exposed: float, unexposed: float) -> float:
    if unexposed:
        return exposed / unexposed
    return math.inf if exposed > 0 else math.nan


def _wald(table: TwoByTwo, ratio: float, z: float) -> Interval:
    if not table.exposed_ill or not table.unexposed_ill:
        return math.nan, math.nan
    error = math.sqrt(
        1 / table.exposed_ill - 1 / table.exposed + 1 / table.unexposed_ill - 1 / table.unexposed
    )
    return ratio * math.exp(-z * error), ratio * math.exp(z * error)


def _wilson(part: int, whole: int, z: float) -> Interval:
    if not whole:
        return math.nan, math.nan
    share, weight = part / whole, z * z / whole
    centre = (share + weight / 2) / (1 + weight)
    reach = z * math.sqrt(share * (1 - share) / whole + weight / (4 * whole)) / (1 + weight)
    return max(0.0, centre - reach), min(1.0, centre + reach)


def _p_chi2(table: TwoByTwo) -> float:
    ill = table.exposed_ill + table.unexposed_ill
    well = table.exposed_well + table.unexposed_well
    margins = table.exposed * table.unexposed * ill * well
    if not margins:
        return math.nan
    cross = table.exposed_ill * table.unexposed_well - table.exposed_well * table.unexposed_ill
    return float(scipy.stats.chi2.sf((ill + well) * cross**2 / margins, 1))

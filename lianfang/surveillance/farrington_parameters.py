"""The parameters of Farrington flexible, their defaults and their limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lianfang.surveillance.detection import (
    A_LEVEL,
    ABOVE,
    BETWEEN,
    ONE_OF,
    BadParameter,
    gettext_noop,
)
from lianfang.surveillance.history import History, lay_out
from lianfang.surveillance.thresholds import (
    POWER_TRANSFORMATIONS,
    THRESHOLD_METHODS,
    PowerTransformation,
    ThresholdMethod,
)

LIMIT54: Final = gettext_noop("[cases, moments], from [0, 1] on")


@dataclass(frozen=True, slots=True, kw_only=True)
class FarringtonParameters:
    """The control list of R's farringtonFlexible, with its defaults.

    b: years of history.  w: half-window in moments.  no_periods: levels of the season (1: only the
    windows teach; 10: the whole year does).  past_not_included: moments before today that teach
    nothing; default w.  reweight, weights_threshold: past outbreaks, by their Anscombe residual,
    count less.  trend, p_threshold_trend: a trend is kept if its p-value is below this, b is 3 or
    more, and it does not extrapolate above every past count.  method, power, alpha: see
    `thresholds`.  limit54 = (5, 4): below 5 cases in the last 4 moments there is no bound.
    """

    b: int = 5
    w: int = 3
    no_periods: int = 1
    past_not_included: int | None = None
    reweight: bool = True
    weights_threshold: float = 2.58
    trend: bool = True
    p_threshold_trend: float = 1.0
    method: ThresholdMethod = "delta"
    power: PowerTransformation = "2/3"
    alpha: float = 0.05
    limit54: tuple[int, int] = (5, 4)

    def check(self) -> None:
        """Raises BadParameter for what the method is not defined for."""
        for fault in self.wrong():
            raise fault

    def wrong(self) -> Iterator[BadParameter]:
        """Every parameter without a meaning."""
        if not 0 < self.alpha < 1:
            yield BadParameter("alpha", self.alpha, A_LEVEL)
        if not 0 <= self.p_threshold_trend <= 1:
            yield BadParameter("pThresholdTrend", self.p_threshold_trend, BETWEEN, low=0, high=1)
        if not self.weights_threshold > 0:
            yield BadParameter("weightsThreshold", self.weights_threshold, ABOVE, low=0)
        for name, value, choices in (
            ("thresholdMethod", self.method, THRESHOLD_METHODS),
            ("powertrans", self.power, POWER_TRANSFORMATIONS),
        ):
            if value not in choices:
                yield BadParameter(name, value, ONE_OF, choices=", ".join(choices))
        if self.limit54[0] < 0 or self.limit54[1] < 1:
            yield BadParameter("limit54", self.limit54, LIMIT54)

    def history(self, *, freq: int) -> History:
        """The moments that teach, for series of `freq` moments per year."""
        left_out = self.w if self.past_not_included is None else self.past_not_included
        return lay_out(freq=freq, b=self.b, w=self.w, periods=self.no_periods, left_out=left_out)

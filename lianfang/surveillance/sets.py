"""Parameter sets: a JSON file of named sets for each family of detectors, keys as in R.

    {"EARS": {"E1": {"method": "C1", "baseline": 7, "minSigma": 0, "alpha": 0.001}},
     "CUSUM": {"U1": {"k": 1.04, "h": 2.26, "m": null, "trans": "standard"}},
     "farringtonFlexible": {"F1": {"b": 4, "w": 3, "noPeriods": 1, ...}}}

Other keys at the top level are left alone.  A key that is left out of a set has R's default.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lianfang.surveillance.cusum import cusum
from lianfang.surveillance.cusum import wrong as wrong_cusum
from lianfang.surveillance.detection import Alarms, BadParameter, Floats, gettext_noop
from lianfang.surveillance.ears import ears
from lianfang.surveillance.ears import wrong as wrong_ears
from lianfang.surveillance.farrington import farrington_flexible
from lianfang.surveillance.farrington_parameters import FarringtonParameters
from lianfang.surveillance.faults import Collector
from lianfang.surveillance.tables import opened

JSON_TEXT: Final = gettext_noop("JSON (%(reason)s)")
AN_OBJECT: Final = gettext_noop("an object of named parameter sets")
A_SET: Final = gettext_noop("one of the sets %(names)s")
ONE_FAMILY: Final = gettext_noop("a name in one family only, not in %(families)s")
A_KEY: Final = gettext_noop("one of the keys %(keys)s")
A_NUMBER: Final = gettext_noop("a number")
WHOLE: Final = gettext_noop("a whole number")
YES_NO: Final = gettext_noop("true or false")
A_TEXT: Final = gettext_noop("a text")
TWO_WHOLE: Final = gettext_noop("two whole numbers")
NULL_OR_GLM: Final = gettext_noop('null, "glm" or a number above 0')

DAILY: Final = 100
"""From how many moments per year on a series counts as daily."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a set says about series of one length: columns of (series, n) arrays from `first` on.

    `missing` is how the family's layout writes a number that is none.
    """

    first: int
    columns: Mapping[str, Floats]
    alarm: Alarms
    missing: str


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """A named set, ready to judge: judge(counts (s, n), freq) raises SeriesTooShort or BadParameter.

    columns: the headings between `observed` and the end of the line, `alarm` among them.
    """

    family: str
    name: str
    columns: tuple[str, ...]
    judge: Callable[[Floats, int], Judged]


def default_training(size: int, freq: int, *, seasonal: bool) -> int:
    """Moments that teach a CUSUM when the set does not say: two years of a series of weeks (or
    months), fourteen days of a daily one, or half of what there is where it is no longer.  A
    seasonal level ("glm") always needs its two years."""
    if freq < DAILY or seasonal:
        return 2 * freq
    return 14 if size > 14 else size // 2


def load_set(path: Path, name: str) -> ParameterSet:
    """Read the set `name`.  Raises FileFaults naming every key that is wrong."""
    faults = Collector(str(path))
    with opened(path, faults) as text:
        try:
            content = json.load(text)
        except json.JSONDecodeError as error:
            found = error.doc[error.pos : error.pos + 20]
            faults.stop(error.lineno, str(error.colno), found, JSON_TEXT, reason=error.msg)
    family, values = _find(content, name, faults)
    chosen = _FAMILIES[family]
    sound = _of_right_kind(values, chosen.kinds, f"{family}.{name}", faults)
    for fault in chosen.wrong(sound):
        if fault.name in sound or not faults.faults:  # left out, and not merely misspelt
            column = f"{family}.{name}.{fault.name}"
            faults.add(None, column, fault.value, fault.expected, **fault.details)
    faults.refuse_if_any()
    return chosen.build(name, values)


def _find(content: Any, name: str, faults: Collector) -> tuple[str, dict[str, Any]]:
    if not isinstance(content, dict):
        faults.stop(None, None, type(content).__name__, AN_OBJECT)
    families = {family: content.get(family, {}) for family in _FAMILIES}
    for family, sets in families.items():
        if not isinstance(sets, dict) or not all(isinstance(one, dict) for one in sets.values()):
            faults.stop(None, family, type(sets).__name__, AN_OBJECT)
    holders = [family for family, sets in families.items() if name in sets]
    if not holders:
        known = ", ".join(sorted(known for sets in families.values() for known in sets))
        faults.stop(None, None, name, A_SET, names=known)
    if len(holders) > 1:
        faults.stop(None, None, name, ONE_FAMILY, families=", ".join(holders))
    return holders[0], families[holders[0]][name]


# ---------------------------------------------------------------- what a value may be

Kind = tuple[Callable[[Any], bool], str]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_level(value: Any) -> bool:
    return value is None or value == "glm" or (_is_number(value) and value > 0)


def _is_two_whole(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_whole, value))


_NUMBER: Final[Kind] = (_is_number, A_NUMBER)
_WHOLE: Final[Kind] = (_is_whole, WHOLE)
_YES_NO: Final[Kind] = (lambda value: isinstance(value, bool), YES_NO)
_TEXT: Final[Kind] = (lambda value: isinstance(value, str), A_TEXT)

_EARS_KINDS: Final[Mapping[str, Kind]] = {
    "method": _TEXT,
    "baseline": _WHOLE,
    "minSigma": _NUMBER,
    "alpha": _NUMBER,
}
_CUSUM_KINDS: Final[Mapping[str, Kind]] = {
    "k": _NUMBER,
    "h": _NUMBER,
    "m": (_is_level, NULL_OR_GLM),
    "trans": _TEXT,
    "training": _WHOLE,
}
_FARRINGTON_KINDS: Final[Mapping[str, Kind]] = {
    "b": _WHOLE,
    "w": _WHOLE,
    "noPeriods": _WHOLE,
    "pastWeeksNotIncluded": _WHOLE,
    "reweight": _YES_NO,
    "weightsThreshold": _NUMBER,
    "pThresholdTrend": _NUMBER,
    "trend": _YES_NO,
    "thresholdMethod": _TEXT,
    "alpha": _NUMBER,
    "powertrans": _TEXT,
    "limit54": (_is_two_whole, TWO_WHOLE),
}


def _of_right_kind(
    values: Mapping[str, Any], kinds: Mapping[str, Kind], path: str, faults: Collector
) -> dict[str, Any]:
    """The values that can be looked at further; the others are noted."""
    sound = {}
    for key, value in values.items():
        if key not in kinds:
            faults.add(None, f"{path}.{key}", json.dumps(value), A_KEY, keys=", ".join(kinds))
            continue
        is_right, expected = kinds[key]
        if is_right(value):
            sound[key] = value
        else:
            faults.add(None, f"{path}.{key}", json.dumps(value), expected)
    return sound


# ---------------------------------------------------------------- the three families


def _ears_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return _renamed(values, {"minSigma": "min_sigma"})


def _ears_set(name: str, values: Mapping[str, Any]) -> ParameterSet:
    chosen = _ears_values(values)

    def judge(counts: Floats, freq: int) -> Judged:
        found = ears(counts, **chosen)
        return Judged(found.first, {"upperbound": found.upperbound}, found.alarm, missing="NaN")

    return ParameterSet("EARS", name, ("upperbound", "alarm"), judge)


def _cusum_set(name: str, values: Mapping[str, Any]) -> ParameterSet:
    chosen = dict(values)
    training = chosen.pop("training", None)

    def judge(counts: Floats, freq: int) -> Judged:
        taught = training
        if taught is None:
            seasonal = chosen.get("m") == "glm"
            taught = max(1, default_training(counts.shape[-1], freq, seasonal=seasonal))
        found = cusum(counts, training=taught, freq=freq, **chosen)
        columns = {"m": found.mean, "cusum": found.statistic, "upperbound": found.upperbound}
        return Judged(found.first, columns, found.alarm, missing="NA")

    return ParameterSet("CUSUM", name, ("m", "cusum", "upperbound", "alarm"), judge)


def _farrington_parameters(values: Mapping[str, Any]) -> FarringtonParameters:
    chosen = _renamed(
        values,
        {
            "noPeriods": "no_periods",
            "pastWeeksNotIncluded": "past_not_included",
            "weightsThreshold": "weights_threshold",
            "pThresholdTrend": "p_threshold_trend",
            "thresholdMethod": "method",
            "powertrans": "power",
        },
    )
    if "limit54" in chosen:
        chosen["limit54"] = tuple(chosen["limit54"])
    return FarringtonParameters(**chosen)


def _farrington_set(name: str, values: Mapping[str, Any]) -> ParameterSet:
    parameters = _farrington_parameters(values)
    columns = ("expected", "upperbound", "alarm", "score", "pvalue", "mu0", "phi", "trend")

    def judge(counts: Floats, freq: int) -> Judged:
        found = farrington_flexible(counts, parameters, freq=freq)
        numbers = {column: getattr(found, column) for column in columns if column != "alarm"}
        return Judged(found.first, numbers, found.alarm, missing="NA")

    return ParameterSet("farringtonFlexible", name, columns, judge)


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in values.items()}


@dataclass(frozen=True, slots=True)
class _Family:
    """How a set of this family is built, what its values may be, and which of them mean nothing."""

    build: Callable[[str, Mapping[str, Any]], ParameterSet]
    kinds: Mapping[str, Kind]
    wrong: Callable[[Mapping[str, Any]], Iterable[BadParameter]]


_FAMILIES: Final[Mapping[str, _Family]] = {
    "EARS": _Family(_ears_set, _EARS_KINDS, lambda given: wrong_ears(**_ears_values(given))),
    "CUSUM": _Family(
        _cusum_set,
        _CUSUM_KINDS,
        lambda given: wrong_cusum(**{key: given[key] for key in given if key != "m"}),
    ),
    "farringtonFlexible": _Family(
        _farrington_set, _FARRINGTON_KINDS, lambda given: _farrington_parameters(given).wrong()
    ),
}

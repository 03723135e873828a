"""The outbreak in figures: the curve by onset, attack rates with intervals, how fast it grows.

Each figure says what it does not know: days that reports have not reached yet, circles of
unknown size, a growth that the numbers do not tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from lianfang.clusters.models import Alert, AlertGroup, AlertPerson, Sign, SignGroup
from lianfang.clusters.rules import COLLEGE, DEPARTMENT
from lianfang.kernel.clock import reporting_day
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.surveillance import TwoByTwo, attack_rate
from lianfang.surveillance.growth import Growth, growth_rate

LONGEST_CURVE = 42
_BEFORE = 3


@dataclass(frozen=True, slots=True)
class OnsetDay:
    """People who fell ill that day, as far as it is known; `is_open`: reports still come in."""

    day: date
    ill: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """By the day of onset. `delay_days` lie between onset and report, in the middle; `late_days`
    for one in ten at least. Growth is learned without the days that are still open.
    """

    days: tuple[OnsetDay, ...]
    delay_days: float | None
    late_days: int
    growth: Growth | None

    @property
    def first_on(self) -> date | None:
        return next((one.day for one in self.days if one.ill), None)

    @property
    def last_on(self) -> date | None:
        return next((one.day for one in reversed(self.days) if one.ill), None)


@dataclass(frozen=True, slots=True)
class Attack:
    """How many of a circle fell ill; `rate` and its interval are shares of 1, None if unknown."""

    kind: str
    name: str
    ill: int
    size: int | None
    rate: float | None
    low: float | None
    high: float | None


def signs_in(alert: Alert) -> list[Sign]:
    """One sign per person of the alert, the earliest; without what was taken back."""
    rows = (
        AlertPerson.objects.filter(alert=alert, sign__withdrawn_at__isnull=True)
        .select_related("sign__unit")
        .order_by("joined_at", "id")
    )
    return [row.sign for row in rows]


def curve_of(signs: Sequence[Sign], *, today: date) -> Curve:
    """The curve from three days before the first onset until today."""
    if not signs:
        return Curve((), None, 0, None)
    onsets = Counter(sign.onset_on for sign in signs)
    delays = sorted((sign.known_on - sign.onset_on).days for sign in signs)
    late = delays[min(len(delays) - 1, int(0.9 * len(delays)))]
    first = max(min(onsets) - timedelta(days=_BEFORE), today - timedelta(days=LONGEST_CURVE - 1))
    days = [
        OnsetDay(day, onsets.get(day, 0), is_open=(today - day).days < max(late, 1))
        for day in (first + timedelta(days=n) for n in range((today - first).days + 1))
    ]
    return Curve(tuple(days), float(median(delays)), late, _growth(days))


def _growth(days: Sequence[OnsetDay]) -> Growth | None:
    counts = [one.ill for one in days if not one.is_open]
    while counts and not counts[0]:
        counts.pop(0)
    return growth_rate(counts) if counts else None


def attacks_of(alert: Alert, signs: Sequence[Sign]) -> list[Attack]:
    """One row per circle of the alert, narrowest first."""
    inside: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows = SignGroup.objects.filter(sign__in=[sign.pk for sign in signs])
    for kind, code, person in rows.values_list("kind", "code", "sign__person_id"):
        inside[kind, code].add(person)
    everybody = {sign.person_id for sign in signs}
    wide = {COLLEGE, DEPARTMENT}
    return [
        rate_of(
            one.kind,
            one.name,
            len(everybody if one.kind in wide else inside[one.kind, one.code]),
            one.size,
        )
        for one in AlertGroup.objects.filter(alert=alert).order_by("size", "id")
    ]


def attacks_by_unit(signs: Sequence[Sign], *, today: date) -> list[Attack]:
    """One row per class or office that somebody of the alert reports in, the hardest hit first."""
    people: dict[Unit, set[int]] = defaultdict(set)
    for sign in signs:
        people[sign.unit].add(sign.person_id)
    sizes = roster.head_count(day=today)
    found = [
        rate_of(unit.kind, unit.name, len(ill), sizes.get(unit.pk)) for unit, ill in people.items()
    ]
    return sorted(found, key=lambda one: -(one.rate or 0))


def rate_of(kind: str, name: str, ill: int, size: int | None) -> Attack:
    """With Wilson's interval of 95 %; a circle that has shrunk below its ill has no rate."""
    if not size or size < ill:
        return Attack(kind, name, ill, size, None, None, None)
    said = attack_rate(TwoByTwo(ill, size - ill, 0, 0))
    low, high = said.rate_exposed_interval
    return Attack(kind, name, ill, size, said.rate_exposed, low, high)


def syndromes_in(alert: Alert) -> dict[str, int]:
    """People per syndrome; who has two stands in both."""
    people = AlertPerson.objects.filter(alert=alert).values("person_id")
    rows = Sign.objects.filter(
        person_id__in=people,
        withdrawn_at__isnull=True,
        seen_on__gte=reporting_day(alert.opened_at) - timedelta(days=14),
    )
    found: Mapping[str, set[int]] = defaultdict(set)
    for syndrome, person in rows.values_list("syndrome", "person_id"):
        found[syndrome].add(person)
    return {code: len(ill) for code, ill in sorted(found.items(), key=lambda item: -len(item[1]))}

"""How many were suspected, confirmed, cured: as it was known at a moment, never as it is now.

Rows of the course are added only and keep when they were entered, so an old summary reads the
same for ever. Counted are people, each once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from lianfang.incidents.models import Classification, Incident, Referral
from lianfang.incidents.rules import DIAGNOSES
from lianfang.kernel.clock import at_local

NAMES = ("saw_doctor", "suspected", "confirmed", "asymptomatic", "cured", "died")
# Which column a classification in force stands in; in 2020 Hubei counted clinical as confirmed.
_COLUMN = {
    "SUSPECTED": "suspected",
    "CONFIRMED": "confirmed",
    "CLINICAL": "confirmed",
    "ASYMPTOMATIC": "asymptomatic",
}


def case_figures(
    unit_ids: Collection[int], *, day: date, at: datetime, category: str = ""
) -> dict[str, int]:
    """The columns 就诊人数, 疑似, 确诊, 无症状感染, 治愈, 死亡 of these units at a moment.

    Suspected, confirmed and asymptomatic are those who are so; cured and died are all so far;
    who saw a doctor is counted on the day of the visit.
    """
    mine = Incident.objects.filter(unit_id__in=list(unit_ids), opened_at__lte=at)
    if category:
        mine = mine.filter(person__category=category)
    people: defaultdict[str, set[int]] = defaultdict(set)
    persons = dict(mine.values_list("pk", "person_id"))
    closed = set(mine.filter(closed_at__lte=at).values_list("pk", flat=True))
    for incident, kinds in _kinds_known(persons, at).items():
        person, last = persons[incident], kinds[-1]
        if last in _COLUMN and incident not in closed:
            people[_COLUMN[last]].add(person)
        if last == "RECOVERED" and DIAGNOSES.intersection(kinds):
            people["cured"].add(person)
        if last == "DIED":
            people["died"].add(person)
    people["saw_doctor"] = set(_seen(persons, day, at))
    return {name: len(people[name]) for name in NAMES}


def _kinds_known(incidents: Collection[int], at: datetime) -> dict[int, list[str]]:
    """The history of each as it stood at the moment, in the order in which things were said."""
    rows = (
        Classification.objects.filter(incident_id__in=list(incidents), entered_at__lte=at)
        .exclude(replaced_by__entered_at__lte=at)
        .order_by("at", "id")
        .values_list("incident_id", "kind")
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for incident, kind in rows:
        found[incident].append(kind)
    return dict(found)


def _seen(persons: dict[int, int], day: date, at: datetime) -> list[int]:
    begins, ends = at_local(day, time.min), at_local(day + timedelta(days=1), time.min)
    seen = Referral.objects.filter(
        incident_id__in=list(persons), seen_at__gte=begins, seen_at__lt=ends, seen_at__lte=at
    )
    return [persons[pk] for pk in seen.values_list("incident_id", flat=True)]

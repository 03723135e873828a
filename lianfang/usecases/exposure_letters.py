"""Letters about exposures: how many people to ring. No name, no place, no reason leaves the house."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from lianfang.kernel.clock import reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster import queries as roster
from lianfang.roster.models import Exemption, Person, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import rules_in_force
from lianfang.screening.models import ExposureHit
from lianfang.usecases.letters import in_language_of

LINK = "/desk/care/exposures/"
_CARERS = (Post.Role.COUNSELOR, Post.Role.LIAISON, Post.Role.RESPONSIBLE_HEAD)


def tell_callers(hits: Iterable[ExposureHit], *, reference: str, now: datetime) -> None:
    """One letter to each carer with the number of people to ring; the same twice is once."""
    by_unit: dict[int, set[int]] = defaultdict(set)
    for hit in hits:
        by_unit[hit.unit_id].add(hit.person_id)
    callers = callers_of(by_unit, day=reporting_day(now))
    calls: Counter[Person] = Counter()
    for unit_id, people in by_unit.items():
        for caller in callers.get(unit_id, ()):
            calls[caller] += len(people - {caller.pk})
    _queue(calls, text="exposure_calls", reference=reference, now=now)


def tell_heads(hits: list[ExposureHit], *, now: datetime) -> None:
    """Calls that nobody made in time: whoever stands above the carers is told how many."""
    day = reporting_day(now)
    line = roster.line_of_superiors(hits[0].unit, day=day)
    carers = set(callers_of([hits[0].unit_id], day=day).get(hits[0].unit_id, ()))
    for unit in line:
        heads = roster.holders(unit=unit, role=Post.Role.RESPONSIBLE_HEAD, day=day)
        told = [one for one in _present(heads, day) if one not in carers]
        if told:
            calls = Counter({one: len(hits) for one in told[:1]})
            reference = f"exposures:overdue:{min(hit.pk for hit in hits)}:{now:%Y%m%d%H%M}"
            _queue(calls, text="exposure_overdue", reference=reference, now=now)
            return


def callers_of(unit_ids: Iterable[int], *, day: date) -> dict[int, list[Person]]:
    """Who rings the people of each unit: counselors, else the liaison, else the head; where a
    unit has none of them, whoever answers for the unit above."""
    wanted = set(unit_ids)
    held: dict[int, dict[str, list[Post]]] = defaultdict(lambda: defaultdict(list))
    posts = (
        Post.objects.filter(held_on(day), unit_id__in=wanted, role__in=_CARERS)
        .exclude(person__in=Exemption.objects.filter(held_on(day)).values("person_id"))
        .select_related("person")
        .order_by("is_deputy", "held_from", "id")
    )
    for post in posts:
        held[post.unit_id][post.role].append(post)
    found: dict[int, list[Person]] = {}
    for unit_id in wanted:
        mine = next((held[unit_id][role] for role in _CARERS if held[unit_id][role]), [])
        principals = [post.person for post in mine if not post.is_deputy]
        found[unit_id] = principals or [post.person for post in mine] or _above(unit_id, day)
    return found


def _above(unit_id: int, day: date) -> list[Person]:
    for unit in roster.line_of_superiors(Unit.objects.get(pk=unit_id), day=day)[1:]:
        for role in (Post.Role.LIAISON, Post.Role.RESPONSIBLE_HEAD):
            found = _present(roster.holders(unit=unit, role=role, day=day), day)
            if found:
                return found[:1]
    return []


def _present(people: list[Person], day: date) -> list[Person]:
    away = roster.exempt_person_ids(day=day)
    return [one for one in people if one.pk not in away]


def _queue(calls: Counter[Person], *, text: str, reference: str, now: datetime) -> None:
    rules = rules_in_force(now)
    letters = []
    for person, count in calls.items():
        if count:
            with in_language_of(person):
                letters.append(
                    Draft(
                        reference=reference,
                        person=person,
                        subject=rules.text("subject"),
                        body=rules.text(text, count=count),
                        link=LINK,
                    )
                )
    notifications.queue(letters, now=now)

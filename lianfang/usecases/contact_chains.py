"""The chains of the cases of a college, and who fell ill in which of their groups.

Codes only: the measures are those of `surveillance`, with their intervals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from lianfang.contacts.models import Contact, Investigation
from lianfang.contacts.rules import serial_weight
from lianfang.groups import queries as groups
from lianfang.groups.rules import GroupRef
from lianfang.kernel.clock import reporting_day
from lianfang.roster import queries as roster
from lianfang.rulebook.contact_policy import policy_from
from lianfang.rulebook.queries import rules_in_force
from lianfang.surveillance.attack import AttackRate, TwoByTwo, attack_rate
from lianfang.surveillance.chains import ChainMeasures, chain_measures

MOST_CASES = 400
MOST_GROUPS = 20


@dataclass(frozen=True, slots=True)
class Case:
    """A node: its code and day, who infected it, and whose contact it was before."""

    code: str
    pk: int
    anchor_on: date
    unit: str
    source: str
    maybe: tuple[str, ...]
    generation: int
    infected: int


@dataclass(frozen=True, slots=True)
class GroupRate:
    ref: GroupRef
    rate: AttackRate


@dataclass(frozen=True, slots=True)
class Chains:
    cases: tuple[Case, ...]
    measures: ChainMeasures | None
    rates: tuple[GroupRate, ...]
    left_out: int


def chains_of(investigations: QuerySet[Investigation], *, now: datetime) -> Chains:
    """The chains among these cases; a source that is not among them is not shown."""
    every = list(investigations.select_related("unit", "infected_by").order_by("-anchor_on", "-pk"))
    found = sorted(every[:MOST_CASES], key=lambda one: (one.anchor_on, one.pk))
    if not found:
        return Chains((), None, (), 0)
    code_of = {one.pk: one.code for one in found}
    sources = [code_of.get(one.infected_by_id or 0) for one in found]
    measures = chain_measures(
        [one.code for one in found], sources, [one.anchor_on for one in found]
    )
    maybe = _contacts_before(found, code_of)
    cases = tuple(
        Case(
            code=one.code,
            pk=one.pk,
            anchor_on=one.anchor_on,
            unit=one.unit.name if one.unit else "",
            source=source or "",
            maybe=tuple(code for code in maybe.get(one.pk, ()) if code != source),
            generation=measures.generation[one.code],
            infected=measures.offspring[one.code],
        )
        for one, source in zip(found, sources, strict=True)
    )
    return Chains(cases, measures, _rates(found, reporting_day(now)), len(every) - len(found))


@dataclass(frozen=True, slots=True)
class Likely:
    """Another case that may have infected this one, and why; a person says whether it did.

    days: from its onset to this one's.  met: this case was its confirmed or determined contact.
    near: the campus proposed this case as its contact, and nobody has said no.
    """

    code: str
    pk: int
    days: int
    met: bool
    near: bool


def likely_sources(
    case: Investigation, others: QuerySet[Investigation], *, now: datetime, most: int = 50
) -> list[Likely]:
    """The other cases, the likeliest first: whom they met, then how the days fit, then the newest."""
    serial = policy_from(rules_in_force(now).settings).serial
    states = dict(
        Contact.objects.filter(person_id=case.person_id, investigation__in=others)
        .exclude(state=Contact.State.DISMISSED)
        .values_list("investigation_id", "state")
        if case.person_id is not None
        else ()
    )
    met = {Contact.State.CONFIRMED, Contact.State.DETERMINED}
    found = [
        Likely(
            one.code,
            one.pk,
            (case.anchor_on - one.anchor_on).days,
            met=states.get(one.pk) in met,
            near=one.pk in states and states[one.pk] not in met,
        )
        for one in others.exclude(pk=case.pk).order_by("-anchor_on", "-pk")[:MOST_CASES]
    ]

    def first(one: Likely) -> tuple[bool, bool, bool, float]:
        fits = serial_weight(one.days, mean=serial.mean, sd=serial.sd)
        return (one.days <= 0, not one.met, not one.near, -fits)

    return sorted(found, key=first)[:most]


def _contacts_before(
    found: Sequence[Investigation], code_of: dict[int, str]
) -> dict[int, list[str]]:
    """Cases that were contacts of an earlier case: a link to be looked at, no more."""
    by_person = {one.person_id: one for one in found if one.person_id is not None}
    rows = Contact.objects.filter(
        person_id__in=by_person,
        investigation_id__in=code_of,
        state__in=[Contact.State.CONFIRMED, Contact.State.DETERMINED],
    ).values_list("person_id", "investigation_id")
    links: dict[int, list[str]] = {}
    anchors = {one.pk: one.anchor_on for one in found}
    for person, source in rows:
        case = by_person[person]
        if anchors[source] <= case.anchor_on and source != case.pk:
            links.setdefault(case.pk, []).append(code_of[source])
    return links


def _rates(found: Sequence[Investigation], today: date) -> tuple[GroupRate, ...]:
    """Ill and well inside and outside each group with two cases or more, the worst first."""
    ill = {one.person_id for one in found if one.person_id is not None}
    of_each = groups.groups_of(ill, on=today)
    shared: dict[GroupRef, set[int]] = {}
    for person, refs in of_each.items():
        for ref in refs:
            shared.setdefault(ref, set()).add(person)
    several = [ref for ref, people in shared.items() if len(people) > 1]
    sizes = groups.sizes_of(several, on=today)
    everybody = sum(roster.head_count(day=today).values())
    rates = []
    for ref in several:
        inside = len(shared[ref])
        outside = len(ill) - inside
        well = max(sizes[ref] - inside, 0)
        rest = max(everybody - sizes[ref] - outside, 0)
        rates.append(GroupRate(ref, attack_rate(TwoByTwo(inside, well, outside, rest))))
    return tuple(sorted(rates, key=_worst)[:MOST_GROUPS])


def _worst(one: GroupRate) -> tuple[float, str, str]:
    rate = one.rate.rate_exposed
    return (-rate if not math.isnan(rate) else 1.0, one.ref.kind, one.ref.code)

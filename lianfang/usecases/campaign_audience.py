"""Whom the rule of a campaign means, today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from lianfang.kernel.clock import reporting_day
from lianfang.monitoring.queries import people_under_monitoring
from lianfang.outreach import queries
from lianfang.outreach.rules import Rule
from lianfang.reporting.models import DailyReport
from lianfang.roster import queries as roster
from lianfang.roster.models import Exemption, Membership, Post, Unit
from lianfang.roster.queries import held_on


def audience_of(rule: Rule, *, within: Collection[int], now: datetime) -> list[tuple[int, int]]:
    """The people whom a rule means, each with their unit; never outside of `within`.

    Every narrowing counts: category and place and role. A rule without any means nobody.
    """
    members = members_of(rule, within=within, now=now)
    return list(members.order_by("unit_id", "person_id").values_list("person_id", "unit_id"))


def members_of(rule: Rule, *, within: Collection[int], now: datetime) -> QuerySet[Membership]:
    if not rule:
        return Membership.objects.none()
    day = reporting_day(now)
    members = on_the_roll(day).filter(unit_id__in=_units(rule, within, day))
    return members if rule.everybody else _narrowed(members, rule, day)


def on_the_roll(day: date) -> QuerySet[Membership]:
    """Who is away is told as well; who has left the college is not."""
    gone = Exemption.objects.filter(held_on(day), reason=Exemption.Reason.DEPARTED)
    members = Membership.objects.filter(held_on(day), kind=Membership.Kind.REPORTING)
    return members.exclude(person_id__in=gone.values("person_id"))


def _units(rule: Rule, within: Collection[int], day: date) -> set[int]:
    if not rule.units or rule.everybody:
        return set(within)
    chosen: set[int] = set()
    for unit in Unit.objects.filter(pk__in=rule.units):
        chosen |= set(roster.subtree_ids(unit, day=day))
    return chosen & set(within)


def _narrowed(members: QuerySet[Membership], rule: Rule, day: date) -> QuerySet[Membership]:
    if rule.categories:
        members = members.filter(person__category__in=rule.categories)
    if rule.roles:
        posts = Post.objects.filter(held_on(day), role__in=rule.roles)
        members = members.filter(person_id__in=posts.values("person_id"))
    if rule.monitored:
        members = members.filter(person_id__in=people_under_monitoring(day).values("pk"))
    if rule.silent_of:
        silent = queries.silent_people(rule.silent_of).filter(person=OuterRef("person"))
        members = members.filter(Exists(silent))
    if rule.places:
        last = DailyReport.objects.filter(
            person=OuterRef("person"), is_current=True, day__lte=day
        ).order_by("-day")
        members = members.annotate(place=Subquery(last.values("county_code")[:1]))
        wanted = Q()
        for code in rule.places:
            wanted |= Q(place__startswith=code)
        members = members.filter(wanted)
    return members

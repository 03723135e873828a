"""Before a campaign goes: who is meant, how many, and by which ways they can be reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianfang.outreach.rules import Rule
from lianfang.portal.edge import Visit
from lianfang.roster.models import Person, Unit
from lianfang.usecases import campaign_audience, campaign_drafts, looks
from lianfang.usecases.campaign_drafts import Preview, Way

NAMES = 100  # so many people are named


@dataclass(frozen=True, slots=True)
class GroupShown:
    name: str
    by_robot: bool
    read_by: list[str]


@dataclass(frozen=True, slots=True)
class PreviewShown:
    """`ways` says in words what each way comes to; `named` are those whose names are in sight."""

    people: int
    units: list[tuple[str, int]]
    categories: list[tuple[str, int]]
    named: list[tuple[str, str]]
    unnamed: int
    ways: Mapping[str, str]
    groups: list[GroupShown]


def preview_of(rule: Rule, within: Collection[int], visit: Visit) -> PreviewShown:
    found = campaign_drafts.preview(rule, within=within, now=visit.now)
    units = Unit.objects.in_bulk({*found.by_unit, *(group.unit for group in found.groups)})
    sight = visit.sight
    # Whom key monitoring or a place means is told only where such facts are told.
    hides = rule.is_telling
    figures = sight.event_figure_units if hides else sight.figure_units
    names_of = sight.event_units if hides else sight.name_units
    members = campaign_audience.members_of(rule, within=within, now=visit.now)
    named = list(
        members.filter(unit_id__in=names_of)
        .order_by("unit__position", "unit__code", "person__name_key")
        .values_list("person_id", "person__name", "unit__name")[:NAMES]
    )
    if hides:
        people = [person for person, _name, _unit in named]
        looks.audience_seen(people=people, actor=visit.actor, now=visit.now)
    in_order = sorted(found.by_unit, key=lambda pk: (units[pk].position, units[pk].code))
    return PreviewShown(
        people=found.people,
        units=[(units[pk].name, found.by_unit[pk]) for pk in in_order if pk in figures],
        categories=[
            (str(Person.Category(code).label), n) for code, n in sorted(found.by_category.items())
        ],
        named=[(name, unit) for _person, name, unit in named],
        unnamed=found.people - len(named),
        ways=_ways(found),
        groups=[
            GroupShown(units[one.unit].name, one.by_robot, [units[pk].name for pk in one.read_by])
            for one in found.groups
            if one.unit in figures or figures & set(one.read_by)
        ],
    )


def _ways(found: Preview) -> dict[str, str]:
    words = {way: _way(one) for way, one in found.ways.items()}
    if not found.ways["robot"].is_off:
        words["robot"] = _("%(n)s robots") % {"n": found.ways["robot"].reached}
    if found.ways["voice"].is_off:
        words["voice"] = ""  # its own words say so already
    by_robot = sum(group.by_robot for group in found.groups)
    words["group_text"] = _("%(n)s groups, %(robot)s of them by robot") % {
        "n": len(found.groups),
        "robot": by_robot,
    }
    return words


def _way(one: Way) -> str:
    if one.is_off:
        return _("not set up in this college")
    if one.without:
        return _("reaches %(n)s, not %(without)s") % {"n": one.reached, "without": one.without}
    return _("reaches %(n)s") % {"n": one.reached}

"""Who may see an alert, and whose names on it. Deny by default."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lianfang.clusters.models import Alert, AlertPerson
from lianfang.clusters.rules import COLLEGE
from lianfang.groups.models import Group
from lianfang.groups.rules import CLASS, UNIT
from lianfang.kernel.refusals import NotYours
from lianfang.roster import queries as roster
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Post, Unit


@dataclass(frozen=True, slots=True)
class AlertSight:
    """`whole`: every name of it; else those of `units`. `may_act`: take over, judge, tell outside."""

    whole: bool
    units: frozenset[int]
    may_act: bool
    knows_circle: bool = True

    def names(self, unit_id: int) -> bool:
        return self.whole or unit_id in self.units


@dataclass(frozen=True, slots=True)
class Circle:
    """Of whom an event in words may speak."""

    kind: str
    code: str
    name: str


MOST_CIRCLES = 400


def circles(sight: Sight) -> list[Circle]:
    """Units of this viewer, and for whoever answers for the college every stored circle."""
    found = []
    college = roster.college()
    if college is not None and sight.sees_college:
        found.append(Circle(COLLEGE, college.code, college.name))
    units = Unit.objects.filter(
        pk__in=sight.event_figure_units,
        kind__in=[Unit.Kind.CLASS, Unit.Kind.OFFICE],
        closed_on__isnull=True,
    )
    for unit in units.order_by("position", "code")[:MOST_CIRCLES]:
        kind = CLASS if unit.kind == Unit.Kind.CLASS else UNIT
        found.append(Circle(kind, unit.code, unit.name))
    if sight.sees_college:
        for group in Group.objects.order_by("kind", "name")[:MOST_CIRCLES]:
            found.append(Circle(group.kind, group.code, group.name))
    return found


def may_note_visits(sight: Sight) -> bool:
    """The school doctor, and whoever is on duty for the committee at night."""
    roles = {Post.Role.DOCTOR, Post.Role.DUTY_OFFICER}
    return sight.person is not None and any(post.role in roles for post in sight.posts)


def may_look(sight: Sight) -> bool:
    """The pages of early warning: everybody who may know how many are ill of some unit."""
    return sight.person is not None and bool(sight.event_figure_units)


def sight_of_alert(
    alert: Alert, *, sight: Sight, units: Collection[int], roles: Collection[str] = ()
) -> AlertSight:
    """How much of an alert somebody sees. Raises `NotYours` where nothing of it.

    `units` are those of its people, `roles` the posts on which this person was summoned for it.
    Who answers for the college (or for the one class of it) sees all names; a counselor sees
    those of the own class, the others by number; the leading group sees figures. An operator
    runs the machine and sees nothing.
    """
    if sight.person is None:
        raise NotYours
    answers = alert.unit_id in sight.event_units
    called = any(Post.Role(role).sees_events for role in roles if role in Post.Role.values)
    mine = alert.taken_by_id == sight.person.pk
    own = frozenset(units) & sight.event_units
    figures = frozenset({*units, alert.unit_id}) & sight.event_figure_units
    whole = answers or mine or called
    if not (whole or own or figures or roles):
        raise NotYours
    # A counselor whose class lies in somebody else's circle does not learn whose room it is.
    return AlertSight(
        whole=whole,
        units=own,
        may_act=whole or bool(roles),
        knows_circle=whole or alert.unit_id in sight.event_figure_units,
    )


def units_of(alert: Alert) -> set[int]:
    rows = AlertPerson.objects.filter(alert=alert).values_list("sign__unit_id", flat=True)
    return set(rows.distinct())

"""Who may see an alert, and whose names on it. Deny by default."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lianfang.clusters.models import Alert, AlertPerson
from lianfang.kernel.refusals import NotYours
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Post


@dataclass(frozen=True, slots=True)
class AlertSight:
    """`whole`: every name of it; else those of `units`. `may_act`: take over, judge, tell outside."""

    whole: bool
    units: frozenset[int]
    may_act: bool
    knows_circle: bool = True

    def names(self, unit_id: int) -> bool:
        return self.whole or unit_id in self.units


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

"""A plan of groups in the language of the reader."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianfang.groups.files import FLOOR_LIST
from lianfang.groups.models import Group
from lianfang.groups.plan import GroupPlan


def count_rows(plan: GroupPlan) -> list[tuple[str, int]]:
    """Every count that is not zero, with its name."""
    names = {
        "groups_added": _("groups added"),
        "groups_renamed": _("groups with another name"),
        "members_added": _("people who join a group"),
        "members_ended": _("people who leave a group"),
        "sessions_added": _("meetings added"),
        "sessions_dropped": _("meetings taken off"),
        "attendances_added": _("people seen at a meeting"),
        "floors_written": _("rooms given a floor"),
    }
    return [(names[name], n) for name, n in plan.counts().items() if n]


def kinds() -> list[tuple[str, str]]:
    """What a file may list, for a choice on a page."""
    named = [(kind.value, str(kind.label)) for kind in Group.Kind]
    return [*named, (FLOOR_LIST, _("floors of rooms"))]

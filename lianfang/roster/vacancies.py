"""Units where nobody could be reached if something happened tonight (ORG-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from lianfang.roster.models import Post, Unit
from lianfang.roster.queries import held_on

# A leader speaks for the committee; in every other unit the leading group has no say of its own.
_IN_CHARGE = (
    Post.Role.RESPONSIBLE_HEAD, Post.Role.COUNSELOR, Post.Role.LIAISON, Post.Role.SECRETARY,
    Post.Role.LEADER,
)  # fmt: skip
# A major stands between a department and its classes and has nobody of its own.
_ANSWERABLE = (
    Unit.Kind.COLLEGE, Unit.Kind.DEPARTMENT, Unit.Kind.OFFICE, Unit.Kind.CLASS,
    Unit.Kind.COMMITTEE, Unit.Kind.GENERAL_BRANCH, Unit.Kind.DIRECT_BRANCH, Unit.Kind.BRANCH,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Warning:
    """What a unit lacks; a unit that lacks nothing is not listed."""

    unit: Unit
    head: bool
    deputy: bool
    verified_phone: bool

    @property
    def attention(self) -> tuple[bool, bool, int]:
        return (self.head, self.verified_phone, self.unit.position)


def warnings_of(*, day: date, unit_ids: Iterable[int] | None = None) -> list[Warning]:
    """Units without somebody in charge, without a deputy, without a verified number; worst first."""
    units = Unit.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day), kind__in=_ANSWERABLE, opened_on__lte=day
    )
    if unit_ids is not None:
        units = units.filter(pk__in=list(unit_ids))
    posts: defaultdict[int, list[tuple[bool, bool]]] = defaultdict(list)
    held = Post.objects.filter(held_on(day), role__in=_IN_CHARGE)
    for unit_id, is_deputy, phone, verified_at in held.values_list(
        "unit_id", "is_deputy", "person__phone_index", "person__phone_verified_at"
    ):
        posts[unit_id].append((is_deputy, bool(phone and verified_at)))
    found = []
    for unit in units.order_by("tree", "position", "code"):
        mine = posts[unit.pk]
        one = Warning(
            unit=unit,
            head=any(not is_deputy for is_deputy, _verified in mine),
            deputy=len(mine) > 1,
            verified_phone=any(verified for _is_deputy, verified in mine),
        )
        if not (one.head and one.deputy and one.verified_phone):
            found.append(one)
    return sorted(found, key=lambda one: one.attention)

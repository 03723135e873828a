"""Who may see a file, its reason, and decide on it. Deny by default.

The line of care (counselor, liaison, doctor, head, secretary, duty officer, the carer) sees the
person and the reason. The leading group sees the number of the file. A class reporter sees
nothing. Nobody sees their own file at the desk: it stands on their own page.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lianfang.kernel.refusals import NotYours
from lianfang.monitoring.models import MonitoringFile
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Post, Unit

# Class level may not release (DOMAIN 3.7): the head of a unit or above.
_DECIDES = frozenset({Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY})
_DECIDING_UNITS = frozenset(
    {
        Unit.Kind.DEPARTMENT,
        Unit.Kind.OFFICE,
        Unit.Kind.COLLEGE,
        Unit.Kind.COMMITTEE,
        Unit.Kind.GENERAL_BRANCH,
        Unit.Kind.DIRECT_BRANCH,
    }
)


@dataclass(frozen=True, slots=True)
class FileSight:
    """`named`: who it is, why, and the checks. `may_decide`: release, end, words, contests."""

    named: bool
    may_act: bool
    may_decide: bool


def deciding_units(sight: Sight) -> frozenset[int]:
    """Units whose files this person may decide on."""
    posts = [
        post for post in sight.posts if post.role in _DECIDES and post.unit.kind in _DECIDING_UNITS
    ]
    return sight.below(posts)


def files_in_sight(sight: Sight) -> QuerySet[MonitoringFile]:
    """Files of which at least the number may be known."""
    if sight.person is None:
        return MonitoringFile.objects.none()
    mine = Q(carer=sight.person) | Q(deputy=sight.person)
    in_line = Q(unit_id__in=sight.event_figure_units)
    return MonitoringFile.objects.filter(mine | in_line).exclude(person=sight.person)


def named_files(sight: Sight) -> QuerySet[MonitoringFile]:
    """Files whose person and reason may be known."""
    if sight.person is None:
        return MonitoringFile.objects.none()
    mine = Q(carer=sight.person) | Q(deputy=sight.person)
    in_line = Q(unit_id__in=sight.event_units)
    return MonitoringFile.objects.filter(mine | in_line).exclude(person=sight.person)


def sight_of_file(file: MonitoringFile, *, sight: Sight) -> FileSight:
    """Raises `NotYours` where nothing of it may be seen."""
    person = sight.person
    if person is None or person.pk == file.person_id:
        raise NotYours
    cares = person.pk in {file.carer_id, file.deputy_id}
    named = cares or file.unit_id in sight.event_units
    if not (named or file.unit_id in sight.event_figure_units):
        raise NotYours
    decides = named and file.unit_id in deciding_units(sight)
    return FileSight(named=named, may_act=named, may_decide=decides)


def may_open_files(sight: Sight) -> bool:
    """The page of files is for posts that care for people, and for carers."""
    if sight.person is None:
        return False
    return bool(sight.event_figure_units) or named_files(sight).exists()

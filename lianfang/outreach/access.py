"""Who may write articles, start campaigns, look at them, and ring. Deny by default."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.outreach.models import (
    CallTask,
    Campaign,
    CampaignDraft,
    GroupPosting,
    PhoneCorrection,
)
from lianfang.outreach.queries import open_calls, open_corrections
from lianfang.roster import queries as roster
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Post

_TELLS = frozenset(
    {
        Post.Role.RESPONSIBLE_HEAD,
        Post.Role.SECRETARY,
        Post.Role.COUNSELOR,
        Post.Role.LIAISON,
        Post.Role.LEADER,
        Post.Role.DUTY_OFFICER,
    }
)
_RINGS = _TELLS - {Post.Role.LEADER}


def told_units(sight: Sight) -> frozenset[int]:
    """Units whose people this viewer may write to."""
    return sight.units_of(_TELLS) if sight.person is not None else frozenset()


def tells_everybody(sight: Sight) -> bool:
    root = roster.college()
    return root is not None and root.pk in told_units(sight)


def may_look(sight: Sight) -> bool:
    return sight.is_operator or bool(told_units(sight))


def writes_articles(sight: Sight) -> bool:
    """The knowledge of the college is written by those who speak for all of it."""
    return tells_everybody(sight)


def campaigns(sight: Sight) -> QuerySet[Campaign]:
    """Those of one's units, and those that reach people of one's units."""
    seen = sight.figure_units if sight.is_operator else told_units(sight)
    return (
        Campaign.objects.filter(
            Q(unit_id__in=seen)
            | Q(pk__in=Campaign.objects.filter(recipients__unit_id__in=seen).values("pk"))
        )
        .select_related("version", "unit", "started_by")
        .order_by("-started_at", "-id")
    )


def campaign(pk: int, *, sight: Sight) -> Campaign:
    found = campaigns(sight).filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


def drafts(told: Collection[int]) -> QuerySet[CampaignDraft]:
    """Drafts of whoever may write to `told`: those for people of other units are not theirs."""
    beyond = CampaignDraft.units.through.objects.exclude(unit_id__in=told)
    return (
        CampaignDraft.objects.filter(unit_id__in=told)
        .exclude(pk__in=beyond.values("campaigndraft_id"))
        .select_related("unit", "article", "drafted_by", "changed_by", "closed_by")
        .order_by("-changed_at", "-id")
    )


def open_drafts(told: Collection[int]) -> QuerySet[CampaignDraft]:
    return drafts(told).filter(sent_at__isnull=True, discarded_at__isnull=True)


def discarded_drafts(told: Collection[int]) -> QuerySet[CampaignDraft]:
    """The last discarded first."""
    return drafts(told).filter(discarded_at__isnull=False).order_by("-discarded_at", "-id")


def may_end(one: Campaign, *, sight: Sight) -> bool:
    return one.unit_id in told_units(sight)


def calls(sight: Sight) -> QuerySet[CallTask]:
    """The calls that are one's own, and those of one's units that nobody was given."""
    if sight.person is None:
        return open_calls().none()
    rung = sight.units_of(_RINGS)
    return open_calls().filter(
        Q(assigned_to=sight.person) | Q(assigned_to__isnull=True, recipient__unit_id__in=rung)
    )


def call(pk: int, *, sight: Sight) -> CallTask:
    """A call of one's own, or of a unit whose numbers one may see. Raises `NotYours`."""
    if sight.person is None:
        raise NotYours
    found = (
        CallTask.objects.filter(pk=pk)
        .select_related(
            "recipient__person", "recipient__unit", "recipient__campaign__version", "assigned_to"
        )
        .first()
    )
    if found is None or found.recipient.unit_id not in sight.units_of(_RINGS):
        raise NotYours
    return found


def corrections(sight: Sight) -> QuerySet[PhoneCorrection]:
    units = sight.figure_units if sight.is_operator else sight.units_of(_RINGS)
    return open_corrections().filter(unit_id__in=units)


def correction(pk: int, *, sight: Sight) -> PhoneCorrection:
    found = corrections(sight).filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


def posting_units(sight: Sight) -> frozenset[int]:
    """Units in whose groups it is this viewer's turn to post: where the post itself is held."""
    return frozenset(post.unit_id for post in sight.posts if post.role in _RINGS)


def posting(pk: int, *, sight: Sight) -> GroupPosting:
    found = (
        GroupPosting.objects.filter(pk=pk)
        .select_related("campaign__version", "unit", "through")
        .first()
    )
    if found is None:
        raise NotYours
    if found.place_id not in told_units(sight):
        raise Forbidden if found.unit_id in sight.figure_units else NotYours
    return found

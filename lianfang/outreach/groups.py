"""QQ groups of units: posted by a robot, or copied by hand and ticked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.outreach.models import Campaign, GroupPosting, UnitGroup
from lianfang.outreach.queries import Carrier
from lianfang.outreach.rules import qq_number
from lianfang.roster.models import Person, Unit


class PostedAlready(Refused):
    code = "outreach.posted-already"
    message = _("%(name)s has posted this already.")
    status = 409


def ask_for_posting(
    *,
    campaign: Campaign,
    unit_ids: Iterable[int],
    carriers: Mapping[int, Carrier],
    by_robot: bool,
    now: datetime,
) -> None:
    """One row for each unit, with the group in which its people read it. What a robot posts
    nobody has to post by hand."""
    GroupPosting.objects.bulk_create(
        [_posting(campaign, pk, carriers.get(pk), by_robot, now) for pk in sorted(unit_ids)],
        ignore_conflicts=True,
    )


def _posting(
    campaign: Campaign, unit_id: int, carrier: Carrier | None, by_robot: bool, now: datetime
) -> GroupPosting:
    return GroupPosting(
        campaign=campaign,
        unit_id=unit_id,
        through_id=carrier.unit_id if carrier and carrier.unit_id != unit_id else None,
        robot=carrier.number if carrier and by_robot else "",
        asked_at=now,
    )


@transaction.atomic
def mark_posted(*, posting: GroupPosting, by: Person, actor: Actor, now: datetime) -> None:
    """Who says that the text stands in the group; the first one counts.

    A group that stands in for several units is posted in once: all their rows are settled.
    """
    place = posting.place_id
    same_group = GroupPosting.objects.filter(
        Q(through_id=place) | Q(through__isnull=True, unit_id=place),
        campaign=posting.campaign_id,
        posted_at__isnull=True,
    )
    units = same_group.update(posted_at=now, posted_by=by)
    posting.refresh_from_db()
    if not units:
        raise PostedAlready(name=posting.posted_by.name if posting.posted_by else "")
    audit.record(verb="outreach.posting.made", actor=actor, subject=posting, now=now, units=units)


@transaction.atomic
def set_group(
    *, unit: Unit, number: str, by: Person | None, actor: Actor, now: datetime
) -> UnitGroup | None:
    """The QQ group of a unit from now on; an empty number ends it. Raises `Invalid`."""
    typed = tidy(number)
    plain = qq_number(typed) if typed else ""
    if plain is None:
        raise Invalid({"number": _("The number of a QQ group has 5 to 12 digits.")})
    before = UnitGroup.objects.filter(unit=unit, ended_at__isnull=True).first()
    if before is not None and before.number == plain:
        return before
    if before is not None:
        UnitGroup.objects.filter(pk=before.pk).update(ended_at=now)
        audit.record(verb="outreach.group.ended", actor=actor, subject=before, now=now)
    if not plain:
        return None
    made = UnitGroup.objects.create(unit=unit, number=plain, noted_by=by, noted_at=now)
    audit.record(verb="outreach.group.noted", actor=actor, subject=made, now=now)
    return made

"""QQ groups of units: posted by a robot, or copied by hand and ticked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.outreach.models import Campaign, GroupPosting, UnitGroup
from lianfang.outreach.rules import qq_number
from lianfang.roster.models import Person, Unit


class PostedAlready(Refused):
    code = "outreach.posted-already"
    message = _("%(name)s has posted this already.")
    status = 409


def ask_for_posting(
    *, campaign: Campaign, unit_ids: Iterable[int], robots: Mapping[int, str], now: datetime
) -> None:
    """One row for each unit; `robots` are the QQ groups in which nobody has to post by hand."""
    GroupPosting.objects.bulk_create(
        [
            GroupPosting(campaign=campaign, unit_id=pk, robot=robots.get(pk, ""), asked_at=now)
            for pk in sorted(unit_ids)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def mark_posted(*, posting: GroupPosting, by: Person, actor: Actor, now: datetime) -> None:
    """Who says that the text stands in the group; the first one counts."""
    changed = GroupPosting.objects.filter(pk=posting.pk, posted_at__isnull=True).update(
        posted_at=now, posted_by=by
    )
    posting.refresh_from_db()
    if changed != 1:
        raise PostedAlready(name=posting.posted_by.name if posting.posted_by else "")
    audit.record(verb="outreach.posting.made", actor=actor, subject=posting, now=now)


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

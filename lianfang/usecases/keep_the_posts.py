"""Who answers for what: posts in units, given and ended as of a day."""

from __future__ import annotations

from datetime import date, datetime

from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster import operations as roster
from lianfang.roster.models import Person, Post, Unit


class NotOneself(Refused):
    """A post opens other people's records: somebody else has to give it."""

    code = "roster.not-oneself"
    message = _("Nobody gives a post to themselves; ask your superior or the administrator.")
    status = 403


def appoint(
    *,
    person: Person,
    unit: Unit,
    role: str,
    is_deputy: bool,
    day: date,
    actor: Actor,
    now: datetime,
) -> Post:
    """Give somebody else a post from `day` on. Raises `NotOneself`, `AlreadyThere`."""
    if actor.kind == "PERSON" and actor.id == person.pk:
        raise NotOneself
    return roster.appoint(
        person=person,
        unit=unit,
        role=role,
        is_deputy=is_deputy,
        day=day,
        actor=actor,
        now=now,
    )


def dismiss(*, post: Post, day: date, actor: Actor, now: datetime) -> None:
    roster.dismiss(post=post, day=day, actor=actor, now=now)

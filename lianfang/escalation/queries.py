"""Who stands on a rung now, and where a climb has got to."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from lianfang.duty import queries as duty
from lianfang.duty.models import DutyShift
from lianfang.escalation.models import Escalation, Summons
from lianfang.kernel.clock import reporting_day
from lianfang.roster import queries as roster
from lianfang.roster.models import Exemption, Person, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.models import LadderStep
from lianfang.rulebook.queries import Rules, Rung

_SHIFT_OF_ROLE = {
    Post.Role.DUTY_OFFICER: DutyShift.Post.OFFICER,
    Post.Role.LEADER: DutyShift.Post.LEADER,
    Post.Role.DOCTOR: DutyShift.Post.DOCTOR,
}

# Roles of the rulebook that mean "whoever of these there is", in order.
_EITHER = {
    "CARER": (Post.Role.COUNSELOR, Post.Role.LIAISON, Post.Role.RESPONSIBLE_HEAD),
    "ANSWERABLE": (
        Post.Role.RESPONSIBLE_HEAD,
        Post.Role.COUNSELOR,
        Post.Role.LIAISON,
        Post.Role.SECRETARY,
        Post.Role.LEADER,
    ),
}
ROLES_OF_RUNGS = frozenset(Post.Role.values) | frozenset(_EITHER)


def roles_behind(role: str) -> tuple[Post.Role, ...]:
    """The posts that a rung may mean: its own, or several for CARER and ANSWERABLE."""
    return _EITHER.get(role) or (Post.Role(role),)


def ladder_of(ladder: str, rules: Rules) -> tuple[Rung, ...]:
    """The rungs of a ladder; an edition from before clusters climbs them like a symptom."""
    return rules.ladders.get(ladder) or rules.ladders[LadderStep.Ladder.SYMPTOM]


def unit_of_reach(reach: str, *, unit: Unit, at: datetime) -> Unit | None:
    """From which unit a rung draws its people; None when the college has no such unit."""
    day = reporting_day(at)
    match reach:
        case LadderStep.Reach.OWN:
            return unit
        case LadderStep.Reach.SUPERIOR:
            superiors = roster.line_of_superiors(unit, day=day)[1:]
            # a major has no posts of its own
            return next((node for node in superiors if node.kind != Unit.Kind.MAJOR), None)
        case LadderStep.Reach.DEPARTMENT:
            superiors = roster.line_of_superiors(unit, day=day)
            kinds = {Unit.Kind.DEPARTMENT, Unit.Kind.OFFICE}
            return next((node for node in superiors if node.kind in kinds), None)
        case LadderStep.Reach.COLLEGE:
            return roster.college()
    return roster.committee()


def people_on(
    rung: Rung, *, unit: Unit, at: datetime, without: Person | None = None
) -> list[Person]:
    """Everybody on a rung at a moment: on shift, else holding the post, else its deputies.

    Who is exempt that day (on leave, in hospital) is passed over, and so is the person whom
    the matter is about.
    """
    source = unit_of_reach(rung.reach, unit=unit, at=at)
    if source is None:
        return []
    day = reporting_day(at)
    for role in _EITHER.get(rung.role) or (Post.Role(rung.role),):
        shift = _SHIFT_OF_ROLE.get(role)
        on_shift = duty.on_duty(unit=source, post=shift, at=at) if shift else []
        present = [person for person in on_shift if person != without]
        found = present or _post_holders(source, role, day, without)
        if found:
            return found
    return []


def _post_holders(unit: Unit, role: str, day: date, without: Person | None) -> list[Person]:
    held = (
        Post.objects.filter(held_on(day), unit=unit, role=role)
        .exclude(person__in=Exemption.objects.filter(held_on(day)).values("person_id"))
        .select_related("person")
        .order_by("is_deputy", "held_from", "id")
    )
    posts = [post for post in held if post.person != without]
    principals = [post.person for post in posts if not post.is_deputy]
    return principals or [post.person for post in posts]


def summonses(escalation: Escalation) -> QuerySet[Summons]:
    return (
        Summons.objects.filter(escalation=escalation)
        .select_related("person", "rung")
        .order_by("round", "rung__position", "id")
    )


def waiting_for(person: Person) -> QuerySet[Summons]:
    """What this person was asked to answer and nobody has answered yet."""
    return (
        Summons.objects.filter(
            person=person, answered_at__isnull=True, escalation__state=Escalation.State.RUNNING
        )
        .select_related("escalation__incident", "escalation__alert", "escalation__unit", "rung")
        .order_by("summoned_at")
    )

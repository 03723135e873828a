"""Who is on duty, who comes next, and who can be counted on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from lianfang.duty.models import (
    Cover,
    DrillCall,
    DutyShift,
    Handover,
    LogEntry,
    RosterFinding,
    Swap,
)
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.roster import queries as roster
from lianfang.roster.models import Exemption, Membership, Person, Post, Unit
from lianfang.roster.queries import held_on

# Being on shift opens what the post of the same name opens, for as long as the shift lasts.
ROLE_OF_SHIFT = {
    DutyShift.Post.OFFICER: Post.Role.DUTY_OFFICER,
    DutyShift.Post.LEADER: Post.Role.LEADER,
    DutyShift.Post.DOCTOR: Post.Role.DOCTOR,
}


def on_duty(*, unit: Unit, post: str, at: datetime) -> list[Person]:
    """Everybody who stands on the post at the moment, in the order they came.

    Whoever is on leave or has left the college is not there, whatever the roster says: then
    the shift's deputy is, if there is one who is there.
    """
    shifts = list(
        DutyShift.objects.filter(unit=unit, post=post, starts_at__lte=at, ends_at__gt=at)
        .select_related("person", "deputy")
        .order_by("starts_at", "id")
    )
    if not shifts:
        return []
    absent = absent_among(
        {p for s in shifts for p in (s.person_id, s.deputy_id) if p}, day=reporting_day(at)
    )
    standing = [stands_for(shift, absent) for shift in shifts]
    return list(dict.fromkeys(person for person in standing if person is not None))


def stands_for(shift: DutyShift, absent: Collection[int]) -> Person | None:
    """Who really stands there: the person, else the deputy, else nobody."""
    if shift.person_id not in absent:
        return shift.person
    if shift.deputy is not None and shift.deputy_id not in absent:
        return shift.deputy
    return None


def absent_among(people: Collection[int], *, day: date) -> set[int]:
    """Who of these cannot be counted on that day: exempt, or no longer on the roll."""
    exempt = set(
        Exemption.objects.filter(held_on(day), person_id__in=people).values_list(
            "person_id", flat=True
        )
    )
    enrolled = set(
        Membership.objects.filter(
            held_on(day), person_id__in=people, kind=Membership.Kind.REPORTING
        ).values_list("person_id", flat=True)
    )
    return exempt | (set(people) - enrolled)


def shifts_between(*, unit: Unit, starts: datetime, ends: datetime) -> QuerySet[DutyShift]:
    """Shifts that touch the span, in time order."""
    return (
        DutyShift.objects.filter(unit=unit, starts_at__lt=ends, ends_at__gt=starts)
        .select_related("person", "deputy")
        .order_by("starts_at", "post", "id")
    )


def shifts_of_units(
    units: Iterable[Unit], *, starts: datetime, ends: datetime
) -> QuerySet[DutyShift]:
    """The same for many units at once. Phones and addresses are not read."""
    sealed = ("phone", "email", "address")
    hidden = [f"{who}__{name}" for who in ("person", "deputy") for name in sealed]
    return (
        DutyShift.objects.filter(unit__in=list(units), starts_at__lt=ends, ends_at__gt=starts)
        .select_related("person", "deputy")
        .defer(*hidden)
        .order_by("starts_at", "post", "id")
    )


def shifts_of(person: Person, *, starts: datetime, ends: datetime) -> QuerySet[DutyShift]:
    return (
        DutyShift.objects.filter(person=person, starts_at__lt=ends, ends_at__gt=starts)
        .select_related("unit")
        .order_by("starts_at", "id")
    )


def posts_on_shift(person: Person, *, at: datetime) -> list[Post]:
    """The posts that this person's shifts stand for at a moment; rows of no table."""
    shifts = DutyShift.objects.filter(
        person=person, starts_at__lte=at, ends_at__gt=at, post__in=list(ROLE_OF_SHIFT)
    ).select_related("unit")
    return [
        Post(
            person=person,
            unit=shift.unit,
            role=ROLE_OF_SHIFT[DutyShift.Post(shift.post)],
            held_from=reporting_day(shift.starts_at),
        )
        for shift in shifts
    ]


def units_with_duty(*, day: date) -> QuerySet[Unit]:
    """Open units that have a cover, a rotation, or a shift from yesterday on."""
    return Unit.objects.filter(closed_on__isnull=True).filter(
        Q(pk__in=Cover.objects.filter(_open_on(day)).values("unit"))
        | Q(pk__in=DutyShift.objects.filter(ends_at__gte=_moment(day)).values("unit"))
    )


def _open_on(day: date) -> Q:
    return Q(opened_on__lte=day) & (Q(closed_on__isnull=True) | Q(closed_on__gt=day))


def _moment(day: date) -> datetime:
    return at_local(day - timedelta(days=1), time(0, 0))


def covers_of(unit: Unit, *, day: date) -> list[Cover]:
    return list(Cover.objects.filter(_open_on(day), unit=unit).order_by("post"))


def cover_of(shift: DutyShift) -> Cover | None:
    """What must be manned where this shift stands; None when nothing was asked for."""
    day = reporting_day(shift.starts_at)
    return Cover.objects.filter(_open_on(day), unit_id=shift.unit_id, post=shift.post).first()


def shift_before(shift: DutyShift) -> DutyShift | None:
    """The shift that ends when this one begins (an hour of slack), held by somebody else."""
    slack = timedelta(hours=1)
    return (
        DutyShift.objects.filter(
            unit_id=shift.unit_id,
            post=shift.post,
            ends_at__gt=shift.starts_at - slack,
            ends_at__lte=shift.starts_at + slack,
        )
        .exclude(person_id=shift.person_id)
        .select_related("person")
        .order_by("-ends_at")
        .first()
    )


def heads_of(unit: Unit, *, day: date) -> list[Person]:
    """Who answers for a unit that day, whoever is away passed over; climbs until there is one.

    The unit's own head or secretary, else the deputy, else the same of the unit above; for the
    committee the leading group, and at last the head of the college.
    """
    line = roster.line_of_superiors(unit, day=day)
    for node in line:
        found = own_heads(node, day=day)
        if found:
            return found
    college = roster.college()
    return own_heads(college, day=day) if college else []


def own_heads(unit: Unit, *, day: date) -> list[Person]:
    """The head of this very unit who is there: principals, else deputies."""
    roles = [Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY]
    if unit.kind == Unit.Kind.CLASS:
        roles.append(Post.Role.COUNSELOR)
    for wanted in (roles, [Post.Role.LEADER]):
        held = (
            Post.objects.filter(held_on(day), unit=unit, role__in=wanted)
            .select_related("person")
            .order_by("is_deputy", "held_from", "id")
        )
        absent = absent_among({post.person_id for post in held}, day=day)
        there = [post for post in held if post.person_id not in absent]
        principals = [post.person for post in there if not post.is_deputy]
        if found := principals or [post.person for post in there]:
            return list(dict.fromkeys(found))
    return []


def open_findings(unit_ids: Iterable[int]) -> QuerySet[RosterFinding]:
    return (
        RosterFinding.objects.filter(unit_id__in=list(unit_ids), gone_at__isnull=True)
        .select_related("unit", "person")
        .order_by("starts_at", "kind", "id")
    )


def open_swaps(*, person: Person) -> QuerySet[Swap]:
    """Swaps that wait for this person's word, or that this person asked for."""
    return (
        Swap.objects.filter(
            Q(asked_of=person) | Q(asked_by=person), state__in=["ASKED", "ACCEPTED"]
        )
        .select_related("shift__unit", "in_return", "asked_by", "asked_of")
        .order_by("shift__starts_at")
    )


def swaps_to_approve(unit_ids: Iterable[int]) -> QuerySet[Swap]:
    return (
        Swap.objects.filter(shift__unit_id__in=list(unit_ids), state=Swap.State.ACCEPTED)
        .select_related("shift__unit", "in_return", "asked_by", "asked_of")
        .order_by("shift__starts_at")
    )


def open_log(unit: Unit) -> QuerySet[LogEntry]:
    """Entries of the book that nobody has settled yet."""
    return LogEntry.objects.filter(unit=unit, settled_at__isnull=True).order_by("at")


def open_handovers(*, person: Person) -> QuerySet[Handover]:
    """Hand-overs that wait for this person's signature."""
    return (
        Handover.objects.filter(
            Q(out_person=person, out_signed_at__isnull=True)
            | Q(in_person=person, in_signed_at__isnull=True)
        )
        .select_related("unit", "out_person", "in_person")
        .order_by("opened_at")
    )


def waiting_calls(person: Person, *, at: datetime) -> QuerySet[DrillCall]:
    """Drills that still wait for this person."""
    return DrillCall.objects.filter(
        person=person, state=DrillCall.State.WAITING, drill__ends_at__gt=at
    ).select_related("drill")

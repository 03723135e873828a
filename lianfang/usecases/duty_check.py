"""What the next days of the roster lack, found by day and told to the head in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Max, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lianfang.duty import calendar
from lianfang.duty import queries as duty
from lianfang.duty.models import DutyPost, DutyShift, RosterFinding
from lianfang.duty.operations.facts import keep_findings, mark_told
from lianfang.duty.plan import DAY_MINUTES, Slot, needed
from lianfang.duty.rules import Fault, Known, Span, Stand, check
from lianfang.incidents.models import Incident
from lianfang.kernel.clock import SHANGHAI, at_local, reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster import queries as roster
from lianfang.roster.models import Exemption, Membership, Person, Unit
from lianfang.usecases.letters import in_language_of

DAYS_AHEAD = 14
TELL_DAYS_AHEAD = 3  # today, tomorrow and the day after: a head has at least a whole day


@dataclass(frozen=True, slots=True)
class UnitFaults:
    unit: Unit
    faults: list[Fault]


def units_to_check(*, day: date) -> list[Unit]:
    """Every unit that keeps a duty roster; the committee keeps one whether it wrote it or not."""
    units = {unit.pk: unit for unit in duty.units_with_duty(day=day)}
    committee = roster.committee()
    if committee is not None:
        units.setdefault(committee.pk, committee)
    return sorted(units.values(), key=lambda unit: (unit.tree != "PARTY", unit.position, unit.code))


def check_units(units: Iterable[Unit], *, days: int, now: datetime) -> list[UnitFaults]:
    return [UnitFaults(unit, check_unit(unit, days=days, now=now)) for unit in units]


def check_unit(unit: Unit, *, days: int, now: datetime) -> list[Fault]:
    """The facts about one unit, handed to the pure checker. Looks from today's midnight on."""
    today = reporting_day(now)
    whole = Span(at_local(today, time(0, 0)), at_local(today + timedelta(days=days), time(0, 0)))
    shifts = list(duty.shifts_between(unit=unit, starts=whole.starts_at, ends=whole.ends_at))
    people = {p for s in shifts for p in (s.person_id, s.deputy_id) if p is not None}
    return check(
        needed=_needed(unit, whole, today, days),
        stands=[
            Stand(s.post, s.person_id, Span(s.starts_at, s.ends_at), s.deputy_id) for s in shifts
        ],
        known=_known(unit, people, whole, today),
        has_head=bool(duty.own_heads(unit, day=today)),
    )


def _needed(unit: Unit, whole: Span, today: date, days: int) -> dict[str, list[Span]]:
    """When each post must be manned. The committee's officer is asked for around the clock."""
    wanted: dict[str, list[Span]] = {}
    ends = today + timedelta(days=days)
    for cover in duty.covers_of(unit, day=today):
        slot = None
        if cover.begins is not None and cover.ends is not None:
            minutes = (cover.ends.hour - cover.begins.hour) * 60
            minutes += cover.ends.minute - cover.begins.minute
            slot = Slot(cover.begins, minutes if minutes > 0 else minutes + DAY_MINUTES)
        wanted[cover.post] = needed(
            slot=slot,
            starts=today,
            ends=ends,
            runs_on=partial(calendar.runs_on, cover.days),
        )
    if unit.kind == Unit.Kind.COMMITTEE:
        wanted.setdefault(DutyPost.OFFICER, [whole])
    return wanted


def _known(unit: Unit, people: set[int], whole: Span, today: date) -> Known:
    persons = Person.objects.in_bulk(people)
    away: dict[int, list[Span]] = defaultdict(list)
    for off in Exemption.objects.filter(person_id__in=people).filter(
        Q(held_until__isnull=True) | Q(held_until__gt=today)
    ):
        away[off.person_id].append(_days(off.held_from, off.held_until, whole))
    for ill in Incident.objects.filter(person_id__in=people).exclude(state="CLOSED"):
        away[ill.person_id].append(whole)
    return Known(
        away=away,
        departed=_departed(people, whole),
        without_phone={pk for pk, person in persons.items() if not person.phone},
        unverified={pk for pk, person in persons.items() if person.phone_verified_at is None},
        busy=_elsewhere(unit, people, whole),
    )


def _days(starts: date, ends: date | None, whole: Span) -> Span:
    """Whole days as moments; what does not end lasts for all of the time looked at."""
    until = at_local(ends, time(0, 0)) if ends else whole.ends_at
    return Span(at_local(starts, time(0, 0)), until)


def _departed(people: set[int], whole: Span) -> dict[int, datetime]:
    """From when on somebody is no longer on the roll. Nobody's roll ends in the far future."""
    held = Membership.objects.filter(person_id__in=people, kind=Membership.Kind.REPORTING)
    staying = set(held.filter(held_until__isnull=True).values_list("person_id", flat=True))
    last = dict(held.values_list("person_id").annotate(until=Max("held_until")))
    return {
        pk: at_local(last[pk], time(0, 0)) if last.get(pk) else whole.starts_at
        for pk in people - staying
    }


def _elsewhere(unit: Unit, people: set[int], whole: Span) -> dict[int, list[Span]]:
    busy: dict[int, list[Span]] = defaultdict(list)
    shifts = DutyShift.objects.filter(
        person_id__in=people, starts_at__lt=whole.ends_at, ends_at__gt=whole.starts_at
    ).exclude(unit=unit)
    for shift in shifts:
        busy[shift.person_id].append(Span(shift.starts_at, shift.ends_at))
    return busy


@transaction.atomic
def check_everything(*, now: datetime) -> int:
    """The daily look at all rosters: findings as rows, and one digest per head with what is new.

    A finding is told once, at the latest a day before it matters. Returns how many were told.
    """
    for checked in check_units(units_to_check(day=reporting_day(now)), days=DAYS_AHEAD, now=now):
        keep_findings(unit=checked.unit, faults=checked.faults, now=now)
    return tell_heads(reference=f"duty-check:{reporting_day(now)}", now=now)


@transaction.atomic
def check_again(*, now: datetime) -> int:
    """After a change of the next two days: what came of it is told at once, not tomorrow."""
    for checked in check_units(units_to_check(day=reporting_day(now)), days=DAYS_AHEAD, now=now):
        keep_findings(unit=checked.unit, faults=checked.faults, now=now)
    return tell_heads(reference=f"duty-check:{reporting_day(now)}:{now:%H%M}", now=now)


def tell_heads(*, reference: str, now: datetime) -> int:
    """What is near and untold goes to whoever answers for the unit; unsaid stays untold.

    A head who has a letter of this reference already gets no second one, and what it would
    have said waits for the next.
    """
    today = reporting_day(now)
    near = at_local(today + timedelta(days=TELL_DAYS_AHEAD), time(0, 0))
    untold = RosterFinding.objects.filter(told_at__isnull=True, gone_at__isnull=True).filter(
        Q(starts_at__isnull=True) | Q(starts_at__lt=near)
    )
    by_unit: dict[Unit, list[RosterFinding]] = defaultdict(list)
    for finding in untold.select_related("unit").order_by("starts_at", "id"):
        by_unit[finding.unit].append(finding)
    by_head: dict[Person, list[RosterFinding]] = defaultdict(list)
    for unit, findings in by_unit.items():
        for head in duty.heads_of(unit, day=today):
            by_head[head] += findings
    letters = notifications.queue(
        [_digest(head, findings, reference) for head, findings in by_head.items()], now=now
    )
    written = {letter.recipient_id for letter in letters}
    told = {
        finding.pk: finding
        for head, findings in by_head.items()
        if head.pk in written
        for finding in findings
    }
    mark_told(findings=list(told.values()), now=now)
    return len(told)


def _digest(head: Person, findings: list[RosterFinding], reference: str) -> Draft:
    """No names: whoever reads along on a phone learns that something is to do, and from when."""
    with in_language_of(head):
        units = "、".join(dict.fromkeys(finding.unit.name for finding in findings))
        body = _("The duty roster (%(units)s) needs you: %(n)s things to look at.") % {
            "units": units[:60],
            "n": len(findings),
        }
        gaps = [f for f in findings if f.kind == RosterFinding.Kind.GAP and f.starts_at]
        if gaps and gaps[0].starts_at:
            begins = gaps[0].starts_at.astimezone(SHANGHAI)
            body += " " + _("Nobody is on duty from %(day)s %(hour)s on.") % {
                "day": date_format(begins.date(), "m-d"),
                "hour": f"{begins:%H:%M}",
            }
        return Draft(
            reference=reference,
            person=head,
            subject=_("Lianfang: duty roster"),
            body=body,
            link="/desk/duty/check/",
        )

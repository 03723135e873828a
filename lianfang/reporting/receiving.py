"""The verbs of reporting that take a report in: may it be taken, was it taken before, receive.

`receive` takes many submissions at once: a form posts one, the API a batch, and the
submission desk gathers what arrives together into one transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting.models import (
    DailyReport,
    MissedReport,
    UnitDay,
)
from lianfang.reporting.rules import Answers, is_late
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import Rules


class DayIsOver(Refused):
    code = "reporting.day-is-closed"
    message = _(
        "The reports of %(day)s are closed. Please tell your counselor, "
        "who can still note it for you."
    )
    status = 409


class DayHasNotBegun(Refused):
    code = "reporting.day-has-not-begun"
    message = _("%(day)s has not begun yet.")


class KeyReused(Refused):
    code = "reporting.key-reused"
    message = _("This submission key was already used for other answers.")
    status = 409


class NotOnTheRoll(Refused):
    code = "reporting.not-on-the-roll"
    message = _("%(name)s is on the roll of no unit on %(day)s.")


@dataclass(frozen=True, slots=True)
class Submission:
    """One report as it arrived, checked and screened, not yet stored.

    `key` identifies the submission (same key, same digest: same report); both are 64 hex
    digits at most. `due_at` is the person's deadline of that day.
    """

    person: Person
    unit: Unit
    day: date
    answers: Answers
    has_events: bool
    due_at: datetime
    source: DailyReport.Source
    actor: Actor
    submitted_by: Person | None
    key: str
    digest: str
    proxy_reason: str = ""
    told_by: str = ""
    client_skew_s: int | None = None


_RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _receipt(day: date) -> str:
    """Such as 0201-7K3F-9QXA: 40 random bits in 8 letters that are not mistaken for another."""
    number = secrets.randbits(40)
    tail = "".join(_RECEIPT_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{day:%m%d}-{tail[:4]}-{tail[4:]}"


def check_day_is_open(*, day: date, rules: Rules, today: date) -> None:
    """Raises `DayHasNotBegun` or `DayIsOver`."""
    if day > today:
        raise DayHasNotBegun(day=day.isoformat())
    if (today - day).days > int(rules.settings["late_days"]):
        raise DayIsOver(day=day.isoformat())


def received_before(*, key: str, digest: str) -> DailyReport | None:
    """The report that a submission of this key was answered with. Raises `KeyReused`."""
    first = DailyReport.objects.filter(submission_key=key).first()
    _check_same(first, digest)
    return first


def _check_same(first: DailyReport | None, digest: str) -> None:
    if first is not None and first.submission_digest != digest:
        raise KeyReused


def receive(
    submissions: Sequence[Submission], *, rules: Rules, now: datetime
) -> tuple[list[DailyReport], list[bool]]:
    """Store reports with their audit entries and counters; the caller holds the transaction.

    Returns the reports in the order of the submissions, and which of them are new (a key
    seen before gives its first report back). A person-day may stand only once in
    `submissions`. Raises `KeyReused`.

    Another worker may store the same person's report at the same moment: the unique
    constraints then raise IntegrityError, and the caller tries the submission again alone.
    """
    seen = _seen_among(submissions)
    for submission in submissions:
        _check_same(seen.get(submission.key), submission.digest)
    fresh = [s for s in submissions if s.key not in seen]
    before = _current_of(fresh)
    exempt = _exempt_among(fresh)
    created = [_revision(s, before.get((s.person.pk, s.day)), rules, now) for s in fresh]
    if before:
        DailyReport.objects.filter(pk__in=[r.pk for r in before.values()]).update(is_current=False)
    DailyReport.objects.bulk_create(created)
    _count(fresh, created, before, exempt)
    _make_up(fresh, now)
    audit.record_many(
        audit.entry(
            verb="reporting.report.received",
            actor=s.actor,
            subject=report,
            now=now,
            concerns=s.person.pk,
            revision=report.revision,
            **({"proxy": s.proxy_reason} if s.proxy_reason else {}),
        )
        for s, report in zip(fresh, created, strict=True)
    )
    by_key = seen | {report.submission_key: report for report in created}
    return [by_key[s.key] for s in submissions], [s.key not in seen for s in submissions]


def _seen_among(submissions: Sequence[Submission]) -> dict[str, DailyReport]:
    found = _found(
        "SELECT id FROM reporting_dailyreport WHERE submission_key IN (%s)",
        [s.key for s in submissions],
    )
    reports = DailyReport.objects.filter(pk__in=found) if found else ()
    return {report.submission_key: report for report in reports}


def _current_of(submissions: Sequence[Submission]) -> dict[tuple[int, date], DailyReport]:
    wanted = {(s.person.pk, s.day) for s in submissions}
    found: list[int] = []
    for day in {s.day for s in submissions}:
        found += _found(
            "SELECT id FROM reporting_dailyreport"
            " WHERE is_current AND day = %s AND person_id IN (%s)",
            [person for person, of_day in wanted if of_day == day], day,
        )  # fmt: skip
    if not found:
        return {}
    rows = DailyReport.objects.filter(pk__in=found).only(
        "id", "person_id", "day", "revision", "unit_id", "has_events", "is_late",
        "first_received_at", "source",
    )  # fmt: skip
    return {(r.person_id, r.day): r for r in rows}


def _exempt_among(submissions: Sequence[Submission]) -> set[tuple[int, date]]:
    exempt: set[tuple[int, date]] = set()
    for day in {s.day for s in submissions}:
        people = _found(
            "SELECT person_id FROM roster_exemption"
            " WHERE held_from <= %s AND (held_until IS NULL OR held_until > %s)"
            " AND person_id IN (%s)",
            [s.person.pk for s in submissions if s.day == day], day, day,
        )  # fmt: skip
        exempt |= {(person, day) for person in people}
    return exempt


def _found(sql: str, among: Sequence[int | str], *before: date) -> list[int]:
    """The numbers that a plain statement finds; its last mark stands for all of `among`.

    Every batch of reports asks these three, and nearly always they find nothing: built by the
    ORM they cost more than storing a report (docs/performance.md).
    """
    if not among:
        return []
    head, last = sql.rsplit("%s", 1)
    with connection.cursor() as cursor:
        cursor.execute(head + ", ".join(["%s"] * len(among)) + last, [*before, *among])
        return [row[0] for row in cursor.fetchall()]


def _revision(
    s: Submission, before: DailyReport | None, rules: Rules, now: datetime
) -> DailyReport:
    return DailyReport(
        person=s.person,
        day=s.day,
        revision=before.revision + 1 if before else 1,
        is_current=True,
        unit=s.unit,
        edition_id=rules.edition_id,
        received_at=now,
        first_received_at=before.first_received_at if before else now,
        is_late=before.is_late if before else is_late(now, s.due_at),
        has_events=s.has_events,
        county_code=s.answers.county_code,
        presence=s.answers.presence,
        answers=s.answers.to_plain(),
        source=s.source,
        proxy_reason=s.proxy_reason,
        told_by=s.told_by,
        submitted_by=s.submitted_by,
        receipt=_receipt(s.day),
        submission_key=s.key,
        submission_digest=s.digest,
        client_skew_s=s.client_skew_s,
    )


_Counts = tuple[int, int, int, int, int]  # exempt, zero, with_events, late, proxy


def _counts_of(report: DailyReport) -> _Counts:
    return (
        0,
        int(not report.has_events),
        int(report.has_events),
        int(report.is_late),
        int(report.source == DailyReport.Source.PROXY),
    )


def _count(
    fresh: Sequence[Submission],
    created: Sequence[DailyReport],
    before: dict[tuple[int, date], DailyReport],
    exempt: set[tuple[int, date]],
) -> None:
    """Add what changed to the leaf counters, summed per unit and day: one statement."""
    sums: dict[tuple[int, date], list[int]] = {}
    for s, report in zip(fresh, created, strict=True):
        change = list(_counts_of(report))
        old = before.get((s.person.pk, s.day))
        if old is not None:
            change = [n - o for n, o in zip(change, _counts_of(old), strict=True)]
        elif (s.person.pk, s.day) in exempt:
            change[0] -= 1  # exempt and reporting all the same: counted as received
        total = sums.setdefault((s.unit.pk, s.day), [0] * 5)
        for position, number in enumerate(change):
            total[position] += number
    if sums:
        _add_to_counters(sums)


def _add_to_counters(sums: dict[tuple[int, date], list[int]]) -> None:
    """Rows in the order of their key, so that two writers never wait for each other in a ring."""
    rows = sorted(sums.items())
    places = ", ".join(["(%s, %s, 0, %s, %s, %s, %s, %s)"] * len(rows))
    table = UnitDay._meta.db_table
    names = ("exempt", "zero", "with_events", "late", "proxy")
    changes = ", ".join(f"{n} = {table}.{n} + excluded.{n}" for n in names)
    sql = (
        f"INSERT INTO {table} (unit_id, day, expected, {', '.join(names)}) VALUES {places} "
        f"ON CONFLICT (day, unit_id) DO UPDATE SET {changes}"
    )
    values: list[int | date] = []
    for (unit, day), numbers in rows:
        values += [unit, day, *numbers]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _make_up(fresh: Sequence[Submission], now: datetime) -> None:
    """Who was flagged as missing and reports after all is no longer missing."""
    for day in {s.day for s in fresh if now > s.due_at}:
        MissedReport.objects.filter(
            day=day, person_id__in=[s.person.pk for s in fresh], made_up_at__isnull=True
        ).update(made_up_at=now)

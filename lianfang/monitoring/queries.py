"""Questions about files: who is watched over, what is due, what another policy would change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from lianfang.kernel.clock import at_local, reporting_day
from lianfang.monitoring import rules
from lianfang.monitoring.models import CheckSlot, Contest, MonitoringFile, Need
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Post
from lianfang.roster.queries import held_on
from lianfang.rulebook.monitor_policy import MonitorPolicy, policy_from
from lianfang.rulebook.queries import rules_of

_MIDNIGHT = datetime.min.time()


def open_files() -> QuerySet[MonitoringFile]:
    return MonitoringFile.objects.filter(closed_at__isnull=True)


def open_file_of(person: Person) -> MonitoringFile | None:
    return open_files().filter(person=person).first()


def files_of(person: Person) -> QuerySet[MonitoringFile]:
    """Every file of a person, the open one first."""
    return (
        MonitoringFile.objects.filter(person=person)
        .select_related("carer", "deputy", "edition")
        .order_by(F("closed_at").desc(nulls_first=True), "-opened_at")
    )


def policy_of(file: MonitoringFile) -> MonitorPolicy:
    """The policy of the edition that the file keeps."""
    return policy_from(rules_of(file.edition_id).settings)


# ---------------------------------------------------------------- who is watched over


def end_of(day: date) -> datetime:
    return at_local(day + timedelta(days=1), _MIDNIGHT)


def _under(at: datetime) -> Q:
    """Verified and told before that moment, and not closed before it."""
    return Q(told_at__lt=at) & (Q(closed_at__isnull=True) | Q(closed_at__gte=at))


def people_under_monitoring(on: date) -> QuerySet[Person]:
    """Who was under key monitoring at the end of that day: an audience, never a public list."""
    return Person.objects.filter(
        pk__in=MonitoringFile.objects.filter(_under(end_of(on))).values("person_id")
    )


@dataclass(slots=True)
class MonitoringFigures:
    """Columns 重点监测在管, 当日新增, 当日解除, 累计解除 of one unit's own people."""

    under: int = 0
    new: int = 0
    released: int = 0
    released_in_all: int = 0

    def add(self, other: MonitoringFigures) -> None:
        self.under += other.under
        self.new += other.new
        self.released += other.released
        self.released_in_all += other.released_in_all


def figures_by_unit(*, day: date, at: datetime, category: str = "") -> dict[int, MonitoringFigures]:
    """As it stood at a moment of that day; asked again years later, the answer is the same.

    `category` of the people; empty: all of them.
    """
    begin = at_local(day, _MIDNIGHT)
    found: dict[int, MonitoringFigures] = {}
    files = MonitoringFile.objects.filter(told_at__lt=at)
    if category:
        files = files.filter(person__category=category)
    rows = files.values_list("unit_id", "told_at", "closed_at", "state")
    for unit_id, told_at, closed_at, state in rows.iterator():
        one = found.setdefault(unit_id, MonitoringFigures())
        closed = closed_at is not None and closed_at < at
        one.under += not closed
        one.new += told_at is not None and told_at >= begin
        if closed_at is not None and closed and state == rules.RELEASED:
            one.released_in_all += 1
            one.released += closed_at >= begin
    return found


def figures_of(
    unit_ids: Iterable[int], *, day: date, at: datetime, category: str = ""
) -> MonitoringFigures:
    """The sum over these units' own people."""
    total = MonitoringFigures()
    by_unit = figures_by_unit(day=day, at=at, category=category)
    for unit_id in unit_ids:
        if unit_id in by_unit:
            total.add(by_unit[unit_id])
    return total


# ---------------------------------------------------------------- what is to do


@dataclass(frozen=True, slots=True)
class Row:
    """One file in a list, with what it asks for now. The reason is one tap deeper."""

    file: MonitoringFile
    open_slot: CheckSlot | None
    missed_today: int
    has_contest: bool
    open_needs: int

    @property
    def urgency(self) -> int:
        """What comes first: a contest or a decision, a missed check, a due one, a verification."""
        if self.has_contest or self.file.state == rules.TO_RELEASE:
            return 0
        if self.missed_today:
            return 1
        if self.file.state in {rules.TO_VERIFY, rules.ILL}:
            return 2
        return 3 if self.open_slot or self.open_needs else 4


def rows_of(files: Iterable[MonitoringFile], *, now: datetime) -> list[Row]:
    """The list in order of urgency; three questions for any number of files."""
    files = list(files)
    ids = [file.pk for file in files]
    today = reporting_day(now)
    slots: dict[int, list[CheckSlot]] = {}
    open_slots = CheckSlot.objects.filter(file_id__in=ids, day=today).exclude(
        state=CheckSlot.State.DONE
    )
    for slot in open_slots.defer("temperature", "symptoms", "note").order_by("due_at"):
        slots.setdefault(slot.file_id, []).append(slot)
    contested = set(
        Contest.objects.filter(file_id__in=ids, done_at__isnull=True).values_list(
            "file_id", flat=True
        )
    )
    needs: dict[int, int] = {}
    for file_id in Need.objects.filter(file_id__in=ids, done_at__isnull=True).values_list(
        "file_id", flat=True
    ):
        needs[file_id] = needs.get(file_id, 0) + 1
    rows = [
        Row(
            file=file,
            open_slot=next(
                (s for s in slots.get(file.pk, []) if s.opens_at <= now < s.due_at), None
            ),
            missed_today=sum(s.due_at <= now for s in slots.get(file.pk, [])),
            has_contest=file.pk in contested,
            open_needs=needs.get(file.pk, 0),
        )
        for file in files
    ]
    return sorted(rows, key=lambda row: (row.urgency, row.file.eligible_on, row.file.pk))


# ---------------------------------------------------------------- another policy


@dataclass(frozen=True, slots=True)
class Change:
    """What would happen to one open file under another policy."""

    file: MonitoringFile
    new_eligible_on: date

    @property
    def days(self) -> int:
        """Days longer (+) or shorter (-)."""
        return (self.new_eligible_on - self.file.eligible_on).days

    @property
    def new_last_day(self) -> date:
        return self.new_eligible_on - timedelta(days=1)


def preview(files: QuerySet[MonitoringFile], *, policy: MonitorPolicy) -> list[Change]:
    """Whose planned end would change if this policy held for them. Nothing is written."""
    changes = [
        Change(file, policy.eligible_on(file.last_exposure_on, extra_days=file.extra_days))
        for file in files.filter(closed_at__isnull=True).order_by("eligible_on", "id")
    ]
    return [change for change in changes if change.days]


def possible_carers(file: MonitoringFile, *, day: date) -> list[Person]:
    """Who holds a post that reads answers in the line of the person's unit."""
    units = roster.line_of_superiors(file.unit, day=day)
    roles = [role for role in Post.Role if role.sees_events]
    posts = Post.objects.filter(held_on(day), unit__in=units, role__in=roles)
    people = Person.objects.filter(pk__in=posts.values("person_id")).exclude(pk=file.person_id)
    return list(people.order_by("name_key"))

"""What a file of groups would change: the lines against the roster and what is stored.

From the first day that the lines of a group name, the group is what the file says: who is not
in it any more ends that day, and the meetings from then on are those of the file. What lies
before stays as it was. A meeting at which somebody was seen is never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from lianfang.groups.files import FloorLine, GroupFile, GroupLine, days_of
from lianfang.groups.models import Attendance, Group, GroupMember, RoomFloor, Session
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.bulk import chunks
from lianfang.roster.imports.problems import Problem, errors
from lianfang.roster.models import Membership, Person, Unit
from lianfang.roster.queries import held_on

Key = tuple[str, datetime]  # code of a group and the beginning of a meeting
Roll = dict[int, tuple[str, date | None]]  # person -> seat, exclusive end


@dataclass(slots=True)
class GroupPlan:
    """Everything that would be written, and every problem. Codes stand for groups."""

    kind: str
    problems: list[Problem] = field(default_factory=list)
    groups_added: dict[str, str] = field(default_factory=dict)
    groups_renamed: dict[str, str] = field(default_factory=dict)
    members_added: list[tuple[str, int, str, date, date | None]] = field(default_factory=list)
    members_ended: list[tuple[int, date]] = field(default_factory=list)
    sessions_added: dict[Key, tuple[datetime, str]] = field(default_factory=dict)
    sessions_dropped: list[int] = field(default_factory=list)
    attendances_added: list[tuple[Key, int, str]] = field(default_factory=list)
    floors: list[FloorLine] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return errors(self.problems)

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.is_error]

    def counts(self) -> dict[str, int]:
        return {
            "groups_added": len(self.groups_added),
            "groups_renamed": len(self.groups_renamed),
            "members_added": len(self.members_added),
            "members_ended": len(self.members_ended),
            "sessions_added": len(self.sessions_added),
            "sessions_dropped": len(self.sessions_dropped),
            "attendances_added": len(self.attendances_added),
            "floors_written": len(self.floors),
        }

    @property
    def is_empty(self) -> bool:
        return not any(self.counts().values())


def compare(file: GroupFile, *, today: date) -> GroupPlan:
    """The plan of a file that was read; nothing is written."""
    plan = GroupPlan(file.kind, problems=list(file.problems))
    if file.floors:
        _compare_floors(plan, file.floors)
    if file.lines or file.broken:
        wanted = _Wanted(plan, file, today)
        if not plan.errors:
            _compare_groups(plan, wanted)
            _compare_members(plan, wanted)
            _compare_sessions(plan, wanted)
    plan.problems.sort(key=lambda problem: (problem.sheet, problem.row))
    return plan


def _compare_floors(plan: GroupPlan, lines: list[FloorLine]) -> None:
    stored = {(f.building, f.room): f.floor for f in RoomFloor.objects.all()}
    seen: dict[tuple[str, str], FloorLine] = {}
    for line in lines:
        room = (line.building, line.room)
        first = seen.setdefault(room, line)
        if first.floor != line.floor:
            plan.problems.append(
                Problem(
                    line.sheet, line.row, "", line.floor,
                    _("This room stands on another floor in row %(row)s."),
                    _("Keep one of the two rows."), {"row": first.row},
                )
            )  # fmt: skip
        elif first is line and stored.get(room) != line.floor:
            plan.floors.append(line)


# ---------------------------------------------------------------- what the file wants


class _Wanted:
    """Groups, rolls, meetings and sign-ins of the file, people resolved against the roster."""

    def __init__(self, plan: GroupPlan, file: GroupFile, today: date) -> None:
        self.plan = plan
        self.file = file
        self.today = today
        self.names: dict[str, str] = {}
        self.begins: dict[str, date] = {}  # from when on the file speaks for a group
        self.rolls: dict[str, Roll] = {}
        self.rows: dict[tuple[str, int], int] = {}
        self.sessions: dict[Key, tuple[datetime, str]] = {}
        self.seen: dict[Key, dict[int, str]] = {}
        every = [*file.lines, *file.broken]
        self.people = _people({line.number for line in every if line.number})
        self.classes = _classes({line.class_name for line in every if line.class_name})
        self.of_class = _rolls_of(set(self.classes.values()), day=today)
        for line in file.lines:
            self._take(line)
        for line in file.broken:
            if line.number or line.class_name:
                self._people_of(line)

    def _take(self, line: GroupLine) -> None:
        self.names.setdefault(line.code, line.name)
        if self.names[line.code] != line.name:
            self._say(line, "group", line.name, _("This code has another name above: %(name)s."),
                      _("One code, one name."), name=self.names[line.code])  # fmt: skip
        people = self._people_of(line)
        day = line.meeting.day if line.meeting else None
        if day and day > self.today:
            self._say(line, "day", day.isoformat(), _("This day lies in the future."),
                      _("A sign-in is written down when it has happened."))  # fmt: skip
        if day and line.meeting:
            self._seen_on(line, day, people)
            return
        since = line.since or self.today
        self.begins[line.code] = min(since, self.begins.get(line.code, since))
        roll = self.rolls.setdefault(line.code, {})
        for person in people:
            self._enrol(line, roll, person)
        if line.meeting and line.since and line.until:
            for on in days_of(line.meeting, since=line.since, until=line.until):
                key = (line.code, at_local(on, line.meeting.begins))
                self.sessions[key] = (at_local(on, line.meeting.ends), line.meeting.place)

    def _enrol(self, line: GroupLine, roll: Roll, person: int) -> None:
        first = self.rows.setdefault((line.code, person), line.row)
        seat, _until = roll.setdefault(person, (line.seat, line.until))
        if line.seat and seat != line.seat:
            self._say(line, "seat", line.seat, _("Row %(row)s gives this person another seat."),
                      _("The first of the two is kept."), is_error=False, row=first)  # fmt: skip

    def _seen_on(self, line: GroupLine, day: date, people: list[int]) -> None:
        assert line.meeting is not None
        key = (line.code, at_local(day, line.meeting.begins))
        self.sessions[key] = (at_local(day, line.meeting.ends), line.meeting.place)
        there = self.seen.setdefault(key, {})
        for person in people:
            there.setdefault(person, line.seat)

    def _people_of(self, line: GroupLine) -> list[int]:
        if line.class_name:
            unit = self.classes.get(line.class_name)
            if unit is None:
                self._say(line, "class_name", line.class_name, _("No open class has this name."),
                          _("Write it as the roster does, or its code."))  # fmt: skip
                return []
            return self.of_class.get(unit, [])
        known = self.people.get(line.number)
        if known is None:
            self._say(line, "number", line.number, _("Nobody on the roster has this number."),
                      _("Correct the number, or import the roster first."))  # fmt: skip
            return []
        if line.person_name and line.person_name != known[1]:
            self._say(line, "person_name", line.person_name,
                      _("This number belongs to somebody of another name."),
                      _("Correct the number or the name: one of the two is wrong."))  # fmt: skip
        return [known[0]]

    def _say(
        self, line: GroupLine, column: str, value: str, text: str, cure: str, *,
        is_error: bool = True, **context: object,
    ) -> None:  # fmt: skip
        self.plan.problems.append(
            Problem(
                line.sheet, line.row, self.file.titles.get(column, column), value, text, cure,
                context, "error" if is_error else "warning",
            )
        )  # fmt: skip


def _people(numbers: Iterable[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for some in chunks(sorted(numbers), 5000):
        rows = Person.objects.filter(number__in=some).values_list("number", "pk", "name")
        found |= {number: (pk, name) for number, pk, name in rows}
    return found


def _classes(names: Iterable[str]) -> dict[str, int]:
    """Open units by name or code. Two open units of one name are told apart by code only."""
    wanted = set(names)
    by_name: dict[str, list[int]] = {}
    codes: dict[str, int] = {}
    if wanted:
        units = Unit.objects.filter(closed_on__isnull=True, tree=Unit.Tree.ADMINISTRATIVE)
        for pk, code, name in units.values_list("pk", "code", "name"):
            by_name.setdefault(name, []).append(pk)
            codes[code] = pk
    alone = {name: pks[0] for name, pks in by_name.items() if len(pks) == 1}
    known = {**alone, **codes}
    return {name: known[name] for name in wanted if name in known}


def _rolls_of(units: set[int], *, day: date) -> dict[int, list[int]]:
    rolls: dict[int, list[int]] = {}
    rows = Membership.objects.filter(
        held_on(day), kind=Membership.Kind.REPORTING, unit_id__in=sorted(units)
    )
    for unit, person in rows.order_by("person_id").values_list("unit_id", "person_id"):
        rolls.setdefault(unit, []).append(person)
    return rolls


# ---------------------------------------------------------------- against what is stored


def _compare_groups(plan: GroupPlan, wanted: _Wanted) -> None:
    stored: dict[str, str] = {}
    for some in chunks(sorted(wanted.names), 5000):
        groups = Group.objects.filter(kind=plan.kind, code__in=some)
        stored |= dict(groups.values_list("code", "name"))
    for code, name in wanted.names.items():
        if code not in stored:
            plan.groups_added[code] = name
        elif stored[code] != name:
            plan.groups_renamed[code] = name


def _compare_members(plan: GroupPlan, wanted: _Wanted) -> None:
    stored: dict[tuple[str, int], tuple[int, str, date | None]] = {}
    for some in chunks(sorted(wanted.rolls), 5000):
        rows = GroupMember.objects.filter(group__kind=plan.kind, group__code__in=some)
        names = ("pk", "group__code", "person_id", "seat", "held_until")
        for pk, code, person, seat, until in rows.values_list(*names):
            if until is None or until > wanted.begins[code]:
                stored[code, person] = (pk, seat, until)
    for code, roll in wanted.rolls.items():
        for person, (seat, until) in roll.items():
            held = stored.pop((code, person), None)
            if held is not None and held[1:] == (seat, until):
                continue
            if held is not None:
                plan.members_ended.append((held[0], wanted.begins[code]))
            plan.members_added.append((code, person, seat, wanted.begins[code], until))
    plan.members_ended += [
        (pk, wanted.begins[code]) for (code, _person), (pk, _seat, _until) in stored.items()
    ]


def _compare_sessions(plan: GroupPlan, wanted: _Wanted) -> None:
    stored = _stored_sessions(
        plan.kind, {code for code, _at in wanted.sessions} | set(wanted.rolls)
    )
    for key, told in wanted.sessions.items():
        if key not in stored:
            plan.sessions_added[key] = told
    attended = set(
        Attendance.objects.filter(session__group__kind=plan.kind).values_list(
            "session_id", flat=True
        )
    )
    for (code, begins_at), pk in stored.items():
        begin = wanted.begins.get(code)
        spoken_of = begin is not None and reporting_day(begins_at) >= begin
        if spoken_of and (code, begins_at) not in wanted.sessions and pk not in attended:
            plan.sessions_dropped.append(pk)
    known = {
        (session, person)
        for session, person in Attendance.objects.filter(
            session_id__in=[stored[key] for key in wanted.seen if key in stored]
        ).values_list("session_id", "person_id")
    }
    for key, there in wanted.seen.items():
        plan.attendances_added += [
            (key, person, seat)
            for person, seat in there.items()
            if (stored.get(key), person) not in known
        ]


def _stored_sessions(kind: str, codes: set[str]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for some in chunks(sorted(codes), 5000):
        rows = Session.objects.filter(group__kind=kind, group__code__in=some)
        for pk, code, begins_at in rows.values_list("pk", "group__code", "begins_at"):
            found[code, begins_at] = pk
    return found

"""The cast: one small college with people whose names say what they are.

小明 is a student of 网络1班; 辅导员 cares for the class, 主任 heads the department, 书记 leads
the college, 值班员 is on duty for the committee, 组长 sits in the leading group. 外人 studies
in another department and 外辅导员 cares for that class: they may see nothing of 小明's.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Min, Model

from lianfang.duty import operations as duty
from lianfang.escalation import operations as escalation
from lianfang.installation import operations as installation
from lianfang.installation.due import Waiting
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.clock import at_local, parse_moment, reporting_day
from lianfang.notifications.models import Message
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.roster import operations as roster
from lianfang.roster.models import Lodging, Person, Post, Unit
from lianfang.rulebook import operations as rulebook
from lianfang.usecases import (
    campaigns,
    campus_records,
    cluster_detection,
    clusters,
    contact_packages,
    contact_visits,
    daily_report,
    deadlines,
    directives,
    doubts,
    duty_moments,
    exposures,
    legal_clocks,
    monitoring_moments,
    quarantine,
    quarantine_needs,
    referrals,
)

MORNING = parse_moment("2020-02-01T08:00+08:00")
FIRST_DAY = date(2019, 9, 1)

FINE = Answers(
    unwell=False,
    temperature=Decimal("36.5"),
    site="axilla",
    county_code="511702",
    presence="AT_HOME",
    visited=False,
    met=False,
    truth=True,
)
FEVER = replace(
    FINE,
    unwell=True,
    symptoms=("fever", "dry_cough"),
    temperature=Decimal("38.2"),
    onset_on=date(2020, 2, 1),
)


@cache
def _later(model: type[Model], column: str) -> Waiting:
    return Waiting(lambda now: model._default_manager.filter(**{f"{column}__gt": now}))


@cache
def _due_columns(model: type[Model]) -> list[tuple[str, dict[str, bool]]]:
    """Columns that a worker polls: `next_due_at`, or a moment that has not struck yet."""
    names = {field.name for field in model._meta.fields}
    if model._meta.label == "notifications.Delivery":
        return []  # handed over by senders, whom `work` leaves out
    columns: list[tuple[str, dict[str, bool]]] = []
    if "next_due_at" in names:
        columns.append(("next_due_at", {}))
    columns += [
        ("due_at", {f"{end}__isnull": True})
        for end in ("done_at", "struck_at")
        if {"due_at", end} <= names
    ]
    return columns


@dataclass
class College:
    """A college at a moment. `now` moves only when a test moves it."""

    now: datetime = MORNING
    people: dict[str, Person] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    @classmethod
    def found(cls, now: datetime = MORNING) -> College:
        college = cls(now=now)
        installation.found(name="示例职业技术学院", is_exercise=False, now=now)
        rulebook.publish_file(path=rulebook.SHIPPED / "2020-01-30.toml", actor=OPERATOR, now=now)
        college._open_units()
        college._enrol()
        college._appoint()
        deadlines.ensure_day_is_open(day=college.today, now=now)
        return college

    @property
    def today(self) -> date:
        return reporting_day(self.now)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def unit(self, name: str) -> Unit:
        return self.units[name]

    def actor(self, name: str) -> Actor:
        return Actor("PERSON", self.people[name].pk, name)

    def open_unit(
        self, name: str, kind: str, parent: str | None, *, tree: str = "ADMINISTRATIVE",
        answers_to: str | None = None,
    ) -> Unit:  # fmt: skip
        self.units[name] = roster.open_unit(
            tree=tree,
            kind=kind,
            code=f"U{len(self.units) + 1:03}",
            name=name,
            parent=self.units[parent] if parent else None,
            answers_to=self.units[answers_to] if answers_to else None,
            position=len(self.units),
            day=FIRST_DAY,
            actor=OPERATOR,
            now=self.now,
        )
        return self.units[name]

    def enrol(self, name: str, unit: str, category: str = "STUDENT", **extra: Any) -> Person:
        number = extra.pop("number", f"2019{len(self.people) + 1:06}")
        extra.setdefault("phone", f"+86142000{len(self.people) + 1:05}")
        self.people[name] = roster.enrol(
            number=number,
            name=name,
            category=category,
            unit=self.units[unit],
            day=FIRST_DAY,
            actor=OPERATOR,
            now=self.now,
            **extra,
        )
        return self.people[name]

    def appoint(self, name: str, unit: str, role: str, *, is_deputy: bool = False) -> Post:
        return roster.appoint(
            person=self.people[name],
            unit=self.units[unit],
            role=role,
            day=FIRST_DAY,
            actor=OPERATOR,
            now=self.now,
            is_deputy=is_deputy,
        )

    def _open_units(self) -> None:
        self.open_unit("学院党委", "COMMITTEE", None, tree="PARTY")
        self.open_unit("信息系党总支", "GENERAL_BRANCH", "学院党委", tree="PARTY")
        self.open_unit("学生党支部", "BRANCH", "信息系党总支", tree="PARTY")
        self.open_unit("学院", "COLLEGE", None, answers_to="学院党委")
        self.open_unit("信息系", "DEPARTMENT", "学院", answers_to="信息系党总支")
        self.open_unit("网络专业", "MAJOR", "信息系", answers_to="信息系党总支")
        self.open_unit("网络1班", "CLASS", "网络专业", answers_to="信息系党总支")
        self.open_unit("护理系", "DEPARTMENT", "学院", answers_to="学院党委")
        self.open_unit("护理1班", "CLASS", "护理系", answers_to="学院党委")
        self.open_unit("党政办", "OFFICE", "学院", answers_to="学院党委")

    def _enrol(self) -> None:
        for name in ("小明", "小红", "小刚"):
            self.enrol(name, "网络1班")
        self.enrol("外人", "护理1班")
        self.enrol("辅导员", "信息系", "STAFF", email="fudaoyuan@example.org")
        self.enrol("主任", "信息系", "STAFF")
        self.enrol("副主任", "信息系", "STAFF")
        self.enrol("外辅导员", "护理系", "STAFF")
        self.enrol("书记", "党政办", "STAFF")
        self.enrol("值班员", "党政办", "STAFF")
        self.enrol("组长", "党政办", "STAFF")
        roster.move_person(
            person=self["小红"],
            unit=self.unit("学生党支部"),
            kind="PARTY",
            day=FIRST_DAY,
            actor=OPERATOR,
            now=self.now,
        )

    def _appoint(self) -> None:
        self.appoint("辅导员", "网络1班", "COUNSELOR")
        self.appoint("主任", "信息系", "RESPONSIBLE_HEAD")
        self.appoint("副主任", "信息系", "RESPONSIBLE_HEAD", is_deputy=True)
        self.appoint("外辅导员", "护理1班", "COUNSELOR")
        self.appoint("书记", "学院", "RESPONSIBLE_HEAD")
        self.appoint("组长", "学院党委", "LEADER")
        self.put_on_duty("值班员")

    def lodge(self, **rooms: str) -> None:
        """Who sleeps in which room of the dormitory."""
        for name, room in rooms.items():
            Lodging.objects.create(
                person=self[name], building="6栋", room=room, held_from=FIRST_DAY
            )

    def put_on_duty(self, name: str, *, hours: int = 24) -> None:
        duty.add_shift(
            unit=self.unit("学院党委"),
            post="OFFICER",
            person=self[name],
            starts_at=at_local(self.today, datetime.min.time()),
            ends_at=at_local(self.today, datetime.min.time()) + timedelta(hours=hours),
            actor=OPERATOR,
            now=self.now,
        )

    # ------------------------------------------------------------------ what people do

    def report(self, name: str, answers: Answers = FINE, **extra: Any) -> DailyReport:
        """The person reports for themself, now."""
        filing = daily_report.Filing(
            person=self[name],
            day=extra.pop("day", self.today),
            answers=answers,
            source=DailyReport.Source.WEB,
            actor=self.actor(name),
            submitted_by=self[name],
            key=extra.pop("key", uuid.uuid4().hex),
            **extra,
        )
        return daily_report.submit_daily_report(filing, now=self.now)

    def everybody_reports(self, *but: str) -> None:
        for name in self.people:
            if name not in but:
                self.report(name)

    def work(self) -> None:
        """Everything that is due now, done as the workers would (nothing is sent)."""
        while (
            deadlines.strike_next(now=self.now)
            or escalation.climb_next(now=self.now)
            or directives.chase_next(now=self.now)
            or duty_moments.strike_next(now=self.now)
            or campaigns.strike_next(now=self.now)
            or referrals.remind_next(now=self.now)
            or clusters.weigh_next(now=self.now)
            or clusters.remind_next(now=self.now)
            or cluster_detection.strike_next(now=self.now)
            or legal_clocks.strike_next(now=self.now)
            or legal_clocks.remind_of_check(now=self.now)
            or quarantine_needs.remind_next(now=self.now)
            or quarantine.propose_next(now=self.now)
            or doubts.strike_next(now=self.now)
            or campus_records.purge_next(now=self.now)
            or monitoring_moments.strike_next(now=self.now)
            or exposures.strike_next(now=self.now)
            or contact_visits.strike_next(now=self.now)
            or contact_packages.remind_next(now=self.now)
        ):
            pass

    def fast_forward(self, *, to: datetime | None = None, **delta: float) -> None:
        """Move the clock from one due moment to the next, with the workers at work at each."""
        goal = to or self.now + timedelta(**delta)
        while self.now < goal:
            self.now = min([goal, *self._due_until(goal)])
            self.work()

    def _due_until(self, goal: datetime) -> list[datetime]:
        """The earliest moment after now in each table of due work, up to the goal."""
        found: list[datetime] = []
        for model in apps.get_models():
            for column, is_open in _due_columns(model):
                if not _later(model, column).is_any(self.now):
                    continue
                rows = model._default_manager.filter(**is_open)
                span = {f"{column}__gt": self.now, f"{column}__lte": goal}
                first = rows.filter(**span).aggregate(first=Min(column))["first"]
                found += [first] if first else []
        return found

    def at(self, text: str) -> datetime:
        """The moment of a clock time today."""
        return parse_moment(f"{self.today}T{text}+08:00")

    def told(self, *, reference: str = "escalation:") -> list[str]:
        """Who has a letter, in the order of writing."""
        letters = Message.objects.filter(reference__startswith=reference).order_by("id")
        return [
            letter.recipient.name
            for letter in letters.select_related("recipient")
            if letter.recipient
        ]

"""An incident in words, in the language of the moment: for reports that go out, and the daily list.

Everything is read from what is stored; nothing is typed twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from lianfang.escalation.models import Summons
from lianfang.incidents.kinds import Illness, Organisation, Outcome, Transport, Verdict
from lianfang.incidents.models import (
    Classification,
    Incident,
    LegalClock,
    OutsideNotice,
    Referral,
)
from lianfang.incidents.queries import (
    course_of,
    standing_classifications,
    standing_notices,
)
from lianfang.incidents.rules import ClockState, Next, next_of
from lianfang.kernel.clock import SHANGHAI
from lianfang.places import divisions
from lianfang.reporting.forms import PRESENCE_NAMES, SITE_NAMES
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.rulebook.queries import rules_of


def next_in_words(step: Next) -> str:
    """What is to be done now."""
    return {
        Next.TAKE_OVER: _("Take it over"),
        Next.VERIFY: _("Verify: ring the person"),
        Next.REACH: _("Find the person"),
        Next.TELL: _("Tell those outside"),
        Next.CLASSIFY: _("Write down the classification"),
        Next.REFER: _("Send the person to a hospital"),
        Next.RESULT: _("Ask what the hospital found"),
        Next.CHECK: _("Look at the person again"),
        Next.OUTCOME: _("Write down how it ended"),
        Next.CLEAR: _("Have the paper for the return checked"),
        Next.FINAL: _("Make the final report"),
        Next.CLOSE: _("Close the incident"),
        Next.NOTHING: _("Nothing more"),
    }[step]


def stamp(at: datetime | None) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else ""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


@dataclass(frozen=True)
class InWords:
    """One incident; every property is a text of the present language, empty where unknown."""

    incident: Incident
    now: datetime

    @cached_property
    def report(self) -> DailyReport:
        """The newest report that belongs to it."""
        facts = self.incident.facts.filter(report__isnull=False).select_related("report")
        last = facts.order_by("at", "id").last()
        return last.report if last and last.report else self.incident.first_report

    @cached_property
    def answers(self) -> Answers:
        return Answers.from_plain(self.report.answers)

    @cached_property
    def referrals(self) -> list[Referral]:
        return list(self.incident.referrals.order_by("advised_at", "id"))

    @cached_property
    def classifications(self) -> list[Classification]:
        return list(standing_classifications(self.incident))

    @cached_property
    def notices(self) -> list[OutsideNotice]:
        return list(standing_notices(self.incident).select_related("by"))

    # ------------------------------------------------------------ what was reported

    @property
    def found(self) -> str:
        first = self.incident.first_report
        how = _("by a proxy") if first.source == DailyReport.Source.PROXY else _("by the person")
        return _joined(stamp(self.incident.opened_at), _("daily health report"), how)

    @property
    def symptoms(self) -> str:
        rules = rules_of(self.report.edition_id)
        return _(", ").join(rules.symptom_name(code) for code in self.answers.symptoms)

    @property
    def onset(self) -> str:
        return self.answers.onset_on.isoformat() if self.answers.onset_on else ""

    @property
    def temperature(self) -> str:
        if self.answers.temperature is None:
            return _("not measured")
        return f"{self.answers.temperature} ℃ {SITE_NAMES.get(self.answers.site, '')}".strip()

    @property
    def history(self) -> str:
        """Epidemiological history as the person reported it, and as they said when asked."""
        said, parts = self.answers, []
        if said.visited:
            area = said.visited_area
            name = divisions.full_name(area) if divisions.is_known(area) else area
            left = _("left on %(day)s") % {"day": said.left_on} if said.left_on else ""
            parts.append(_joined(_("was in a high-incidence area"), name, left))
        if said.met:
            day = _("last on %(day)s") % {"day": said.met_on} if said.met_on else ""
            parts.append(_joined(_("met somebody from there"), day))
        if said.met_case:
            parts.append(_("met a confirmed or suspected case"))
        if said.told_close_contact:
            parts.append(_("was told to be a close contact"))
        if said.household_ill:
            parts.append(_("somebody in the household has a fever or cough"))
        if any(row.kind == Illness.KEY_SYMPTOM for row in self.classifications):
            parts.append(_("there is one, it was said when the person was asked"))
        return _(";").join(parts) or _("none reported")

    @property
    def place(self) -> str:
        code = self.incident.county_code
        name = divisions.full_name(code) if divisions.is_known(code) else code
        return _joined(name, PRESENCE_NAMES.get(self.answers.presence, ""))

    # ------------------------------------------------------------ what was done

    def verified(self, *, named: bool) -> str:
        rows = self.incident.verifications.select_related("by").order_by("at", "id")
        return _lines(
            _joined(
                stamp(row.at), row.get_verdict_display(), row.get_method_display(), row.by.name,
                row.text if named else "",
            )
            for row in rows
        )  # fmt: skip

    def classified(self, *, named: bool) -> str:
        return _lines(self._classification(row, named) for row in self.classifications)

    def _classification(self, row: Classification, named: bool) -> str:
        paper = row.document or (_("paper follows") if row.document_follows else "")
        return _joined(
            stamp(row.at), row.get_kind_display(), row.get_source_display(),
            *((row.said_by, paper, row.text) if named else ()), row.definition,
        )  # fmt: skip

    @property
    def told_inside(self) -> str:
        told = Summons.objects.filter(
            escalation__incident=self.incident, person__isnull=False
        ).count()
        taken = self.incident
        parts = [_("people told: %(n)s") % {"n": told}]
        if taken.acknowledged_at and taken.acknowledged_by:
            minutes = int((taken.acknowledged_at - taken.opened_at).total_seconds() // 60)
            parts.append(
                _("taken over by %(name)s after %(m)s min")
                % {"name": taken.acknowledged_by.name, "m": minutes}
            )
        return _joined(*parts)

    def told_outside(self, *, named: bool) -> str:
        return _lines(
            _joined(
                stamp(row.at), row.get_organisation_display(),
                *((row.organisation_name, row.spoke_with, row.phone) if named else ()),
                row.get_method_display(), row.by.name,
            )
            for row in self.notices
        )  # fmt: skip

    @property
    def told_shortly(self) -> str:
        """Departments and times, as the daily list asks for them."""
        return _lines(
            f"{Organisation(row.organisation).label} {stamp(row.at)}" for row in self.notices
        )

    @property
    def limits(self) -> str:
        clocks = self.incident.clocks.filter(ended_at__isnull=True).order_by("due_at", "id")
        return _lines(clock_in_words(clock, now=self.now) for clock in clocks)

    def hospital(self, *, named: bool) -> str:
        return _lines(self._way(way, named) for way in self.referrals)

    def _way(self, way: Referral, named: bool) -> str:
        how = str(Transport(way.transport).label) if way.transport else ""
        steps = [f"{step.label} {stamp(at)}" for step, at in way.moments if at is not None]
        with_whom = _("with %(name)s") % {"name": way.companion} if way.companion else ""
        return _joined(*((way.hospital, how, with_whom) if named else (how,)), *steps)

    @property
    def result(self) -> str:
        return _lines(way.result for way in self.referrals)

    def on_campus(self, *, named: bool) -> str:
        one = self.incident
        rooms = [
            _joined(_("observation room"), row.room, stamp(row.began_at), stamp(row.ended_at))
            for row in one.observations.order_by("began_at")
        ]
        done = [
            _joined(
                _("disinfection"), row.place if named else "",
                _("done %(at)s") % {"at": stamp(row.done_at)} if row.done_at else _("not done yet"),
            )
            for row in one.disinfections.order_by("asked_at")
        ]  # fmt: skip
        return _lines([*rooms, *done])

    def contacts(self, *, named: bool) -> str:
        """Who was with the person, as far as it is known; the CDC decides who is a close contact."""
        people = list(self.incident.companions.order_by("id"))
        if not people:
            return _("no companions noted")
        words = _("companions noted: %(n)s") % {"n": len(people)}
        return _joined(words, "、".join(one.name for one in people) if named else "")

    def searched(self, *, named: bool) -> str:
        rows = self.incident.reach_steps.select_related("by").order_by("at", "id")
        return _lines(
            _joined(
                stamp(row.at), row.get_ring_display(), row.get_answer_display(), row.by.name,
                row.text if named else "",
            )
            for row in rows
        )  # fmt: skip

    # ------------------------------------------------------------ where it stands

    @property
    def outcome(self) -> str:
        one = self.incident
        if not one.outcome:
            return ""
        return _joined(Outcome(one.outcome).label, stamp(one.outcome_at))

    @property
    def clearance(self) -> str:
        return _lines(
            _joined(
                row.get_paper_display(), row.document, row.issued_by,
                _("checked by %(name)s") % {"name": row.checked_by.name}, stamp(row.at),
            )
            for row in self.incident.clearances.select_related("checked_by").order_by("at")
        )  # fmt: skip

    @property
    def state(self) -> str:
        one = self.incident
        parts = [one.get_state_display()]
        if one.verdict:
            parts.append(str(Verdict(one.verdict).label))
        if one.illness:
            parts.append(str(Illness(one.illness).label))
        if one.outcome:
            parts.append(str(Outcome(one.outcome).label))
        return _joined(*parts)

    @property
    def next(self) -> str:
        return next_in_words(next_of(course_of(self.incident, now=self.now)))


def clock_in_words(clock: LegalClock, *, now: datetime) -> str:
    """R11 · CDC · 2020-02-01 10:00 – 12:00 · met 11:20."""
    state = {
        ClockState.RUNNING: _("still to be told"),
        ClockState.OVERDUE: _("still to be told")
        if clock.is_at_once
        else _("run out, not told yet"),
        ClockState.MET: _("told %(at)s") % {"at": stamp(clock.met_at)},
        ClockState.MET_LATE: _("told late, %(at)s") % {"at": stamp(clock.met_at)},
        ClockState.ENDED: _("not needed any more"),
    }[clock.state(now)]
    due = _("at once") if clock.is_at_once else _("by %(at)s") % {"at": stamp(clock.due_at)}
    return _joined(clock.rule, clock.tells_in_words, due, state)

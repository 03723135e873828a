"""The time line of an incident: everything that happened, from all its tables, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lianfang.incidents.models import Incident, IncidentFact
from lianfang.roster.models import Person

_TYPED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Happening:
    """`text` is for those who may see the person; `title` for whoever may see the incident."""

    at: datetime
    title: str
    by: Person | None = None
    text: str = ""
    mark: str = "done"
    entered_at: datetime | None = None
    replaced: bool = False

    @property
    def was_entered_later(self) -> bool:
        """By minutes: a moment that was typed has no seconds."""
        return self.entered_at is not None and self.entered_at - self.at >= _TYPED

    @property
    def place(self) -> datetime:
        """Where it stands on the line: what was written down at once, at its second."""
        if self.entered_at is None or self.was_entered_later:
            return self.at
        return self.entered_at


def happenings(incident: Incident, facts: Iterable[IncidentFact]) -> list[Happening]:
    """A constant number of queries; the newest last."""
    found = [
        Happening(
            fact.at, str(fact.get_kind_display()), fact.by, fact.words,
            "now" if fact.kind == IncidentFact.Kind.NOBODY_ANSWERED else "done",
        )
        for fact in facts
    ]  # fmt: skip
    found += [*_course(incident), *_outside(incident), *_around(incident)]
    return sorted(found, key=lambda one: one.place)


def _course(incident: Incident) -> Iterator[Happening]:
    for row in incident.verifications.select_related("by"):
        title = _("Verified: %(verdict)s, %(method)s") % {
            "verdict": row.get_verdict_display(), "method": row.get_method_display(),
        }  # fmt: skip
        mark = "now" if row.verdict == "UNREACHABLE" else "done"
        yield Happening(row.at, title, row.by, row.text, mark, row.entered_at)
    for said in incident.classifications.select_related("by", "replaced_by"):
        title = _("Classified: %(kind)s (%(source)s)") % {
            "kind": said.get_kind_display(), "source": said.get_source_display(),
        }  # fmt: skip
        paper = said.document or (_("paper follows") if said.document_follows else "")
        text = " · ".join(
            part for part in (said.said_by, paper, said.definition, said.text) if part
        )
        replaced = hasattr(said, "replaced_by")
        yield Happening(said.at, title, said.by, text, "done", said.entered_at, replaced)


def _outside(incident: Incident) -> Iterator[Happening]:
    for row in incident.notices.select_related("by", "replaced_by"):
        title = _("Told outside: %(organisation)s, %(method)s") % {
            "organisation": row.get_organisation_display(), "method": row.get_method_display(),
        }  # fmt: skip
        who = " · ".join(
            part for part in (row.organisation_name, row.spoke_with, row.phone) if part
        )
        text = "\n".join(part for part in (who, row.given, row.reason) if part)
        replaced = hasattr(row, "replaced_by")
        yield Happening(row.at, title, row.by, text, "done", row.entered_at, replaced)
    for report in incident.case_reports.select_related("made_by").defer("content"):
        yield Happening(report.made_at, report.title, report.made_by)
    for clock in incident.clocks.filter(missed_at__isnull=False):
        title = _("Limit %(rule)s ran out: %(who)s") % {
            "rule": clock.rule, "who": clock.tells_in_words,
        }  # fmt: skip
        yield Happening(clock.due_at, title, mark="now")


def _around(incident: Incident) -> Iterator[Happening]:
    for step in incident.reach_steps.select_related("by"):
        title = _("Asked for the person: %(whom)s, %(answer)s") % {
            "whom": step.get_ring_display(), "answer": step.get_answer_display(),
        }  # fmt: skip
        yield Happening(step.at, title, step.by, step.text, "done", step.entered_at)
    for check in incident.checks.filter(done_at__isnull=False).select_related("done_by"):
        assert check.done_at is not None
        yield Happening(check.done_at, _("Checked"), check.done_by, check.found)
    for room in incident.observations.select_related("by"):
        yield Happening(
            room.began_at, _("In the observation room: %(room)s") % {"room": room.room}, room.by
        )
        if room.ended_at:
            yield Happening(room.ended_at, _("Left the observation room"))
    for task in incident.disinfections.select_related("noted_by"):
        if task.done_at:
            text = f"{task.place} · {task.done_by}"
            yield Happening(task.done_at, _("Disinfected"), task.noted_by, text)
    for paper in incident.clearances.select_related("by"):
        title = _("Paper checked: %(paper)s") % {"paper": paper.get_paper_display()}
        text = " · ".join(part for part in (paper.document, paper.issued_by) if part)
        yield Happening(paper.at, title, paper.by, text, "done", paper.entered_at)

"""What whoever took an incident over does: verify, classify, tell outside, end it, close it.

Pages and the API call these; each is one transaction and freezes one moment. The rules with
numbers come from the edition in force.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from lianfang.clusters import signs
from lianfang.duty.models import DutyShift
from lianfang.incidents import classifying, clocks, ending, verifying
from lianfang.incidents import operations as incidents
from lianfang.incidents.classifying import NotTheirsToSay, ReplacedAlready, Saying
from lianfang.incidents.clocks import VERIFIED, Begun
from lianfang.incidents.kinds import Illness, Method, Outcome, Paper, Source, Verdict
from lianfang.incidents.models import (
    Classification,
    Clearance,
    Incident,
    IncidentFact,
    LegalClock,
    OutsideNotice,
    Verification,
)
from lianfang.incidents.telling import Telling
from lianfang.incidents.telling import tell_outside as keep_notice
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import checking as monitoring
from lianfang.reporting.rules import Answers
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Post
from lianfang.rulebook.legal_clock_policy import (
    LegalRule,
    clinical_diagnosis,
    definition_in_force,
    legal_rules,
)
from lianfang.rulebook.queries import Rules, rules_in_force
from lianfang.rulebook.rules import matches
from lianfang.screening.operations import facts_of

# What a person may write down in words; the other kinds are written by what happens.
WRITTEN_BY_HAND = (IncidentFact.Kind.CALLED, IncidentFact.Kind.HOSPITAL, IncidentFact.Kind.NOTE)
# After these nothing of the incident is left to watch but what was watched before.
_ENDED_WELL = frozenset({Outcome.RECOVERED, Outcome.RULED_OUT, Outcome.OTHER_DIAGNOSIS})


class NotTheSchoolDoctor(Refused):
    code = "incidents.not-the-school-doctor"
    message = _("%(name)s does not hold the post of school doctor on this day.")


def write_down(
    *, incident: Incident, kind: str, text: str, by: Person, actor: Actor, now: datetime
) -> IncidentFact:
    """A call, the hospital, a note. Raises `Invalid` without words.

    Who was told outside is a record of its own: `tell_outside`.
    """
    if kind == IncidentFact.Kind.OUTSIDE:
        raise Invalid(
            {"kind": _("Who was told outside is noted on its own: with whom, when, how.")}
        )
    if kind not in WRITTEN_BY_HAND:
        raise Invalid({"kind": _("Please say what you did.")})
    if not text.strip():
        raise Invalid({"text": _("A few words, please: what happened, and with whom?")})
    return incidents.add_fact(
        incident=incident,
        kind=IncidentFact.Kind(kind),
        text=text,
        by=by,
        actor=actor,
        now=now,
    )


# ---------------------------------------------------------------- verified, classified


@transaction.atomic
def verify(
    *,
    incident: Incident,
    verdict: str,
    method: str,
    by: Person,
    actor: Actor,
    now: datetime,
    text: str = "",
    has_history: bool | None = None,
    at: datetime | None = None,
) -> Verification:
    """What asking found. A true one starts the clocks that its signs start.

    `has_history`: whether the person told of an epidemiological history; then the incident is
    classified as well, as said by the person. None: not known yet.
    """
    problems = {}
    if verdict not in Verdict.values:
        problems["verdict"] = _("Please say what you found.")
    if method not in Method.values:
        problems["method"] = _("Please say how you asked.")
    if verdict in Verdict.values and Verdict(verdict).dismisses and not text.strip():
        problems["text"] = verifying.NEEDS_WORDS
    if problems:
        raise Invalid(problems)
    was_dismissed = incident.is_dismissed
    row = verifying.verify(
        incident=incident, verdict=Verdict(verdict), method=Method(method), text=text, at=at,
        by=by, actor=actor, now=now,
    )  # fmt: skip
    if Verdict(verdict).dismisses:
        monitoring.follow_closing(person_id=incident.person_id, by=by, actor=actor, now=now)
    elif was_dismissed:
        monitoring.follow_incident(person_id=incident.person_id, incident_id=incident.pk, now=now)
    if not Verdict(verdict).is_true:
        return row
    _start_clocks(incident, Begun(VERIFIED, row.at), now)
    if has_history is not None and not incident.illness:
        kind = Illness.KEY_SYMPTOM if has_history else Illness.GENERAL_SYMPTOM
        source = Source.DOCTOR if method == Method.DOCTOR else Source.SELF
        _classify(incident, Saying(kind, source, at=row.at), None, by, actor, now)
    return row


@transaction.atomic
def classify(
    *,
    incident: Incident,
    kind: str,
    source: str,
    by: Person,
    actor: Actor,
    now: datetime,
    said_by: str = "",
    document: str = "",
    document_follows: bool = False,
    text: str = "",
    at: datetime | None = None,
    replaces: Classification | None = None,
) -> Classification:
    """Add what was said to the history; the clocks that it starts run from when it was said.

    Raises `NotTheirsToSay` where the source may not say so, `Invalid` with every problem.
    """
    problems = {}
    if kind not in Illness.values:
        problems["kind"] = _("Please choose how it was classified.")
    if source not in Source.values:
        problems["source"] = _("Please say who classified it.")
    if problems:
        raise Invalid(problems)
    saying = Saying(Illness(kind), Source(source), said_by, document, document_follows, text, at)
    return _classify(incident, saying, replaces, by, actor, now)


def _classify(
    incident: Incident, saying: Saying, replaces: Classification | None, by: Person,
    actor: Actor, now: datetime,
) -> Classification:  # fmt: skip
    settings = rules_in_force(now).settings
    definition = definition_in_force(settings, day=reporting_day(saying.at or now))
    row = classifying.classify(
        incident=incident,
        saying=saying,
        definition=definition.name if definition else "",
        clinical=clinical_diagnosis(settings),
        replaces=replaces,
        by=by,
        actor=actor,
        now=now,
    )
    if replaces is not None:
        clocks.drop(incident=incident, fact=replaces.kind, by=by, now=now)
    _start_clocks(incident, Begun(row.kind, row.at, said_by=row.source), now)
    _count_death(incident, row, now)
    return row


def _count_death(incident: Incident, row: Classification, now: datetime) -> None:
    """The count rules about deaths learn of it; what was written by mistake they forget."""
    if incident.illness == Illness.DIED:
        signs.note_death(
            person=incident.person, unit=incident.unit, on=reporting_day(row.at),
            rules=rules_in_force(now), now=now,
        )  # fmt: skip
    elif row.replaces_id is not None:
        signs.take_back_death(person=incident.person, now=now)


def _start_clocks(incident: Incident, begun: Begun, now: datetime) -> None:
    rules = rules_in_force(now)
    clocks.start(
        incident=incident,
        rules=legal_rules(rules.settings),
        edition_id=rules.edition_id,
        begun=begun,
        holds=_signs_of(incident, rules),
        now=now,
    )
    clocks.settle(incident=incident, now=now)


def _signs_of(incident: Incident, rules: Rules) -> Callable[[LegalRule], bool]:
    """Whether any report of the incident shows the signs that a rule asks for."""

    def holds(rule: LegalRule) -> bool:
        if rule.signs is None:
            return True
        reports = [
            fact.report
            for fact in incident.facts.filter(report__isnull=False).select_related("report")
        ]
        return any(
            report is not None
            and matches(
                rule.signs,
                facts_of(Answers.from_plain(report.answers), day=report.day, listed=frozenset()),
            )
            for report in reports
        )

    return holds


# ---------------------------------------------------------------- told outside


def tell_outside(
    *,
    incident: Incident,
    telling: Telling,
    by: Person,
    actor: Actor,
    now: datetime,
    replaces: OutsideNotice | None = None,
    reason: str = "",
) -> OutsideNotice:
    """Keep who was told; the clocks that it meets stop. A correction names what it replaces."""
    return keep_notice(
        incident=incident, telling=telling, replaces=replaces, reason=reason, by=by,
        actor=actor, now=now,
    )  # fmt: skip


def end_clock(
    *, clock: LegalClock, reason: str, by: Person, actor: Actor, now: datetime
) -> LegalClock:
    """Nobody has to be told after all, and why."""
    return clocks.end(clock=clock, reason=reason, by=by, actor=actor, now=now)


# ---------------------------------------------------------------- the end


def set_outcome(
    *,
    incident: Incident,
    outcome: str,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
) -> Incident:
    """How it ended. The reason is one of the list, the words are free."""
    problems = {}
    if outcome not in {one.value for one in ending.CHOSEN}:
        problems["closing"] = _("Please choose how it ended.")
    if not text.strip():
        problems["text"] = _("Please write who said so, and what was agreed.")
    if problems:
        raise Invalid(problems)
    return ending.set_outcome(
        incident=incident, outcome=Outcome(outcome), text=text, at=at, by=by, actor=actor, now=now
    )


def clear(
    *,
    incident: Incident,
    paper: str,
    checked_by: Person | None,
    by: Person,
    actor: Actor,
    now: datetime,
    document: str = "",
    issued_by: str = "",
    returns_on: date | None = None,
    at: datetime | None = None,
) -> Clearance:
    """The paper for the return to class. Raises `NotTheSchoolDoctor`."""
    problems = {}
    if paper not in Paper.values:
        problems["paper"] = _("Which paper is it?")
    if checked_by is None:
        problems["checked_by"] = _("Which school doctor has checked it?")
    if problems or checked_by is None:
        raise Invalid(problems)
    if checked_by not in school_doctors(now=now):
        raise NotTheSchoolDoctor(name=checked_by.name)
    return ending.clear(
        incident=incident, paper=Paper(paper), document=document, issued_by=issued_by,
        checked_by=checked_by, returns_on=returns_on, at=at, by=by, actor=actor, now=now,
    )  # fmt: skip


def school_doctors(*, now: datetime) -> list[Person]:
    """Whoever holds the post of school doctor today, or is on shift as one."""
    held = Post.objects.filter(roster.held_on(reporting_day(now)), role=Post.Role.DOCTOR)
    found = {post.person_id: post.person for post in held.select_related("person")}
    shifts = DutyShift.objects.filter(
        post=DutyShift.Post.DOCTOR, starts_at__lte=now, ends_at__gt=now
    )
    found |= {shift.person_id: shift.person for shift in shifts.select_related("person")}
    return sorted(found.values(), key=lambda person: (person.name_key, person.number))


@transaction.atomic
def close(
    *, incident: Incident, closing: str, text: str, by: Person, actor: Actor, now: datetime
) -> Incident:
    """End an incident that somebody took over and verified.

    `closing` is the outcome, set with it where none stands yet; empty: the one that stands.
    Where it ended well, the monitoring file of the person is watched again.
    """
    if closing in {Outcome.MISTAKE, Outcome.DISMISSED}:
        raise Invalid(
            {"closing": _("A false alarm is dismissed by verifying it, with the reason.")}
        )
    if not closing and not incident.outcome:
        raise Invalid({"closing": _("Please choose how it ended.")})
    if closing and closing not in Outcome.values:
        raise Invalid({"closing": _("Please choose how it ended.")})
    if not text.strip():
        raise Invalid({"text": _("Please write who said so, and what was agreed.")})
    if closing and closing != incident.outcome:
        set_outcome(incident=incident, outcome=closing, text=text, by=by, actor=actor, now=now)
    closed = ending.close(incident=incident, text=text, by=by, actor=actor, now=now)
    if closed.closing in _ENDED_WELL:
        monitoring.follow_closing(person_id=incident.person_id, by=by, actor=actor, now=now)
    return closed


__all__ = [
    "WRITTEN_BY_HAND", "NotTheSchoolDoctor", "NotTheirsToSay", "ReplacedAlready", "Telling",
    "classify", "clear", "close", "end_clock", "school_doctors", "set_outcome",
    "tell_outside", "verify", "write_down",
]  # fmt: skip

"""What the desk promises behind its pages (ORG-04, ORG-10, DR-07, ES-06, PR-09, PR-12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lianfang.accounts.models import ActivationCode
from lianfang.audit.models import Entry
from lianfang.incidents.models import Incident
from lianfang.incidents.operations import AcknowledgeFirst, IncidentIsClosed
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.refusals import Invalid
from lianfang.reporting import queries
from lianfang.reporting.models import CallRecord
from lianfang.roster.access import view_of
from lianfang.roster.models import Person
from lianfang.screening.models import Finding
from lianfang.screening.operations import AlreadyVerified
from lianfang.usecases import activation, desk_calls, handle_incident, keep_the_posts, looks
from tests.cast import FEVER, FINE, College

pytestmark = pytest.mark.django_db(transaction=True)


def ring(college: College, name: str, outcome: CallRecord.Outcome) -> None:
    desk_calls.record_call(
        person=college[name],
        day=college.today,
        outcome=outcome,
        note="",
        called_by=college["辅导员"],
        actor=college.actor("辅导员"),
        now=college.now,
    )


def test_no_number_without_its_trace(college: College) -> None:
    shown = desk_calls.reveal_phone(
        person=college["小明"],
        reason="<script>",
        actor=college.actor("辅导员"),
        now=college.now,
    )
    assert shown == college["小明"].phone
    entry = Entry.objects.get(verb="roster.phone.revealed")
    assert (entry.concerns, entry.detail) == (college["小明"].pk, {"reason": "other"})


def test_whoever_was_not_reached_is_counted_until_they_are(college: College) -> None:
    unit = college.unit("网络1班")
    ring(college, "小明", CallRecord.Outcome.NO_ANSWER)
    assert queries.ledger(unit, day=college.today).unreachable == 1
    ring(college, "小明", CallRecord.Outcome.TOLD)
    assert queries.ledger(unit, day=college.today).unreachable == 0
    ring(college, "小明", CallRecord.Outcome.WRONG_NUMBER)
    college.report("小明")
    assert queries.ledger(unit, day=college.today).unreachable == 0


def test_a_number_that_was_answered_is_a_number_that_was_tried(college: College) -> None:
    ring(college, "小明", CallRecord.Outcome.NO_ANSWER)
    assert Person.objects.get(pk=college["小明"].pk).phone_verified_at is None
    ring(college, "小明", CallRecord.Outcome.CONFIRMED)
    assert Person.objects.get(pk=college["小明"].pk).phone_verified_at == college.now


def test_a_call_back_settles_all_rules_of_a_report_or_none(college: College) -> None:
    report = college.report("小明", replace(FEVER, household_ill=True))
    first, *rest = Finding.objects.filter(report=report)
    assert rest
    call: dict[str, Any] = {
        "note": "",
        "by": college["辅导员"],
        "actor": college.actor("辅导员"),
        "now": college.now,
    }
    desk_calls.call_back(findings=[first], verdict=Finding.Verdict.TRUE, **call)
    with pytest.raises(AlreadyVerified):
        desk_calls.call_back(findings=[*rest, first], verdict=Finding.Verdict.MISTAKE, **call)
    assert not Finding.objects.filter(verdict="MISTAKE").exists()
    assert CallRecord.objects.count() == 1


def test_an_incident_ends_only_by_somebody_who_took_it_over_with_words(college: College) -> None:
    college.report("小明", FEVER)
    incident = Incident.objects.get()
    who: dict[str, Any] = {
        "by": college["主任"],
        "actor": college.actor("主任"),
        "now": college.now,
    }
    with pytest.raises(AcknowledgeFirst):
        handle_incident.close(incident=incident, closing="RECOVERED", text="ok", **who)
    with pytest.raises(Invalid):
        handle_incident.close(incident=incident, closing="RECOVERED", text=" ", **who)
    with pytest.raises(Invalid):
        handle_incident.close(incident=incident, closing="FORGOTTEN", text="ok", **who)
    assert Incident.objects.get().is_open


@pytest.mark.parametrize("kind", ["CLOSED", "REPORTED", "NOBODY_ANSWERED", "", "NONE"])
def test_facts_that_only_happen_are_not_written_by_hand(college: College, kind: str) -> None:
    college.report("小明", FEVER)
    with pytest.raises(Invalid):
        handle_incident.write_down(
            incident=Incident.objects.get(),
            kind=kind,
            text="x",
            by=college["主任"],
            actor=college.actor("主任"),
            now=college.now,
        )


def test_a_closed_incident_takes_no_more_facts(college: College) -> None:
    college.report("小明", FEVER)
    incident = Incident.objects.get()
    Incident.objects.update(state="ACKNOWLEDGED")
    who: dict[str, Any] = {
        "by": college["主任"],
        "actor": college.actor("主任"),
        "now": college.now,
    }
    with pytest.raises(Invalid):
        handle_incident.close(incident=incident, closing="MISTAKE", text="填错", **who)
    handle_incident.verify(
        incident=incident, verdict="TYPED_WRONG", method="PHONE", text="填错", **who
    )
    with pytest.raises(IncidentIsClosed):
        handle_incident.write_down(incident=incident, kind="NOTE", text="x", **who)


def test_looks_are_kept_with_the_person_they_concern(college: College) -> None:
    report = college.report("小明", FEVER)
    incident = Incident.objects.get()
    actor = college.actor("组长")
    looks.incident_seen(incident=incident, named=False, actor=actor, now=college.now)
    looks.answers_seen(person=college["小明"], reports=[report], actor=actor, now=college.now)
    seen = Entry.objects.filter(concerns=college["小明"].pk, actor_label="组长")
    assert {entry.verb: entry.detail for entry in seen} == {
        "incidents.incident.seen": {"named": False},
        "reporting.answers.seen": {"days": ["2020-02-01"]},
    }


def test_a_code_for_somebody_with_a_post_is_refused_and_none_is_made(college: College) -> None:
    people = [college["小明"], college["主任"]]
    with pytest.raises(activation.HoldsAPost):
        activation.issue_codes(
            people=people,
            by=college["辅导员"],
            by_operator=False,
            actor=college.actor("辅导员"),
            now=college.now,
        )
    assert not ActivationCode.objects.exists()
    slips = activation.issue_codes(
        people=people, by=None, by_operator=True, actor=OPERATOR, now=college.now
    )
    assert [len(slip.code) for slip in slips] == [8, 8]
    stored = " ".join(ActivationCode.objects.values_list("code_index", flat=True))
    assert all(slip.code not in stored for slip in slips)


def test_nobody_gives_themselves_a_post(college: College) -> None:
    with pytest.raises(keep_the_posts.NotOneself):
        keep_the_posts.appoint(
            person=college["主任"],
            unit=college.unit("网络1班"),
            role="COUNSELOR",
            is_deputy=False,
            day=college.today,
            actor=college.actor("主任"),
            now=college.now,
        )


def test_a_class_reporter_knows_of_no_events(college: College) -> None:
    college.enrol("班长", "网络1班")
    college.appoint("班长", "网络1班", "CLASS_REPORTER")
    sight = view_of(college["班长"], day=college.today)
    unit = college.unit("网络1班").pk
    assert unit in sight.figure_units
    assert unit in sight.name_units
    for closed in (sight.event_figure_units, sight.event_units, sight.answer_units):
        assert unit not in closed
    college.report("小明", FINE)
    assert not sight.may_see_answers(college["小明"], has_events=True)

"""Advised, gone, seen, result, back: each step with its timer, and one reminder to the owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from lianfang.incidents.models import Incident, IncidentFact, Referral
from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Message
from lianfang.usecases import acknowledge_incident, handle_incident, referrals
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    college.report("小明", FEVER)
    college.work()
    acknowledge_incident.acknowledge(
        incident=Incident.objects.get(), by=college["辅导员"], actor=college.actor("辅导员"),
        now=college.now,
    )  # fmt: skip
    return college


def advise(college: College, hospital: str = "示例市中心医院") -> Referral:
    return referrals.advise(
        incident=Incident.objects.get(), hospital=hospital, by=college["主任"],
        actor=college.actor("主任"), now=college.now,
    )  # fmt: skip


def step(college: College, name: str, result: str = "") -> Referral:
    return referrals.take_step(
        referral=Referral.objects.select_related("incident").get(), step=name, result=result,
        by=college["辅导员"], actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip


def test_a_step_that_stays_out_reminds_its_owner_once(college: College) -> None:
    assert advise(college).owner == college["辅导员"]
    college.fast_forward(minutes=179)
    assert college.told(reference="referral:") == []
    college.fast_forward(minutes=1)
    assert college.told(reference="referral:") == ["辅导员"]
    letter = Message.objects.get(reference__startswith="referral:")
    assert "小明" not in letter.body
    assert "示例市" not in letter.body
    college.fast_forward(hours=12)
    assert college.told(reference="referral:") == ["辅导员"]


def test_each_step_has_its_own_timer_and_stands_on_the_time_line(college: College) -> None:
    advise(college)
    college.fast_forward(hours=1)
    assert step(college, "went").next_due_at == college.now + timedelta(minutes=240)
    step(college, "seen")
    with pytest.raises(Invalid):
        step(college, "result", " ")  # the words could not be added later
    step(college, "result", "胸片正常")
    done = step(college, "back")
    assert (done.next_due_at, done.next_step) == (None, None)
    facts = IncidentFact.objects.filter(kind="HOSPITAL")
    assert facts.count() == 5
    for language, words in (("en", "advised to go · "), ("zh-hans", "已建议就诊 · ")):
        with override(language):
            assert facts.earliest("at").words.startswith(words)
    college.fast_forward(days=2)
    assert college.told(reference="referral:") == []
    advise(college)  # a second way after the first one has ended


def test_what_lies_between_stays_unknown_and_nothing_goes_back(college: College) -> None:
    advise(college)
    skipped = step(college, "seen")
    assert (skipped.went_at, skipped.next_step) == (None, Referral.Step.RESULT)
    for name in ("advised", "went", "seen"):
        with pytest.raises(referrals.StepIsOver):
            step(college, name)
    with pytest.raises(Invalid):
        step(college, "lost")


def test_one_way_at_a_time_and_it_needs_a_hospital(college: College) -> None:
    with pytest.raises(Invalid):
        advise(college, "  ")
    advise(college)
    with pytest.raises(referrals.AlreadyOnTheWay):
        advise(college)


def test_a_closed_incident_reminds_nobody(college: College) -> None:
    advise(college)
    handle_incident.verify(
        incident=Incident.objects.get(), verdict="TRUE", method="PHONE",
        by=college["辅导员"], actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    handle_incident.close(
        incident=Incident.objects.get(), closing="RECOVERED", text="医院说是感冒",
        by=college["辅导员"], actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    college.fast_forward(hours=4)
    assert college.told(reference="referral:") == []

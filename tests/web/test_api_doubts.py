"""Doubts over the API: who may need help, records that disagree, and who never reads of either."""

from __future__ import annotations

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.doubts.models import Asked, Contradiction, Question
from tests.api import answered, integration, logged_in, operator, problem
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)
RECORDS = [
    {"what": "REPORT", "value": "AT_HOME", "at": "2020-02-01T08:00:00+08:00"},
    {"what": "GATE", "value": "IN", "at": "2020-02-01T09:12:00+08:00"},
]


def test_a_question_goes_to_the_head_alone_and_is_answered_once(college: College) -> None:
    asked = Question.objects.create(
        unit=college.unit("网络1班"), day=college.today, asked_at=college.now
    )
    Asked.objects.create(question=asked, person=college["小明"], signs="SAME_SECOND,COMBINED")
    head = integration(*Scope, name="校务", college=college).acting_for(college["主任"].number)
    (row,) = answered(head.get("/questions"))["questions"]
    assert (row["people"][0]["person"]["name"], row["people"][0]["signs"]) == (
        "小明", ["SAME_SECOND", "COMBINED"],
    )  # fmt: skip
    path, body = f"/questions/{asked.pk}/answer", {"answer": "HELPED", "note": "给了体温计"}
    for name in ("辅导员", "组长", "小明", "外辅导员"):
        me = logged_in(college, name)
        assert "小明" not in me.get("/questions").content.decode()
        assert problem(me.post(path, body))[0] == 404
    assert problem(operator(college).get("/questions"))[0] == 403
    assert answered(head.post(path, body))["state"] == "CLOSED"
    assert problem(head.post(path, body))[:2] == (409, "doubts.question-is-answered")
    assert answered(head.get("/questions", settled="true"))["total"] == 1


def test_records_that_disagree_are_compared_and_closed_by_whoever_cares(college: College) -> None:
    one = Contradiction.objects.create(
        person=college["小明"], unit=college.unit("网络1班"), day=college.today,
        kind="AWAY_BUT_GATE", records={"records": RECORDS}, found_at=college.now,
    )  # fmt: skip
    token = integration(*Scope, name="校务", college=college)
    me = token.acting_for(college["辅导员"].number)
    (row,) = answered(me.get("/contradictions"))["contradictions"]
    assert [said["value"] for said in row["records"]] == ["AT_HOME", "IN"]
    seen = Entry.objects.filter(verb="doubts.contradiction.seen", concerns=college["小明"].pk)
    assert seen.count() == 1
    path = f"/contradictions/{one.pk}/close"
    assert problem(me.post(path, {"truth": "BOTH"})) == (422, "invalid", {"note"})
    body = {"truth": "BOTH", "note": "本人说回校取书"}
    for name in ("外辅导员", "小明", "小红"):
        assert problem(logged_in(college, name).post(path, body))[0] == 404
    little = integration(Scope.CARE_READ, name="屏", college=college)
    (bare,) = answered(little.acting_for(college["辅导员"].number).get("/contradictions"))[
        "contradictions"
    ]
    assert (bare["person"], bare["records"]) == (None, None)
    assert answered(me.post(path, body))["truth"] == "BOTH"
    assert problem(me.post(path, body))[:2] == (409, "doubts.contradiction-is-closed")

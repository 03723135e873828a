"""Incidents over the API: never a health answer, a name only where it is the caller's to see."""

from __future__ import annotations

from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.incidents.models import Incident, IncidentFact
from lianfang.usecases import handle_incident
from tests.api import Caller, integration, logged_in, problem
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    college.report("小明", FEVER)
    return college


@pytest.fixture
def incident(college: College) -> Incident:
    return Incident.objects.get()


def names(caller: Caller) -> list[str | None]:
    told = caller.get("/incidents").json()["incidents"]
    return [one["person"] and one["person"]["name"] for one in told]


@pytest.mark.parametrize(
    "name,shown",
    [
        ("辅导员", ["小明"]),
        ("主任", ["小明"]),
        ("书记", ["小明"]),
        ("值班员", ["小明"]),
        ("组长", [None]),
        ("外辅导员", []),
        ("外人", []),
        ("小明", []),
    ],
)
def test_who_sees_an_incident_and_its_name(
    college: College, name: str, shown: list[str | None]
) -> None:
    assert names(logged_in(college, name)) == shown


def test_no_answer_of_the_api_carries_health(college: College, incident: Incident) -> None:
    caller = integration(*Scope, college=college)
    for answer in (caller.get("/incidents"), caller.get(f"/incidents/{incident.pk}")):
        for word in ("38.2", "fever", "发热", "cough"):
            assert word not in answer.content.decode()


def test_a_look_is_written_down_with_whether_it_showed_a_name(
    college: College, incident: Incident
) -> None:
    integration(Scope.INCIDENTS_READ, college=college).get(f"/incidents/{incident.pk}")
    logged_in(college, "辅导员").get(f"/incidents/{incident.pk}")
    looks = Entry.objects.filter(verb="incidents.incident.seen").order_by("id")
    assert [look.detail["named"] for look in looks] == [False, True]
    assert {look.concerns for look in looks} == {college["小明"].pk}


def test_a_token_sees_names_only_with_the_scope_for_people(college: College) -> None:
    assert names(integration(Scope.INCIDENTS_READ, college=college)) == [None]
    both = integration(Scope.INCIDENTS_READ, Scope.PEOPLE_READ, name="值班大屏", college=college)
    assert names(both) == ["小明"]


def test_a_bound_token_sees_no_incident_of_another_unit(
    college: College, incident: Incident
) -> None:
    bound = integration(Scope.INCIDENTS_READ, unit=college.unit("护理系"), college=college)
    assert names(bound) == []
    assert problem(bound.get(f"/incidents/{incident.pk}"))[:2] == (404, "not-found")


# ---------------------------------------------------------------- taking over


def test_one_person_takes_it_over_and_the_climb_ends(college: College, incident: Incident) -> None:
    answer = logged_in(college, "值班员").post(f"/incidents/{incident.pk}/acknowledge", {})
    assert (answer.status_code, answer.json()["acknowledged_by"]) == (200, "值班员")
    college.fast_forward(minutes=60)
    assert college.told()[3:] == []
    second = logged_in(college, "辅导员").post(f"/incidents/{incident.pk}/acknowledge", {})
    assert problem(second)[:2] == (409, "incidents.already-acknowledged")
    assert "值班员" in second.json()["message"]


def test_no_body_is_needed_to_take_over(college: College, incident: Incident) -> None:
    me = logged_in(college, "辅导员")
    path = f"/api/v1/incidents/{incident.pk}/acknowledge"
    answer = me.client.generic("POST", path, headers=me.headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["外辅导员", "外人", "小明", "小红"])
def test_what_is_not_ones_to_see_is_not_ones_to_take_over(
    college: College, incident: Incident, name: str
) -> None:
    answer = logged_in(college, name).post(f"/incidents/{incident.pk}/acknowledge", {})
    assert problem(answer)[0] == 404
    incident.refresh_from_db()
    assert incident.waits


def test_seeing_the_code_is_not_enough_to_take_over(college: College, incident: Incident) -> None:
    answer = logged_in(college, "组长").post(f"/incidents/{incident.pk}/acknowledge", {})
    assert problem(answer)[:2] == (403, "forbidden")


def test_another_system_passes_on_who_answers(college: College, incident: Incident) -> None:
    bridge = integration(
        Scope.INCIDENTS_READ, Scope.INCIDENTS_WRITE, name="企业微信", college=college
    )
    path = f"/incidents/{incident.pk}/acknowledge"
    assert problem(bridge.post(path, {})) == (422, "invalid", {"by"})
    assert problem(bridge.post(path, {"by": "nobody"}))[0] == 404
    for name in ("外辅导员", "小明"):
        assert problem(bridge.post(path, {"by": college[name].number}))[0] in {403, 404}
    answer = bridge.post(path, {"by": college["主任"].number})
    assert answer.json()["acknowledged_by"] == "主任"
    entry = Entry.objects.get(verb="incidents.incident.acknowledged")
    assert (entry.actor_kind, entry.actor_label) == ("INTEGRATION", "企业微信")


def test_what_was_done_is_written_down_and_the_end_has_a_reason(
    college: College, incident: Incident
) -> None:
    me = logged_in(college, "辅导员")
    path = f"/incidents/{incident.pk}"
    early = me.post(f"{path}/close", {"closing": "RECOVERED", "text": "好了"})
    assert problem(early)[:2] == (409, "incidents.acknowledge-first")
    me.post(f"{path}/acknowledge", {})
    assert me.post(f"{path}/facts", {"kind": "CALLED", "text": "已通话"}).status_code == 201
    assert problem(me.post(f"{path}/close", {"closing": "RECOVERED", "text": ""}))[0] == 422
    unverified = me.post(f"{path}/close", {"closing": "RULED_OUT", "text": "医院排除"})
    assert problem(unverified)[:2] == (409, "incidents.verify-before-closing")
    incident.refresh_from_db()
    handle_incident.verify(
        incident=incident, verdict="TRUE", method="PHONE", by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    closed = me.post(f"{path}/close", {"closing": "RULED_OUT", "text": "医院排除"}).json()
    assert (closed["state"], closed["closing"]) == ("CLOSED", "RULED_OUT")
    kinds = IncidentFact.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["REPORTED", "ACKNOWLEDGED", "CALLED", "OUTCOME", "CLOSED"]
    assert names(me) == []
    assert len(me.get("/incidents", state="closed").json()["incidents"]) == 1


@pytest.mark.parametrize("name", ["组长", "外辅导员"])
def test_only_who_may_act_writes_something_down(
    college: College, incident: Incident, name: str
) -> None:
    me = logged_in(college, name)
    body: dict[str, Any] = {"kind": "NOTE", "text": "x"}
    assert problem(me.post(f"/incidents/{incident.pk}/facts", body))[0] in {403, 404}

"""Care over the API: the course of an incident, key monitoring, exposures, alerts, quarantine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.monitoring import operations as monitoring
from lianfang.monitoring.models import MonitoringFile
from lianfang.screening.models import ExposureHit
from lianfang.usecases import monitoring as use_monitoring
from tests.api import Caller, answered, integration, logged_in, operator, problem
from tests.cast import College
from tests.flow.cluster_cast import falls_ill, house, the_alert
from tests.flow.incident_cast import fever
from tests.flow.quarantine_cast import REASON, order

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "和从武汉回来的亲戚吃饭"


def token_of(college: College, *scopes: Scope, name: str = "校医院系统") -> Caller:
    return integration(*(scopes or tuple(Scope)), name=name, college=college)


# ---------------------------------------------------------------- the course of an incident


def test_an_incident_is_verified_classified_told_outside_and_ended(college: College) -> None:
    incident = fever(college)
    token = token_of(college)
    path = f"/incidents/{incident.pk}"
    body = {"verdict": "TRUE", "method": "PHONE", "text": "本人接听,确有发热"}
    assert problem(token.post(f"{path}/verify", body))[:2] == (422, "api.say-who-acts")
    officer = token.acting_for(college["值班员"].number)
    verified = answered(officer.post(f"{path}/verify", body))
    assert (verified["verdict"], verified["verifications"][0]["by"]) == ("TRUE", "值班员")
    wrong = officer.post(f"{path}/classify", {"kind": "CONFIRMED", "source": "SELF"})
    assert problem(wrong)[0] in {403, 422}
    said = answered(
        officer.post(
            f"{path}/classify",
            {"kind": "SUSPECTED", "source": "HOSPITAL", "said_by": "王医生",
             "document": "发热门诊〔2020〕17号"},
        )
    )  # fmt: skip
    assert said["illness"] == "SUSPECTED"
    assert [clock["met_at"] for clock in said["clocks"]].count(None) >= 1
    call = {"organisation": "CDC", "method": "PHONE", "spoke_with": "李科长", "given": "首报"}
    assert problem(officer.post(f"{path}/told", call))[2] == {"phone"}
    told = answered(officer.post(f"{path}/told", call | {"phone": "0818-2112345"}))
    assert told["told"][0]["organisation"] == "CDC"
    way = answered(officer.post(f"{path}/referral", {"hospital": "市中心医院"}))["ways"][0]
    gone = answered(officer.post(f"/referrals/{way['id']}/step", {"step": "went"}))
    assert gone["ways"][0]["went_at"]


def test_the_course_is_health_and_every_look_is_written_down(college: College) -> None:
    incident = fever(college)
    path = f"/incidents/{incident.pk}/course"
    assert answered(logged_in(college, "辅导员").get(path))["incident"] == incident.pk
    assert Entry.objects.filter(
        verb="incidents.incident.seen", actor_id=college["辅导员"].pk, concerns=college["小明"].pk
    ).exists()
    for name in ("外辅导员", "小红"):
        assert problem(logged_in(college, name).get(path))[0] in {403, 404}
    assert problem(logged_in(college, "组长").get(path))[0] == 403
    assert problem(operator(college).get(path))[0] == 403
    little = token_of(college, Scope.INCIDENTS_READ, name="大屏").acting_for(
        college["辅导员"].number
    )
    assert problem(little.get(path))[:2] == (403, "api.scope-missing")


# ---------------------------------------------------------------- key monitoring


def file_of(college: College) -> MonitoringFile:
    return monitoring.open_file(
        person=college["小明"], category="MET_FROM_AREA", reason=SECRET, evidence="摸排表",
        last_exposure_on=college.today, source="exposure:1", by=college["主任"],
        actor=college.actor("主任"), now=college.now,
    )  # fmt: skip


def test_a_file_of_key_monitoring_is_seen_verified_and_not_released_early(
    college: College,
) -> None:
    file = file_of(college)
    token = token_of(college)
    me = token.acting_for(college["辅导员"].number)
    (row,) = me.get("/monitoring").json()["files"]
    assert (row["person"]["name"], row["state"]) == ("小明", "TO_VERIFY")
    path = f"/monitoring/{file.pk}"
    seen = answered(me.get(path))
    assert (seen["reason"], seen["may"]) == (SECRET, ["act"])
    told = answered(me.post(f"{path}/verify", {"told_how": "PHONE", "text": "已电话告知"}))
    assert told["state"] == "WATCHED"
    check = {"unwell": False, "temperature": 36.5, "site": "axilla", "method": "PHONE"}
    answer = me.post(f"{path}/check", check)
    assert answer.status_code in {200, 404}  # no slot is open at this hour of the first day
    out = {"text": "观察期满", "proof_number": ""}
    assert problem(me.post(f"{path}/release", out))[:2] == (403, "forbidden")
    head = token.acting_for(college["主任"].number)
    assert problem(head.post(f"{path}/release", out))[0] == 409


def test_a_file_is_nobodys_but_those_who_care(college: College) -> None:
    file = file_of(college)
    path = f"/monitoring/{file.pk}"
    for name in ("外辅导员", "小红", "小明"):
        assert problem(logged_in(college, name).get(path))[0] == 404
    leader = answered(logged_in(college, "组长").get(path))
    assert (leader["person"], leader["reason"], leader["slots"]) == (None, None, [])
    little = token_of(college, Scope.CARE_READ, Scope.PEOPLE_READ, name="宿管")
    bare = little.acting_for(college["辅导员"].number).get(path)
    assert SECRET not in bare.content.decode()
    assert problem(little.get(path))[:2] == (422, "api.say-who-acts")
    bound = integration(*Scope, name="护理", unit=college.unit("护理系"), college=college)
    assert problem(bound.acting_for(college["辅导员"].number).get(path))[0] == 404
    assert problem(operator(college).get(path))[0] == 403
    assert (
        Entry.objects.filter(verb="monitoring.file.seen", concerns=college["小明"].pk).count() == 2
    )


def test_days_are_explained_needs_noted_and_what_was_contested_is_decided(
    college: College,
) -> None:
    file = file_of(college)
    token = token_of(college)
    carer, head = (token.acting_for(college[name].number) for name in ("辅导员", "主任"))
    path, day = f"/monitoring/{file.pk}", college.today.isoformat()
    gap = {"first_on": day, "last_on": "2020-03-01", "text": "停电,电话问过"}
    assert problem(carer.post(f"{path}/explain", gap)) == (422, "invalid", {"last_on"})
    answered(carer.post(f"{path}/explain", gap | {"last_on": day}))
    answered(carer.post(f"{path}/need", {"text": "需要体温计"}))
    assert (file.explanations.count(), file.needs.count()) == (1, 1)
    answer = {"outcome": "STANDS", "answer": "流调核实过"}
    assert problem(head.post(f"{path}/contest", answer))[0] == 404
    use_monitoring.contest(
        file=file, text="我没有去过", actor=college.actor("小明"), now=college.now
    )
    assert problem(carer.post(f"{path}/contest", answer))[:2] == (403, "forbidden")
    answered(head.post(f"{path}/contest", answer))
    assert file.contests.get().outcome == "STANDS"


# ---------------------------------------------------------------- exposures


def test_an_exposure_is_settled_and_opens_a_file(college: College) -> None:
    hit = ExposureHit.objects.create(
        person=college["小明"], unit=college.unit("网络1班"), kind="IN_AREA", area_code="420100",
        found_at=college.now, last_exposed_on=date(2020, 1, 25), seen_until_on=date(2020, 1, 25),
        evidence=[],
    )  # fmt: skip
    me = token_of(college).acting_for(college["辅导员"].number)
    (row,) = me.get("/exposures").json()["exposures"]
    assert (row["person"]["name"], row["area"]) == ("小明", "420100")
    seen = answered(me.get(f"/exposures/{hit.pk}"))
    assert (seen["person"]["name"], seen["file"], bool(seen["why"])) == ("小明", None, True)
    assert (
        Entry.objects.filter(verb="screening.exposure.seen", concerns=college["小明"].pk).count()
        == 1
    )
    for name in ("外辅导员", "组长", "小红", "小明"):
        answer = logged_in(college, name).get(f"/exposures/{hit.pk}")
        assert problem(answer)[0] in {403, 404}, name
        assert "小明" not in answer.content.decode()
    path = f"/exposures/{hit.pk}/verdict"
    assert problem(logged_in(college, "外辅导员").post(path, {"verdict": "TRUE"}))[0] == 404
    done = answered(me.post(path, {"verdict": "TRUE", "reason": "本人确认到过武汉"}))
    assert MonitoringFile.objects.get(pk=done["file"]).person == college["小明"]
    assert problem(me.post(path, {"verdict": "NOT_TRUE", "reason": "x"}))[0] == 409
    assert me.get("/exposures").json()["total"] == 0
    assert me.get("/exposures", settled="true").json()["total"] == 1


# ---------------------------------------------------------------- early warning


def test_an_alert_is_taken_verified_and_told_outside(it_is: Callable[[datetime], None]) -> None:
    college = house()
    for number in (2, 3, 4):
        falls_ill(college, f"{number}班1号")
    it_is(college.now)
    alert = the_alert()
    token = token_of(college)
    officer = token.acting_for(college["值班员"].number)
    assert officer.get("/clusters").json()["total"] == 1
    path = f"/clusters/{alert.pk}"
    seen = answered(officer.get(path))
    assert {one["person"]["name"] for one in seen["people"]} == {"2班1号", "3班1号", "4班1号"}
    counselor = answered(logged_in(college, "辅导员").get(path))
    names = [one["person"]["name"] for one in counselor["people"] if one["person"]]
    assert names == ["2班1号"]
    little = token_of(college, Scope.CARE_READ, Scope.PEOPLE_READ, name="大屏")
    bare = little.acting_for(college["值班员"].number).get(path).json()
    assert {one["person"] for one in bare["people"]} == {None}
    assert problem(logged_in(college, "外辅导员").get(path))[0] == 404
    assert answered(officer.post(f"{path}/take", {}))["taken_by"] == "值班员"
    told = {"whom": "CDC", "told_at": college.now.isoformat(), "text": "已电话报告"}
    assert answered(officer.post(f"{path}/told", told))["told_at"]
    wrong = officer.post(f"{path}/verify", {"choice": "PERHAPS", "text": "x"})
    assert problem(wrong)[2] == {"choice"}


# ---------------------------------------------------------------- quarantine


def test_orders_are_listed_without_their_reason(college: College) -> None:
    found = order(college)
    me = token_of(college).acting_for(college["辅导员"].number)
    (row,) = me.get("/quarantine").json()["orders"]
    assert (row["person"]["name"], row["held_from"]) == ("小明", "2020-02-01")
    seen = me.get(f"/quarantine/{found.pk}")
    assert answered(seen)["authority"] == "通川区疾控中心"
    assert REASON not in seen.content.decode()
    assert Entry.objects.filter(verb="quarantine.order.seen").count() == 1
    for name in ("外辅导员", "小红", "小明"):
        assert problem(logged_in(college, name).get(f"/quarantine/{found.pk}"))[0] == 404
    assert me.get("/needs").json()["total"] == 0
    assert problem(logged_in(college, "组长").get("/quarantine"))[0] == 403

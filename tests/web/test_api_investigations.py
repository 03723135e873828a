"""Contacts over the API: opened, named, shared out, handed over by two, linked, ended, closed."""

from __future__ import annotations

from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.contacts.models import Contact, Investigation, Package
from lianfang.monitoring.models import MonitoringFile
from tests.api import Caller, acting, answered, logged_in, problem
from tests.cast import College
from tests.flow.incident_cast import fever

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "姓名,身份证号,手机号,备用电话,学号,末次接触时间,备注"
WORD = {"officer": "李科长", "document": "达疾控函〔2020〕7号", "document_on": "2020-02-01"}


@pytest.fixture
def college(college: College) -> College:
    college.lodge(小明="101", 小红="101", 小刚="102")
    return college


def opened(college: College, me: Caller, name: str = "小明") -> str:
    body = {"person": college[name].number, "anchor_on": "2020-01-31"}
    return f"/investigations/{answered(me.post('/investigations', body))['id']}"


def test_an_investigation_is_opened_once_of_an_incident_and_of_an_outside_case(
    college: College,
) -> None:
    incident = fever(college)
    me = acting(college, "值班员")
    body = {"incident": incident.pk, "anchor_on": "2020-02-30"}
    assert problem(me.post("/investigations", body)) == (422, "invalid", {"anchor_on"})
    body["anchor_on"] = "2020-02-01"
    first = answered(me.post("/investigations", body, Idempotency_Key="o"))
    assert answered(me.post("/investigations", body, Idempotency_Key="o"))["id"] == first["id"]
    assert (first["counts"]["PROPOSED"], first["anchor_on"]) == (2, "2020-02-01")
    assert problem(me.post("/investigations", body))[:2] == (409, "contacts.already-investigated")
    outside = {"anchor_on": "2020-01-31", "outside_code": "达川-017"}
    assert problem(me.post("/investigations", {"anchor_on": "2020-01-31"}))[2] == {"outside_code"}
    assert answered(me.post("/investigations", outside))["unit"] is None
    changed = {"anchor_on": "2020-01-30", "isolated_on": "2020-02-01"}
    path = f"/investigations/{first['id']}"
    assert answered(me.post(f"{path}/window", changed))["isolated_on"] == "2020-02-01"
    assert problem(me.post(f"{path}/window", {"anchor_on": "2020-03-01"}))[2] == {"anchor_on"}
    assert Investigation.objects.count() == 2


def test_nobody_opens_or_changes_a_case_that_is_not_theirs(college: College) -> None:
    path = opened(college, acting(college, "值班员"))
    body = {"person": college["小红"].number, "anchor_on": "2020-01-31"}
    for name in ("辅导员", "外辅导员", "组长", "小红"):
        me = logged_in(college, name)
        assert problem(me.post("/investigations", body))[:2] == (403, "forbidden"), name
        for what, said in (
            ("name", {"name": "张三", "phone": "13800000000", "last_on": "2020-02-01", "mode": "OTHER"}),
            ("window", {"anchor_on": "2020-01-30"}),
            ("link", {"text": "同住"}),
            ("close", {"text": "没有"}),
            ("team", {"person": college["辅导员"].number}),
            ("packages", {"organisation": "a", "receiver": "b", "purpose": "c", "request_number": "d"}),
        ):  # fmt: skip
            answer = me.post(f"{path}/{what}", said)
            assert problem(answer)[0] == 404, (name, what)
            assert "小明" not in answer.content.decode()
    other = logged_in(college, "主任")
    assert problem(other.post("/investigations", body | {"person": "外人"}))[2] == {"person"}
    mine = {"person": college["值班员"].number, "anchor_on": "2020-01-31"}
    assert problem(logged_in(college, "值班员").post("/investigations", mine))[2] == {"person"}


def test_somebody_unknown_to_the_campus_is_named_observed_and_ended(college: College) -> None:
    me = acting(college, "值班员")
    path = opened(college, me)
    body = {"name": "张三", "last_on": "2020-02-01", "mode": "SHARED_MEAL", "protection": "NONE"}
    assert problem(me.post(f"{path}/name", body))[2] == {"phone"}
    assert problem(me.post(f"{path}/name", body | {"person": "没有"}))[2] == {"person"}
    late = body | {"phone": "13800000000", "last_on": "2021-02-01"}
    assert problem(me.post(f"{path}/name", late))[2] == {"last_on"}
    early = me.post(f"{path}/name", late | {"last_on": "2019-12-01"}).json()
    assert "%(" not in early["fields"]["last_on"]
    outsider = answered(me.post(f"{path}/name", body | {"phone": "13800000000"}))
    assert (outsider["name"], outsider["person"], outsider["origin"]) == ("张三", None, "HAND")
    little = acting(college, "值班员", Scope.CARE_READ, token="屏")
    seen = little.get(path, state=outsider["state"])
    assert "张三" not in seen.content.decode()
    assert problem(me.post(f"{path}/close", {"text": "结束"}))[:2] == (
        409,
        "contacts.still-to-decide",
    )
    end = f"/contacts/{outsider['id']}/end"
    assert problem(me.post(end, {"outcome": "HEALED"}))[2] == {"outcome"}
    assert problem(logged_in(college, "主任").post(end, {"outcome": "LOST"}))[0] == 403
    assert answered(me.post(end, {"outcome": "LOST", "text": "搬走"}))["outcome"] == "LOST"
    for one in Contact.objects.exclude(pk=outsider["id"]):
        decided = {"contacts": [one.pk], "state": "DISMISSED", "text": "未见面"}
        answered(me.post(f"{path}/decide", decided))
    assert answered(me.post(f"{path}/close", {"text": "全部结束"}))["state"] == "CLOSED"


def test_a_team_shares_the_calls_and_a_phone_is_shown_to_whoever_calls(college: College) -> None:
    me = acting(college, "值班员")
    path = opened(college, me)
    keys = list(Contact.objects.values_list("pk", flat=True))
    answered(me.post(f"{path}/decide", {"contacts": keys, "state": "CONFIRMED"}))
    assert problem(me.post(f"{path}/team", {"person": "没有"}))[2] == {"person"}
    team = answered(me.post(f"{path}/team", {"person": college["辅导员"].number}))
    assert [(one["person"]["name"], one["calls"]) for one in team["members"]] == [("辅导员", 2)]
    caller = acting(college, "辅导员", token="外呼")
    (first, *_more) = answered(caller.get("/visits"))["visits"]
    phone = answered(caller.post(f"/visits/{first['id']}/phone", {}))["phone"]
    person = Contact.objects.get(visits=first["id"]).person
    assert person is not None
    assert phone == person.phone
    assert Entry.objects.filter(verb="roster.phone.revealed", concerns=person.pk).count() == 1
    assert (
        problem(logged_in(college, "外辅导员").post(f"/visits/{first['id']}/phone", {}))[0] == 404
    )
    scopes = [scope for scope in Scope if scope != Scope.PHONES_READ]
    mute = acting(college, "辅导员", *scopes, token="无号")
    assert problem(mute.post(f"/visits/{first['id']}/phone", {}))[1] == "api.scope-missing"
    left = answered(me.post(f"/team/{team['members'][0]['id']}/leave", {}))
    assert (left["members"], left["unshared"]) == ([], 2)
    assert problem(logged_in(college, "辅导员").get(f"{path}/team"))[0] == 404


def test_a_package_goes_out_by_two_and_its_file_to_whoever_asked(college: College) -> None:
    me = acting(college, "值班员")
    path = opened(college, me)
    keys = list(Contact.objects.values_list("pk", flat=True))
    answered(me.post(f"{path}/decide", {"contacts": keys, "state": "CONFIRMED"}))
    body = {
        "organisation": "通川区疾控中心", "receiver": "李科长", "purpose": "流调",
        "request_number": "7号", "fields": ["code", "name"], "layout": "CSV",
    }  # fmt: skip
    wrong = problem(me.post(f"{path}/packages", body | {"receiver": " ", "fields": ["health"]}))
    assert wrong == (422, "invalid", {"receiver", "fields"})
    asked = answered(me.post(f"{path}/packages", body, Idempotency_Key="p"))
    assert answered(me.post(f"{path}/packages", body, Idempotency_Key="p"))["id"] == asked["id"]
    one = f"/packages/{asked['id']}"
    assert problem(me.get(f"{one}/file"))[0] in {403, 404, 409, 410}
    assert problem(me.post(f"{one}/step", {"step": "approve"}))[1] == "contacts.second-person"
    second = acting(college, "书记", token="二审")
    approved = answered(second.post(f"{one}/step", {"step": "approve"}))
    assert (approved["state"], approved["rows"]) == ("APPROVED", 2)
    assert (
        problem(second.post(f"{one}/step", {"step": "approve"}))[1] == "contacts.package-moved-on"
    )
    assert problem(second.get(f"{one}/file"))[0] == 403
    file = me.get(f"{one}/file")
    assert file.status_code == 200
    assert "小红" in file.content.decode("utf-8-sig")
    assert "no-store" in file.headers["Cache-Control"]
    answered(me.post(f"{one}/step", {"step": "hand-over", "text": "专人送达"}))
    seen = answered(me.get(one))
    kinds = ["ASKED", "APPROVED", "FETCHED", "HANDED_OVER"]
    assert [fact["kind"] for fact in seen["facts"]] == kinds
    assert "小红" not in me.get(one).content.decode()
    for name in ("辅导员", "组长", "外辅导员"):
        for address in (one, f"{one}/file"):
            answer = logged_in(college, name).get(address)
            assert problem(answer)[0] in {403, 404}, (name, address)
            assert "小红" not in answer.content.decode()
    assert Package.objects.get().rows == 2


def test_a_list_is_taken_in_whole_or_not_at_all(college: College) -> None:
    me = acting(college, "值班员")
    path = f"{opened(college, me)}/list"
    row = f"小刚,,,,{college['小刚'].number},2020-02-01,同桌"
    good = f"{HEAD}\n{row}\n".encode()
    tried = answered(me.upload(path, {}, file=good))
    assert (tried["applied"], [one["of_college"] for one in tried["known"]]) == (False, [True])
    real: dict[str, Any] = {"dry_run": "false", "organisation": "通川区疾控中心", **WORD}
    broken = f"{HEAD}\n{row}\n,,,,,13月,\n".encode()
    refused = answered(me.upload(path, real, file=broken))
    assert refused["applied"] is False
    assert {(one["row"], bool(one["cure"])) for one in refused["problems"]} == {(3, True)}
    assert not MonitoringFile.objects.exists()
    nameless = me.upload(path, {**real, "organisation": ""}, file=good)
    assert problem(nameless)[2] == {"organisation"}
    assert answered(me.upload(path, real, file=good))["applied"] is True
    assert MonitoringFile.objects.get().person == college["小刚"]
    assert problem(me.upload(path, real, file=good))[:2] == (409, "contacts.list-taken-before")


def test_cases_are_linked_into_a_chain_of_codes(college: College) -> None:
    me = acting(college, "值班员")
    first, second = opened(college, me), opened(college, me, "小红")
    codes = {
        one["id"]: one["code"] for one in answered(me.get("/investigations"))["investigations"]
    }
    source = codes[int(first.rsplit("/", 1)[1])]
    link = {"source": "没有", "text": "同住一室,先后发病"}
    assert problem(me.post(f"{second}/link", link))[2] == {"source"}
    answered(me.post(f"{second}/link", link | {"source": source}))
    chains = answered(me.get("/chains"))
    assert sorted((one["source"], one["generation"]) for one in chains["cases"]) == [
        ("", 0), (source, 1),
    ]  # fmt: skip
    figures = answered(logged_in(college, "组长").get("/chains"))
    assert figures["rates"] is None
    assert problem(logged_in(college, "小刚").get("/chains"))[0] == 403
    assert problem(me.post(f"{first}/link", link | {"source": codes[int(second.rsplit('/', 1)[1])]}))[0] in {409, 422}  # fmt: skip

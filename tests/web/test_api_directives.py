"""A directive over the API: drafted, signed, relayed, fed back; matters; the plan."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.directives.models import Directive, Feedback, ResponseActivation, SupervisionItem
from tests.api import Caller, answered, integration, logged_in, made, operator, problem
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)
PDF = base64.b64encode(b"%PDF-1.4 notice").decode()
WORDS = {
    "title": "关于做好体温监测的通知",
    "body": "请各系按时测温。",
    "urgency": "URGENT",
    "acknowledge_due_at": "2020-02-01T12:00+08:00",
    "feedback_due_at": "2020-02-02T12:00+08:00",
    "asks": ["已测人数"],
    "audience": [{"unit": "U005", "below": True}],
    "files": [{"name": "通知.pdf", "content": PDF}],
}
DRAFT = WORDS | {"issuer": "U004", "number": "院发〔2020〕1号"}


@pytest.fixture
def college(college: College) -> College:
    college.appoint("值班员", "学院", "LIAISON")
    return college


@pytest.fixture
def token(college: College) -> Caller:
    return integration(*Scope, name="办公系统", college=college)


def published(college: College, **changes: Any) -> dict[str, Any]:
    """Drafted by the liaison, signed by the head: each in a session."""
    drafted = made(logged_in(college, "值班员").post("/directives", DRAFT | changes))
    path = f"/directives/{drafted['id']}/sign"
    seen = {"drafted_at": drafted["version"]["drafted_at"]}
    return answered(logged_in(college, "书记").post(path, seen))


def test_a_directive_goes_down_the_line_and_its_answer_comes_up(
    college: College, token: Caller
) -> None:
    found = published(college)
    assert found["version"]["files"][0]["name"] == "通知.pdf"
    head = token.acting_for(college["主任"].number)
    (part,) = head.get("/directives/mine").json()["receipts"]
    assert (part["unit"], part["owes"], part["title"]) == ("U005", "ACKNOWLEDGE", WORDS["title"])
    path = f"/receipts/{part['id']}"
    assert answered(head.post(f"{path}/acknowledge", {}))["owes"] == "RELAY"
    relayed = answered(head.post(f"{path}/relay", {"words": "今天完成"}))
    assert relayed["reached"] == 1
    below = logged_in(college, "辅导员")
    (own,) = below.get("/directives/mine").json()["receipts"]
    assert own["words_from_above"] == "今天完成"
    wrong = below.post(f"/receipts/{own['id']}/feedback", {"text": "好"})
    assert problem(wrong)[0] == 409  # acknowledge first
    below.post(f"/receipts/{own['id']}/acknowledge", {})
    evidence = {"name": "表.pdf", "content": PDF}
    said = {"text": "都测了", "figures": {"已测人数": "3"}, "files": [evidence]}
    fed = made(below.post(f"/receipts/{own['id']}/feedback", said))
    judged = answered(head.post(f"/feedbacks/{fed['id']}/judge", {"accept": True}))
    assert (judged["accepted"], Feedback.objects.get().reviewed_by) == (True, college["主任"])
    relay = token.get(f"/directives/{found['id']}/relay").json()
    assert (relay["total"], relay["reached"], relay["acknowledged"]) == (2, 2, 2)
    assert relay["tree"][0]["below"][0]["state"] == "ANSWERED"
    back = head.get(f"/directives/{found['id']}/feedback").json()
    assert (back["given"], back["first"][0]["total"], back["last"][0]["total"]) == (1, None, 3)
    [mine] = below.get(f"/directives/{found['id']}/feedback").json()["answers"]
    assert (mine["feedback"]["text"], mine["feedback"]["files"][0]["name"]) == ("都测了", "表.pdf")
    file = below.get(f"/files/{judged['files'][0]['id']}")
    assert file.content == base64.b64decode(PDF)
    assert (
        problem(logged_in(college, "外辅导员").get(f"/files/{judged['files'][0]['id']}"))[0] == 404
    )


def test_where_it_stopped_is_told_with_whose_turn_it_is(
    college: College, it_is: Callable[[datetime], None], token: Caller
) -> None:
    found = published(college)
    it_is(college.now + timedelta(days=1))
    (stop,) = token.get(f"/directives/{found['id']}/relay").json()["stops"]
    assert (stop["unit"], stop["owes"], stop["turn"]) == ("U005", "ACKNOWLEDGE", ["主任"])
    assert stop["holds_up"] == 1
    little = integration(Scope.DIRECTIVES_READ, name="大屏", college=college)
    (bare,) = little.get(f"/directives/{found['id']}/relay").json()["stops"]
    assert bare["turn"] == []
    other = integration(*Scope, name="护理", unit=college.unit("护理系"), college=college)
    assert problem(other.get(f"/directives/{found['id']}/relay"))[0] == 404


def test_drafter_and_signer_are_two_people_and_sign_what_they_read(
    college: College, token: Caller
) -> None:
    assert problem(token.post("/directives", DRAFT))[:2] == (422, "api.say-who-acts")
    assert problem(logged_in(college, "主任").post("/directives", DRAFT))[:2] == (403, "forbidden")
    assert problem(operator(college).post("/directives", DRAFT))[0] == 403
    drafted = made(token.acting_for(college["书记"].number).post("/directives", DRAFT))
    path = f"/directives/{drafted['id']}/sign"
    seen = {"drafted_at": drafted["version"]["drafted_at"]}
    assert problem(logged_in(college, "书记").post(path, seen))[0] in {403, 409, 422}
    old = {"drafted_at": "2020-01-31T08:00+08:00"}
    assert problem(logged_in(college, "书记").post(path, old))[0] == 409
    assert not Directive.objects.filter(versions__published_at__isnull=False).exists()
    # Nobody but those who work on it reads a draft.
    assert problem(logged_in(college, "主任").get(f"/directives/{drafted['id']}"))[0] == 404


def test_bad_words_name_their_place(college: College) -> None:
    me = logged_in(college, "值班员")
    bad: list[tuple[dict[str, Any], int, set[str]]] = [
        ({"audience": [{"unit": "U999"}]}, 422, {"audience.0.unit"}),
        ({"audience": [{"unit": "U005", "person": "1"}]}, 422, {"audience.0"}),
        ({"audience": [{"person": "1"}]}, 422, {"audience.0.person"}),
        ({"files": [{"name": "a", "content": "不是"}]}, 422, {"files.0.content"}),
        ({"title": "两\n行"}, 422, {"title"}),
        ({"urgency": "NOW"}, 422, {"urgency"}),
        ({"acknowledge_due_at": "昨天"}, 422, {"acknowledge_due_at"}),
    ]
    for changes, status, fields in bad:
        answer = problem(me.post("/directives", DRAFT | changes))
        assert (answer[0], answer[2]) == (status, fields)
    past = me.post("/directives", DRAFT | {"acknowledge_due_at": "2020-01-01T08:00+08:00"})
    assert problem(past)[1].startswith("directives.")
    nobody = me.post("/directives", DRAFT | {"audience": []})
    assert problem(nobody)[1].startswith("directives.")
    assert not Directive.objects.exists()


def test_a_new_version_asks_again_and_a_withdrawal_asks_nobody(college: College) -> None:
    found = published(college)
    head = logged_in(college, "主任")
    (part,) = head.get("/directives/mine").json()["receipts"]
    head.post(f"/receipts/{part['id']}/acknowledge", {})
    path = f"/directives/{found['id']}"
    changed = answered(
        logged_in(college, "值班员").post(f"{path}/draft", WORDS | {"title": "修订的通知"})
    )
    assert (changed["version"]["number"], changed["draft"]["number"]) == (1, 2)
    seen = {"drafted_at": changed["draft"]["drafted_at"]}
    answered(logged_in(college, "书记").post(f"{path}/sign", seen))
    (again,) = head.get("/directives/mine").json()["receipts"]
    assert (again["owes"], again["title"]) == ("ACKNOWLEDGE", "修订的通知")
    assert head.get(path, version=1).json()["version"]["superseded_at"]
    why = {"reason": "合并到另一个通知"}
    assert problem(head.post(f"{path}/withdraw", why))[0] == 403
    answered(logged_in(college, "书记").post(f"{path}/withdraw", why))
    assert head.get("/directives/mine").json() == {"receipts": []}


def test_what_is_overdue_becomes_a_matter_that_somebody_else_checks(
    college: College, it_is: Callable[[datetime], None], token: Caller
) -> None:
    published(college)
    it_is(college.now + timedelta(days=1))
    chief = token.acting_for(college["书记"].number)
    found = chief.get("/directives").json()["directives"][0]
    (stop,) = chief.get(f"/directives/{found['id']}/relay").json()["stops"]
    body = {
        "title": "催办", "due_at": "2020-02-03T08:00+08:00", "receipt": stop["receipt"],
    }  # fmt: skip
    item = made(chief.post("/items", body))
    assert (item["source"], item["owner"], item["may"]) == ("DIRECTIVE", "主任", ["extend"])
    path = f"/items/{item['id']}"
    owner = logged_in(college, "主任")
    assert problem(chief.post(f"{path}/report", {"text": "x", "done": True}))[0] == 403
    done = answered(owner.post(f"{path}/report", {"text": "已处理", "done": True}))
    assert done["state"] == "TO_CHECK"
    assert problem(owner.post(f"{path}/check", {"accept": True}))[0] in {403, 409}
    assert (
        answered(chief.post(f"{path}/check", {"accept": True, "text": "好"}))["state"] == "CLOSED"
    )
    assert problem(logged_in(college, "外辅导员").get(path))[0] == 404
    late = {"title": "未签", "due_at": "2020-02-03T08:00+08:00", "report_of": "U005"}
    assert problem(chief.post("/items", late))[2] == {"report_on"}
    missed = made(chief.post("/items", late | {"report_on": "2020-02-01"}))
    assert missed["source"] == "MISSED_REPORT"
    assert SupervisionItem.objects.count() == 2


def test_a_level_is_activated_with_its_tasks(college: College, token: Caller) -> None:
    plan: dict[str, Any] = {
        "title": "疫情防控工作方案",
        "body": "按等级响应。",
        "tasks": [{"level": "I", "title": "召开会议", "unit": "U010", "hours": 24}],
    }
    writer = token.acting_for(college["组长"].number)
    assert problem(token.post("/plan/draft", plan))[:2] == (422, "api.say-who-acts")
    assert problem(logged_in(college, "主任").post("/plan/draft", plan))[0] == 403
    strange = plan | {"tasks": [plan["tasks"][0] | {"unit": "U999"}]}
    assert problem(writer.post("/plan/draft", strange))[2] == {"tasks.0.unit"}
    drafted = made(writer.post("/plan/draft", plan))
    seen = {"drafted_at": drafted["drafted_at"]}
    assert problem(writer.post("/plan/adopt", seen))[0] in {403, 409, 422}
    other = token.acting_for(college["书记"].number)
    assert answered(other.post("/plan/adopt", seen))["adopted_by"] == "书记"
    made(other.post("/plan/activate", {"level": "I", "reason": "省级一级响应"}))
    assert ResponseActivation.objects.get().activated_by == college["书记"]
    now = logged_in(college, "主任").get("/plan").json()
    assert (now["level"]["level"], now["in_force"]["tasks"][0]["unit"]) == ("I", "U010")
    assert now["draft"] is None
    assert SupervisionItem.objects.get().source == "PLAN"

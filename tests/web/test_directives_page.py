"""The pages of directives: one happy path, one forbidden with data that could leak, one count."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianfang.directives.audience import Asked
from lianfang.directives.models import (
    Attachment,
    Directive,
    DirectiveReceipt,
    DirectiveVersion,
    Feedback,
    SupervisionItem,
)
from lianfang.directives.operations import Wording
from lianfang.reporting.models import DueMoment, Intensity
from lianfang.usecases import directives, response_levels
from tests.cast import College
from tests.party import Party, plant
from tests.web.desk import text_of
from tests.web.portal import client_of, log_in

pytestmark = pytest.mark.django_db

FORM = {
    "number": "院党发〔2020〕7号",
    "title": "关于报送返校计划的通知",
    "body": "一、逐人核实。\r\n二、按时报送。",
    "urgency": "URGENT",
    "acknowledge_due_at": "2020-02-01T18:00",
    "feedback_due_at": "2020-02-01T20:00",
    "feedback_asks": "已核实人数",
    "below": "yes",
}


@pytest.fixture
def college(college: College) -> College:
    DueMoment.objects.all().delete()
    college.appoint("书记", "学院党委", "SECRETARY")
    return college


@pytest.fixture
def party(college: College) -> Party:
    return plant(college, generals=2, branches=4, groups_each=1)


def as_secretary(college: College, party: Party, unit: str) -> Client:
    person = party.secretary[unit]
    college.people[person.name] = person
    return client_of(college, person.name)


def issued(college: College, party: Party, **extra: Any) -> DirectiveVersion:
    plain: dict[str, Any] = {
        "number": FORM["number"],
        "title": FORM["title"],
        "body": FORM["body"],
        "urgency": "URGENT",
        "acknowledge_due_at": college.at("18:00"),
        "feedback_due_at": college.at("20:00"),
        "feedback_asks": "已核实人数",
        "audience": [Asked(unit=party.committee, with_below=True)],
        "to_everybody": True,
    } | extra
    version = directives.draft(
        issuer=party.committee, number=str(plain.pop("number")), files=[],
        wording=Wording(**plain),
        by=college["书记"], actor=college.actor("书记"), now=college.now,
    )  # fmt: skip
    return directives.publish(
        version=version, signer=college["组长"], actor=college.actor("组长"), now=college.now
    )


def test_drafted_by_one_signed_by_another_acknowledged_by_a_third(
    college: College, party: Party
) -> None:
    drafter, signer = client_of(college, "书记"), client_of(college, "组长")
    top = party.units["第01党总支"]
    page = drafter.get("/desk/directives/new/", {"issuer": party.committee.pk})
    assert "第01党总支" in page.content.decode()
    file = SimpleUploadedFile("附件.pdf", b"%PDF-1.7 x")
    form = FORM | {"issuer": party.committee.pk, "units": [top.pk], "files": file}
    sent = drafter.post("/desk/directives/new/", form)
    found = Directive.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/desk/directives/{found.pk}/")
    draft = found.versions.get()
    own = drafter.get(f"/desk/directives/{found.pk}/").content.decode()
    assert "签发后立即" not in own
    read = signer.get(f"/desk/directives/{found.pk}/").content.decode()
    assert "签发后立即" in read
    stale = signer.post(f"/desk/directives/{found.pk}/sign/", {"drafted_at": "2020"})
    assert stale.status_code == 302
    assert not DirectiveReceipt.objects.exists()
    signer.post(f"/desk/directives/{found.pk}/sign/", {"drafted_at": draft.drafted_at.isoformat()})
    secretary = as_secretary(college, party, "第01党总支")
    home = secretary.get("/desk/directives/").content.decode()
    assert FORM["title"] in home
    receipt = DirectiveReceipt.objects.get(unit=top)
    page = secretary.get(f"/desk/directives/{found.pk}/")
    receipt.refresh_from_db()
    assert (receipt.read_by, receipt.acknowledged_at) == (party.secretary["第01党总支"], None)
    secretary.post(f"/desk/directives/receipts/{receipt.pk}/acknowledge/")
    secretary.post(
        f"/desk/directives/receipts/{receipt.pk}/relay/",
        {"words": "请各支部今天完成", "own_due_at": "2020-02-01T19:00"},
    )
    secretary.post(
        f"/desk/directives/receipts/{receipt.pk}/feedback/",
        {
            "text": "已完成。",
            "figure_0": " ５２ ",
            "files": SimpleUploadedFile("名单.pdf", b"%PDF-1"),
        },
    )
    feedback = Feedback.objects.get()
    assert feedback.figures == {"已核实人数": 52}
    assert DirectiveReceipt.objects.filter(delivered_at__isnull=False).count() == 3
    judging = drafter.get(f"/desk/directives/{found.pk}/").content.decode()
    assert "已完成。" in judging
    drafter.post(f"/desk/directives/feedbacks/{feedback.pk}/judge/", {"verdict": "accept"})
    feedback.refresh_from_db()
    assert feedback.is_accepted is True
    url = f"/desk/directives/{found.pk}/answers/"
    drafter.cookies["language"] = "en"
    came_back = text_of(drafter.get(url))
    for words in ("1 of 5 units have given feedback", "52 1 of 1 units gave it", "not yet known",
                  "已完成。", "名单.pdf", "accepted"):  # fmt: skip
        assert words in came_back
    assert "已完成。" in text_of(secretary.get(url))
    assert client_of(college, "小明").get(url).status_code in {403, 404}


@pytest.mark.parametrize(
    "change,field",
    [
        ({"acknowledge_due_at": "2020-01-31T18:00"}, "acknowledge_due_at"),
        ({"acknowledge_due_at": "tomorrow"}, "acknowledge_due_at"),
        ({"title": "一\n二"}, "title"),
        ({"units": []}, "units"),
        ({"units": ["99999999", "x"]}, "units"),
        ({"people": "nobody-1"}, "people"),
        ({"urgency": ""}, "urgency"),
    ],
)
def test_what_is_wrong_is_asked_back_beside_its_field_and_nothing_is_lost(
    college: College, party: Party, change: dict[str, Any], field: str
) -> None:
    form = FORM | {"issuer": party.committee.pk, "units": [party.units["第01党总支"].pk]} | change
    answer = client_of(college, "书记").post("/desk/directives/new/", form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f'id="problem_{field}"' in text
    assert "二、按时报送。" in text
    assert not Directive.objects.exists()


def test_everybody_is_asked_back_until_it_was_ticked(college: College, party: Party) -> None:
    client = client_of(college, "书记")
    every = [unit.pk for unit in party.units.values()]
    form = FORM | {"issuer": party.committee.pk, "units": every, "below": "no"}
    answer = client.post("/desk/directives/new/", form)
    assert answer.status_code == 422
    assert 'id="problem_everybody"' in answer.content.decode()
    assert client.post("/desk/directives/new/", form | {"everybody": "yes"}).status_code == 302


def test_that_all_below_are_meant_is_said_once_where_it_holds_for_all(
    college: College, party: Party
) -> None:
    one, two = (Asked(unit=party.units[f"第0{n}党总支"], with_below=True) for n in (1, 2))
    alone = Asked(unit=party.units["第02党总支"])

    numbers = count(1)

    def said(*audience: Asked) -> str:
        version = issued(
            college, party, number=str(next(numbers)), audience=audience, to_everybody=True
        )
        page = text_of(client_of(college, "书记").get(f"/desk/directives/{version.directive_id}/"))
        return page.split("发至 ")[1].split(" 传达到哪里了")[0]

    assert said(one) == "第01党总支 及所有下级"
    assert said(one, two) == "第01党总支、第02党总支 （均含所有下级）"
    assert said(one, alone) == "第01党总支 及所有下级、第02党总支"


def test_a_unit_that_is_not_addressed_finds_nothing(college: College, party: Party) -> None:
    only = [Asked(unit=party.units["第01党总支"], with_below=True)]
    version = issued(college, party, audience=only, to_everybody=False)
    outsider = as_secretary(college, party, "第02党总支")
    mine = DirectiveReceipt.objects.get(unit=party.units["第01党总支"])
    for url in (
        f"/desk/directives/{version.directive_id}/",
        f"/desk/directives/{version.directive_id}/relay/",
        f"/desk/directives/{version.directive_id}/?version=1",
    ):
        answer = outsider.get(url)
        assert answer.status_code == 404
        assert FORM["title"] not in answer.content.decode()
    assert FORM["title"] not in outsider.get("/desk/directives/").content.decode()
    for verb in ("acknowledge", "relay", "feedback"):
        assert outsider.post(f"/desk/directives/receipts/{mine.pk}/{verb}/").status_code == 404
    mine.refresh_from_db()
    assert mine.acknowledged_at is None


def test_a_student_without_a_post_has_no_such_page(college: College, party: Party) -> None:
    version = issued(college, party)
    student = client_of(college, "小明")
    assert student.get(f"/desk/directives/{version.directive_id}/").status_code == 403


def test_a_draft_is_seen_by_nobody_but_those_who_work_on_it(college: College, party: Party) -> None:
    directives.draft(
        issuer=party.committee, number="", files=[],
        wording=Wording(
            title="机密草稿", body="x", urgency="ORDINARY",
            acknowledge_due_at=college.at("18:00"),
            audience=[Asked(unit=party.units["第01党总支"])],
        ),
        by=college["书记"], actor=college.actor("书记"), now=college.now,
    )  # fmt: skip
    pk = Directive.objects.get().pk
    reader = as_secretary(college, party, "第01党总支")
    assert reader.get(f"/desk/directives/{pk}/").status_code == 404
    assert "机密草稿" not in reader.get("/desk/directives/").content.decode()
    assert reader.post(f"/desk/directives/{pk}/sign/").status_code == 404


def test_acknowledging_a_superseded_version_is_refused_in_words(
    college: College, party: Party
) -> None:
    first = issued(college, party)
    old = DirectiveReceipt.objects.get(version=first, unit=party.units["第01党总支"])
    second = directives.supersede(
        directive=first.directive, files=[],
        wording=Wording(
            title="新", body="y", urgency="URGENT", acknowledge_due_at=college.at("18:00"),
            audience=[Asked(unit=party.committee, with_below=True)], to_everybody=True,
        ),
        by=college["书记"], actor=college.actor("书记"), now=college.now,
    )  # fmt: skip
    directives.publish(
        version=second, signer=college["组长"], actor=college.actor("组长"), now=college.now
    )
    secretary = as_secretary(college, party, "第01党总支")
    answer = secretary.post(f"/desk/directives/receipts/{old.pk}/acknowledge/", follow=True)
    assert "请阅读并签收新版本" in answer.content.decode()
    old.refresh_from_db()
    assert old.acknowledged_at is None


def test_a_file_is_saved_not_shown_and_only_by_those_who_may(
    college: College, party: Party
) -> None:
    version = issued(
        college, party, audience=[Asked(unit=party.units["第01党总支"])], to_everybody=False
    )
    from lianfang.directives.attachments import Upload, add

    DirectiveVersion.objects.get(pk=version.pk)
    [file] = add(
        [Upload("名单\n.pdf", b"%PDF-1.7 secret")], version=version, by=college["书记"],
        actor=college.actor("书记"), now=college.now,
    )  # fmt: skip
    url = f"/desk/directives/files/{file.pk}/"
    answer = as_secretary(college, party, "第01党总支").get(url)
    assert answer.content == b"%PDF-1.7 secret"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert as_secretary(college, party, "第02党总支").get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert Attachment.objects.count() == 1


def test_evidence_of_a_unit_is_not_its_neighbours(college: College, party: Party) -> None:
    version = issued(college, party, feedback_asks="")
    receipt = DirectiveReceipt.objects.get(version=version, unit=party.units["第01党总支"])
    first = as_secretary(college, party, "第01党总支")
    first.post(f"/desk/directives/receipts/{receipt.pk}/acknowledge/")
    first.post(
        f"/desk/directives/receipts/{receipt.pk}/feedback/",
        {"text": "好", "files": SimpleUploadedFile("x.pdf", b"%PDF-1")},
    )
    url = f"/desk/directives/files/{Attachment.objects.get().pk}/"
    assert first.get(url).status_code == 200
    assert client_of(college, "书记").get(url).status_code == 200
    assert as_secretary(college, party, "第02党总支").get(url).status_code == 404
    feedback = Feedback.objects.get()
    judged = as_secretary(college, party, "第02党总支").post(
        f"/desk/directives/feedbacks/{feedback.pk}/judge/", {"verdict": "accept"}
    )
    assert judged.status_code == 404
    answers = f"/desk/directives/{version.directive_id}/answers/"
    assert "x.pdf" in client_of(college, "书记").get(answers).content.decode()
    neighbour = as_secretary(college, party, "第02党总支").get(answers)
    assert (neighbour.status_code, "x.pdf" in neighbour.content.decode()) == (200, False)


def test_the_relay_page_costs_the_same_for_8_and_for_44_units(college: College) -> None:
    party = plant(college, generals=6, branches=38)
    costs = []
    for audience, everybody in (
        ([Asked(unit=party.units["第01党总支"], with_below=True)], False),
        ([Asked(unit=party.committee, with_below=True)], True),
    ):
        version = issued_as(college, party, audience, everybody)
        client = client_of(college, "书记")
        url = f"/desk/directives/{version.directive_id}/relay/"
        back = url.replace("/relay/", "/answers/")
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == client.get(back).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]


def issued_as(
    college: College, party: Party, audience: list[Asked], everybody: bool
) -> DirectiveVersion:
    FORM["number"] = f"{FORM['number']}·"
    return issued(college, party, audience=audience, to_everybody=everybody)


def test_the_stop_stands_first_with_its_name_and_its_turn(
    college: College, party: Party, it_is
) -> None:
    version = issued(college, party)
    it_is(college.at("18:30"))
    text = (
        client_of(college, "书记")
        .get(f"/desk/directives/{version.directive_id}/relay/")
        .content.decode()
    )
    assert "停在2个单位" in text
    assert text.index("第01党总支书记") < text.index('class="picture"')


def test_a_matter_is_given_done_and_checked_on_pages(college: College, party: Party, it_is) -> None:
    version = issued(college, party)
    receipt = DirectiveReceipt.objects.get(version=version, unit=party.units["第01党总支"])
    boss = client_of(college, "书记")
    early = boss.get(f"/desk/directives/items/new/?receipt={receipt.pk}")
    assert early.status_code == 409
    it_is(college.at("18:30"))
    url = f"/desk/directives/items/new/?receipt={receipt.pk}"
    assert FORM["title"] in boss.get(url).content.decode()
    assert boss.post(url, {"title": "催办", "due_at": ""}).status_code == 422
    assert boss.post(url, {"title": "催办", "due_at": "2020-02-01T20:00"}).status_code == 302
    item = SupervisionItem.objects.get()
    assert item.owner == party.secretary["第01党总支"]
    owner = as_secretary(college, party, "第01党总支")
    other = as_secretary(college, party, "第02党总支")
    page = f"/desk/directives/items/{item.pk}/"
    assert other.get(page).status_code == 404
    refused = owner.post(page + "check/", {"verdict": "accept"}, follow=True)
    assert "办理人不能自己核查" in refused.content.decode()
    owner.post(page + "report/", {"what": "done", "text": "已签收"})
    assert "待核查" in boss.get("/desk/directives/items/").content.decode()
    boss.post(page + "check/", {"verdict": "accept", "text": "属实"})
    item.refresh_from_db()
    assert item.state == "CLOSED"
    assert "已销号" in boss.get(page).content.decode()


def test_a_plan_is_drafted_adopted_and_a_level_activated_on_pages(
    college: College, party: Party
) -> None:
    drafter, leader = client_of(college, "书记"), client_of(college, "组长")
    wrong = drafter.post(
        "/desk/directives/plan/edit/", {"title": "方案", "body": "一", "tasks": "I | x"}
    )
    assert wrong.status_code == 422
    drafter.post(
        "/desk/directives/plan/edit/",
        {"title": "方案", "body": "一", "tasks": "I | 2 | 党政办 | 开会\nIV | 4 | 党政办 | 收尾"},
    )
    from lianfang.directives.models import PlanVersion

    version = PlanVersion.objects.get()
    leader.post("/desk/directives/plan/adopt/", {"drafted_at": version.drafted_at.isoformat()})
    answer = leader.post(
        "/desk/directives/plan/activate/",
        {"level": "IV", "day_from": "2020-02-01", "reason": "省级通知"},
    )
    assert answer.status_code == 302
    assert Intensity.objects.get().kind == "ON_CHANGE"
    assert SupervisionItem.objects.get().title == "收尾"
    page = leader.get("/desk/directives/plan/").content.decode()
    assert "当前：四级响应" in page
    counselor = client_of(college, "辅导员")
    assert counselor.get("/desk/directives/plan/").status_code == 200
    assert counselor.post("/desk/directives/plan/activate/", {"level": "I"}).status_code == 403
    leader.post("/desk/directives/plan/groups/")
    assert "疫情监测组" in leader.get("/desk/directives/plan/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_in_chromium(
    college: College, it_is, open_page, picture, size: str, language: str
) -> None:
    from tests.browser import axe_problems, too_wide

    party = plant(college, generals=44, branches=200)
    version = issued(college, party)
    silent = "第007党支部"
    for name, unit in party.units.items():
        receipt = DirectiveReceipt.objects.select_related("version__directive", "unit").get(
            version=version, unit=unit
        )
        if name in {silent, "第12党总支"} or receipt.delivered_at is None:
            continue
        by = party.secretary[name]
        common: dict[str, Any] = {"by": by, "actor": college.actor("书记"), "now": college.now}
        directives.acknowledge(receipt=receipt, **common)
        if receipt.has_below:
            directives.relay(
                receipt=receipt, words="请今天完成", own_due_at=None, more=(), **common
            )
    response_levels.draft_plan(
        unit=party.committee, title="疫情防控工作方案", body="一、总则\n二、响应级别",
        tasks=[], by=college["组长"], actor=college.actor("组长"), now=college.now,
    )  # fmt: skip
    late = college.at("18:30")
    it_is(late)
    SupervisionItem.objects.create(
        number="D2020-0009", source="INSPECTION", title="信息系洗手液不足", unit=college.unit("信息系"),
        owner=college["主任"], assigned_by=college["书记"], assigned_at=college.now,
        due_at=late - timedelta(hours=1),
    )  # fmt: skip
    page = open_page(size=size)
    log_in(page, college, "书记", language=language)
    pk = version.directive_id
    mine = SupervisionItem.objects.get().pk
    for name, url in {
        "list": "/desk/directives/",
        "relay": f"/desk/directives/{pk}/relay/",
        "answers": f"/desk/directives/{pk}/answers/",
        "directive": f"/desk/directives/{pk}/",
        "new": f"/desk/directives/new/?issuer={party.committee.pk}",
        "items": "/desk/directives/items/",
        "item": f"/desk/directives/items/{mine}/",
        "plan": "/desk/directives/plan/",
    }.items():
        page.goto(url)
        assert too_wide(page) == [], url
        picture(page, f"directives-{name}-{size}-{language}")
        if language == "zh-hans":
            assert axe_problems(page) == [], url
    college.people["总支"] = party.secretary["第12党总支"]
    page = open_page(size=size)
    log_in(page, college, "总支", language=language)
    page.goto(f"/desk/directives/{pk}/")
    picture(page, f"directives-mine-{size}-{language}")

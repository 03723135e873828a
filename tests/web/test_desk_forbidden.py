"""Nobody sees more than their post opens. Each test has data on the page that could leak."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lianfang.audit.models import Entry
from lianfang.incidents.models import Incident
from lianfang.kernel.actors import OPERATOR
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.roster import operations as roster
from lianfang.screening.models import Finding
from tests.cast import FEVER, College
from tests.web.desk import client_of, operator, page, text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    college.enrol("班长", "网络1班")
    college.appoint("班长", "网络1班", "CLASS_REPORTER")
    college.report("小明", FEVER)
    college.report("小红")
    return college


def addresses(college: College) -> list[str]:
    """Every page that is about 小明, and what can be done there."""
    me, unit = college["小明"].pk, college.unit("网络1班").pk
    incident, report = Incident.objects.get().pk, DailyReport.objects.get(person_id=me).pk
    return [
        f"/desk/people/{me}/",
        f"/desk/people/{me}/answers/",
        f"/desk/people/{me}/call/",
        f"/desk/people/{me}/report/",
        f"/desk/reports/{report}/call-back/",
        f"/desk/incidents/{incident}/",
        f"/desk/units/{unit}/",
        f"/desk/units/{unit}/sign/",
        f"/desk/units/{unit}/codes/",
        f"/desk/units/{unit}/posts/",
        f"/desk/units/{unit}/branch/",
    ]


def actions(college: College) -> list[tuple[str, dict[str, str]]]:
    me, unit = college["小明"].pk, college.unit("网络1班").pk
    incident, report = Incident.objects.get().pk, DailyReport.objects.get(person_id=me).pk
    return [
        (f"/desk/people/{me}/phone/", {"reason": "other"}),
        (f"/desk/people/{me}/call/record/", {"outcome": "CONFIRMED"}),
        (f"/desk/people/{me}/report/", {"how": "well"}),
        (f"/desk/reports/{report}/call-back/settle/", {"verdict": "MISTAKE"}),
        (f"/desk/incidents/{incident}/acknowledge/", {}),
        (f"/desk/incidents/{incident}/fact/", {"kind": "NOTE", "text": "x"}),
        (f"/desk/incidents/{incident}/close/", {"closing": "MISTAKE", "text": "x"}),
        (f"/desk/units/{unit}/sign/", {"declaration": "WITH_EVENTS", "narrative": "x"}),
        (f"/desk/units/{unit}/posts/", {"person": str(me), "role": "COUNSELOR"}),
        (f"/desk/units/{unit}/codes/", {"person": str(me)}),
    ]


def test_the_carer_of_another_class_finds_nothing_of_it(college: College) -> None:
    client = client_of(college, "外辅导员")
    for url in addresses(college):
        response = client.get(url)
        assert response.status_code == 404, url
        assert "小明" not in text_of(response)


def test_the_carer_of_another_class_changes_nothing(college: College) -> None:
    client = client_of(college, "外辅导员")
    for url, data in actions(college):
        assert client.post(url, data).status_code == 404, url
    assert not CallRecord.objects.exists()
    assert Incident.objects.get().state == "OPEN"
    assert not Finding.objects.filter(verified_at__isnull=False).exists()
    assert not Entry.objects.filter(verb="roster.phone.revealed").exists()


def test_a_student_has_no_desk(college: College) -> None:
    client = client_of(college, "小红")
    for url in ["/desk/", "/desk/units/", "/desk/board/", "/desk/incidents/", *addresses(college)]:
        assert client.get(url).status_code in {403, 404}, url


def test_a_stranger_is_asked_to_log_in(college: College, client: Any) -> None:
    for url in ["/desk/", "/desk/board/", *addresses(college)]:
        response = client.get(url)
        assert (response.status_code, response.url.startswith("/login/")) == (302, True)


def test_a_class_reporter_sees_who_reported_and_nothing_of_how_they_are(college: College) -> None:
    unit = college.unit("网络1班").pk
    words = page(college, "班长", f"/desk/units/{unit}/?state=all")
    assert "小明" in words
    for leak in ("follow up", "With events", "Nothing to report", "known so far", "exempt: "):
        assert leak not in words, leak
    person = page(college, "班长", f"/desk/people/{college['小明'].pk}/")
    assert "reported" in person
    assert "follow up" not in person
    home = page(college, "班长", "/desk/")
    assert "小刚" in home
    assert "call back" not in home
    assert "小*" not in home


@pytest.mark.parametrize("state", ["events", "zero", "late", "proxy"])
def test_a_class_reporter_cannot_ask_for_a_state_of_health(college: College, state: str) -> None:
    """The same list as without the question: asking must not sort the ill from the well."""
    unit = college.unit("网络1班").pk
    asked = page(college, "班长", f"/desk/units/{unit}/?state={state}")
    assert asked == page(college, "班长", f"/desk/units/{unit}/?state=missing")


def test_a_class_reporter_gets_no_number_no_answers_no_incident(college: College) -> None:
    client = client_of(college, "班长")
    person, incident = college["小明"].pk, Incident.objects.get().pk
    report = DailyReport.objects.get(person_id=person).pk
    assert client.get(f"/desk/people/{person}/answers/").status_code == 403
    assert client.post(f"/desk/people/{person}/phone/", {}).status_code == 403
    assert client.get(f"/desk/people/{person}/report/").status_code == 403
    assert client.get(f"/desk/incidents/{incident}/").status_code == 404
    assert client.get(f"/desk/reports/{report}/call-back/").status_code == 404
    assert client.get(f"/desk/units/{college.unit('网络1班').pk}/sign/").status_code == 403
    assert not Entry.objects.filter(verb="roster.phone.revealed").exists()


def test_the_leading_group_sees_the_code_and_no_name(college: College) -> None:
    incident = Incident.objects.get()
    for url in ("/desk/board/", "/desk/incidents/", f"/desk/incidents/{incident.pk}/"):
        words = page(college, "组长", url)
        assert incident.code in words, url
        assert "小明" not in words, url
        assert "38.2" not in words, url
    unit = page(college, "组长", f"/desk/units/{college.unit('网络1班').pk}/?state=all")
    assert "小红" not in unit
    assert "opens figures, not names" in unit
    assert client_of(college, "组长").get(f"/desk/people/{college['小明'].pk}/").status_code == 404


def test_the_leading_group_does_not_act_on_what_it_was_not_called_for(college: College) -> None:
    pk = Incident.objects.get().pk
    client = client_of(college, "组长")
    assert client.post(f"/desk/incidents/{pk}/acknowledge/").status_code == 403
    assert client.post(f"/desk/incidents/{pk}/fact/", {"kind": "NOTE"}).status_code == 403


def test_a_leader_who_takes_an_incident_over_sees_whose_it_is(college: College) -> None:
    """“Names only where an incident is theirs”: called at the last rung, then theirs."""
    college.fast_forward(minutes=20)
    pk = Incident.objects.get().pk
    assert "小明" not in page(college, "组长", f"/desk/incidents/{pk}/")
    client_of(college, "组长").post(f"/desk/incidents/{pk}/acknowledge/")
    assert "小明" in page(college, "组长", f"/desk/incidents/{pk}/")


def test_whoever_is_on_duty_sees_the_incident_while_the_shift_lasts(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    incident = Incident.objects.get()
    assert "小明" in page(college, "值班员", f"/desk/incidents/{incident.pk}/")
    Incident.objects.filter(pk=incident.pk).update(
        state="CLOSED", closed_at=college.now, closed_by=college["主任"], closing="MISTAKE"
    )
    it_is(college.at("23:59"))
    assert "小明" in page(college, "值班员", f"/desk/incidents/{incident.pk}/")
    college.unit("学院党委").shifts.all().delete()
    client = client_of(college, "值班员")
    assert client.get(f"/desk/incidents/{incident.pk}/").status_code == 403


def test_an_administrator_sees_figures_and_nobody(college: College) -> None:
    client = operator(college)
    unit = college.unit("网络1班").pk
    response = client.get(f"/desk/units/{unit}/?state=all")
    assert response.status_code == 200
    assert "小明" not in text_of(response)
    person, incident = college["小明"].pk, Incident.objects.get().pk
    for url in (f"/desk/people/{person}/", f"/desk/people/{person}/answers/"):
        assert client.get(url).status_code == 404
    assert client.get(f"/desk/incidents/{incident}/").status_code == 404
    assert client.get("/desk/incidents/").status_code == 403
    assert client.get(f"/desk/units/{unit}/sign/").status_code == 403


def test_a_post_that_ended_is_a_door_shut(college: College) -> None:
    url = f"/desk/people/{college['小明'].pk}/"
    assert "小明" in page(college, "辅导员", url)
    post = college["辅导员"].posts.get()
    roster.dismiss(post=post, day=college.today, actor=OPERATOR, now=college.now)
    assert client_of(college, "辅导员").get(url).status_code == 403


def test_ones_own_incident_is_not_a_desk_page(college: College) -> None:
    """A counselor with a fever is somebody's case, not their own carer."""
    college.report("辅导员", FEVER)
    incident = Incident.objects.get(person=college["辅导员"])
    client = client_of(college, "辅导员")
    assert client.get(f"/desk/incidents/{incident.pk}/").status_code == 404
    assert client.get(f"/desk/people/{college['辅导员'].pk}/answers/").status_code == 403
    assert incident.code not in page(college, "辅导员", "/desk/incidents/")


@pytest.mark.parametrize(
    "name", ["辅导员", "主任", "书记", "组长", "值班员", "班长", "外辅导员", "admin"]
)
def test_every_door_that_is_shown_is_open(college: College, name: str) -> None:
    """A tab that answers “not for you” is a wrong tab."""
    client = operator(college) if name == "admin" else client_of(college, name)
    body = client.get("/desk/").content.decode()
    strip = body.split('class="tabs strip', 1)[1].split("</nav>")[0]
    doors = re.findall(r'href="([^"]+)"', strip)
    assert "/desk/" in doors
    for door in doors:
        assert client.get(door, follow=True).status_code == 200, f"{name}: {door}"

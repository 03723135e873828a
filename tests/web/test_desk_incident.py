"""One incident: the time line, the ladder with its letters, what is written down, the end."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lianfang.incidents.models import Incident, IncidentFact
from lianfang.notifications.models import Delivery
from tests.cast import FEVER, College
from tests.web.desk import client_of, looks_at, page, text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    college.report("小明", FEVER)
    return college


def url_of(what: str = "") -> str:
    return f"/desk/incidents/{Incident.objects.get().pk}/{what}"


def test_every_look_is_written_down(college: College) -> None:
    page(college, "辅导员", url_of())
    page(college, "值班员", url_of())
    page(college, "组长", url_of())
    assert looks_at(college["小明"], "incidents.incident.seen") == ["辅导员", "值班员", "组长"]
    # The leader saw the code and no answers.
    assert looks_at(college["小明"], "reporting.answers.seen") == ["辅导员", "值班员"]


def test_the_page_says_who_was_told_by_which_way_and_what_comes_next(college: College) -> None:
    words = page(college, "主任", url_of())
    told = words.split("Who was told")[1]
    for name in ("辅导员", "主任", "值班员"):
        assert name in told
    assert "text message: queued" in told
    assert "due 08:10" in told
    Delivery.objects.filter(message__recipient=college["辅导员"]).update(
        state="FAILED", attempts=3, code="refused"
    )
    assert "text message: failed for good ×3" in page(college, "主任", url_of())


def test_a_rung_with_nobody_on_it_stands_there_as_an_alarm(college: College) -> None:
    college.unit("学院党委").shifts.all().delete()
    Incident.objects.all()
    college.report("小红", FEVER)
    pk = Incident.objects.get(person=college["小红"]).pk
    assert "nobody on the post" in page(college, "主任", f"/desk/incidents/{pk}/")


def test_i_will_see_to_it_stops_the_climb_and_says_whose_it_is(college: College) -> None:
    answer = client_of(college, "值班员").post(url_of("acknowledge/"))
    assert answer["Location"] == url_of()
    assert "值班员 sees to it" in page(college, "辅导员", url_of())
    assert "you see to it" in page(college, "值班员", url_of())
    college.fast_forward(minutes=60)
    assert len(college.told()) == 3


def test_the_second_hand_is_told_whose_it_is(college: College) -> None:
    client_of(college, "值班员").post(url_of("acknowledge/"))
    client = client_of(college, "辅导员")
    answer = client.post(url_of("acknowledge/"), follow=True)
    assert "值班员" in text_of(answer)
    assert Incident.objects.get().acknowledged_by == college["值班员"]


@pytest.mark.parametrize("kind", ["CALLED", "HOSPITAL", "NOTE"])
def test_what_was_done_is_written_into_the_time_line(college: College, kind: str) -> None:
    client = client_of(college, "辅导员")
    client.post(url_of("acknowledge/"))
    client.post(url_of("fact/"), {"kind": kind, "text": "与母亲通话,39度"})
    fact = IncidentFact.objects.get(kind=kind)
    assert (fact.by, fact.text) == (college["辅导员"], "与母亲通话,39度")
    assert "与母亲通话" in page(college, "主任", url_of())
    assert "与母亲通话" not in page(college, "组长", url_of())


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "NOTE", "text": "  "},
        {"kind": "CLOSED", "text": "closed by hand"},
        {"kind": "ACKNOWLEDGED", "text": "x"},
        {"kind": "", "text": "what I typed"},
        {"kind": "NOTE", "text": "x" * 5000},
    ],
)
def test_what_is_no_fact_is_asked_back_and_kept(college: College, data: dict[str, str]) -> None:
    before = IncidentFact.objects.count()
    answer = client_of(college, "辅导员").post(url_of("fact/"), data)
    assert answer.status_code == 422
    assert data["text"].strip() in answer.content.decode()
    assert IncidentFact.objects.count() == before


def verify(client: Client, verdict: str = "TRUE", **more: str) -> Any:
    typed = {"verdict": verdict, "method": "PHONE", "history": "no", "text": "本人接听", **more}
    return client.post(url_of("step/verify/"), typed)


def test_nothing_is_closed_before_it_was_taken_over_verified_and_has_an_end(
    college: College,
) -> None:
    client = client_of(college, "辅导员")
    data = {"closing": "RECOVERED", "text": "医院排除"}
    assert client.post(url_of("close/"), data).status_code == 409
    client.post(url_of("acknowledge/"))
    refused = client.post(url_of("close/"), data)
    assert refused.status_code == 409
    assert Incident.objects.get().state == "ACKNOWLEDGED"
    verify(client)
    client.post(url_of("step/outcome/"), data)
    client.post(url_of("close/"), {"closing": "", "text": "医院排除"})
    incident = Incident.objects.get()
    assert (incident.state, incident.closing, incident.closed_by) == (
        "CLOSED",
        "RECOVERED",
        college["辅导员"],
    )
    assert "医院排除" in page(college, "主任", url_of())


@pytest.mark.parametrize("data", [{"text": "why"}, {"closing": "RECOVERED"}, {"closing": "ODD"}])
def test_an_end_needs_its_reason_and_words(college: College, data: dict[str, str]) -> None:
    client = client_of(college, "辅导员")
    client.post(url_of("acknowledge/"))
    verify(client)
    for what in ("close/", "step/outcome/"):
        assert client.post(url_of(what), data).status_code == 422
    assert Incident.objects.get().state == "ACKNOWLEDGED"


def test_after_the_end_nothing_more_is_written(college: College) -> None:
    client = client_of(college, "辅导员")
    client.post(url_of("acknowledge/"))
    verify(client, "TYPED_WRONG", text="填错")
    answer = client.post(url_of("fact/"), {"kind": "NOTE", "text": "late"})
    assert answer.status_code == 409
    assert not IncidentFact.objects.filter(kind="NOTE").exists()
    closed = page(college, "辅导员", "/desk/incidents/?state=closed")
    assert Incident.objects.get().code in closed
    assert "dismissed: a false alarm" in closed
    assert Incident.objects.get().code not in page(college, "辅导员", "/desk/incidents/")


def test_an_incident_that_does_not_exist_is_not_found(college: College) -> None:
    client = client_of(college, "书记")
    assert client.get("/desk/incidents/999999/").status_code == 404
    assert client.post("/desk/incidents/999999/acknowledge/").status_code == 404

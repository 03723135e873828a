"""The survey on the phone and at the desk: nothing typed is lost, nobody sees what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.kernel.actors import OPERATOR
from lianfang.surveys.models import Attempt, Survey, SurveyResponse
from lianfang.usecases import surveys
from tests.browser import axe_problems, clean
from tests.cast import College
from tests.survey_cast import NOTHING, answer, been, trip
from tests.web.desk import looks_at, operator, page, text_of
from tests.web.portal import client_of, log_in, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)

NONE_FORM = {
    "place_text": "达州市通川区", "since_on": "2020-01-20", "has_trips": "no", "has_meetings": "no",
    "community_told": "no", "act": "send", "key": "k", "trips": "1", "meetings": "1",
}  # fmt: skip
TRIP_FORM = NONE_FORM | {
    "has_trips": "yes", "trip-0-place": "温州市鹿城区", "trip-0-arrived_on": "2020-01-18",
    "trip-0-left_on": "2020-01-19", "trip-0-kind": "VISIT", "trip-0-way": "TRAIN",
    "trip-0-number": "G7531", "trip-0-seat": "3车12A",
}  # fmt: skip


def ask(college: College) -> Survey:
    return surveys.open_survey(
        period_from=date(2020, 1, 10), asks_anew=False, by=None, actor=OPERATOR, now=college.now
    )


# ---------------------------------------------------------------- the person


def test_an_open_survey_is_asked_on_every_page_of_ones_own_and_then_no_more(
    college: College,
) -> None:
    client = client_of(college, "小明")
    asked = "您去过哪里、接触过谁"
    assert asked not in client.get("/report/").content.decode()
    ask(college)
    for address in ("/report/", "/me/"):
        assert asked in client.get(address).content.decode()
    assert client.post("/survey/", NONE_FORM).status_code == 302
    for address in ("/report/", "/me/"):
        assert asked not in client.get(address).content.decode()
    assert SurveyResponse.objects.get().is_nothing


def test_another_place_keeps_everything_that_was_typed(college: College) -> None:
    client = client_of(college, "小明")
    more = client.post("/survey/", TRIP_FORM | {"act": "add-trip", "since_on": ""})
    body = more.content.decode()
    assert more.status_code == 200
    for kept in ('value="温州市鹿城区"', 'value="G7531"', 'value="3车12A"', 'id="trip-1"'):
        assert kept in body
    assert 'name="trips" value="2"' in body
    assert not SurveyResponse.objects.exists()
    fewer = client.post("/survey/", TRIP_FORM | {"act": "drop-trip-0", "trips": "2",
                                                "trip-1-place": "重庆市渝中区"})  # fmt: skip
    assert "温州市鹿城区" not in fewer.content.decode()
    assert "重庆市渝中区" in fewer.content.decode()


def test_everything_wrong_is_asked_back_at_once_beside_its_field(college: College) -> None:
    client = client_of(college, "小明")
    client.cookies["language"] = "en"
    answered = client.post(
        "/survey/",
        TRIP_FORM
        | {
            "trip-0-place": "371202", "trip-0-arrived_on": "2020-01-25",
            "trip-0-left_on": "2020-01-23", "has_meetings": "yes", "meeting-0-who": "小明",
            "meeting-0-met_on": "2020-03-01", "community_told": "",
        },
    )  # fmt: skip
    assert answered.status_code == 422
    words = text_of(answered)
    for sentence in (
        "371202 莱城区 is out of use; it is now 370116",
        "before you arrived on Sat 25 Jan",
        "This is you yourself",
        "Sun 1 Mar has not come yet",
        "whether the community was told",
    ):
        assert sentence in words
    assert 'value="370116"' in answered.content.decode()  # the right code is one tap away
    assert not SurveyResponse.objects.exists()


def test_a_changed_answer_is_a_revision_and_the_first_one_stays(college: College) -> None:
    client = client_of(college, "小明")
    client.post("/survey/", NONE_FORM)
    client.post("/survey/", NONE_FORM)  # the same page twice is one answer
    assert SurveyResponse.objects.count() == 1
    form = client.get("/survey/?change=1").content.decode()
    assert "通川区" in form
    client.post("/survey/", TRIP_FORM)
    assert [one.is_current for one in SurveyResponse.objects.order_by("revision")] == [False, True]
    shown = page(college, "小明", "/survey/")
    assert "G7531" in shown
    assert "1 earlier answers" in shown


def test_nothing_has_changed_is_one_tap(college: College) -> None:
    answer(college, "小明")
    surveys.open_survey(
        period_from=date(2020, 1, 10), asks_anew=True, by=None, actor=OPERATOR, now=college.now
    )
    SurveyResponse.objects.update(confirmed_at=datetime.fromisoformat("2020-01-20T08:00+08:00"))
    client = client_of(college, "小明")
    assert "有变化吗" in client.get("/survey/").content.decode()
    assert client.post("/survey/", {"act": "same"}).status_code == 302
    assert "有变化吗" not in client.get("/survey/").content.decode()
    assert SurveyResponse.objects.count() == 1


def test_words_are_sealed_in_the_database(college: College) -> None:
    client_of(college, "小明").post("/survey/", TRIP_FORM)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM surveys_trip")
        assert "G7531" not in cursor.fetchone()[0]


# ---------------------------------------------------------------- the desk


def test_coverage_is_counted_per_unit_with_every_way_not_to_answer(college: College) -> None:
    ask(college)
    answer(college, "小明", page="first")
    answer(college, "小明", been(trip("330302", "01-20")), page="second")  # only the last counts
    client = client_of(college, "辅导员")
    for name, outcome in (("小红", "UNREACHABLE"), ("小红", "REFUSED"), ("小刚", "MOVED")):
        address = f"/desk/care/surveys/people/{college[name].pk}/"
        assert client.post(address, {"outcome": outcome, "note": "电话里说的"}).status_code == 302
    assert Attempt.objects.count() == 3
    words = page(college, "辅导员", f"/desk/care/surveys/units/{college.unit('网络1班').pk}/")
    assert "网络1班 3 1 33% 0 1 0 1 0 1 0" in words
    college.open_unit("网络2班", "CLASS", "网络专业", answers_to="信息系党总支")
    college.appoint("辅导员", "网络2班", "COUNSELOR")
    college.enrol("小新", "网络2班")
    assert "1 of 4 have not answered" in page(college, "辅导员", "/desk/care/surveys/")
    college_wide = page(college, "书记", "/desk/care/surveys/")
    assert "9 of 12 have not answered" in college_wide


def test_the_desk_writes_down_what_was_told_by_phone(college: College) -> None:
    ask(college)
    client = client_of(college, "辅导员")
    address = f"/desk/care/surveys/people/{college['小明'].pk}/answer/"
    assert client.post(address, TRIP_FORM).status_code == 422  # who told it?
    told = {"source": "PHONE", "told_by": "母亲"}
    assert client.post(address, TRIP_FORM | told).status_code == 302
    response = SurveyResponse.objects.get()
    assert (response.source, response.told_by, response.entered_by) == (
        "PHONE", "母亲", college["辅导员"],
    )  # fmt: skip
    assert "written down for you by 辅导员" in page(college, "小明", "/survey/")


def test_reading_an_answer_is_written_down(college: College) -> None:
    answer(college, "小明", been(trip("330302", "01-20", number="G7531")))
    address = f"/desk/care/surveys/people/{college['小明'].pk}/said/"
    assert "G7531" in page(college, "辅导员", address)
    assert looks_at(college["小明"], "surveys.response.seen") == ["辅导员"]


@pytest.mark.parametrize("viewer", ["小刚", "外辅导员", "组长", "主任", "admin"])
def test_nobody_else_reads_it(college: College, viewer: str) -> None:
    """The head reads it only while something is to be followed up, the leading group never."""
    college.appoint("小刚", "网络1班", "CLASS_REPORTER")
    answer(college, "小明", been(trip("330302", "01-20", number="G7531")))
    client = operator(college) if viewer == "admin" else client_of(college, viewer)
    pk = college["小明"].pk
    for part in ("said/", "answer/", ""):
        got = client.get(f"/desk/care/surveys/people/{pk}/{part}")
        assert "G7531" not in got.content.decode()
        if part == "said/":
            assert got.status_code in {403, 404}, part
    assert looks_at(college["小明"], "surveys.response.seen") == []


def test_a_class_reporter_sees_who_is_missing_and_not_what_was_answered(college: College) -> None:
    ask(college)
    college.appoint("小刚", "网络1班", "CLASS_REPORTER")
    answer(college, "小明", been(trip("330302", "01-20")))
    words = page(college, "小刚", f"/desk/care/surveys/units/{college.unit('网络1班').pk}/")
    assert "小红" in words
    assert "not shown to your post" in words
    assert "Asked, and no answer" not in words
    address = f"/desk/care/surveys/people/{college['小红'].pk}/"
    assert client_of(college, "小刚").get(address).status_code == 403


def test_rounds_are_opened_by_whoever_answers_for_the_college(college: College) -> None:
    assert client_of(college, "辅导员").post("/desk/care/surveys/rounds/").status_code == 403
    leader = client_of(college, "书记")
    leader.post("/desk/care/surveys/rounds/", {"period_from": "2020-01-10"})
    assert Survey.objects.get().period_from == date(2020, 1, 10)
    leader.post("/desk/care/surveys/rounds/", {"period_from": "2020-01-10"})  # said, not stored
    assert Survey.objects.count() == 1
    leader.post("/desk/care/surveys/rounds/", {"act": "close"})
    assert Survey.objects.get().state == "CLOSED"


def test_the_coverage_costs_the_same_for_one_class_and_for_three(college: College) -> None:
    ask(college)
    client = client_of(college, "书记")

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert client.get("/desk/care/surveys/").status_code == 200
        return len(counted)

    cost()
    before = cost()
    for name in ("网络2班", "网络3班"):
        college.open_unit(name, "CLASS", "网络专业", answers_to="信息系党总支")
        college.enrol(f"{name}生", name)
    answer(college, "小明", NOTHING)
    assert cost() == before


# ---------------------------------------------------------------- in a real browser


@pytest.mark.parametrize("javascript", [True, False])
def test_a_journey_is_told_on_the_phone(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], object], javascript: bool
) -> None:
    ask(college)
    phone = open_page(size="phone", javascript=javascript)
    log_in(phone, college, "小明")
    phone.goto("/survey/")
    phone.fill("[name=place_text]", "达州市通川区")
    phone.fill("[name=since_on]", "2020-01-20")
    tap(phone, "has_trips", "yes")
    phone.fill("[name=trip-0-place]", "温州市鹿城区")
    phone.fill("[name=trip-0-arrived_on]", "2020-01-18")
    phone.fill("[name=trip-0-left_on]", "2020-01-19")
    tap(phone, "trip-0-kind", "VISIT")
    phone.click("button[value=add-trip]")
    assert phone.input_value("[name=trip-0-place]") == "温州市鹿城区"
    phone.fill("[name=trip-1-place]", "重庆市")
    phone.fill("[name=trip-1-arrived_on]", "2020-01-19")
    phone.fill("[name=trip-1-left_on]", "2020-01-19")
    tap(phone, "trip-1-kind", "CHANGE")
    tap(phone, "has_meetings", "no")
    tap(phone, "community_told", "no")
    phone.click("button.main[value=send]")
    assert phone.locator("#asked-back").is_visible()  # which county of Chongqing?
    phone.fill("[name=trip-1-place]", "重庆市渝中区")
    if javascript:
        picture(phone, "survey-asked-back")
        clean(phone)
    phone.click("button.main[value=send]")
    assert phone.locator("dl.facts").inner_text().count("温州市鹿城区") == 1
    response = SurveyResponse.objects.get()
    assert [one.kind for one in response.trips.order_by("position")] == ["VISIT", "CHANGE"]
    if javascript:
        picture(phone, "survey-said")
        assert axe_problems(phone) == []


def test_the_desk_looks_right_on_both_sizes(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], object]
) -> None:
    ask(college)
    answer(college, "小明", been(trip("330302", "01-20", number="G7531")))
    client_of(college, "辅导员").post(
        f"/desk/care/surveys/people/{college['小红'].pk}/", {"outcome": "UNREACHABLE"}
    )
    for size in ("phone", "desktop"):
        desk = open_page(size=size)
        log_in(desk, college, "辅导员", language="en" if size == "desktop" else "")
        for name, address in (
            ("coverage", "/desk/care/surveys/"),
            ("unit", f"/desk/care/surveys/units/{college.unit('网络1班').pk}/"),
            ("person", f"/desk/care/surveys/people/{college['小刚'].pk}/"),
            ("said", f"/desk/care/surveys/people/{college['小明'].pk}/said/"),
            ("enter", f"/desk/care/surveys/people/{college['小刚'].pk}/answer/"),
        ):
            desk.goto(address)
            picture(desk, f"survey-{name}-{size}")
            clean(desk)

"""The course of an incident on its page: one thing to do on top, clocks, files, what leaks not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianfang.audit.models import Entry
from lianfang.incidents.models import (
    Classification,
    Incident,
    LegalClock,
    NextCheck,
    OutsideNotice,
    ReachStep,
    Referral,
)
from lianfang.usecases import acknowledge_incident, handle_incident, incident_reports
from tests.browser import OpenPage, clean
from tests.cast import FEVER, College
from tests.flow.incident_cast import fever, said, the_incident, told, verified, who
from tests.web.desk import client_of, page, text_of
from tests.web.portal import log_in, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = ("小明", "38.2", "干咳", "发热", "王医生", "李科长", "0818", "市中心医院", "母亲")


@pytest.fixture
def college(college: College) -> College:
    college.appoint("副主任", "学院", "DOCTOR")
    return college


def url_of(what: str = "") -> str:
    return f"/desk/incidents/{the_incident().pk}/{what}"


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_duty_officer_is_led_from_step_to_step(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], Any], size: str
) -> None:
    college.report("小明", FEVER)
    browser = open_page(size=size)
    log_in(browser, college, "值班员")
    browser.goto(url_of())
    browser.get_by_role("button", name="我来处理").click()
    top = browser.locator("#next")
    assert "核实：给本人打电话" in top.inner_text()
    clean(browser)
    picture(browser, f"incident-verify-{size}")
    tap(browser, "verdict", "TRUE")
    tap(browser, "method", "PHONE")
    tap(browser, "history", "yes")
    browser.get_by_role("button", name="登记核实结果").click()
    # A limit runs: whom to tell stands on top, and who they are is chosen already.
    assert "对外报告" in top.inner_text()
    assert browser.locator("input[name=organisation][value=CDC]").is_checked()
    clean(browser)
    picture(browser, f"incident-tell-{size}")
    browser.get_by_label("对方接听人").fill("李科长")
    browser.get_by_label("拨打的号码").fill("0818-2112345")
    browser.get_by_label("告知或提供的内容").fill("学生1人发热")
    browser.get_by_role("button", name="已告知对方").click()
    assert OutsideNotice.objects.get().spoke_with == "李科长"
    assert "安排就诊" in top.inner_text()
    top.get_by_label("哪家医院").fill("示例市中心医院")
    top.get_by_role("button").last.click()
    assert "询问就诊结果" in top.inner_text()
    clean(browser)
    picture(browser, f"incident-way-{size}")


def test_it_works_on_a_phone_without_script_and_in_english(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], Any]
) -> None:
    fever(college)
    browser = open_page(javascript=False)
    log_in(browser, college, "值班员", language="en")
    browser.goto(url_of())
    browser.get_by_role("button", name="Keep the verdict").click()
    assert "Please say what you found." in browser.inner_text("#next")
    picture(browser, "incident-wrong-phone-en")
    tap(browser, "verdict", "TYPED_WRONG")
    tap(browser, "method", "PHONE")
    browser.get_by_label("What was said, by whom").fill("told me it was a slip")
    browser.get_by_role("button", name="Keep the verdict").click()
    assert "dismissed: a false alarm" in browser.inner_text("#next")
    assert Incident.objects.get().is_dismissed
    picture(browser, "incident-dismissed-phone-en")


def test_a_full_page_reads_well_on_both_sizes(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], Any],
    it_is: Callable[[datetime], None],
) -> None:  # fmt: skip
    full_story(college, it_is)
    for size, language in (("phone", "zh-hans"), ("desktop", "en")):
        browser = open_page(size=size)
        log_in(browser, college, "值班员", language=language)
        report = the_incident().case_reports.get().pk
        for name, where in (
            ("incident-full", url_of()), ("incident-report", url_of(f"reports/{report}/")),
            ("incident-cases", "/desk/incidents/cases/"), ("incidents", "/desk/incidents/"),
        ):  # fmt: skip
            browser.goto(where)
            clean(browser)
            picture(browser, f"{name}-{size}-{language}")


def full_story(college: College, it_is: Callable[[datetime], None]) -> None:
    fever(college)
    verified(college, has_history=True)
    college.fast_forward(minutes=30)
    said(college, "SUSPECTED")
    told(college, "EDUCATION")
    incident_reports.make_report(
        incident=the_incident(), kind="FIRST", words="", **who(college, "值班员")
    )
    college.fast_forward(minutes=30)
    it_is(college.now)


# ---------------------------------------------------------------- what each may see


def test_the_leading_group_sees_code_clock_and_copy_and_nothing_else(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    full_story(college, it_is)
    report = the_incident().case_reports.get().pk
    for where in (
        url_of(), "/desk/incidents/", "/desk/board/", "/desk/incidents/cases/",
        url_of(f"reports/{report}/"), url_of(f"reports/{report}.txt"),
        url_of(f"reports/{report}.docx"), "/desk/incidents/cases/?format=xlsx",
    ):  # fmt: skip
        answer = client_of(college, "组长").get(where)
        assert answer.status_code == 200, where
        body = answer.content.decode("utf-8", "replace")
        assert [word for word in SECRET if word in body and where.endswith("/")] == [], where
    text = client_of(college, "组长").get(url_of(f"reports/{report}.txt")).content.decode()
    assert [word for word in SECRET if word in text] == []
    assert the_incident().code in text
    assert "疑似病例" in text
    words = page(college, "组长", url_of())
    assert "The next thing: Tell those outside" in words
    assert "due 10:30" in words


@pytest.mark.parametrize("name", ["外辅导员", "小红", "小明", "admin"])
def test_who_may_not_see_it_finds_no_report_and_takes_no_step(
    college: College, it_is: Callable[[datetime], None], name: str
) -> None:
    full_story(college, it_is)
    college.appoint("小红", "网络1班", "CLASS_REPORTER")
    from tests.web.desk import operator

    client = operator(college) if name == "admin" else client_of(college, name)
    report = the_incident().case_reports.get().pk
    for where in (url_of(f"reports/{report}/"), url_of(f"reports/{report}.txt")):
        assert client.get(where).status_code in {403, 404}, where
    before = Entry.objects.filter(verb__startswith="incidents.").count()
    for what in ("verify", "classify", "tell", "reach", "outcome", "report", "close"):
        answer = client.post(url_of(f"step/{what}/"), {"verdict": "TYPED_WRONG"})
        assert answer.status_code in {403, 404}, what
    assert Entry.objects.filter(verb__startswith="incidents.").count() == before
    cases = client.get("/desk/incidents/cases/")
    assert cases.status_code == 403 or "小" not in text_of(cases).split("Cases")[-1]


def test_the_leading_group_takes_no_step(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    full_story(college, it_is)
    client = client_of(college, "组长")
    for what in ("verify", "classify", "tell", "report"):
        assert client.post(url_of(f"step/{what}/"), {}).status_code == 403
    assert client.post(url_of("step/nothing-known/"), {}).status_code == 404


# ---------------------------------------------------------------- the forms


def test_what_the_school_may_not_say_is_refused_and_what_was_typed_stays(
    college: College,
) -> None:
    fever(college)
    verified(college)
    client = client_of(college, "辅导员")
    answer = client.post(
        url_of("step/classify/"),
        {"kind": "CONFIRMED", "source": "DOCTOR", "said_by": "typed with care"},
    )
    assert answer.status_code == 422
    assert "不能由" in answer.content.decode()
    assert "typed with care" in answer.content.decode()
    answer = client.post(url_of("step/classify/"), {"kind": "SUSPECTED", "source": "HOSPITAL"})
    assert answer.status_code == 422
    assert Classification.objects.count() == 0


def test_a_dismissal_without_words_hears_of_everything_at_once(college: College) -> None:
    fever(college, by="辅导员")
    answer = client_of(college, "辅导员").post(url_of("step/verify/"), {"verdict": "TYPED_WRONG"})
    assert answer.status_code == 422
    assert answer.content.decode().count('class="problem"') == 2  # how, and the reason


def test_whoever_is_told_first_sees_that_no_hospital_is_arranged(college: College) -> None:
    fever(college)
    verified(college, has_history=True)
    client = client_of(college, "值班员")
    assert "?step=refer#step-refer" in client.get(url_of()).content.decode()
    client.post(url_of("step/refer/"), {"hospital": "示例医院"})
    assert "?step=refer#step-refer" not in client.get(url_of()).content.decode()
    way = Referral.objects.get()
    answer = client.post(f"/desk/referrals/{way.pk}/step/", {"step": "result", "result": " "})
    assert answer.status_code == 422
    assert 'id="problem_result"' in answer.content.decode()
    client.post(f"/desk/referrals/{way.pk}/step/", {"step": "result", "result": "流感，阴性"})
    way.refresh_from_db()
    assert way.result == "流感，阴性"


def test_a_link_to_a_step_unfolds_it(college: College) -> None:
    fever(college)
    verified(college)
    client = client_of(college, "值班员")
    folded, unfolded = (client.get(url_of(ask)).content.decode() for ask in ("", "?step=report"))
    assert 'id="step-report">' in folded
    assert 'id="step-report" open>' in unfolded


def test_a_future_moment_and_a_strange_one_are_asked_back(college: College) -> None:
    fever(college)
    verified(college)
    client = client_of(college, "值班员")
    typed = {
        "organisation": "CDC", "spoke_with": "李科长", "method": "PHONE", "phone": "1",
        "given": "口头", "at": "2020-02-02T08:00",
    }  # fmt: skip
    for at in ("2020-02-02T08:00", "yesterday"):
        answer = client.post(url_of("step/tell/"), {**typed, "at": at})
        assert answer.status_code == 422, at
    assert OutsideNotice.objects.count() == 0
    client.post(url_of("step/tell/"), {**typed, "at": "2020-02-01T07:30"})
    assert OutsideNotice.objects.get().at == college.now - timedelta(minutes=30)


def test_a_row_of_another_incident_is_not_corrected_from_here(college: College) -> None:
    fever(college)
    verified(college)
    mine = told(college)
    college.report("小红", FEVER)
    other = the_incident("小红")
    acknowledge_incident.acknowledge(incident=other, **who(college, "值班员"))
    typed = {
        "organisation": "CDC", "spoke_with": "x", "method": "IN_PERSON", "given": "x",
        "replaces": str(mine.pk), "reason": "x",
    }  # fmt: skip
    client = client_of(college, "值班员")
    answer = client.post(f"/desk/incidents/{other.pk}/step/tell/", typed)
    assert answer.status_code == 404
    assert OutsideNotice.objects.count() == 1


def test_the_emergency_path_is_written_step_by_step(college: College) -> None:
    fever(college, by="辅导员")
    verified(college, "UNREACHABLE", text="三次无人接听")
    carer, officer = client_of(college, "辅导员"), client_of(college, "值班员")
    assert "Find the person" in page(college, "辅导员", url_of())
    step = {"ring": "ROOMMATE", "answer": "NOBODY", "text": "室友也不知道"}
    assert carer.post(url_of("step/reach/"), step).status_code == 302
    assert carer.post(url_of("step/reach/"), {**step, "ring": "POLICE"}).status_code == 403
    found = {"ring": "COMMUNITY", "answer": "LOOKING", "text": "社区上门"}
    assert officer.post(url_of("step/reach/"), found).status_code == 302
    assert list(ReachStep.objects.order_by("id").values_list("ring", flat=True)) == [
        "ROOMMATE", "COMMUNITY",
    ]  # fmt: skip
    officer.post(url_of("step/outcome/"), {"closing": "LOST", "text": "社区继续查找"})
    officer.post(url_of("close/"), {"closing": "LOST", "text": "移交社区"})
    assert the_incident().closing == "LOST"


def test_the_next_check_rings_and_is_noted(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    fever(college)
    client = client_of(college, "值班员")
    assert client.post(url_of("step/check/"), {"what": "体温"}).status_code == 422
    client.post(url_of("step/check/"), {"what": "体温", "due_at": "2020-02-01T18:00"})
    college.fast_forward(to=college.at("18:00"))
    assert college.told(reference="check:") == ["值班员"]
    it_is(college.now)
    client.post(url_of("step/check/"), {"found": "37.0", "due_at": "2020-02-02T08:00"})
    first, second = NextCheck.objects.order_by("id")
    assert (first.found, second.done_at) == ("37.0", None)


def test_the_measures_on_campus_are_written_down(college: College) -> None:
    fever(college, presence="ON_CAMPUS")
    client = client_of(college, "值班员")
    for typed in (
        {"room": "校医院2楼"}, {"leaves_room": "on"},
        {"names": f"{college['小红'].number}\n王五", "note": "同寝室"}, {"place": "3-201"},
    ):  # fmt: skip
        assert client.post(url_of("step/campus/"), typed).status_code == 302, typed
    one = the_incident()
    assert one.observations.get().ended_at is not None
    assert sorted(row.name for row in one.companions.all()) == ["小红", "王五"]
    task = one.disinfections.get()
    client.post(url_of("step/campus/"), {"task": str(task.pk), "done_by": "后勤 张"})
    task.refresh_from_db()
    assert task.done_by == "后勤 张"
    words = page(college, "主任", url_of())
    assert "王五" in words
    assert "王五" not in page(college, "组长", url_of())


def test_a_limit_is_ended_with_a_reason(college: College) -> None:
    fever(college)
    verified(college, has_history=True)
    clock = LegalClock.objects.get()
    client = client_of(college, "值班员")
    answer = client.post(url_of("step/end-clock/"), {"clock": str(clock.pk), "reason": ""})
    assert answer.status_code == 422
    client.post(url_of("step/end-clock/"), {"clock": str(clock.pk), "reason": "疾控在场"})
    clock.refresh_from_db()
    assert not clock.is_open


# ---------------------------------------------------------------- lists


def _queries(client: Client, where: str) -> int:
    client.get(where)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(where)
    return len(asked)


def test_the_list_asks_as_often_for_three_as_for_one(college: College) -> None:
    fever(college)
    verified(college, has_history=True)
    client = client_of(college, "值班员")
    one = {where: _queries(client, where) for where in ("/desk/incidents/", "/desk/board/")}
    for name in ("小红", "小刚"):
        college.report(name, FEVER)
        acknowledge_incident.acknowledge(incident=the_incident(name), **who(college, "值班员"))
        handle_incident.verify(
            incident=the_incident(name), verdict="TRUE", method="PHONE", has_history=True,
            **who(college, "值班员"),
        )  # fmt: skip
    assert {where: _queries(client, where) for where in one} == one


def test_list_and_board_show_the_classification_and_the_clock(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    full_story(college, it_is)
    for where in ("/desk/incidents/", "/desk/board/"):
        words = page(college, "值班员", where)
        assert "suspected case" in words
        assert "CDC of the district" in words
        assert "due 10:30" in words
    assert "1 signals, 1 verified, 1 of these true" in page(college, "值班员", "/desk/incidents/")


def test_looking_at_the_daily_list_is_written_down_for_everybody_on_it(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    full_story(college, it_is)
    page(college, "辅导员", "/desk/incidents/cases/")
    seen = Entry.objects.get(verb="incidents.case-list.seen")
    assert (seen.concerns, seen.actor_label) == (college["小明"].pk, "辅导员")
    words = page(college, "辅导员", "/desk/incidents/cases/")
    assert "小*" in words
    assert "小明" not in words

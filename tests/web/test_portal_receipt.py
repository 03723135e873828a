"""The receipt: a number for everybody, and for whoever is unwell what to do, where, who knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lianfang.audit.models import Entry
from lianfang.escalation.models import Summons
from lianfang.reporting.models import DailyReport
from lianfang.usecases.acknowledge_incident import answer_summons
from tests.cast import FEVER, FINE, College
from tests.web.portal import client_of, hospital, reported_by

pytestmark = pytest.mark.django_db


def shown(client: Client, report: DailyReport, *, status: int = 200, more: str = "") -> str:
    response = client.get(f"/report/receipt/{report.receipt}/{more}")
    assert response.status_code == status
    return response.content.decode()


def test_a_report_of_somebody_well_shows_number_and_next_time(college: College) -> None:
    page = shown(client_of(college, "小明"), college.report("小明"))
    assert DailyReport.objects.get().receipt in page
    assert "明天 12:00 前再见" in page
    assert "现在请这样做" not in page
    assert 'id="told"' not in page


def test_a_fever_shows_advice_hospital_who_was_told_and_a_number_to_call(college: College) -> None:
    hospital()
    page = shown(client_of(college, "小明"), college.report("小明", FEVER))
    for words in (
        "戴好口罩",
        "把手机保持畅通",
        "示例市中心医院",
        'href="tel:0818-1111111"',
        'href="tel:0818-2222222"',
        f'href="tel:{college["辅导员"].phone}"',
        "已通知，还没回应",
        "等待回应",
    ):
        assert words in page
    for name in ("辅导员", "主任", "值班员"):
        assert name in page


def test_who_answered_shows_by_itself(college: College) -> None:
    client, report = client_of(college, "小明"), college.report("小明", FEVER)
    waiting = client.get(f"/report/receipt/{report.receipt}/told/")
    assert waiting.headers["X-Waits"] == "1"
    summons = Summons.objects.get(person=college["主任"])
    answer_summons(summons=summons, what=Summons.Answer.MINE, now=college.now)
    answered = client.get(f"/report/receipt/{report.receipt}/told/")
    assert "X-Waits" not in answered.headers
    assert "<b>主任</b> 已接手" in answered.content.decode()
    assert "refresh" not in shown(client, report)


def test_a_post_that_nobody_holds_is_told_honestly(college: College) -> None:
    college.unit("学院党委").shifts.all().delete()
    page = shown(client_of(college, "小明"), college.report("小明", FEVER))
    assert "岗位无人" in page
    assert "值班员" in page


@pytest.mark.parametrize("county", ["511702", "511722", "510104"])
def test_the_hospital_comes_from_county_then_city_then_province(
    college: College, county: str
) -> None:
    hospital()
    answers = replace(FEVER, county_code=county)
    page = shown(client_of(college, "小明"), college.report("小明", answers))
    assert "示例市中心医院" in page
    assert ("您所在的区县没有查到" in page) == (county != "511702")


def test_where_no_hospital_is_known_it_says_so_and_names_120(college: College) -> None:
    hospital()
    answers = replace(FEVER, county_code="420106")
    page = shown(client_of(college, "小明"), college.report("小明", answers))
    assert "示例市中心医院" not in page
    assert "没有查到您附近的定点医院" in page
    assert 'href="tel:120"' in page


def test_a_hospital_without_a_number_offers_120(college: College) -> None:
    hospital(phone="")
    page = shown(client_of(college, "小明"), college.report("小明", FEVER))
    assert "电话未知" in page
    assert 'href="tel:120"' in page


def test_a_contact_without_symptoms_waits_for_a_call_and_sends_nobody_to_hospital(
    college: College,
) -> None:
    answers = replace(FINE, met=True, met_on=date(2020, 1, 30))
    page = shown(client_of(college, "小明"), college.report("小明", answers))
    assert "辅导员今天会就您报告的情况给您打电话" in page
    assert "发热门诊" not in page


def test_a_late_report_is_thanked(college: College, it_is: Any) -> None:
    college.now = college.at("15:00")
    it_is(college.now)
    assert "晚报也谢谢您" in shown(client_of(college, "小明"), college.report("小明"))


def test_making_up_for_yesterday_reminds_of_today(college: College, it_is: Any) -> None:
    college.now += timedelta(days=1)
    it_is(college.now)
    report = college.report("小明", day=date(2020, 2, 1))
    assert "今天的报告 12:00 截止" in shown(client_of(college, "小明"), report)


# ---------------------------------------------------------------- whose it is


def test_another_persons_receipt_does_not_exist(college: College) -> None:
    report = college.report("小明", FEVER)
    for name in ("小红", "外人", "外辅导员", "辅导员", "书记"):
        for more in ("", "told/"):
            page = shown(client_of(college, name), report, status=404, more=more)
            for secret in ("小明", "38.2", "发热", "辅导员 ·", "511702", "通川"):
                assert secret not in page


def test_without_a_log_in_a_receipt_leads_to_the_log_in(college: College) -> None:
    report = college.report("小明", FEVER)
    response = Client().get(f"/report/receipt/{report.receipt}/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/")


def test_who_reported_for_somebody_sees_the_receipt_and_that_is_written_down(
    college: College,
) -> None:
    report = reported_by(college, "辅导员", "小明", FEVER)
    assert "这是您替小明代报的" in shown(client_of(college, "辅导员"), report)
    entry = Entry.objects.get(verb="reporting.answers.seen")
    assert (entry.concerns, entry.actor_label) == (college["小明"].pk, "辅导员")


def test_the_person_sees_who_reported_for_them(college: College) -> None:
    report = reported_by(college, "辅导员", "小明")
    assert "由辅导员代报（电话告知）" in shown(client_of(college, "小明"), report)
    assert not Entry.objects.filter(verb="reporting.answers.seen").exists()


def test_the_number_of_the_counselor_is_shown_only_where_it_is_needed_and_leaves_a_trace(
    college: College,
) -> None:
    client = client_of(college, "小明")
    assert college["辅导员"].phone not in shown(client, college.report("小明"))
    assert not Entry.objects.filter(verb="roster.phone.revealed").exists()
    assert college["辅导员"].phone in shown(client, college.report("小明", FEVER))
    entry = Entry.objects.get(verb="roster.phone.revealed")
    assert (entry.concerns, entry.actor_label) == (college["辅导员"].pk, "小明")


def test_the_part_that_looks_again_costs_the_same_for_one_and_for_ten_people_told(
    college: College, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client, report = client_of(college, "小明"), college.report("小明", FEVER)
    client.get("/report/")
    with django_assert_max_num_queries(9) as few:
        shown(client, report, more="told/")
    college.fast_forward(hours=2)
    client.get("/report/")  # the rules of the hour are read anew
    with django_assert_max_num_queries(9) as many:
        shown(client, report, more="told/")
    assert len(few.captured_queries) == len(many.captured_queries)

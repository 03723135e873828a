"""My record: every version of my reports, who used it, what was written to me; nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lianfang.accounts.models import Account
from lianfang.notifications.models import Message
from lianfang.usecases.desk_calls import reveal_phone
from lianfang.usecases.looks import answers_seen
from tests.cast import FEVER, College
from tests.web.portal import PASSWORD, account_of, client_of, reported_by

pytestmark = pytest.mark.django_db


def test_every_version_of_my_reports_stands_there_with_who_gave_it(college: College) -> None:
    first = reported_by(college, "辅导员", "小明")
    second = college.report("小明", FEVER)
    page = client_of(college, "小明").get("/me/").content.decode()
    for words in (first.receipt, second.receipt, "第 2 版", "由辅导员代报：电话告知", "已更新"):
        assert words in page


def test_others_reports_do_not_stand_there(college: College) -> None:
    report = college.report("小红", FEVER)
    page = client_of(college, "小明").get("/me/").content.decode()
    assert report.receipt not in page
    assert "小红" not in page


def test_who_looked_at_my_record_stands_there_in_words(college: College) -> None:
    report = college.report("小明")
    boss = college.actor("辅导员")
    answers_seen(person=college["小明"], reports=[report], actor=boss, now=college.now)
    reveal_phone(person=college["小明"], reason="missing", actor=boss, now=college.now)
    for address in ("/me/", "/me/looks/"):
        page = client_of(college, "小明").get(address).content.decode()
        assert "<b>辅导员</b> 查看了您报告的内容" in page
        assert "<b>辅导员</b> 查看了您的电话号码" in page
    assert "查看了您报告的内容" not in client_of(college, "小红").get("/me/looks/").content.decode()


def test_the_page_costs_the_same_for_one_and_for_three_rows(
    college: College, it_is: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(college, "小明")
    client.get("/me/")
    reported_by(college, "辅导员", "小明")
    with django_assert_max_num_queries(17) as one:
        client.get("/me/")
    for name in ("主任", "副主任"):
        college.now += timedelta(minutes=1)
        it_is(college.now)
        reported_by(college, name, "小明")
        answers_seen(person=college["小明"], reports=[], actor=college.actor(name), now=college.now)
    with django_assert_max_num_queries(17) as three:
        assert client.get("/me/").content.decode().count("代报") == 3
    assert len(one.captured_queries) == len(three.captured_queries)


def test_messages_costs_the_same_for_one_and_for_three_letters(
    college: College, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(college, "主任")
    client.get("/messages/")
    college.report("小明", FEVER)
    with django_assert_max_num_queries(9) as one:
        client.get("/messages/")
    college.report("小红", FEVER)
    college.report("小刚", FEVER)
    with django_assert_max_num_queries(9) as three:
        assert client.get("/messages/").content.decode().count("<li>") == 3
    assert len(one.captured_queries) == len(three.captured_queries)


def test_my_messages_are_mine_and_are_marked_read_only_by_me(college: College) -> None:
    college.report("小明", FEVER)
    mine, other = client_of(college, "主任"), client_of(college, "小红")
    assert "需要您处理" in mine.get("/messages/").content.decode()
    assert "还没有消息" in other.get("/messages/").content.decode()
    assert Message.objects.filter(read_at__isnull=False).count() == 0
    other.post("/messages/read/")
    assert Message.objects.filter(read_at__isnull=False).count() == 0
    mine.post("/messages/read/")
    assert Message.objects.get(read_at__isnull=False).recipient == college["主任"]
    assert mine.get("/messages/read/").status_code == 405


def test_an_operator_without_a_person_sees_the_account_alone(college: College) -> None:
    operator = Account.objects.create(login="root", is_operator=True, created_at=college.now)
    client = Client()
    client.force_login(operator, backend="lianfang.accounts.backends.NumberBackend")
    assert client.get("/me/").status_code == 200
    for address in ("/report/", "/messages/", "/me/looks/"):
        assert client.get(address).status_code == 403


def test_a_changed_password_keeps_this_device_logged_in_and_no_other(college: College) -> None:
    account_of(college, "小明", with_password=True)
    here, there = client_of(college, "小明"), client_of(college, "小明")
    new = "three cranes over the river"
    form = {"old": PASSWORD, "password": new, "again": new}
    assert here.post("/me/password/", form).status_code == 302
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    assert account_of(college, "小明").check_password(new)


@pytest.mark.parametrize(
    "form, words",
    [
        ({"old": "wrong", "password": "long enough 77", "again": "long enough 77"}, "现在的密码"),
        ({"old": PASSWORD, "password": "long enough 77", "again": "other"}, "不一样"),
        ({"old": PASSWORD, "password": "short", "again": "short"}, "8"),
        ({"old": PASSWORD, "password": "2019000001", "again": "2019000001"}, "学号"),
    ],
)
def test_a_password_that_will_not_do_is_asked_back(
    college: College, form: dict[str, str], words: str
) -> None:
    account_of(college, "小明", with_password=True)
    response = client_of(college, "小明").post("/me/password/", form)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert account_of(college, "小明").check_password(PASSWORD)

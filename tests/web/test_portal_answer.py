"""One tap on a signed link answers; looking, old links and forged links change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from lianfang.audit.models import Entry
from lianfang.escalation.links import link_token
from lianfang.escalation.models import Escalation, Summons
from lianfang.incidents.models import Incident
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db


def link(college: College, name: str) -> str:
    summons = Summons.objects.filter(person=college[name]).latest("id")
    return f"/a/{link_token(summons)}/"


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def test_the_page_says_who_is_needed_since_when_and_what_happens_next(college: College) -> None:
    college.report("小明", FEVER)
    page = text(Client().get(link(college, "主任")))
    for words in (
        "主任，有一件事现在需要您",
        "信息系 · 主要负责人",
        "将通知： 学院 · 主要负责人",
        "08:00",
        "08:10 截止",
    ):
        assert words in page
    assert "我来处理" in page
    assert "转给备岗" in page


def test_the_page_never_says_who_is_ill_or_of_what(college: College) -> None:
    college.report("小明", FEVER)
    for name in ("辅导员", "主任", "值班员"):
        for ask in (Client().get, Client().post):
            page = ask(link(college, name)).content.decode()
            for secret in ("小明", "发热", "干咳", "38.2", "通川"):
                assert secret not in page


def test_looking_changes_nothing(college: College) -> None:
    college.report("小明", FEVER)
    before = Entry.objects.count(), Escalation.objects.get().next_due_at
    for ask in (Client().get, Client().head, Client().get):
        ask(link(college, "主任"))
    assert not Summons.objects.filter(answered_at__isnull=False).exists()
    assert (Entry.objects.count(), Escalation.objects.get().next_due_at) == before


def test_one_tap_takes_it_over_and_stops_the_climb(college: College) -> None:
    college.report("小明", FEVER)
    mine = link(college, "主任")
    response = Client().post(mine, {"what": "MINE"})
    assert (response.status_code, response.headers["Location"]) == (302, mine)
    incident = Incident.objects.get()
    assert (incident.state, incident.acknowledged_by) == ("ACKNOWLEDGED", college["主任"])
    page = text(Client().get(mine))
    assert "已由您接手" in page
    assert f"/desk/incidents/{incident.pk}/" in page
    assert "小明" not in page
    college.fast_forward(hours=1)
    assert college.told() == ["辅导员", "主任", "值班员"]


def test_passing_on_calls_the_next_at_once(college: College) -> None:
    college.report("小明", FEVER)
    mine = link(college, "主任")
    Client().post(mine, {"what": "PASSED_ON"})
    college.work()
    assert college.told()[3:] == ["书记"]
    assert "已转给备岗" in text(Client().get(mine))
    assert Incident.objects.get().waits


def test_a_used_link_tells_who_has_it_and_takes_no_second_answer(college: College) -> None:
    college.report("小明", FEVER)
    first, second = link(college, "主任"), link(college, "值班员")
    Client().post(first, {"what": "MINE"})
    assert "主任 已接手" in text(Client().get(second))
    assert "主任 已接手" in text(Client().post(second, {"what": "MINE"}), 409)
    assert "已由您接手" in text(Client().post(first, {"what": "PASSED_ON"}), 409)
    assert Incident.objects.get().acknowledged_by == college["主任"]


def test_an_answer_that_is_none_is_not_taken(college: College) -> None:
    college.report("小明", FEVER)
    assert "我来处理" in text(Client().post(link(college, "主任"), {"what": "LATER"}), 409)
    assert Incident.objects.get().waits


@pytest.mark.parametrize("token", ["zzz", "MQ:1abc:forged", "%00", "x" * 500])
def test_a_forged_link_is_answered_in_plain_words(college: College, token: str) -> None:
    college.report("小明", FEVER)
    for ask in (Client().get, Client().post):
        page = text(ask(f"/a/{token}/"), 404)
        assert "这个链接已经打不开了" in page
        assert "登录" in page


def test_a_link_of_four_days_ago_is_answered_in_plain_words(college: College, it_is: Any) -> None:
    college.report("小明", FEVER)
    old = link(college, "主任")
    it_is(college.now + timedelta(days=4))
    assert "这个链接已经打不开了" in text(Client().get(old), 404)
    text(Client().post(old, {"what": "MINE"}), 404)
    assert Incident.objects.get().waits


def test_after_the_last_rung_the_answer_still_counts(college: College, it_is: Any) -> None:
    college.report("小明", FEVER)
    college.fast_forward(hours=3)
    it_is(college.now)
    late = link(college, "值班员")
    assert "您的回应仍然有效" in text(Client().get(late))
    Client().post(late, {"what": "MINE"})
    assert Incident.objects.get().acknowledged_by == college["值班员"]


def test_a_summons_of_a_unit_that_has_not_signed_names_the_unit(
    college: College, it_is: Any
) -> None:
    college.fast_forward(to=college.at("13:20"))
    it_is(college.now)
    page = text(Client().get(link(college, "辅导员")))
    assert "网络1班今天的报告还没有签署" in page


def test_the_link_works_without_cookies_of_a_log_in_and_asks_for_a_token_against_forgery(
    college: College,
) -> None:
    college.report("小明", FEVER)
    careful = Client(enforce_csrf_checks=True)
    mine = link(college, "主任")
    assert text(careful.post(mine, {"what": "MINE"}), 403)
    careful.get(mine)
    token = careful.cookies["csrftoken"].value
    response = careful.post(mine, {"what": "MINE", "csrfmiddlewaretoken": token})
    assert response.status_code == 302

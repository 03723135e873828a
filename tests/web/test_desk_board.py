"""The committee's page: the sentence, the tree, open incidents, the map, what is lacking."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lianfang.incidents.models import Incident
from lianfang.installation import heartbeat
from lianfang.installation import operations as installation
from lianfang.kernel.actors import OPERATOR
from lianfang.rulebook import operations as rulebook
from tests.cast import FEVER, FINE, MORNING, College
from tests.web.desk import client_of, operator, page, text_of

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = replace(FINE, county_code="420106")  # 武昌区


def test_the_sentence_says_what_needs_somebody_first(college: College) -> None:
    college.report("小明", FEVER)
    words = page(college, "书记", "/desk/board/")
    assert words.index("incidents without an answer: 1") < words.index("10 of 11 have not reported")
    client_of(college, "主任").post(f"/desk/incidents/{Incident.objects.get().pk}/acknowledge/")
    words = page(college, "书记", "/desk/board/")
    assert "nobody has answered" not in words
    assert "incidents in hand: 1" in words


def test_an_open_incident_says_who_has_not_answered_and_who_is_next(college: College) -> None:
    college.report("小明", FEVER)
    words = page(college, "书记", "/desk/board/")
    assert "Told, not answered: 辅导员" in words
    assert "值班员 duty officer of the committee" in words
    assert "due 08:10, 10 min left" in words


def test_a_ladder_that_nobody_answered_is_an_alarm_on_the_board(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    college.report("小明", FEVER)
    college.fast_forward(minutes=31)
    it_is(college.now)
    assert "the whole ladder was climbed, nobody answered" in page(college, "书记", "/desk/board/")


def test_what_needs_attention_stands_on_top_of_the_tree(college: College) -> None:
    for name in ("小明", "小红", "小刚", "辅导员", "主任", "副主任"):
        college.report(name)
    order = page(college, "书记", "/desk/board/").split("what needs attention first")[1]
    assert order.index("护理系") < order.index("信息系")
    college.report("小明", FEVER)
    order = page(college, "书记", "/desk/board/").split("what needs attention first")[1]
    assert order.index("信息系") < order.index("护理系")


def test_the_tree_opens_level_by_level(college: College) -> None:
    college.report("小明", FEVER)
    below = page(college, "书记", f"/desk/units/{college.unit('信息系').pk}/branch/")
    assert "网络专业" in below
    assert "1 open" in below


def test_completeness_and_timeliness_stand_side_by_side(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    college.report("外人")
    college.now = college.at("12:30")
    it_is(college.now)
    college.report("外辅导员")
    row = page(college, "书记", "/desk/board/").split("护理系")[1]
    assert row.strip().startswith("100%")
    assert "in time 50%" in row.split("党政办")[0]


def test_whoever_sees_no_college_has_no_board(college: College) -> None:
    for name in ("辅导员", "主任"):
        assert client_of(college, name).get("/desk/board/").status_code == 403
        assert client_of(college, name).get("/desk/board/where/").status_code == 403


def test_the_leading_group_and_the_duty_officer_have_the_board(college: College) -> None:
    for name in ("组长", "值班员", "书记"):
        assert "have not reported" in page(college, name, "/desk/board/")


def test_silent_workers_are_said_loudly(college: College) -> None:
    assert "The workers are silent" in page(college, "书记", "/desk/board/")
    heartbeat.beat(name="worker-1", now=college.now)
    assert "The workers are silent" not in page(college, "书记", "/desk/board/")


def test_units_where_nobody_could_be_reached_tonight_are_named(college: College) -> None:
    words = page(college, "书记", "/desk/board/").split("If something happened tonight")[1]
    assert "护理系" in words  # has people and nobody in charge
    assert "网络1班" not in words
    assert "网络专业" not in words  # a major has nobody of its own by design


def data_of(college: College, url: str) -> dict[str, Any]:
    body = client_of(college, "书记").get(url).content.decode()
    found = re.search(r'<script id="where-data"[^>]*>(.*?)</script>', body, flags=re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_small_number_of_people_never_leaves_the_house(college: College) -> None:
    """Two people in Hubei read “fewer than five”; the exact number is nowhere on the page."""
    for name in ("小明", "小红", "小刚", "外人", "主任"):
        college.report(name)
    for name in ("辅导员", "外辅导员"):
        college.report(name, ELSEWHERE)
    counts = {one["code"]: one["count"] for one in data_of(college, "/desk/board/where/")["data"]}
    assert counts == {"510000": 5, "420000": None}
    words = page(college, "书记", "/desk/board/where/")
    assert "湖北省 <5" in words
    assert "湖北省 2" not in words
    county = data_of(college, "/desk/board/where/420000/")["data"]
    assert [(one["code"], one["count"]) for one in county] == [("420106", None)]


def test_a_map_says_that_it_knows_only_those_who_reported(college: College) -> None:
    college.report("小明")
    words = page(college, "书记", "/desk/board/where/")
    assert "9% have reported: where the others are is unknown" in words
    assert "ECharts 4.9.0" in words  # the source of the shapes is printed


def test_a_province_that_is_none_is_not_found(college: College) -> None:
    client = client_of(college, "书记")
    for code in ("999999", "511702", "abc", "..%2F..%2Fetc"):
        assert client.get(f"/desk/board/where/{code}/").status_code == 404, code


def test_shapes_are_kept_by_the_browser_and_are_nothing_but_shapes(college: College) -> None:
    client = client_of(college, "书记")
    first = client.get("/desk/shapes/china.json")
    assert len(json.loads(first.content)["features"]) >= 34
    assert "max-age" in first.headers["Cache-Control"]
    again = client.get("/desk/shapes/china.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    for code in ("510000", "420000"):
        assert client.get(f"/desk/shapes/{code}.json").status_code == 200
    for code in ("000000", "NOTICE", "..", "511702"):
        assert client.get(f"/desk/shapes/{code}.json").status_code == 404


def test_the_curve_has_the_days_and_its_table(college: College) -> None:
    college.everybody_reports()
    college.now += timedelta(days=1)
    college.work()
    words = page(college, "书记", "/desk/board/").split("As a table")[1]
    assert "Sat 1 Feb 100% 100% 0" in words


def test_a_college_without_anybody_says_what_will_come(it_is: Callable[[datetime], None]) -> None:
    installation.found(name="新学院", is_exercise=False, now=MORNING)
    rulebook.publish_file(path=rulebook.SHIPPED / "2020-01-30.toml", actor=OPERATOR, now=MORNING)
    it_is(MORNING)
    client = operator(College(now=MORNING))
    for url in ("/desk/", "/desk/units/", "/desk/duty/", "/desk/gateways/", "/desk/posts/"):
        answer = client.get(url)
        assert answer.status_code == 200, url
    assert "花名册 还没有人" in text_of(client.get("/desk/"))

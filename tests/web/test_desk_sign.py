"""A unit signs: the truthful declaration on the button, refusals in words, frozen afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from lianfang.reporting.models import UnitReport
from tests.cast import FEVER, College
from tests.web.desk import client_of, page, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def url_of(college: College, unit: str = "网络1班") -> str:
    return f"/desk/units/{college.unit(unit).pk}/sign/"


def test_the_button_says_what_is_signed(college: College) -> None:
    words = page(college, "辅导员", url_of(college), language="zh-hans")
    assert "签署零报告（3 人未联系上）" in words
    for name in ("小明", "小红", "小刚"):
        college.report(name)
    words = page(college, "辅导员", url_of(college), language="zh-hans")
    assert "签署零报告" in words
    assert "未联系上）" not in words
    college.report("小明", FEVER)
    words = page(college, "辅导员", url_of(college), language="zh-hans")
    assert "签署有情况报告" in words
    assert "签署零报告" not in words


def test_a_full_zero_report_is_refused_while_anyone_is_missing(college: College) -> None:
    """The page lay open while the numbers changed: the refusal says so, what was typed stays."""
    client = client_of(college, "辅导员")
    answer = client.post(
        url_of(college), {"declaration": "ZERO_FULL", "narrative": "all were rung"}
    )
    assert answer.status_code == 409
    assert "还有 3 人未报" in text_of(answer)
    assert "all were rung" in answer.content.decode()
    assert not UnitReport.objects.exists()


def test_what_cannot_be_signed_is_refused_in_words(college: College) -> None:
    client = client_of(college, "辅导员")
    for declaration in ("", "EVERYTHING_IS_FINE", "WITH_EVENTS"):
        answer = client.post(url_of(college), {"declaration": declaration})
        assert answer.status_code in {409, 422}, declaration
    assert not UnitReport.objects.exists()


def test_the_names_still_missing_stand_beside_the_button(college: College) -> None:
    college.report("小明")
    words = page(college, "辅导员", url_of(college))
    assert "2 names still missing" in words
    assert "2 of them have not been rung today" in words
    signing = words.split("names still missing")[1]
    assert "小红" in signing
    assert "小明" not in signing


def test_signed_is_frozen_with_its_stamp(college: College) -> None:
    client = client_of(college, "辅导员")
    client.post(url_of(college), {"declaration": "ZERO_PARTIAL"})
    report = UnitReport.objects.get()
    words = page(college, "辅导员", url_of(college))
    assert "辅导员 · Sat 1 Feb 08:00 · version 1" in words
    assert report.digest[:16] in words
    college.report("小明")
    frozen = page(
        college,
        "辅导员",
        f"/desk/units/{report.unit_id}/signed/1/?day={college.today}",
    )
    assert "3 names" not in frozen
    for name in ("小明", "小红", "小刚"):
        assert name in frozen
    assert "More is known now" in page(college, "辅导员", url_of(college))


def test_a_correction_needs_its_reason_and_is_a_new_version(college: College) -> None:
    client = client_of(college, "辅导员")
    client.post(url_of(college), {"declaration": "ZERO_PARTIAL"})
    college.report("小明")
    answer = client.post(url_of(college), {"declaration": "ZERO_PARTIAL"})
    assert answer.status_code == 409
    assert "更正须写明原因" in text_of(answer)
    answer = client.post(
        url_of(college), {"declaration": "ZERO_PARTIAL", "correction_reason": "小明 reported"}
    )
    assert answer.status_code == 302
    versions = UnitReport.objects.order_by("version").values_list("version", "figures__total")
    assert [(v, total["received"]) for v, total in versions] == [(1, 0), (2, 1)]


def test_the_next_level_sees_received_missing_and_late_units(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    client_of(college, "外辅导员").post(url_of(college, "护理1班"), {"declaration": "ZERO_PARTIAL"})
    college.now = college.at("13:20")
    it_is(college.now)
    client_of(college, "辅导员").post(url_of(college), {"declaration": "ZERO_PARTIAL"})
    department = page(college, "主任", url_of(college, "信息系"))
    assert "all have signed" in department
    assert "signed late" in department
    college_page = page(college, "书记", url_of(college, "学院"))
    assert "3 have not signed" in college_page  # 信息系, 护理系, 党政办


def test_a_unit_that_does_not_sign_says_so(college: College) -> None:
    client = client_of(college, "主任")
    answer = client.get(url_of(college, "网络专业"))
    assert answer.status_code == 422
    assert "不单独签署" in text_of(answer)


def test_a_report_with_events_asks_for_words_without_names(college: College) -> None:
    for name in ("小红", "小刚"):
        college.report(name)
    college.report("小明", FEVER)
    client = client_of(college, "辅导员")
    answer = client.post(url_of(college), {"declaration": "WITH_EVENTS"})
    assert answer.status_code == 422
    answer = client.post(
        url_of(college), {"declaration": "WITH_EVENTS", "narrative": "called, at home"}
    )
    assert answer.status_code == 302
    seen = page(
        college,
        "书记",
        f"/desk/units/{college.unit('网络1班').pk}/signed/1/?day={college.today}",
    )
    assert "called, at home" in seen


def test_a_head_who_only_reads_cannot_sign(college: College) -> None:
    assert client_of(college, "组长").get(url_of(college)).status_code == 403


def test_signing_stops_the_ladder_of_the_unit(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    college.fast_forward(to=college.at("13:16"))
    it_is(college.now)
    assert "The report is not signed" in page(college, "辅导员", "/desk/")
    client_of(college, "辅导员").post(url_of(college), {"declaration": "ZERO_PARTIAL"})
    assert "The report is not signed" not in page(college, "辅导员", "/desk/")

"""Silence is not a zero: below the threshold a figure reads unknown, wherever it stands."""

from __future__ import annotations

import json
import re

import pytest

from lianfang.reporting import operations as reporting
from tests.cast import FEVER, College
from tests.web.desk import client_of, page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    """Two of three in 网络1班 have reported: 67 %, and the threshold is 80 %."""
    college.report("小红")
    college.report("小刚")
    return college


def cells(college: College, name: str, url: str, label: str) -> list[str]:
    """What stands in the cells of one column of a page's tables."""
    client = client_of(college, name)
    client.cookies["language"] = "en"
    body = client.get(url).content.decode()
    found = re.findall(rf'<td[^>]*data-label="{label}"[^>]*>(.*?)</td>', body, flags=re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in found]


def test_a_unit_below_the_threshold_is_unknown_and_never_zero(college: College) -> None:
    assert cells(college, "辅导员", "/desk/units/", "With events") == ["unknown"]
    unit = page(college, "辅导员", f"/desk/units/{college.unit('网络1班').pk}/")
    assert re.search(r"unknown With events|With events unknown", unit)
    side = page(college, "辅导员", "/desk/")
    assert "with events unknown" in side


def test_above_the_threshold_the_zero_is_a_zero(college: College) -> None:
    college.report("小明")
    assert cells(college, "辅导员", "/desk/units/", "With events") == ["0"]


def test_what_is_known_already_is_said_beside_the_unknown(college: College) -> None:
    college.enrol("小新", "网络1班")
    college.report("小明", FEVER)
    college.enrol("小林", "网络1班")
    reporting.count_day(day=college.today, now=college.now)
    assert cells(college, "辅导员", "/desk/units/", "With events") == ["unknown 1 known so far"]


def test_the_page_to_sign_and_what_was_signed_say_unknown(college: College) -> None:
    url = f"/desk/units/{college.unit('网络1班').pk}/sign/"
    draft = page(college, "辅导员", url)
    assert "fever unknown" in draft
    assert "fever 0" not in draft
    client_of(college, "辅导员").post(url, {"declaration": "ZERO_PARTIAL"})
    signed = page(
        college, "辅导员", f"/desk/units/{college.unit('网络1班').pk}/signed/1/?day={college.today}"
    )
    assert "fever unknown" in signed
    assert "fever 0" not in signed


def test_the_board_does_not_know_how_a_silent_college_is(college: College) -> None:
    words = page(college, "书记", "/desk/board/")
    assert "how the college is: not yet known" in words
    assert "with events unknown" in words
    assert "with events 0" not in words


def test_the_curve_leaves_out_what_is_not_known(college: College) -> None:
    client = client_of(college, "书记")
    body = client.get("/desk/board/").content.decode()
    found = re.search(r'<script id="curve-data"[^>]*>(.*?)</script>', body, flags=re.DOTALL)
    assert found
    curve = json.loads(found[1])
    assert curve["events"][-1] is None
    assert curve["known"][-1] is False
    assert 0 not in curve["events"]  # days that nobody counted are no zeros either


def test_a_unit_without_anybody_shows_a_dash(college: College) -> None:
    college.open_unit("空班", "CLASS", "网络专业")
    below = page(college, "主任", f"/desk/units/{college.unit('网络专业').pk}/")
    assert "空班" in below
    row = below.split("空班")[1]
    assert "0 of 0" in row or "–" in row
    assert "Everybody" not in row

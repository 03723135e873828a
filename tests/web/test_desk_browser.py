"""The desk in a real browser: a counselor's morning and a committee's, on phone and desktop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from lianfang.incidents.models import Incident
from lianfang.kernel import clock
from lianfang.reporting.models import CallRecord, DailyReport, UnitReport
from tests.browser import OpenPage, clean
from tests.cast import FEVER, FINE, College
from tests.web.desk import looks_at
from tests.web.portal import log_in, tap

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = ["phone", "desktop"]

# Charts have their canvas, and what is fetched after the page stands in its place.
EVERYTHING_IS_DRAWN = """() => !document.querySelector(".skeleton")
    && [...document.querySelectorAll("[data-chart]")].every((box) => box.querySelector("canvas"))"""


@pytest.mark.parametrize("size", SIZES)
def test_a_counselors_morning(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], Any], size: str
) -> None:
    college.report("小红", replace(FINE, household_ill=True))
    page = open_page(size=size)
    log_in(page, college, "辅导员")
    page.goto("/desk/")
    assert page.locator("h1").inner_text().replace("\n", "") == "2 人未报，1 人需要回电"
    clean(page)
    picture(page, f"desk-home-{size}")

    # The call back: the rule one tap deeper, one button settles it.
    page.get_by_role("link", name="回电").click()
    assert "同住人有发热或呼吸道症状" in page.inner_text("main")
    clean(page)
    picture(page, f"desk-call-back-{size}")
    page.get_by_role("button", name="属实", exact=True).click()

    # The missing, one after the other, the number after a logged tap.
    page.get_by_role("link", name="从第一位开始打电话").click()
    assert page.locator("h1").inner_text() == "小刚"
    clean(page)
    page.get_by_role("button", name="显示号码").click()
    number = page.locator("a[href^='tel:']")
    number.wait_for()
    assert number.get_attribute("href") == f"tel:{college['小刚'].phone}"
    assert number.evaluate("element => element === document.activeElement")
    assert looks_at(college["小刚"], "roster.phone.revealed") == ["辅导员"]
    picture(page, f"desk-call-{size}")
    page.get_by_role("button", name="无人接听").click()
    assert page.locator("h1").inner_text() == "小明"
    assert CallRecord.objects.get(person=college["小刚"]).outcome == "NO_ANSWER"

    # 小明 answers and is told about: the same questions, marked as told.
    page.get_by_role("link", name="按电话里说的代报").click()
    clean(page)
    tap(page, "proxy_reason", "PHONE")
    page.get_by_label("谁告诉您的").fill("本人")
    tap(page, "how", "well_unmeasured")
    page.get_by_label("现在在哪个县").or_(page.locator("#id_place_text")).first.fill("达州市通川区")
    tap(page, "presence", "AT_HOME")
    tap(page, "contact", "none")
    page.get_by_role("button", name="为小明代报").click()
    page.wait_for_url("**/desk/")
    assert DailyReport.objects.get(person=college["小明"]).source == "PROXY"

    # What is left is signed with its name in it.
    page.get_by_role("link", name="查看报告并签署").click()
    clean(page)
    picture(page, f"desk-sign-{size}")
    page.get_by_label("处置情况").fill("已联系家属，居家观察")
    page.get_by_role("button", name="签署有情况报告").click()
    page.locator(".stamp").wait_for()
    assert "辅导员" in page.locator(".stamp").inner_text()
    clean(page)
    assert UnitReport.objects.get().declaration == "WITH_EVENTS"


def _step(page: Page, name: str) -> Locator:
    """The form of a step, unfolded where it is not the next thing to do."""
    form = page.locator(f"form[action$='/{name}/']").first
    if not form.is_visible():
        page.locator(f"#step-{name} > summary").click()
    return form


@pytest.mark.parametrize("size", SIZES)
def test_a_committees_morning(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], Any], size: str
) -> None:
    college.everybody_reports()
    college.now += timedelta(days=1)
    college.work()
    college.report("小明", FEVER)
    clock.follow(lambda: college.now)
    page = open_page(size=size)
    log_in(page, college, "书记")
    page.goto("/")
    page.wait_for_url("**/desk/board/")
    assert "1 件事无人回应" in page.locator("h1").inner_text()
    # Curve and map are drawn, and the numbers stand in a table beside each.
    page.locator("[data-chart=curve] canvas").first.wait_for()
    page.locator("[data-chart=map] canvas").first.wait_for()
    page.get_by_text("看表格").first.click()
    assert "2月1日 周六" in page.inner_text("main")
    clean(page)
    picture(page, f"desk-board-{size}")

    # The tree opens where somebody opens it.
    page.locator("summary", has_text="下属单位").first.click()
    page.get_by_role("link", name="网络专业").wait_for()

    page.get_by_role("link", name="打开").first.click()
    clean(page)
    page.get_by_role("button", name="我来处理").click()
    assert Incident.objects.get().acknowledged_by == college["书记"]
    form = _step(page, "fact")
    tap(page, "kind", "HOSPITAL")
    form.locator("[name=text]").fill("已到市中心医院发热门诊")
    form.get_by_role("button").click()
    assert "市中心医院" in page.inner_text(".times")
    picture(page, f"desk-incident-{size}")
    form = _step(page, "verify")
    for name, value in (("verdict", "TRUE"), ("method", "PHONE"), ("history", "no")):
        tap(page, name, value)
    form.get_by_role("button").click()
    form = _step(page, "outcome")
    tap(page, "closing", "RULED_OUT")
    form.locator("[name=text]").fill("医院电话告知排除，居家休息三天")
    form.get_by_role("button").click()
    form = _step(page, "close")
    form.locator("[name=text]").fill("医院电话告知排除，居家休息三天")
    form.get_by_role("button").click()
    clean(page)
    assert Incident.objects.get().state == "CLOSED"


def test_keys_carry_the_hand_through_the_list(college: College, desktop: Page) -> None:
    log_in(desktop, college, "辅导员")
    desktop.goto("/desk/")
    desktop.keyboard.press("j")
    desktop.keyboard.press("j")
    assert "小红" in desktop.evaluate("document.activeElement.innerText")
    desktop.keyboard.press("k")
    assert "小刚" in desktop.evaluate("document.activeElement.innerText")
    desktop.keyboard.press("c")
    desktop.wait_for_url("**/call/")
    assert desktop.locator("h1").inner_text() == "小刚"


def test_typing_a_letter_is_not_a_key(college: College, desktop: Page) -> None:
    log_in(desktop, college, "辅导员")
    desktop.goto(f"/desk/people/{college['小明'].pk}/call/")
    desktop.get_by_label("备注").fill("")
    desktop.get_by_label("备注").press_sequentially("jack called")
    assert desktop.get_by_label("备注").input_value() == "jack called"
    assert desktop.url.endswith("/call/")


def test_the_page_that_stays_open_sees_who_reports(college: College, desktop: Page) -> None:
    log_in(desktop, college, "辅导员")
    desktop.goto("/desk/")
    assert "3 人未报" in desktop.locator("h1").inner_text()
    row = desktop.locator("[data-row]").nth(1)
    row.focus()
    before = row.bounding_box()
    college.report("小明")
    desktop.evaluate("document.body.dispatchEvent(new Event('look'))")
    desktop.get_by_text("名单有变化，点此刷新").wait_for()
    assert "2 人未报" in desktop.locator("h1").inner_text()
    assert row.evaluate("element => element === document.activeElement")
    after = row.bounding_box()
    assert before
    assert after
    assert before["x"] == after["x"]


def test_a_lost_network_is_said_and_unsaid(
    college: College, desktop: Page, page_problems: list[str]
) -> None:
    log_in(desktop, college, "辅导员")
    desktop.goto("/desk/")
    said = desktop.get_by_text("没有网络。看到的内容可能不是最新的")
    desktop.context.set_offline(True)
    desktop.evaluate("document.body.dispatchEvent(new Event('look'))")
    said.wait_for()
    desktop.context.set_offline(False)
    desktop.evaluate("document.body.dispatchEvent(new Event('look'))")
    said.wait_for(state="hidden")
    page_problems.clear()  # the console knows of the lost request, and should


def test_a_session_that_ended_asks_for_a_log_in(college: College, desktop: Page) -> None:
    log_in(desktop, college, "辅导员")
    desktop.goto("/desk/")
    desktop.context.clear_cookies()
    desktop.evaluate("document.body.dispatchEvent(new Event('look'))")
    desktop.wait_for_url("**/login/**")


def test_the_desk_works_without_script(college: College, open_page: OpenPage) -> None:
    page = open_page(size="phone", javascript=False)
    log_in(page, college, "辅导员")
    page.goto("/desk/")
    page.get_by_role("link", name="从第一位开始打电话").click()
    page.get_by_role("button", name="显示号码").click()
    assert page.locator("a[href^='tel:']").count() == 1
    page.get_by_role("button", name="本人确认").click()
    assert CallRecord.objects.count() == 1
    assert page.locator("h1").inner_text() == "小红"


@pytest.mark.parametrize(
    "size,dark,language",
    [("phone", False, ""), ("phone", True, "en"), ("desktop", True, ""), ("desktop", False, "en")],
)
def test_every_page_of_the_desk_is_clean(
    college: College, open_page: OpenPage, size: str, dark: bool, language: str
) -> None:
    """Light and dark, Chinese and English, phone and desktop, a full morning on each."""
    college.report("小明", FEVER)
    college.report("小红", replace(FINE, household_ill=True))
    report = DailyReport.objects.get(person=college["小红"])
    unit, person = college.unit("网络1班").pk, college["小刚"].pk
    pages = {
        "主任": [
            "/desk/",
            "/desk/units/",
            f"/desk/units/{unit}/?state=all",
            f"/desk/people/{person}/",
            f"/desk/people/{college['小明'].pk}/answers/",
            f"/desk/people/{person}/call/",
            f"/desk/people/{person}/report/",
            f"/desk/reports/{report.pk}/call-back/",
            f"/desk/units/{unit}/sign/",
            f"/desk/incidents/{Incident.objects.get().pk}/",
            "/desk/incidents/",
            "/desk/posts/",
            f"/desk/units/{unit}/posts/?q=小",
            "/desk/codes/",
            f"/desk/units/{unit}/codes/",
            "/desk/downloads/",
        ],
        "书记": ["/desk/board/", "/desk/board/where/510000/", "/desk/gateways/"],
    }
    for name, addresses in pages.items():
        page = open_page(size=size, dark=dark)
        log_in(page, college, name, language=language)
        for address in addresses:
            page.goto(address)
            page.wait_for_function(EVERYTHING_IS_DRAWN)
            clean(page)

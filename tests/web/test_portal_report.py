"""Reporting in a real browser: four taps for somebody well, help at once for somebody who is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lianfang.accounts import operations as accounts
from lianfang.escalation.links import link_token
from lianfang.escalation.models import Summons
from lianfang.incidents.models import Incident
from lianfang.reporting.models import DailyReport
from tests.cast import FEVER, College
from tests.web.portal import PASSWORD, hospital, log_in, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = ("phone", "desktop")


@pytest.fixture
def college(it_is: Any) -> College:
    """The second morning: everybody reported yesterday."""
    college = College.found()
    college.report("小明")
    college.now += timedelta(days=1)
    it_is(college.now)
    return college


@dataclass
class Thumb:
    """Counts what a thumb does."""

    page: Page
    taps: int = 0

    def tile(self, name: str, value: str) -> None:
        tap(self.page, name, value)
        self.taps += 1

    def button(self) -> None:
        self.page.click("button[name=truth]")
        self.taps += 1
        self.page.wait_for_url("**/report/receipt/**")


def today(college: College) -> DailyReport:
    return DailyReport.objects.get(day=college.today, is_current=True)


# ---------------------------------------------------------------- well


def test_well_without_a_thermometer_is_four_taps(college: College, phone: Page) -> None:
    log_in(phone, college, "小明")
    phone.goto("/report/")
    thumb = Thumb(phone)
    thumb.tile("how", "well_unmeasured")
    thumb.tile("place", "same")
    thumb.tile("contact", "none")
    thumb.button()
    assert thumb.taps <= 4
    report = today(college)
    assert report.has_events is False
    assert report.answers == {
        "unwell": False,
        "not_measured": "NO_THERMOMETER",
        "county_code": "511702",
        "presence": "AT_HOME",
        "visited": False,
        "met": False,
        "truth": True,
    }
    assert phone.locator("h1").inner_text() == "收到了，谢谢"


def test_well_with_a_thermometer_is_four_taps_and_a_number(college: College, phone: Page) -> None:
    log_in(phone, college, "小明")
    phone.goto("/report/")
    thumb = Thumb(phone)
    thumb.tile("how", "well")
    assert phone.evaluate("document.activeElement.id") == "id_temperature"
    phone.keyboard.type("36.6")
    thumb.tile("place", "same")
    thumb.tile("contact", "none")
    thumb.button()
    assert thumb.taps <= 4
    assert today(college).answers["temperature"] == "36.6"
    assert today(college).answers["site"] == "axilla"
    assert today(college).client_skew_s is not None


def test_four_taps_do_without_javascript(college: College, open_page: Callable[..., Page]) -> None:
    page = open_page(javascript=False)
    log_in(page, college, "小明")
    page.goto("/report/")
    thumb = Thumb(page)
    thumb.tile("how", "well_unmeasured")
    thumb.tile("place", "same")
    thumb.tile("contact", "none")
    thumb.button()
    assert thumb.taps <= 4
    assert today(college).answers["unwell"] is False


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_asked_before_it_is_called_for(
    college: College, open_page: Callable[..., Page], size: str
) -> None:
    page = open_page(size=size, javascript=False)
    log_in(page, college, "小明")
    page.goto("/report/")
    for follow_up in (
        "symptoms",
        "onset_on",
        "temperature",
        "site",
        "place_text",
        "visited",
        "met",
    ):
        assert not page.locator(f"[name={follow_up}]").first.is_visible(), follow_up
    tap(page, "how", "unwell")
    for follow_up in ("symptoms", "onset_on", "temperature", "site"):
        assert page.locator(f"[name={follow_up}]").first.is_visible(), follow_up
    tap(page, "contact", "some")
    assert not page.locator("[name=left_on]").is_visible()
    tap(page, "visited", "yes")
    assert page.locator("[name=left_on]").is_visible()
    assert not page.locator("[name=met_on]").is_visible()


def test_what_was_ticked_and_then_taken_back_stays_in_sight(college: College, phone: Page) -> None:
    log_in(phone, college, "小明")
    phone.goto("/report/")
    tap(phone, "how", "unwell")
    tap(phone, "symptoms", "fever")
    tap(phone, "how", "well")
    assert phone.locator("[name=symptoms]").first.is_visible()
    tap(phone, "symptoms", "fever")
    assert not phone.locator("[name=symptoms]").first.is_visible()


def test_a_reload_loses_nothing_and_the_receipt_forgets_it(college: College, phone: Page) -> None:
    log_in(phone, college, "小明")
    phone.goto("/report/")
    tap(phone, "how", "unwell")
    tap(phone, "symptoms", "fatigue")
    phone.fill("#id_temperature", "37.0")
    phone.reload()
    assert phone.locator('[name=symptoms][value="fatigue"]').is_checked()
    assert phone.locator("#id_temperature").input_value() == "37.0"
    phone.fill("#id_onset_on", "2020-02-02")
    tap(phone, "place", "same")
    tap(phone, "contact", "none")
    Thumb(phone).button()
    phone.goto("/report/")
    assert not phone.locator('[name=symptoms][value="fatigue"]').is_checked()
    assert phone.locator("#id_temperature").input_value() == ""


def test_without_a_network_the_page_stays_and_says_what_is_kept(
    college: College, phone: Page
) -> None:
    log_in(phone, college, "小明")
    phone.goto("/report/")
    tap(phone, "how", "well_unmeasured")
    tap(phone, "place", "same")
    tap(phone, "contact", "none")
    phone.context.set_offline(True)
    phone.click("button[name=truth]")
    assert "没有网络" in phone.locator("#offline").inner_text()
    phone.context.set_offline(False)
    Thumb(phone).button()
    assert today(college).answers["unwell"] is False


# ---------------------------------------------------------------- another place, asked back


def test_another_place_is_chosen_from_three_lists(college: College, desktop: Page) -> None:
    log_in(desktop, college, "小明")
    desktop.goto("/report/")
    tap(desktop, "place", "other")
    desktop.get_by_label("省", exact=True).select_option("420000")
    desktop.get_by_label("市", exact=True).select_option("420100")
    desktop.get_by_label("区县", exact=True).select_option("420106")
    assert desktop.locator("#id_place_text").input_value() == "湖北省武汉市武昌区"
    tap(desktop, "presence", "STRANDED")
    tap(desktop, "how", "well_unmeasured")
    tap(desktop, "contact", "none")
    Thumb(desktop).button()
    assert (today(college).county_code, today(college).presence) == ("420106", "STRANDED")


def test_a_place_of_many_is_asked_back_without_javascript(
    college: College, open_page: Callable[..., Page]
) -> None:
    page = open_page(javascript=False)
    log_in(page, college, "小明")
    page.goto("/report/")
    tap(page, "how", "well_unmeasured")
    tap(page, "place", "other")
    page.fill("#id_place_text", "鼓楼区")
    tap(page, "presence", "VISITING")
    tap(page, "contact", "none")
    page.click("button[name=truth]")
    assert "有几个地方叫这个名字" in page.locator("#asked-back").inner_text()
    tap(page, "county_code", "320106")
    Thumb(page).button()
    assert today(college).county_code == "320106"


def test_a_forgotten_point_is_asked_back_beside_the_field(college: College, phone: Page) -> None:
    log_in(phone, college, "小明")
    phone.goto("/report/")
    tap(phone, "how", "well")
    phone.fill("#id_temperature", "365")
    tap(phone, "place", "same")
    tap(phone, "contact", "none")
    phone.click("button[name=truth]")
    assert phone.locator("#problem_temperature").inner_text() == "是 36.5 吗？"
    assert phone.locator("#id_temperature").input_value() == "365"
    assert phone.locator("[name=contact][value=none]").is_checked()
    phone.fill("#id_temperature", "36.5")
    Thumb(phone).button()


# ---------------------------------------------------------------- a fever


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("javascript", [True, False])
def test_a_fever_gets_advice_a_hospital_and_people_who_answer(
    college: College, open_page: Callable[..., Page], size: str, javascript: bool
) -> None:
    hospital()
    page = open_page(size=size, javascript=javascript)
    log_in(page, college, "小明")
    page.goto("/report/")
    tap(page, "how", "unwell")
    tap(page, "symptoms", "fever")
    tap(page, "symptoms", "dry_cough")
    page.fill("#id_onset_on", "2020-02-01")
    page.fill("#id_temperature", "３８．２")
    tap(page, "site", "axilla")
    tap(page, "place", "same")
    tap(page, "contact", "none")
    page.click("button[name=truth]")
    page.wait_for_url("**/report/receipt/**")
    assert page.locator("h1").inner_text() == "现在请这样做"
    assert page.locator(".steps li").count() == 3
    assert "示例市中心医院" in page.locator("main").inner_text()
    assert page.locator('a[href="tel:0818-1111111"]').is_visible()
    told = page.locator("#told")
    assert "等待回应" in told.inner_text()
    assert told.locator("li").count() == 3
    # the head of the department answers with one tap on the link, without logging in
    summons = Summons.objects.get(person=college["主任"])
    other = open_page(size=size, javascript=javascript)
    other.goto(f"/a/{link_token(summons)}/")
    other.get_by_role("button", name="我来处理").click()
    other.get_by_role("heading", name="已由您接手").wait_for()
    assert Incident.objects.get().acknowledged_by == college["主任"]
    if javascript:
        told.get_by_text("已接手，会给您打电话").wait_for(timeout=15_000)
    else:
        page.reload()
        assert "已接手，会给您打电话" in told.inner_text()


# ---------------------------------------------------------------- the first visit


@pytest.mark.parametrize("size", SIZES)
def test_from_a_code_to_the_first_report(
    college: College, open_page: Callable[..., Page], size: str
) -> None:
    person = college["小红"]
    code = accounts.issue_code(
        person=person, actor=college.actor("辅导员"), by=None, now=college.now
    )
    page = open_page(size=size)
    page.goto(f"/activate/?n={person.number}")
    page.fill("#id_code", code)
    page.fill("#id_password", PASSWORD)
    page.fill("#id_again", PASSWORD)
    page.get_by_role("button", name="激活并去填报").click()
    page.wait_for_url("**/report/")
    tap(page, "how", "well")
    page.fill("#id_temperature", "36.4")
    tap(page, "site", "forehead")
    page.fill("#id_place_text", "达州通川")
    tap(page, "presence", "ON_CAMPUS")
    tap(page, "contact", "none")
    Thumb(page).button()
    page.goto("/me/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login/")
    page.fill("#id_number", person.number)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/report/")
    assert "已收到" in page.locator("main").inner_text()
    assert page.locator("label.tile", has_text="和上次一样").inner_text().endswith("通川区 · 在校")


def test_a_person_with_a_fever_can_report_again_at_once(college: College, phone: Page) -> None:
    college.report("小明", FEVER)
    log_in(phone, college, "小明")
    phone.goto("/report/")
    tap(phone, "how", "well_unmeasured")
    tap(phone, "place", "same")
    tap(phone, "contact", "none")
    Thumb(phone).button()
    assert today(college).revision == 2
    assert Incident.objects.get().waits


def test_an_old_browser_without_has_sees_every_question_and_can_report(
    college: College, open_page: Callable[..., Page]
) -> None:
    from django.contrib.staticfiles import finders

    style = Path(str(finders.find("css/base.css"))).read_text(encoding="utf-8")
    start = style.index("@supports selector(:has(a))")
    old = style[:start] + style[style.index("\n", start) :]
    page = open_page(javascript=False)
    page.route("**/base.css", lambda route: route.fulfill(body=old, content_type="text/css"))
    log_in(page, college, "小明")
    page.goto("/report/")
    assert page.get_by_text("有不舒服时填").is_visible()
    for follow_up in ("symptoms", "temperature", "place_text", "visited"):
        assert page.locator(f"[name={follow_up}]").first.is_visible(), follow_up
    tap(page, "how", "well_unmeasured")
    tap(page, "place", "same")
    tap(page, "contact", "none")
    Thumb(page).button()
    assert today(college).answers["unwell"] is False

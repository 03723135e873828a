"""How the portal's pages look: two sizes, two languages, light and dark, clean for axe, and light.

The pictures lie in var/screenshots for a person to open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from lianfang.escalation.links import link_token
from lianfang.escalation.models import Summons
from lianfang.installation import queries as installations
from lianfang.installation.models import Installation
from lianfang.reporting.models import DailyReport
from tests.browser import faults, too_wide
from tests.cast import FEVER, College
from tests.web.portal import client_of, hospital, log_in, reported_by, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = [
    pytest.param("phone", "", False, id="phone"),
    pytest.param("phone", "en", True, id="phone-english-dark"),
    pytest.param("desktop", "", True, id="desktop-dark"),
    pytest.param("desktop", "en", False, id="desktop-english"),
]


@pytest.fixture
def college(it_is: Any) -> College:
    """小明 was reported for yesterday and has a fever today; 小红 is well; 主任 is needed."""
    college = College.found()
    hospital()
    reported_by(college, "辅导员", "小明")
    college.now += timedelta(days=1)
    college.report("小明", FEVER)
    college.report("小红")
    it_is(college.now)
    return college


@pytest.mark.parametrize("size, language, dark", LOOKS)
def test_every_page_is_clean_in_every_look(
    college: College,
    open_page: Callable[..., Page],
    picture: Callable[[Page, str], Any],
    page_problems: list[str],
    size: str,
    language: str,
    dark: bool,
) -> None:
    look = f"{size}-{language or 'zh'}-{'dark' if dark else 'light'}"
    page = open_page(size=size, dark=dark)
    found: list[str] = []

    def see(name: str) -> None:
        picture(page, f"portal-{name}-{look}")
        found.extend(f"{name}: {fault}" for fault in faults(page))
        page_problems.extend(found)

    def visit(address: str, name: str, status: int = 200) -> None:
        response = page.goto(address)
        assert response is not None
        assert response.status == status
        see(name)

    page.context.add_cookies(
        [{"name": "language", "value": language or "zh-hans", "domain": "localhost", "path": "/"}]
    )
    visit("/login/", "login")
    visit("/activate/", "activate")
    visit("/areas/", "areas")
    summons = Summons.objects.filter(person=college["主任"]).latest("id")
    visit(f"/a/{link_token(summons)}/", "answer")
    visit("/a/forged/", "answer-gone", 404)
    visit("/nowhere/", "not-found", 404)
    log_in(page, college, "小刚", language=language or "zh-hans")
    visit("/report/", "report-first-day")
    visit("/me/", "me-empty")
    visit("/messages/", "messages-empty")
    log_in(page, college, "小明", language=language or "zh-hans")
    visit("/report/", "report")
    for name, value in (("how", "unwell"), ("place", "other"), ("contact", "some"),
                        ("visited", "yes"), ("met", "yes")):  # fmt: skip
        tap(page, name, value)
    page.fill("#id_temperature", "375")
    page.fill("#id_place_text", "鼓楼区")
    see("report-open")
    page.click("button[name=truth]")
    page.wait_for_selector("#asked-back")
    see("report-asked-back")
    visit(f"/report/receipt/{receipt(college, '小明')}/", "receipt-fever")
    visit("/me/", "me")
    visit("/me/looks/", "looks")
    visit("/me/password/", "password")
    visit("/report/2020-02-01/", "report-of-yesterday")
    visit("/report/2020-01-02/", "closed-day", 409)
    log_in(page, college, "小红", language=language or "zh-hans")
    visit(f"/report/receipt/{receipt(college, '小红')}/", "receipt-well")
    log_in(page, college, "主任", language=language or "zh-hans")
    visit("/messages/", "messages")
    assert found == []
    page_problems.clear()  # pages that are not there answered 404, as they should


def receipt(college: College, name: str) -> str:
    report = DailyReport.objects.get(person=college[name], day=college.today, is_current=True)
    return str(report.receipt)


@pytest.mark.parametrize("address", ["/report/", "/me/", "/login/", "receipt", "answer"])
def test_a_page_weighs_less_than_30_kilobytes(
    college: College, open_page: Callable[..., Page], address: str
) -> None:
    page = open_page()
    log_in(page, college, "小明")
    if address == "receipt":
        address = f"/report/receipt/{receipt(college, '小明')}/"
    elif address == "answer":
        summons = Summons.objects.filter(person=college["主任"]).latest("id")
        address = f"/a/{link_token(summons)}/"
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    received: list[float] = []
    devtools.on(
        "Network.loadingFinished", lambda event: received.append(event["encodedDataLength"])
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert 3 <= len(received) <= 5  # page, style, icon, and at most two small scripts
    assert sum(received) < 30 * 1024, f"{address}: {sum(received):.0f} bytes"


def test_an_exercise_says_so_on_top_of_every_page_and_in_print(
    college: College, open_page: Callable[..., Page], picture: Callable[[Page, str], Any]
) -> None:
    Installation.objects.update(is_exercise=True)
    installations.forget()
    page = open_page()
    for address in ("/login/", "/report/", "/me/", "/messages/"):
        log_in(page, college, "小明")
        page.goto(address)
        band = page.locator(".band")
        assert "演练 EXERCISE" in band.inner_text()
        page.emulate_media(media="print")
        assert band.is_visible()
        picture(page, f"portal-exercise-print{address.replace('/', '-')}")
        page.emulate_media(media="screen")


def test_the_tab_key_walks_through_the_form_in_order(
    college: College, open_page: Callable[..., Page]
) -> None:
    page = open_page(size="desktop")
    log_in(page, college, "小明")
    page.goto("/report/")
    walked: list[str] = []
    for _ in range(14):
        page.keyboard.press("Tab")
        walked.append(
            page.evaluate("document.activeElement.name || document.activeElement.className")
        )
    assert walked[0] == "skip"
    order = [name for name in walked if name in {"how", "place", "contact", "truth"}]
    assert order == ["how", "place", "contact", "truth"]


def test_at_double_size_nothing_is_cut_off(
    college: College, open_page: Callable[..., Page]
) -> None:
    page = open_page(size="phone")
    log_in(page, college, "小明")
    for address in ("/report/", f"/report/receipt/{receipt(college, '小明')}/", "/me/"):
        page.goto(address)
        page.set_viewport_size({"width": 195, "height": 422})  # what zooming to 200 % leaves
        assert too_wide(page) == [], address


def test_no_page_carries_inline_script_or_style(college: College) -> None:
    client = client_of(college, "小明")
    for address in ("/report/", "/me/", f"/report/receipt/{receipt(college, '小明')}/"):
        page = client.get(address).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "onclick" not in page
    assert "script-src 'self'" in Client().get("/login/").headers["Content-Security-Policy"]

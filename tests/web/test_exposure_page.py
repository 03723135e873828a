"""Exposures at the desk: names where events are open, codes elsewhere, a reason for every verdict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import parse_moment
from lianfang.monitoring.models import MonitoringFile
from lianfang.places.models import RiskArea
from lianfang.screening.models import ExposureHit
from lianfang.usecases import take_in_lists
from tests.browser import clean
from tests.cast import College
from tests.survey_cast import WENZHOU, answer, been, trip
from tests.web.desk import looks_at, operator, page, text_of
from tests.web.portal import client_of, log_in, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "area_code,area,from,until,level\n330300,温州市,2020-01-12,,high\n".encode()


@pytest.fixture
def college(it_is: Callable[[datetime], None]) -> College:
    made = College.found(now=parse_moment("2020-01-30T09:00+08:00"))
    it_is(made.now)
    return made


def publish(college: College) -> None:
    take_in_lists.areas(
        LIST, rule="", source="浙江省通报", skip_unknown=False, apply=True, actor=OPERATOR,
        now=college.now,
    )  # fmt: skip


def found(college: College, *names: str) -> None:
    for name in names or ("小明",):
        answer(college, name, been(trip(WENZHOU, "01-20", number="G7531")))
    publish(college)


def url(college: College, name: str = "小明", part: str = "") -> str:
    return f"/desk/care/exposures/{ExposureHit.objects.get(person=college[name]).pk}/{part}"


def upload(college: College, viewer: str, **fields: Any) -> Any:
    client = operator(college) if viewer == "admin" else client_of(college, viewer)
    client.cookies["language"] = "en"
    file = SimpleUploadedFile("areas.csv", LIST, "text/csv")
    return client.post("/desk/areas/", {"file": file, "act": "try"} | fields)


# ---------------------------------------------------------------- what a list would do


def test_the_operator_sees_how_many_and_where_and_no_name(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    words = text_of(upload(college, "admin"))
    assert "1 people would have to be rung" in words
    assert "网络1班 1" in words
    assert "辅导员 would ring 1" in words
    assert "小明" not in words
    assert not RiskArea.objects.exists()
    assert not ExposureHit.objects.exists()


def test_an_operator_who_answers_for_the_class_sees_names(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    client_of(college, "辅导员")
    account = college["辅导员"].account
    account.is_operator = True
    account.save()
    words = text_of(upload(college, "辅导员"))
    assert "Who, and why 小明 浙江省温州市" in words


def test_storing_it_brings_them_up(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    assert upload(college, "admin", act="store").status_code == 302
    assert ExposureHit.objects.get().person == college["小明"]


def test_an_older_list_is_refused_in_words_and_stored_when_meant(college: College) -> None:
    def by_day(day: str, **fields: Any) -> Any:
        body = f"date,area_code,area\n{day},420100,武汉市\n".encode()
        file = SimpleUploadedFile("areas.csv", body, "text/csv")
        return upload(college, "admin", act="store", file=file, **fields)

    assert by_day("2020-01-29").status_code == 302
    refused = by_day("2020-01-25")
    assert refused.status_code == 409
    assert "the one in force is of 2020-01-29" in text_of(refused)
    assert by_day("2020-01-25", allow_older="1").status_code == 302


# ---------------------------------------------------------------- the call


def test_a_verdict_is_given_with_its_reason_and_opens_the_file(college: College) -> None:
    found(college)
    client = client_of(college, "辅导员")
    client.cookies["language"] = "en"
    refused = client.post(url(college, part="verify/"), {"verdict": "NOT_TRUE", "reason": " "})
    assert refused.status_code == 422
    assert "a hit is never dropped silently" in text_of(refused)
    future = client.post(url(college, part="verify/"), {"verdict": "TRUE", "last": "2020-02-09"})
    assert future.status_code == 422
    assert client.post(url(college, part="verify/"), {"verdict": "TRUE"}).status_code == 302
    assert MonitoringFile.objects.get().person == college["小明"]
    words = text_of(client.get(url(college)))
    assert "The file of key monitoring" in words
    assert "verified by phone" in words
    second = client.post(url(college, part="verify/"), {"verdict": "TRUE"})
    assert second.status_code == 409


def test_the_person_reads_why_and_what_comes(college: College) -> None:
    found(college)
    words = page(college, "小明", "/survey/")
    assert "Was in 浙江省温州市; last day there Mon 20 Jan" in words
    assert "listed from Sun 12 Jan" in words
    assert "Your counselor will ring you" in words


def test_a_look_is_written_down(college: College) -> None:
    found(college)
    assert "Exposures 1 to do" in page(college, "辅导员", "/desk/")
    assert "G7531" in page(college, "辅导员", url(college))
    assert looks_at(college["小明"], "screening.exposure.seen") == ["辅导员"]
    assert "looked at an exposure of yours" in page(college, "小明", "/me/looks/")


@pytest.mark.parametrize("viewer", ["小红", "外辅导员", "组长", "admin", "小明"])
def test_nobody_else_sees_whom_it_is_about(college: College, viewer: str) -> None:
    college.appoint("小红", "网络1班", "CLASS_REPORTER")
    found(college)
    client = operator(college) if viewer == "admin" else client_of(college, viewer)
    for address in (url(college), "/desk/care/exposures/"):
        answered = client.get(address)
        body = answered.content.decode()
        assert "温州" not in body, address
        assert "G7531" not in body, address
        if viewer != "小明":
            assert "小明" not in body, address
    assert client.get(url(college)).status_code in {403, 404}
    assert client.post(url(college, part="verify/"), {"verdict": "TRUE"}).status_code in {403, 404}
    assert not MonitoringFile.objects.exists()


def test_the_leading_group_sees_codes(college: College) -> None:
    found(college)
    words = page(college, "组长", "/desk/care/exposures/")
    assert f"E{ExposureHit.objects.get().pk} 网络1班" in words
    assert "小明" not in words


def test_the_list_costs_the_same_for_one_and_for_three(college: College) -> None:
    client = client_of(college, "辅导员")

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/desk/care/exposures/").status_code == 200
        return len(counted)

    found(college)
    cost()
    before = cost()
    for name in ("小红", "小刚"):
        answer(college, name, been(trip(WENZHOU, "01-20")))
    assert ExposureHit.objects.count() == 3
    assert cost() == before


# ---------------------------------------------------------------- in a real browser


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_ring_and_write_down(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], object], size: str
) -> None:
    found(college, "小明", "小红")
    college.now += timedelta(hours=1)
    desk = open_page(size=size)
    log_in(desk, college, "辅导员", language="en" if size == "desktop" else "")
    for name, address in (("list", "/desk/care/exposures/"), ("one", url(college))):
        desk.goto(address)
        picture(desk, f"exposure-{name}-{size}")
        clean(desk)
    tap(desk, "verdict", "NO_EXPOSURE")
    desk.click("form[action$='verify/'] button")
    assert desk.locator("#problem_reason").is_visible()
    picture(desk, f"exposure-asked-{size}")
    desk.fill("textarea[name=reason]", "火车未停,未下车")
    desk.click("form[action$='verify/'] button")
    assert ExposureHit.objects.get(person=college["小明"]).verdict == "NO_EXPOSURE"


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_list_is_tried_before_it_is_stored(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], object], size: str
) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    client_of(college, "辅导员")
    account = college["辅导员"].account
    account.is_operator = True
    account.save()
    desk = open_page(size=size)
    log_in(desk, college, "辅导员", language="en" if size == "desktop" else "")
    desk.goto("/desk/areas/")
    desk.set_input_files(
        "[name=file]", {"name": "areas.csv", "mimeType": "text/csv", "buffer": LIST}
    )
    desk.click("button[value=try]")
    assert desk.locator("text=网络1班").is_visible()
    desk.click("details summary")
    picture(desk, f"areas-tried-{size}")
    clean(desk)
    assert not RiskArea.objects.exists()
    desk.click("button[value=store]")
    assert RiskArea.objects.exists()


def test_the_file_says_when_its_area_was_taken_off_and_that_this_closes_nothing(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    found(college)
    client_of(college, "辅导员").post(url(college, part="verify/"), {"verdict": "TRUE"})
    file = MonitoringFile.objects.get()
    address = f"/desk/care/monitoring/{file.pk}/"
    assert "no longer on the list" not in page(college, "辅导员", address)
    college.now += timedelta(days=1)
    it_is(college.now)
    take_in_lists.areas(
        LIST.replace(b",2020-01-12,,", b",2020-01-12,2020-01-31,"), rule="", source="浙江省通报",
        skip_unknown=False, apply=True, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    said = page(college, "辅导员", address)
    assert "no longer on the list since Fri 31 Jan" in said
    assert "It closes nothing by itself." in said
    file.refresh_from_db()
    assert file.is_open

"""First visit, log-in, what was typed before a session ended, and the pages that say no."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from lianfang.accounts import operations as accounts
from lianfang.reporting.models import DailyReport
from tests.cast import FEVER, College
from tests.web.portal import FEVER_FORM, FINE_FORM, PASSWORD, account_of, client_of

pytestmark = pytest.mark.django_db(transaction=True)


def hidden(page: str, prefix: str = "") -> dict[str, str]:
    """The hidden fields of a page that carries what was typed."""
    import re

    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: value for name, value in pairs if name.startswith(prefix)}


def test_number_and_code_become_an_account_that_goes_on_to_the_report(college: College) -> None:
    person = college["小明"]
    code = accounts.issue_code(
        person=person, actor=college.actor("辅导员"), by=None, now=college.now
    )
    client = Client()
    form = {"number": person.number, "code": code.lower(), "password": PASSWORD, "again": PASSWORD}
    response = client.post("/activate/", form)
    assert (response.status_code, response.headers["Location"]) == (302, "/report/")
    assert client.get("/report/").status_code == 200
    assert client.post("/activate/", form).status_code == 422  # a code works once


def test_a_wrong_code_says_the_same_as_an_unknown_number(college: College) -> None:
    form = {"code": "AAAA2222", "password": PASSWORD, "again": PASSWORD}
    pages = [
        Client().post("/activate/", form | {"number": number}).content.decode()
        for number in (college["小明"].number, "1999999999")
    ]
    assert all("激活码对不上" in page for page in pages)


def test_log_in_leads_where_one_wanted_to_go_and_never_elsewhere(college: College) -> None:
    account_of(college, "小明", with_password=True)
    form = {"number": college["小明"].number, "password": PASSWORD}
    for wanted, goes in (("/me/", "/me/"), ("https://example.org/", "/"), ("//example.org", "/")):
        response = Client().post("/login/", form | {"next": wanted})
        assert (response.status_code, response.headers["Location"]) == (302, goes)


def test_a_wrong_password_says_so_and_keeps_the_number(college: College) -> None:
    account_of(college, "小明", with_password=True)
    form = {"number": college["小明"].number, "password": "wrong"}
    response = Client().post("/login/", form)
    assert response.status_code == 422
    assert f'value="{college["小明"].number}"' in response.content.decode()


def test_too_many_tries_from_one_place_wait_and_the_account_stays_open(college: College) -> None:
    account_of(college, "小明", with_password=True)
    number = college["小明"].number
    tries = [
        Client().post("/login/", {"number": number, "password": "wrong"})
        for _ in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert tries[-1].status_code == 429
    assert "15 分钟" in tries[-1].content.decode()
    right = {"number": number, "password": PASSWORD}
    assert Client().post("/login/", right).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").post("/login/", right).status_code == 302


def test_a_lecture_hall_behind_one_address_is_not_locked_out_by_one_who_guesses(
    college: College,
) -> None:
    account_of(college, "小明", with_password=True)
    account_of(college, "小红", with_password=True)
    for _ in range(settings.AXES_FAILURE_LIMIT + 2):
        Client().post("/login/", {"number": college["小明"].number, "password": "wrong"})
    for password, status in (("wrong", 422), (PASSWORD, 302)):
        form = {"number": college["小红"].number, "password": password}
        assert Client().post("/login/", form).status_code == status


def test_a_stale_form_keeps_what_was_typed_and_posts_it_again(college: College) -> None:
    client = client_of(college, "小明", enforce_csrf_checks=True)
    response = client.post("/report/", FEVER_FORM | {"csrfmiddlewaretoken": "of yesterday"})
    page = response.content.decode()
    assert response.status_code == 403
    assert not DailyReport.objects.exists()
    kept = hidden(page)
    assert {name: kept[name] for name in FEVER_FORM} == FEVER_FORM
    assert 'action="/report/"' in page
    again = client.post("/report/", kept)
    assert again.status_code == 302
    assert DailyReport.objects.get().answers["temperature"] == "38.2"


def test_a_stale_log_in_keeps_no_password(college: College) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post("/login/", {"number": "2019000001", "password": PASSWORD}).content.decode()
    assert PASSWORD not in page
    assert "重新打开这一页" in page


def test_a_report_written_before_the_session_ended_survives_the_log_in(college: College) -> None:
    account_of(college, "小明", with_password=True)
    client = Client()
    response = client.post("/report/", FEVER_FORM)
    page = response.content.decode()
    assert response.status_code == 401
    assert "您写的都留着" in page
    form = hidden(page) | {"number": college["小明"].number, "password": "wrong"}
    wrong = client.post("/login/", form).content.decode()
    form = hidden(wrong) | {"number": college["小明"].number, "password": PASSWORD}
    welcome = client.post("/login/", form).content.decode()
    assert not DailyReport.objects.exists()
    assert client.post("/report/", hidden(welcome)).status_code == 302
    assert DailyReport.objects.get().answers["symptoms"] == ["fever"]


def test_the_language_is_chosen_once_and_stays(college: College) -> None:
    client = client_of(college, "小明")
    assert "今天的报告" in client.get("/report/").content.decode()
    response = client.post("/language/", {"language": "en", "next": "/me/"})
    assert response.headers["Location"] == "/me/"
    page = client.get("/report/").content.decode()
    assert "Your report for today, Sat 1 Feb" in page
    assert '<html lang="en">' in page
    client.post("/language/", {"language": "xx", "next": "https://example.org/"})
    assert "Your report" in client.get("/report/").content.decode()


@pytest.mark.parametrize(
    "address", ["/report/", "/report/2020-02-01/", "/me/", "/me/looks/", "/me/password/",
                "/messages/", "/report/receipt/0201-AAAA-BBBB/"],
)  # fmt: skip
def test_without_a_log_in_every_page_of_a_person_leads_to_the_log_in(
    college: College, address: str
) -> None:
    response = Client().get(address)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/login/?next={address}"


def test_pages_of_a_person_are_kept_by_no_cache(college: College) -> None:
    college.report("小明", FEVER)
    client = client_of(college, "小明")
    for address in ("/report/", "/me/", "/messages/"):
        assert client.get(address).headers["Cache-Control"] == "no-store"


def test_a_page_that_does_not_exist_says_so_in_words(college: College) -> None:
    response = client_of(college, "小明").get("/nowhere/")
    assert response.status_code == 404
    assert "没有这一页" in response.content.decode()


def test_lists_of_places_are_public_and_may_be_kept(college: College) -> None:
    provinces = Client().get("/places/?on=2020-02-01")
    assert provinces.headers["Cache-Control"] == "public, max-age=86400"
    assert ["510000", "四川省", False] in provinces.json()
    assert ["511702", "通川区", True] in Client().get("/places/511700/?on=2020-02-01").json()
    assert ["441900", "东莞市", True] in Client().get("/places/440000/?on=2020-02-01").json()
    assert ["429004", "仙桃市", True] in Client().get("/places/420000/?on=2020-02-01").json()
    assert Client().get("/places/999999/").status_code == 404


# ---------------------------------------------------------------- health


def test_health_is_ok_in_plain_text(college: College) -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response.headers["Content-Type"].startswith("text/plain")


def test_health_is_503_when_the_database_cannot_be_written(college: College) -> None:
    vendor = connection.vendor
    begin, end = (
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")
        if vendor == "sqlite"
        else ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
    )
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        response = Client().get("/healthz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(end)
    assert response.status_code == 503
    assert b"unavailable" in response.content


def test_a_refusal_is_a_page_in_words(college: College) -> None:
    response = client_of(college, "小明").post("/report/2020-01-02/", FINE_FORM)
    assert response.status_code == 409
    assert "已经截止" in response.content.decode()


def test_a_fault_of_ours_is_said_in_words_and_names_120() -> None:
    from django.test import RequestFactory
    from django.views.defaults import server_error

    response = server_error(RequestFactory().get("/"))
    page = response.content.decode()
    assert response.status_code == 500
    assert "服务器这边出了问题" in page
    assert "120" in page

"""The page of groups: tried, stored, refused in words; nobody but the operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianfang.accounts.models import Account
from lianfang.groups.models import Group
from tests.browser import clean
from tests.cast import College
from tests.web.portal import client_of

if TYPE_CHECKING:
    from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/desk/care/groups/"
GOOD = "课程,班级,星期,节次\n数学,网络1班,一,1-2\n英语,网络1班,二,1-2\n"


def operator(college: College) -> Client:
    account = Account.objects.create(
        login="admin", is_operator=True, password="!", created_at=college.now
    )
    client = Client()
    client.force_login(account, backend="lianfang.accounts.backends.NumberBackend")
    return client


def form(text: str = GOOD, **more: str) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "kind": "COURSE", "since": "2020-01-27", "until": "2020-02-09", "act": "try",
        "file": SimpleUploadedFile("课表.csv", text.encode()),
    }  # fmt: skip
    return usual | more


def test_a_list_is_tried_first_and_stored_on_the_second_button(college: College) -> None:
    client = operator(college)
    tried = client.post(ADDRESS, form())
    assert tried.status_code == 200
    assert not Group.objects.exists()
    assert client.post(ADDRESS, form(act="store")).status_code == 302
    assert Group.objects.count() == 2
    again = client.post(ADDRESS, form())
    assert b'class="notice done"' in again.content


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "课程,班级,星期,节次\n数学,网络9班,八,1-2\n"},
        {"text": ""},
        {"kind": "MOON"},
        {"kind": ""},
        {"since": "2020-02-30"},
        {"since": "2020-02-09", "until": "2020-01-27"},
        {"file": ""},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_an_odd_list_is_refused_in_words(college: College, wrong: dict[str, str]) -> None:
    sent = form(**wrong)
    answer = operator(college).post(ADDRESS, {k: v for k, v in sent.items() if k != "text"})
    assert answer.status_code == 422
    assert not Group.objects.exists()


@pytest.mark.parametrize("name", ["小明", "辅导员", "书记", "组长", "值班员"])
def test_nobody_but_the_operator_opens_it(college: College, name: str) -> None:
    client = client_of(college, name)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, form(act="store")).status_code == 403
    assert not Group.objects.exists()


def test_the_page_asks_as_often_for_many_groups_as_for_one(college: College) -> None:
    client = operator(college)
    client.post(ADDRESS, form(act="store", text=GOOD.rsplit("\n", 2)[0]))
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as few:
        client.get(ADDRESS)
    Group.objects.bulk_create(Group(kind="OFFICE", code=str(n), name=str(n)) for n in range(9))
    with CaptureQueriesContext(connection) as many:
        client.get(ADDRESS)
    assert len(many) == len(few)


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_is_readable(
    college: College, open_page: OpenPage, picture: Callable[..., None], size: str, language: str
) -> None:
    page = open_page(size=size)
    name = settings.SESSION_COOKIE_NAME
    cookie = operator(college).cookies[name].value
    for key, value in ((name, cookie), ("language", language)):
        page.context.add_cookies(
            [{"name": key, "value": value, "domain": "localhost", "path": "/"}]
        )
    page.goto(ADDRESS)
    broken = "课程,班级,星期,节次\n数学,网络9班,八,1-2\n".encode()
    page.set_input_files(
        "#id_file", files={"name": "课表.csv", "mimeType": "text/csv", "buffer": broken}
    )
    page.locator('label.tile:has(input[value="COURSE"])').click()
    page.locator('button[value="try"]').click()
    page.wait_for_load_state()
    picture(page, f"groups-{size}-{language}")
    assert page.locator("table").first.is_visible()
    clean(page)

"""One form, one report: sent again, sent five times at once, cut off on the way, sent after midnight."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from lianfang.incidents.models import Incident
from lianfang.reporting.models import DailyReport
from tests.cast import College
from tests.web.portal import FEVER_FORM, FINE_FORM, client_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_form_five_times_in_parallel_is_one_report(college: College) -> None:
    clients = [client_of(college, "小明") for _ in range(5)]

    def send(client: Client) -> str:
        try:
            return client.post("/report/", FEVER_FORM).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        receipts = set(pool.map(send, clients))
    report = DailyReport.objects.get()
    assert receipts == {f"/report/receipt/{report.receipt}/"}
    assert Incident.objects.count() == 1
    assert college.told() == ["辅导员", "主任", "值班员"]


def test_a_form_sent_again_with_another_answer_is_another_revision(college: College) -> None:
    client = client_of(college, "小明")
    client.post("/report/", FINE_FORM)
    client.post("/report/", FINE_FORM)
    client.post("/report/", FINE_FORM | {"temperature": "36.7"})
    reports = DailyReport.objects.order_by("revision")
    assert [(r.revision, r.answers["temperature"], r.is_current) for r in reports] == [
        (1, "36.5", False),
        (2, "36.7", True),
    ]


def test_a_second_report_the_same_day_is_always_offered(college: College) -> None:
    client = client_of(college, "小明")
    client.post("/report/", FINE_FORM)
    page = client.get("/report/").content.decode()
    assert DailyReport.objects.get().receipt in page
    assert 'name="truth"' in page
    assert " checked" not in page.replace('class="kept" checked', "")


def test_nothing_about_health_or_contacts_is_chosen_beforehand(college: College) -> None:
    client = client_of(college, "小明")
    client.post("/report/", FEVER_FORM)
    page = client.get("/report/").content.decode()
    chosen = [line for line in page.splitlines() if " checked" in line]
    assert all('name="site"' in line for line in chosen)
    assert "38.2" not in page


def test_a_missed_day_is_offered_and_can_be_made_up(college: College) -> None:
    client = client_of(college, "小明")
    college.fast_forward(to=college.at("23:59"))
    college.fast_forward(minutes=9 * 60)
    from lianfang.kernel import clock

    clock.follow(lambda: college.now)
    assert "/report/2020-02-01/" in client.get("/report/").content.decode()
    client.post("/report/2020-02-01/", FINE_FORM)
    report = DailyReport.objects.get()
    assert (report.day.isoformat(), report.is_late) == ("2020-02-01", True)
    assert "/report/2020-02-01/" not in client.get("/report/").content.decode()


def test_half_a_form_stores_nothing_and_hurts_nobody(college: College, live_server: Any) -> None:
    client = client_of(college, "小明")
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    where = urlsplit(live_server.url)
    head = (
        f"POST /report/ HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 0)) as half:
        half.sendall(head.encode() + b"how=unwell&symptoms=fever&temperature=3")
    assert client.get("/report/").status_code == 200
    assert not DailyReport.objects.exists()

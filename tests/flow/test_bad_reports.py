"""Bad input gets a clear error and nothing is lost: reports (issue 2; RELIABILITY section 9).

Each row goes through the whole stack on both databases. Whatever is refused left nothing
behind, and no input is answered with 500.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.incidents.models import Incident
from lianfang.notifications.models import Message
from lianfang.reporting.models import DailyReport
from tests.api import FEVER, FINE, Caller, integration, logged_in, problem
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)

REPORT = "/reports"


@pytest.fixture
def caller(college: College) -> Caller:
    return integration(Scope.REPORTS_WRITE, college=college)


@pytest.fixture
def number(college: College) -> str:
    return college["小明"].number


@pytest.fixture(autouse=True)
def _nothing_is_stored_of_what_is_refused(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "refused" in request.node.name:
        assert not DailyReport.objects.exists()
        assert not Incident.objects.exists()


def with_answers(number: str, **changes: Any) -> dict[str, Any]:
    return {"person": number, "answers": FINE | changes}


def stored_as(answer: Any) -> DailyReport:
    assert answer.status_code == 201
    return DailyReport.objects.get(receipt=answer.json()["receipt"])


def raw(caller: Caller, text: str | bytes, **headers: str) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return caller.send(REPORT, data, Idempotency_Key=uuid.uuid4().hex, **headers)


# ---------------------------------------------------------------- the answers themselves


IMPOSSIBLE: dict[str, tuple[dict[str, Any], str]] = {
    "temperature 0": ({"temperature": 0}, "temperature"),
    "temperature 45": ({"temperature": 45}, "temperature"),
    "temperature 三十七": ({"temperature": "三十七"}, "temperature"),
    "三十七度五": ({"temperature": "三十七度五"}, "temperature"),
    "375: is it 37.5?": ({"temperature": 375}, "temperature"),
    "-5": ({"temperature": -5}, "temperature"),
    "3.75": ({"temperature": 3.75}, "temperature"),
    "temperature true": ({"temperature": True}, "temperature"),
    "temperature in a list": ({"temperature": [37]}, "temperature"),
    "onset in the future": (
        {"unwell": True, "symptoms": ["fever"], "onset_on": "2020-02-02"},
        "onset_on",
    ),
    "onset before 14 days": (
        {"unwell": True, "symptoms": ["fever"], "onset_on": "2020-01-17"},
        "onset_on",
    ),
    "American order": ({"onset_on": "02/03/20"}, "onset_on"),
    "a day as a number": ({"onset_on": 1580515200}, "onset_on"),
    "30 February": ({"onset_on": "2020-02-30"}, "onset_on"),
    "no such county": ({"county_code": "999999"}, "county_code"),
    "no county": ({"county_code": ""}, "county_code"),
    "full-width digit": ({"county_code": "51170２"}, "county_code"),
    "county as a number": ({"county_code": 511702}, "county_code"),
    "no such symptom": ({"symptoms": ["plague"]}, "symptoms"),
    "well, with a symptom": ({"symptoms": ["fever"]}, "unwell"),
    "well, with a fever": ({"temperature": 38.5}, "temperature"),
    "no as a word": ({"unwell": "no"}, "unwell"),
    "not answered": ({"unwell": None}, "unwell"),
    "not true": ({"truth": False}, "truth"),
    "nowhere": ({"presence": "MOON"}, "presence"),
    "201 characters of note": ({"note": "好" * 201}, "note"),
    "61": ({"visited_area": "x" * 61, "visited": True}, "visited_area"),
}


def test_an_impossible_answer_is_refused_beside_its_field(
    caller: Caller, number: str, subtests: pytest.Subtests
) -> None:
    for name, (given, field) in IMPOSSIBLE.items():
        with subtests.test(name):
            status, code, fields = problem(caller.report(with_answers(number, **given)))
            assert (status, code) == (422, "invalid")
            assert f"answers.{field}" in fields


def test_a_temperature_is_read_as_people_write_it(
    caller: Caller, number: str, subtests: pytest.Subtests
) -> None:
    for written in ("37,5", "37。5", "37.5℃", "３７．５", 37.5, "37.5"):
        with subtests.test(str(written)):
            answers = FEVER | {"temperature": written}
            stored = caller.report({"person": number, "answers": answers})
            assert stored_as(stored).answers["temperature"] == "37.5"


def test_a_county_code_that_was_renamed_says_so_and_is_refused(caller: Caller, number: str) -> None:
    answer = caller.report(with_answers(number, county_code="511721"), Accept_Language="zh")
    assert problem(answer)[0] == 422
    [sentence] = answer.json()["fields"].values()
    assert "更名" in sentence


def test_missing_fields_are_refused_all_at_once(caller: Caller, number: str) -> None:
    answer = caller.report({"person": number, "answers": {}})
    assert problem(answer)[2] == {
        "answers.unwell",
        "answers.county_code",
        "answers.presence",
        "answers.visited",
        "answers.met",
        "answers.truth",
    }


def test_a_field_that_does_not_exist_is_refused(
    caller: Caller, number: str, subtests: pytest.Subtests
) -> None:
    for extra in ("role", "unit", "reported_by", "received_at", "is_late", "has_events", "source"):
        with subtests.test(extra):
            outer = caller.report(with_answers(number) | {extra: "x"})
            assert problem(outer) == (422, "invalid", {extra})
            inner = caller.report(with_answers(number, **{extra: "x"}))
            assert problem(inner) == (422, "invalid", {f"answers.{extra}"})


# ---------------------------------------------------------------- the day


DAYS = {
    "2020-01-28": (409, "reporting.day-is-closed"),
    "2019-12-01": (409, "reporting.day-is-closed"),
    "0001-01-01": (409, "reporting.day-is-closed"),
    "2020-02-02": (422, "reporting.day-has-not-begun"),
    "2099-01-01": (422, "reporting.day-has-not-begun"),
    "9999-12-31": (422, "reporting.day-has-not-begun"),
    "10000-01-01": (422, "invalid"),
    "yesterday": (422, "invalid"),
    "2020-2-1": (422, "invalid"),
}


def test_a_day_that_is_closed_or_not_begun_is_refused(
    caller: Caller, number: str, subtests: pytest.Subtests
) -> None:
    for day, told in DAYS.items():
        with subtests.test(day):
            assert problem(caller.report(with_answers(number) | {"day": day}))[:2] == told


CLOCKS = {
    "2020-02-03T08:00:00+08:00": 2 * 86400,
    "2020-01-30T08:00:00+08:00": -2 * 86400,
    "1970-01-01T00:00:00Z": -1580515200,
    "2038-02-01T00:00:00Z": 568080000,
    "2020-02-01T08:00:00": 0,
    "2020-02-01T14:00:00+14:00": 0,
    "2020-02-01T08:00:00[Asia/Urumqi]": 7200,
    "9999-12-31T23:59:59Z": 2**31 - 1,
    "0001-01-01T00:00:00+08:00": -(2**31),
    "next Tuesday": None,
    "2020-02-01T08:00:00[No/Where]": None,
    "": None,
}


def test_a_phone_whose_clock_is_wrong_reports_for_the_day_of_the_server(
    caller: Caller, number: str, subtests: pytest.Subtests
) -> None:
    for clock, skew in CLOCKS.items():
        with subtests.test(clock):
            report = stored_as(caller.report(with_answers(number) | {"client_time": clock}))
            assert (report.day.isoformat(), report.client_skew_s) == ("2020-02-01", skew)


# ---------------------------------------------------------------- whose report it is


def test_another_persons_identity_is_refused(college: College) -> None:
    me = logged_in(college, "小明")
    for other in (college["小红"].number, "0" * 10):
        answer = me.report(with_answers(other))
        assert problem(answer) == (403, "api.report-for-yourself", set())


def test_ones_own_number_may_be_said_or_left_out(college: College) -> None:
    me = logged_in(college, "小明")
    assert me.report({"answers": FINE}).status_code == 201
    assert me.report(with_answers(college["小明"].number)).status_code == 201
    assert {report.source for report in DailyReport.objects.all()} == {"WEB"}


def test_an_unknown_person_is_refused(caller: Caller) -> None:
    found = {"no such number": 404, "1180591620717411303424": 404, "x" * 33: 422, "": 422}
    assert {other: problem(caller.report(with_answers(other)))[0] for other in found} == found


def test_a_person_of_another_unit_is_refused_to_a_bound_token(
    college: College, number: str
) -> None:
    bound = integration(Scope.REPORTS_WRITE, unit=college.unit("护理系"), college=college)
    assert problem(bound.report(with_answers(number))) == (404, "not-found", set())
    refused = Entry.objects.get(verb="api.request.refused")
    assert (refused.actor_kind, refused.detail["code"]) == ("INTEGRATION", "not-found")


# ---------------------------------------------------------------- the body


def body_text(number: str, **changes: Any) -> str:
    return json.dumps(with_answers(number, **changes))


BODIES: dict[str, tuple[str | bytes, int, str]] = {
    "no body": ("", 422, "invalid"),
    "not JSON": ("not json", 400, "api.not-json"),
    "a list": ("[]", 400, "api.not-json"),
    "a text": ('"text"', 400, "api.not-json"),
    "null": ("null", 400, "api.not-json"),
    "unclosed": ("{", 400, "api.not-json"),
    "200,000 brackets": ("[" * 200_000, 400, "api.not-json"),
    "40,000 objects": ('{"a":' * 40_000, 422, "invalid"),
    "900 deep": ('{"a":' * 900 + "1" + "}" * 900, 422, "invalid"),
    "10 deep": ('{"a":' * 9 + "1" + "}" * 9, 422, "invalid"),
    "UTF-16": (b"\xff\xfe{}", 400, "api.not-json"),
    "GBK": ('{"a":"发热"}'.encode("gbk"), 400, "api.not-json"),
    "a name twice": ('{"person":"1","person":"2"}', 400, "api.not-json"),
    "5,000 digits": ('{"person":' + "1" * 5000 + "}", 400, "api.not-json"),
    "2^70": (f'{{"person":{2**70}}}', 422, "invalid"),
    "an empty object": ("{}" + " " * 10, 422, "invalid"),
    "Python, not JSON": ("{'person': 1}", 400, "api.not-json"),
}


def test_a_body_that_is_no_report_is_refused(caller: Caller, subtests: pytest.Subtests) -> None:
    for name, (text, status, code) in BODIES.items():
        with subtests.test(name):
            assert problem(raw(caller, text))[:2] == (status, code)


def test_a_temperature_that_is_no_number_is_refused(
    caller: Caller, number: str, subtests: pytest.Subtests
) -> None:
    for figure in ("NaN", "Infinity", "-Infinity", "1e400", "-1e400"):
        with subtests.test(figure):
            text = body_text(number).replace("36.5", figure)
            assert problem(raw(caller, text)) == (422, "invalid", {"answers.temperature"})


NO_TEXTS = {
    "NUL inside": "a\x00b",
    "NUL alone": "\x00",
    "escape": "a\x1bb",
    "delete": "\x7f",
    "half a character": "\ud800",
}


def test_a_control_character_is_refused_with_its_field(
    caller: Caller, number: str, subtests: pytest.Subtests
) -> None:
    for field in ("note", "visited_area", "county_code", "site"):
        for name, value in NO_TEXTS.items():
            with subtests.test(f"{name} in {field}"):
                answer = caller.report(with_answers(number, **{field: value}))
                assert problem(answer) == (422, "invalid", {f"answers.{field}"})


def test_a_control_character_in_a_name_or_a_number_is_refused(caller: Caller, number: str) -> None:
    assert problem(caller.report(with_answers("a\x00b"))) == (422, "invalid", {"person"})
    named = with_answers(number) | {"a\x00b": 1}
    assert problem(caller.report(named)) == (422, "invalid", {"body"})


def test_one_megabyte_of_note_is_refused_unread(caller: Caller, number: str) -> None:
    answer = caller.report(with_answers(number, note="x" * 1024 * 1024))
    assert problem(answer) == (413, "api.too-large", set())


def test_a_quarter_of_a_megabyte_is_read(caller: Caller, number: str) -> None:
    answer = caller.report(with_answers(number, note="x" * 200_000))
    assert problem(answer) == (422, "invalid", {"answers.note"})


def test_another_type_of_body_is_refused(
    caller: Caller, number: str, subtests: pytest.Subtests
) -> None:
    form = "application/x-www-form-urlencoded"
    for kind in ("text/plain", form, "multipart/form-data; boundary=x", ""):
        with subtests.test(kind):
            answer = caller.send(REPORT, body_text(number).encode(), content_type=kind)
            assert problem(answer) == (415, "api.wrong-type", set())


def test_another_charset_is_refused(caller: Caller, number: str) -> None:
    answer = caller.send(
        REPORT, body_text(number).encode(), content_type="application/json; charset=gbk"
    )
    assert problem(answer)[:2] == (400, "api.not-json")


def test_a_packed_body_is_refused(caller: Caller, subtests: pytest.Subtests) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    for packed in ("gzip", "deflate", "br"):
        with subtests.test(packed):
            answer = raw(caller, bomb, Content_Encoding=packed)
            assert problem(answer) == (415, "api.wrong-type", set())


def test_a_body_in_chunks_is_refused_by_name(caller: Caller, number: str) -> None:
    answer = caller.client.generic(
        "POST",
        "/api/v1/reports",
        headers=caller.headers | {"Transfer-Encoding": "chunked", "Idempotency-Key": "k"},
    )
    assert problem(answer) == (400, "api.length-needed", set())


def test_a_half_sent_body_is_refused(live_server: Any, caller: Caller, number: str) -> None:
    """The line breaks in the middle: what arrived would be JSON, and is stored all the same not."""
    text = body_text(number).encode()
    host, port = live_server.thread.host, live_server.thread.port
    head = (
        f"POST /api/v1/reports HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: {caller.headers['Authorization']}\r\nIdempotency-Key: half\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text) + 100}\r\n\r\n"
    )
    with socket.create_connection((host, port), timeout=20) as line:
        line.sendall(head.encode() + text)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while part := line.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 400") or answer.startswith(b"HTTP/1.0 400")
    assert b"api.half-sent" in answer


def test_a_report_without_a_key_is_refused(caller: Caller, number: str) -> None:
    for headers in ({}, {"Idempotency_Key": ""}, {"Idempotency_Key": "x" * 201}):
        answer = caller.post(REPORT, with_answers(number), **headers)
        assert problem(answer) == (422, "invalid", {"Idempotency-Key"})


# ---------------------------------------------------------------- once, however often it is sent


def test_the_same_submission_five_times_in_parallel_is_one_report(
    caller: Caller, college: College, number: str
) -> None:
    together = threading.Barrier(5)

    def send(_turn: int) -> Any:
        try:
            together.wait(timeout=20)
            return caller.report({"person": number, "answers": FEVER}, key="once")
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(send, range(5)))
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.content for answer in answers}) == 1
    assert DailyReport.objects.count() == 1
    assert Incident.objects.count() == 1
    assert Message.objects.filter(reference__startswith="escalation:").count() == 3


def test_the_same_key_later_gets_the_same_answer(
    caller: Caller, college: College, number: str, it_is: Callable[[datetime], None]
) -> None:
    first = caller.report(with_answers(number), key="once")
    it_is(college.at("13:00"))
    again = caller.report(with_answers(number), key="once")
    assert (again.status_code, again.content) == (201, first.content)
    assert DailyReport.objects.count() == 1


def test_the_same_key_with_another_body_keeps_the_first(caller: Caller, number: str) -> None:
    caller.report(with_answers(number), key="once")
    answer = caller.report(with_answers(number, note="anders"), key="once")
    assert problem(answer) == (409, "reporting.key-reused", set())
    assert DailyReport.objects.get().answers.get("note") is None
    assert Entry.objects.get(verb="api.request.refused").detail["code"] == "reporting.key-reused"


def test_the_same_key_of_another_system_is_another_key(
    caller: Caller, college: College, number: str
) -> None:
    other = integration(Scope.REPORTS_WRITE, name="宿管系统", college=college)
    first = caller.report(with_answers(number), key="once").json()
    second = other.report(with_answers(number), key="once").json()
    assert (first["revision"], second["revision"]) == (1, 2)
    assert first["receipt"] != second["receipt"]


def test_two_answers_of_one_person_a_moment_apart_are_both_kept(
    caller: Caller, number: str
) -> None:
    caller.report({"person": number, "answers": FEVER})
    caller.report({"person": number, "answers": FINE})
    assert list(
        DailyReport.objects.order_by("revision").values_list("has_events", "is_current")
    ) == [
        (True, False),
        (False, True),
    ]
    assert Incident.objects.get().is_open


# ---------------------------------------------------------------- the storage


def test_a_database_that_cannot_store_is_said_and_the_report_counts_when_sent_again(
    caller: Caller, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is really made unable to write, for this process."""
    with read_only():
        answer = caller.report(with_answers(number), key="later")
        assert problem(answer) == (503, "api.storage-unavailable", set())
        assert answer.headers["Retry-After"]
    assert caller.report(with_answers(number), key="later").status_code == 201


class read_only:
    """The database refuses to write, as on a full disk or after a fail-over."""

    def __enter__(self) -> None:
        self._set("ON", "on")

    def __exit__(self, *_error: object) -> None:
        self._set("OFF", "off")

    def _set(self, sqlite: str, postgres: str) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"PRAGMA query_only = {sqlite}")
            else:
                cursor.execute(f"SET default_transaction_read_only = {postgres}")


def test_the_wrong_database_would_be_noticed() -> None:
    with read_only(), pytest.raises(DatabaseError, match=r"readonly|read-only"):
        Message.objects.create(reference="x", subject="", body="", link="")

"""Key monitoring on a page: the carer's list, a file, the person's own page, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.incidents.models import Incident
from lianfang.monitoring.models import CheckSlot, Contest, MonitoringFile
from tests.browser import axe_problems, clean
from tests.cast import College
from tests.flow.test_key_monitoring import open_file, watched
from tests.web.desk import client_of, looks_at, page
from tests.web.portal import log_in, tap

if TYPE_CHECKING:
    from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
ItIs = Callable[[datetime], None]
REASON = "1月31日和从武汉回来的亲戚吃饭"
LIST = "/desk/care/monitoring/"
CHECK = {"how": "well", "temperature": "36.6", "site": "axilla", "method": "PHONE"}


def test_what_was_typed_into_a_file_stays_when_it_asks_back(college: College) -> None:
    file = watched(college)
    head, address = client_of(college, "主任"), f"{LIST}{file.pk}/"
    place = {
        "isolation": "AT_HOME", "isolation_from": "2020-13-01", "isolation_place": "家中朝南小间",
        "supervisor": "社区刘医生", "supervisor_phone": "0818-1234567", "is_ordered": "1",
    }  # fmt: skip
    asked = head.post(address + "place/", place)
    said = asked.content.decode()
    assert asked.status_code == 422
    for value in ("家中朝南小间", "社区刘医生", "0818-1234567"):
        assert f'value="{value}"' in said
    assert 'value="AT_HOME" selected' in said
    assert 'name="is_ordered" value="1" checked' in said
    empty = head.post(f"{LIST}new/", {"number": "0"}).content.decode()
    for name in ("number", "category", "last_exposure_on", "reason"):
        assert f'id="problem_{name}"' in empty  # everything at once
    asked = head.post(address + "carer/", {"carer": "0", "deputy": ""})
    assert asked.status_code == 422
    file.refresh_from_db()
    assert (file.isolation_place, file.is_ordered) == ("", False)
    refused = head.post(address + "release/", {"text": "早一点放她回来"})  # not proposed yet
    assert refused.status_code >= 400
    assert LIST.encode() in refused.content  # the page again, not an address that forgets


def test_the_carer_verifies_checks_and_the_head_decides(college: College, it_is: ItIs) -> None:
    file = open_file(college)
    college.work()
    carer, head = client_of(college, "辅导员"), client_of(college, "主任")
    address = f"{LIST}{file.pk}/"
    assert REASON in page(college, "辅导员", address)
    carer.post(address + "verify/", {"told_how": "PHONE", "text": "属实，愿意配合"})
    assert "属实，愿意配合" in page(college, "辅导员", address)  # as it was typed
    college.report("小明")
    college.fast_forward(to=college.at("17:00"))
    it_is(college.now)
    asked = carer.post(address + "check/", CHECK | {"temperature": "365", "method": ""})
    assert asked.status_code == 422
    assert "36.5" in asked.content.decode()  # asked back, and nothing is stored
    carer.post(address + "check/", CHECK | {"need": "需要教材"})
    evening = CheckSlot.objects.get(code="pm")
    assert (evening.state, evening.temperature) == ("DONE", "36.6")
    assert file.needs.get().owner == college["辅导员"]
    college.now += timedelta(days=16)
    college.work()
    it_is(college.now)
    file.refresh_from_db()
    assert file.state == "TO_RELEASE"
    assert carer.post(address + "release/", {}).status_code == 403  # class level may not release
    head.post(address + "release/", {})
    file.refresh_from_db()
    assert file.state == "TO_RELEASE"  # the checklist has gaps
    head.post(address + "refuse/", {"reason": "多日没有记录"})
    file.refresh_from_db()
    assert file.state == "WATCHED"


def test_a_fever_in_a_check_opens_an_incident_and_shows_the_hospital(
    college: College, it_is: ItIs
) -> None:
    watched(college)
    college.report("小明")
    college.fast_forward(to=college.at("17:00"))
    it_is(college.now)
    client = client_of(college, "小明")
    answer = client.post(
        "/me/monitoring/check/",
        {"how": "unwell", "symptoms": ["fever"], "temperature": "38.3", "site": "axilla"},
    )
    assert answer["Location"].startswith("/report/receipt/")
    assert Incident.objects.get().person == college["小明"]
    assert MonitoringFile.objects.get().state == "ILL"


def test_a_person_reads_why_and_objects(college: College) -> None:
    file = watched(college)
    mine = page(college, "小明", "/me/monitoring/")
    assert REASON in mine
    assert "+86" not in mine.replace(college["辅导员"].phone, "")
    assert "辅导员" in mine
    client = client_of(college, "小明")
    assert client.post("/me/monitoring/contest/", {"text": " "}).status_code == 422
    client.post("/me/monitoring/contest/", {"text": "我当天在学校"})
    contest = Contest.objects.get()
    assert "我当天在学校" in page(college, "主任", f"{LIST}{file.pk}/")
    client_of(college, "主任").post(
        f"{LIST}{file.pk}/contest/",
        {
            "contest": contest.pk,
            "outcome": "CORRECTED",
            "reason": "1月31日同车",
            "answer": "已核实",
        },
    )
    mine = page(college, "小明", "/me/monitoring/")
    assert "1月31日同车" in mine
    assert "已核实" in mine
    assert REASON not in mine


def test_who_sees_what_of_a_file(college: College) -> None:
    college.appoint("小红", "网络1班", "CLASS_REPORTER")
    file = watched(college)
    address = f"{LIST}{file.pk}/"
    for name in ("辅导员", "主任", "书记", "值班员"):
        assert REASON in page(college, name, address), name
    number_only = page(college, "组长", address)
    assert file.number in number_only
    assert REASON not in number_only
    assert "小明" not in number_only
    assert "小明" not in page(college, "组长", LIST)
    for name in ("小红", "外辅导员", "admin"):
        page(college, name, address, status=404)
    assert REASON not in page(college, "辅导员", LIST)  # one tap deeper, and written down
    assert "辅导员" in looks_at(college["小明"], "monitoring.file.seen")
    assert client_of(college, "外人").get(address).status_code == 403
    assert "小明" not in page(college, "外人", "/me/monitoring/")
    for name in ("小红", "组长", "外辅导员"):
        answer = client_of(college, name).post(address + "note/", {"text": "看一眼"})
        assert answer.status_code in {403, 404}, name
    assert (
        client_of(college, "辅导员").post(address + "cancel/", {"reason": "x"}).status_code == 403
    )


def test_more_files_ask_no_more_questions(college: College) -> None:
    def questions() -> int:
        client = client_of(college, "主任")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    watched(college)
    client_of(college, "主任").get(LIST)
    one = questions()
    for name in ("小红", "小刚"):
        open_file(college, name)
    assert questions() == one


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_check_takes_half_a_minute(
    college: College, it_is: ItIs, open_page: OpenPage, size: Literal["phone", "desktop"]
) -> None:
    file = watched(college)
    college.report("小明")
    college.fast_forward(to=college.at("17:00"))
    it_is(college.now)
    window = open_page(size=size)
    log_in(window, college, "小明", language="en")
    window.goto("/me/monitoring/")
    tap(window, "how", "well")
    window.get_by_label("Temperature").fill("36.4")
    tap(window, "site", "axilla")
    window.get_by_role("button", name="Send", exact=True).click()
    window.get_by_text("Thank you").wait_for()
    assert axe_problems(window) == []
    log_in(window, college, "主任", language="en")
    for address in (
        LIST,
        f"{LIST}{file.pk}/",
        f"{LIST}new/",
        f"{LIST}policies/",
        "/desk/care/rounds/",
        f"/desk/care/rounds/{file.unit_id}/",
    ):
        window.goto(address)
        clean(window)


def test_a_round_is_written_on_the_class_list(college: College) -> None:
    unit = college.unit("网络1班")
    address = f"/desk/care/rounds/{unit.pk}/"
    carer, head = client_of(college, "辅导员"), client_of(college, "主任")
    assert carer.post(address + "switch/", {"codes": ["morning"]}).status_code == 403
    head.post(address + "switch/", {"codes": ["morning"]})
    xm, xh = college["小明"].pk, college["小红"].pk
    asked = carer.post(address, {"code": "morning", f"temperature-{xm}": "384"})
    assert asked.status_code == 422
    carer.post(address, {"code": "morning", f"temperature-{xm}": "38.4", f"there-{xh}": "no"})
    assert Incident.objects.get().person == college["小明"]
    assert 'value="38.4"' in head.get(address).content.decode()
    assert looks_at(college["小明"], "monitoring.round.seen") == ["主任"]
    college.appoint("小红", "网络1班", "CLASS_REPORTER")
    listed = "/desk/care/rounds/"
    department = college.unit("网络1班").parent
    assert department is not None
    for asked_for in ("?q=网络1", f"?unit={department.pk}", "?unit=x&q="):
        assert f'href="{address}"' in carer.get(listed + asked_for).content.decode()
    nobody = carer.get(listed + "?q=软件").content.decode()
    assert f'href="{address}"' not in nobody
    assert "全部班级" in nobody
    for name in ("小红", "组长"):  # who may read no health answers takes no round
        assert client_of(college, name).get(address).status_code == 403
    assert client_of(college, "外辅导员").get(address).status_code == 404


def test_the_second_check_is_offered_where_the_person_comes_back(
    college: College, it_is: ItIs
) -> None:
    watched(college)
    assert "still due" not in page(college, "小明", "/report/")
    college.report("小明")
    college.fast_forward(to=college.at("17:00"))
    it_is(college.now)
    assert "One short check is still due today." in page(college, "小明", "/report/")

"""The pages of early warning: alarm, unknown, as usual; one alert with its clock and its steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.clusters.models import Alert, IllDay
from lianfang.incidents.models import Incident
from lianfang.usecases import clusters
from tests.browser import faults
from tests.cast import College
from tests.flow.cluster_cast import VOMITS, falls_ill, house
from tests.web.desk import client_of, looks_at, operator, page, text_of
from tests.web.portal import log_in

if TYPE_CHECKING:
    from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
BOARD = "/desk/care/clusters/"


@pytest.fixture
def college(it_is: Callable[[datetime], None]) -> College:
    made = house()
    it_is(made.now)
    made.appoint("值班员", "学院", "DOCTOR")
    return made


def outbreak(college: College) -> Alert:
    for number in (2, 3, 4):
        falls_ill(college, f"{number}班1号")
    return Alert.objects.get()


def of(alert: Alert, part: str = "") -> str:
    return f"{BOARD}{alert.pk}/{part}"


def test_low_completeness_is_unknown_and_never_quiet(college: College) -> None:
    words = page(college, "值班员", BOARD)
    assert "unknown – data incomplete" in words
    assert "no circle has reached a rule" not in words
    college.everybody_reports()
    words = page(college, "值班员", BOARD)
    assert "no circle has reached a rule" in words
    assert "unknown" not in words


def test_two_in_a_room_are_on_the_way_to_a_rule(college: College) -> None:
    college.everybody_reports()
    for number in (2, 3):
        falls_ill(college, f"{number}班1号")
    words = page(college, "值班员", BOARD)
    assert "dormitory room 6栋 301" in words
    assert "3 in 1 day(s)" in words
    assert "2班1号" not in words


def test_the_alert_names_rule_source_people_and_clock(college: College) -> None:
    alert = outbreak(college)
    words = page(college, "值班员", of(alert))
    for part in (
        "dormitory room 6栋 301: 3 people ill", "2班1号", "3班1号", "4班1号", "A1",
        "卫办疾控发〔2006〕65号", "Report outside:", "24 h 0 min left", "75% (30%–95%)",
        "Too few days or people to say how fast it grows.",
    ):  # fmt: skip
        assert part in words, part
    assert "Who was told" in words
    assert looks_at(college["2班1号"], "clusters.person.seen") == ["值班员"]


def test_the_page_of_an_incident_shows_the_clock_of_its_alert_to_who_may_open_it(
    college: College,
) -> None:
    alert = outbreak(college)
    one = Incident.objects.get(person=college["2班1号"])
    client = client_of(college, "值班员")
    client.post(f"/desk/incidents/{one.pk}/acknowledge/")
    shown = client.get(f"/desk/incidents/{one.pk}/").content.decode()
    assert f'href="{of(alert)}"' in shown
    assert "24 h 0 min left" in page(college, "值班员", f"/desk/incidents/{one.pk}/")
    assert alert.code not in page(college, "组长", f"/desk/incidents/{one.pk}/")


def test_the_draft_report_has_figures_and_no_name(college: College) -> None:
    alert = outbreak(college)
    answer = client_of(college, "值班员").get(of(alert, "draft.txt"))
    draft = answer.content.decode()
    assert "3" in draft
    assert "6栋 301" in draft
    assert alert.code in draft
    for name in ("2班1号", "3班1号", "4班1号"):
        assert name not in draft


def test_the_whole_way_on_the_page(college: College) -> None:
    alert = outbreak(college)
    client = client_of(college, "值班员")

    def step(part: str, **form: str) -> int:
        return int(client.post(of(alert, part), form).status_code)

    assert step("step/", stage="VERIFICATION", choice="ASSESS", text="") == 422
    assert step("step/", stage="VERIFICATION", choice="ASSESS", text="电话核实") == 302
    assert step("step/", stage="ASSESSMENT", text="同室") == 302
    assert step("step/", stage="CHARACTER", choice="", text="高") == 422
    assert step("step/", stage="CHARACTER", choice="HIGH", text="高") == 302
    assert step("step/", stage="OUTCOME", choice="RESPOND", text="转移") == 302
    assert step("told/", whom="CDC", told_on="2020-02-30", told_time="08:00", text="x") == 422
    assert step("told/", whom="", text="x") == 422
    assert step("told/", whom="CDC", text="已报告") == 302
    assert step("note/", text="家长已通知") == 302
    assert step("close/", text="全部退热") == 302
    alert.refresh_from_db()
    assert (alert.stage, alert.told_in_time, alert.risk) == ("CLOSED", True, "HIGH")
    words = text_of(client.get(of(alert)))
    assert "家长已通知" in words
    assert "6栋 301" not in page(college, "值班员", BOARD).split("Closed lately")[0]


def test_a_mistake_is_taken_back_and_no_longer_counted(college: College) -> None:
    alert = outbreak(college)
    row = alert.people.get(person=college["2班1号"])
    client = client_of(college, "值班员")
    assert client.post(of(alert, f"people/{row.pk}/mistake/")).status_code == 302
    assert "2 people ill" in page(college, "值班员", of(alert))
    assert client.post(of(alert, "people/999999/mistake/")).status_code == 404


def test_who_sees_what_of_an_alert(college: College) -> None:
    """The counselor of one class sees the own student; the leading group figures; others nothing."""
    alert = outbreak(college)
    own = page(college, "辅导员", of(alert))
    assert "2班1号" in own
    assert "3班1号" not in own
    assert "6栋 301" not in own
    leader = page(college, "组长", of(alert))
    assert "班1号" not in leader
    assert "Incident" not in leader.split("People")[1].split("By day of onset")[0]
    page(college, "外辅导员", of(alert), status=404)
    assert operator(college).get(of(alert)).status_code == 404
    assert client_of(college, "外人").get(of(alert)).status_code == 403
    assert "6栋" not in page(college, "外辅导员", BOARD)
    for part in ("take/", "step/", "told/", "note/", "close/"):
        assert (
            client_of(college, "外辅导员").post(of(alert, part), {"text": "x"}).status_code == 404
        )
        assert client_of(college, "辅导员").post(of(alert, part), {"text": "x"}).status_code == 403
    assert client_of(college, "组长").get(of(alert, "draft.txt")).status_code == 403


def test_the_clinic_is_open_to_the_doctor_and_says_what_is_wrong(college: College) -> None:
    address = f"{BOARD}clinic/"
    client = client_of(college, "值班员")
    number = college["2班2号"].number
    for wrong in (
        {"number": "nobody", "symptoms": "fever"},
        {"number": number},
        {"number": number, "symptoms": "fever", "temperature": "50"},
        {"number": number, "symptoms": "fever", "onset_on": "2020-02-31"},
        {"number": number, "symptoms": "fever", "onset_on": "2020-03-01"},
        {"number": number, "symptoms": "fever", "onset_on": "2019-12-01"},
    ):
        answer = client.post(address, wrong)
        assert answer.status_code == 422, wrong
        assert 'class="problem"' in answer.content.decode()
    right = {"number": number, "symptoms": ["vomiting"], "onset_on": "2020-01-31"}
    assert client.post(address, right).status_code == 302
    assert client_of(college, "辅导员").get(address).status_code == 403


def test_words_of_a_teacher_become_an_alert_to_verify(college: College) -> None:
    address = f"{BOARD}heard/"
    client = client_of(college, "辅导员")
    unit = college.unit("网络2班").code
    assert client.post(address, {"circle": "ROOM:6栋/301", "text": "x"}).status_code == 422
    assert client.post(address, {"circle": f"CLASS:{unit}", "text": " "}).status_code == 422
    assert (
        client.post(address, {"circle": f"CLASS:{unit}", "text": "半个班在咳"}).status_code == 302
    )
    assert "半个班在咳" in page(college, "值班员", of(Alert.objects.get()))


def test_the_rules_stand_with_their_source_and_presets_say_so(college: College) -> None:
    words = page(college, "值班员", f"{BOARD}rules/")
    assert "A1 in use" in words
    assert "HZ-NOROVIRUS preset, not in use" in words
    assert "湖州市疾控2023" in words


def test_detectors_say_unknown_small_or_learning_and_never_a_green_zero(college: College) -> None:
    """Forty in a hundred stay silent: no figure reads as a zero, and nothing as usual (EW-06)."""
    silent = [name for n, name in enumerate(college.people) if n % 5 < 2]
    college.everybody_reports("外人", "外辅导员", *silent)
    college.fast_forward(to=college.at("15:20"))
    body = client_of(college, "值班员").get(BOARD).content.decode()
    assert "word done" not in body
    rows = re.findall(r'<td class="number" data-label="[^"]+">(.*?)</td>', body)
    assert rows
    assert not any(re.fullmatch(r"\s*0\s*", cell) for cell in rows)
    assert "word unknown" in body


def test_a_unit_with_an_open_alert_is_not_called_as_usual(college: College) -> None:
    """After some days of an outbreak the detectors' baseline has learned it."""
    college.everybody_reports()
    outbreak(college)
    college.fast_forward(to=college.at("15:20"))
    assert IllDay.objects.update(verdict="QUIET") > 0
    words = page(college, "值班员", BOARD)
    assert "no more than in the days before; an alert is open" in words
    body = client_of(college, "值班员").get(BOARD).content.decode()
    assert body.count("word done") == 2  # the other department, two syndromes


def test_yesterdays_judgement_is_not_todays_green(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    college.everybody_reports()
    college.fast_forward(to=college.at("15:20"))
    IllDay.objects.update(verdict="QUIET")
    college.fast_forward(days=1, hours=-7)
    it_is(college.now)
    assert "word done" not in client_of(college, "值班员").get(BOARD).content.decode()


def test_the_number_of_queries_does_not_grow(college: College) -> None:
    college.everybody_reports()
    first = outbreak(college)
    client = client_of(college, "值班员")

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    before = count(BOARD), count(of(first))
    for seat in (2, 3, 4):
        falls_ill(college, f"3班{seat}号")
    falls_ill(college, "5班1号")
    for name in ("甲", "乙", "丙"):
        college.enrol(name, "护理1班")
        college.lodge(**{name: "901"})
        college.report(name, VOMITS)
    college.work()
    assert Alert.objects.count() == 3  # the room and then its floor, a class, another room
    assert (count(BOARD), count(of(first))) == before


def test_it_hangs_under_care_with_what_waits(college: College) -> None:
    outbreak(college)
    words = page(college, "值班员", "/desk/care/")
    assert "Early warning" in words
    assert "Early warning" not in text_of(operator(college).get("/desk/care/"))


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_readable_in_both_sizes_and_languages(
    college: College, open_page: OpenPage, picture: Callable[..., None], size: str, language: str
) -> None:
    alert = outbreak(college)
    for seat in (2, 3):
        falls_ill(college, f"3班{seat}号")
    college.fast_forward(to=college.at("15:20"))
    browser = open_page(size=size)
    log_in(browser, college, "值班员", language=language)
    problems = []
    addresses = [BOARD, of(alert), f"{BOARD}heard/", f"{BOARD}clinic/", f"{BOARD}rules/"]
    for number, address in enumerate(addresses):
        browser.goto(address)
        picture(browser, f"clusters-{number}-{size}-{language}")
        problems += faults(browser)
    assert problems == []


def test_the_next_step_needs_no_script(college: College, open_page: OpenPage) -> None:
    alert = outbreak(college)
    browser = open_page(size="phone", javascript=False)
    log_in(browser, college, "值班员", language="zh-hans")
    browser.goto(of(alert))
    browser.get_by_role("button", name="我来处理").click()
    browser.wait_for_load_state()
    alert.refresh_from_db()
    assert alert.taken_by == college["值班员"]


def test_a_clock_that_was_met_late_says_so(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    alert = outbreak(college)
    college.fast_forward(to=alert.opened_at + timedelta(hours=25))
    it_is(college.now)
    assert "the legal time to report outside has passed" in page(college, "组长", of(alert))
    clusters.tell_outside(
        alert=Alert.objects.get(pk=alert.pk), whom="CDC", told_at=college.now, text="补报",
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    assert "told outside, too late" in page(college, "组长", of(alert))

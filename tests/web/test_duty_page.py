"""The duty pages: who may see what, what a phone without script can do, how they look."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from lianfang.audit.models import Entry
from lianfang.clusters.models import Alert
from lianfang.duty import operations as duty
from lianfang.duty.models import (
    Drill,
    DrillCall,
    DutyFact,
    DutyShift,
    FeedAddress,
    Handover,
    LogEntry,
    Rotation,
    Swap,
)
from lianfang.duty.operations.drills import drill_token
from lianfang.duty.plan import Slot
from lianfang.kernel.actors import OPERATOR
from lianfang.rulebook.models import Edition
from lianfang.usecases import drills, handover
from tests.browser import axe_problems, faults
from tests.cast import FEVER, College
from tests.flow.duty_cast import moment, shift
from tests.web.portal import client_of, log_in

if TYPE_CHECKING:
    from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
ItIs = Callable[[datetime], None]


def fill(college: College) -> None:
    """A roster with everything that can be seen: turns, a swap, an incident, a drill, a fact."""
    duty.set_cover(
        unit=college.unit("信息系"), post="UNIT", begins=None, ends=None, days="EVERY",
        keeps_book=True, day=college.today, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    duty.start_rotation(
        unit=college.unit("学院党委"),
        post="OFFICER",
        members=[(college["书记"], college["主任"]), (college["值班员"], None)],
        slots=[Slot(time(0, 0), 1440)],
        turn="DAY",
        days="EVERY",
        held_from=date(2020, 2, 2),
        held_until=date(2020, 2, 12),
        actor=OPERATOR,
        now=college.now,
    )
    shift(college, "组长", "02-01 08:00", "02-02 08:00", post="LEADER")
    mine = DutyShift.objects.get(starts_at=moment("02-03 00:00"))
    swap = duty.ask_swap(
        shift=mine, asked_by=college["值班员"], asked_of=college["书记"], in_return=None,
        reason="值夜", actor=OPERATOR, now=college.now,
    )  # fmt: skip
    duty.answer_swap(swap=swap, by=college["书记"], accept=True, actor=OPERATOR, now=college.now)
    college.report("小明", FEVER)
    duty.write_log(
        unit=college.unit("学院党委"), shift=None, at=college.now, source="PHONE",
        caller="某家长", content="询问返校时间", handling="", incident_number=None,
        is_settled=False, by=college["值班员"], actor=OPERATOR, now=college.now,
    )  # fmt: skip
    unit = college.unit("学院党委")
    drill = drills.start(
        unit=unit, channel="CALLS", minutes=10,
        posts=drills.candidates(unit=unit, who=drills.EVERYBODY, now=college.now),
        at_night=False, by=college["组长"], actor=OPERATOR, now=college.now,
    )  # fmt: skip
    drills.rang(
        call=drill.calls.get(person=college["主任"]), reached=True, by=college["组长"],
        actor=OPERATOR, now=college.now,
    )  # fmt: skip
    drills.rang(
        call=drill.calls.get(person=college["书记"]), reached=False, by=college["组长"],
        actor=OPERATOR, now=college.now,
    )  # fmt: skip
    drills.close(drill=drill, now=college.now + timedelta(minutes=10))
    handover.begin(
        shift=DutyShift.objects.get(starts_at=moment("02-01 00:00")),
        by=college["值班员"], actor=OPERATOR, now=college.now,
    )  # fmt: skip


def pages(college: College) -> list[str]:
    committee = college.unit("学院党委").pk
    one = DutyShift.objects.get(starts_at=moment("02-03 00:00"))
    return [
        "/desk/duty/",
        f"/desk/duty/unit/{committee}/",
        f"/desk/duty/unit/{committee}/?month=2020-01",
        f"/desk/duty/unit/{committee}/add/?day=2020-02-29",
        f"/desk/duty/unit/{committee}/plan/",
        f"/desk/duty/unit/{committee}/cover/",
        f"/desk/duty/unit/{committee}/rotation/",
        f"/desk/duty/unit/{committee}/book/",
        f"/desk/duty/shift/{one.pk}/",
        f"/desk/duty/shift/{one.pk}/move/",
        f"/desk/duty/shift/{one.pk}/stand-in/",
        "/desk/duty/swaps/",
        f"/desk/duty/handover/{Handover.objects.get().pk}/",
        "/desk/duty/check/",
        "/desk/duty/drills/",
        f"/desk/duty/drills/{Drill.objects.get().pk}/",
        "/desk/duty/reach/",
        "/desk/duty/facts/",
        "/desk/duty/feeds/",
    ]


def test_every_page_opens_for_whoever_keeps_the_roster(college: College) -> None:
    fill(college)
    client = client_of(college, "组长")
    for address in pages(college):
        assert client.get(address).status_code == 200, address


def test_every_page_opens_on_the_first_day(college: College) -> None:
    """Nobody has written anything: the pages say what will stand there."""
    DutyShift.objects.all().delete()
    client = client_of(college, "组长")
    for part in ("", "swaps/", "check/", "drills/", "reach/", "facts/", "feeds/"):
        assert client.get(f"/desk/duty/{part}").status_code == 200, part


def test_a_student_without_a_shift_sees_nothing_of_it(college: College) -> None:
    fill(college)
    client = client_of(college, "小明")
    for address in pages(college):
        answer = client.get(address)
        assert answer.status_code in {403, 404}, address
        assert "某家长" not in answer.content.decode()
        assert "值夜" not in answer.content.decode()


def test_a_counselor_sees_who_is_on_duty_and_neither_book_nor_drill(college: College) -> None:
    fill(college)
    client = client_of(college, "辅导员")
    assert "值班员" in client.get("/desk/duty/").content.decode()
    committee = college.unit("学院党委").pk
    for address in (
        f"/desk/duty/unit/{committee}/book/",
        f"/desk/duty/unit/{committee}/add/",
        f"/desk/duty/unit/{committee}/plan/",
        f"/desk/duty/drills/{Drill.objects.get().pk}/",
        f"/desk/duty/handover/{Handover.objects.get().pk}/",
        "/desk/duty/drills/",
        "/desk/duty/reach/",
    ):
        answer = client.get(address)
        assert answer.status_code in {403, 404}, address
        assert "某家长" not in answer.content.decode()


def test_a_guard_without_a_post_checks_in_on_the_phone(college: College, it_is: ItIs) -> None:
    """小刚 holds no post: a shift alone opens the pages, and only what is his to do."""
    on = shift(college, "小刚", "02-01 08:00", "02-01 16:00", unit="学院", post="GATE")
    client = client_of(college, "小刚")
    assert client.get("/desk/duty/").status_code == 200
    assert client.post(f"/desk/duty/shift/{on.pk}/check-in/").status_code == 302
    on.refresh_from_db()
    assert on.checked_in_at == college.now
    assert client.post(f"/desk/duty/shift/{on.pk}/remove/").status_code == 403
    assert client.get("/desk/duty/check/").status_code == 403
    assert client.get("/desk/duty/drills/").status_code == 403


def test_the_phone_number_is_shown_on_record_only(college: College) -> None:
    on = DutyShift.objects.get()
    number = college["值班员"].phone
    client = client_of(college, "辅导员")
    assert number not in client.get("/desk/duty/").content.decode()
    shown = client.post(f"/desk/duty/phone/{on.pk}/")
    assert f"tel:{number}" in shown.content.decode()
    entry = Entry.objects.get(verb="roster.phone.revealed")
    assert (entry.concerns, entry.actor_label) == (college["值班员"].pk, "辅导员")


# ---------------------------------------------------------------- writing


def add(college: College, **more: str) -> int:
    form = {
        "person": "书记", "post": "OFFICER", "starts_on": "2020-02-02", "starts": "22:00",
        "ends": "06:00", "ends_on": "", "deputy": "",
    } | more  # fmt: skip
    committee = college.unit("学院党委").pk
    return client_of(college, "组长").post(f"/desk/duty/unit/{committee}/add/", form).status_code


def test_a_night_shift_is_written_with_two_times(college: College) -> None:
    assert add(college) == 302
    on = DutyShift.objects.get(person=college["书记"])
    assert (on.starts_at, on.ends_at) == (moment("02-02 22:00"), moment("02-03 06:00"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts": "08:00", "ends": "08:00", "ends_on": "2020-02-02"},
        {"starts": "25:00"},
        {"starts_on": "2019-02-29"},
        {"starts_on": "2020-02-02", "ends_on": "2020-02-05"},
        {"person": "没有这个人"},
        {"person": ""},
        {"post": "KING"},
        {"deputy": "书记"},
        {"ends_on": "2020-02-01"},
    ],
    ids=lambda wrong: "-".join(f"{k}={v}" for k, v in wrong.items()),
)
def test_an_odd_shift_is_refused_in_words(college: College, wrong: dict[str, str]) -> None:
    assert add(college, **wrong) == 422
    assert not DutyShift.objects.filter(person=college["书记"]).exists()


def test_the_29th_of_february_is_a_day_in_a_leap_year(college: College) -> None:
    assert add(college, starts_on="2020-02-29") == 302
    assert DutyShift.objects.get(person=college["书记"]).ends_at == moment("03-01 06:00")


def test_the_same_shift_twice_is_refused(college: College) -> None:
    assert add(college) == 302
    assert add(college) == 422


def rotate(college: College, **more: str) -> int:
    form = {
        "post": "OFFICER", "people": "书记 / 主任\n值班员", "times": "08:00-08:00", "turn": "DAY",
        "days": "EVERY", "held_from": "2020-02-02", "last_on": "2020-02-29",
    } | more  # fmt: skip
    unit = college.unit("学院党委").pk
    return client_of(college, "组长").post(f"/desk/duty/unit/{unit}/rotation/", form).status_code


def test_turns_are_written_on_one_page(college: College) -> None:
    assert rotate(college) == 302
    made = Rotation.objects.get().shifts.order_by("starts_at")
    assert made.count() == 28
    assert (made[0].person, made[0].deputy) == (college["书记"], college["主任"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": ""},
        {"people": "谁"},
        {"people": "书记 / 书记"},
        {"people": "书记 /谁"},
        {"times": ""},
        {"times": "night"},
        {"last_on": "2020-02-01"},
        {"turn": "YEAR"},
    ],
    ids=lambda wrong: "-".join(f"{k}={v}" for k, v in wrong.items()),
)
def test_odd_turns_are_refused_in_words(college: College, wrong: dict[str, str]) -> None:
    assert rotate(college, **wrong) == 422
    assert not Rotation.objects.exists()


def test_a_swap_goes_round_by_pages_alone(college: College) -> None:
    on = shift(college, "值班员", "02-02 00:00", "02-03 00:00")
    asking = client_of(college, "值班员")
    asked = asking.post(f"/desk/duty/shift/{on.pk}/swap/", {"asked_of": "书记", "reason": ""})
    assert asked.status_code == 302
    swap = Swap.objects.get()
    address = f"/desk/duty/swaps/{swap.pk}/"
    client_of(college, "主任").post(address, {"what": "accept"})
    swap.refresh_from_db()
    assert swap.state == "ASKED"  # it was not theirs to say
    client_of(college, "书记").post(address, {"what": "accept"})
    client_of(college, "组长").post(address, {"what": "approve"})
    on.refresh_from_db()
    assert on.person == college["书记"]
    assert set(college.told(reference="swap:")) == {"书记", "组长", "值班员"}


def test_a_stand_in_is_told_and_so_is_who_is_relieved(college: College) -> None:
    on = shift(college, "值班员", "02-02 00:00", "02-03 00:00")
    form = {
        "person": "书记", "starts_on": "2020-02-02", "starts": "00:00", "ends_on": "2020-02-02",
        "ends": "06:00", "reason": "",
    }  # fmt: skip
    client_of(college, "组长").post(f"/desk/duty/shift/{on.pk}/stand-in/", form)
    assert DutyShift.objects.get(person=college["书记"]).ends_at == moment("02-02 06:00")
    assert set(college.told(reference="duty-standin:")) == {"书记", "值班员"}


def test_the_book_and_the_handover_by_pages_alone(college: College) -> None:
    shift(college, "书记", "02-02 00:00", "02-03 00:00")
    committee = college.unit("学院党委").pk
    going = client_of(college, "值班员")
    entry = {"on": "2020-02-01", "at_time": "07:50", "source": "PHONE", "content": "水管破裂"}
    assert going.post(f"/desk/duty/unit/{committee}/book/", entry).status_code == 302
    assert LogEntry.objects.get().shift == DutyShift.objects.get(person=college["值班员"])
    for wrong in ({"content": ""}, {"on": "2020-02-30"}, {"at_time": "23:00"}, {"source": "x"}):
        answer = going.post(f"/desk/duty/unit/{committee}/book/", entry | wrong)
        assert answer.status_code == 422
    on = DutyShift.objects.get(person=college["值班员"])
    several = Alert.objects.create(
        edition=Edition.objects.all()[0], unit=college.unit("网络1班"), opened_at=college.now,
        clock_due_at=college.at("14:00"),
    )  # fmt: skip
    begun = going.post(f"/desk/duty/shift/{on.pk}/hand-over/")
    assert begun.status_code == 302
    one = Handover.objects.get()
    shown = going.get(f"/desk/duty/handover/{one.pk}/").content.decode()
    assert f"{several.code}</a>" in shown
    assert "14:00" in shown
    for name in ("值班员", "书记"):
        client_of(college, name).post(f"/desk/duty/handover/{one.pk}/sign/", {"remarks": "好"})
    one.refresh_from_db()
    assert one.is_signed


def test_a_drill_is_begun_on_the_page_and_answered_by_one_tap(college: College) -> None:
    committee = college.unit("学院党委").pk
    form = {
        "unit": committee,
        "channel": "SMS",
        "who": ["HEADS", "DEPUTIES", "DUTY"],
        "minutes": 10,
    }
    begun = client_of(college, "组长").post("/desk/duty/drills/", form)
    assert begun.status_code == 302
    call = DrillCall.objects.get(person=college["主任"])
    address = f"/d/{drill_token(call)}/"
    phone = Client(enforce_csrf_checks=False)
    assert phone.get(address).status_code == 200
    call.refresh_from_db()
    assert call.answered_at is None  # a preview that opens the link answers nothing
    assert phone.post(address).status_code == 302
    call.refresh_from_db()
    assert (call.state, call.how) == ("ANSWERED", "LINK")
    assert phone.post(address).status_code == 409
    assert phone.get(f"{address[:-3]}zz/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"minutes": "0"}, {"minutes": "ten"}, {"who": ""}, {"channel": "DRUM"}, {"count": "-1"}],
)
def test_an_odd_drill_is_refused_in_words(college: College, wrong: dict[str, str]) -> None:
    form = {
        "unit": str(college.unit("学院党委").pk), "channel": "SMS", "who": "HEADS", "minutes": "10",
    } | wrong  # fmt: skip
    assert client_of(college, "组长").post("/desk/duty/drills/", form).status_code == 422
    assert not Drill.objects.exists()


def test_the_unit_answers_beside_the_fact(college: College) -> None:
    fill(college)
    fact = DutyFact.objects.get(person=college["书记"])
    assert client_of(college, "书记").post(
        f"/desk/duty/facts/{fact.pk}/reply/", {"text": ""}
    ).status_code == 422  # fmt: skip
    client_of(college, "书记").post(f"/desk/duty/facts/{fact.pk}/reply/", {"text": "在开会"})
    fact.refresh_from_db()
    assert fact.reply == "在开会"
    assert client_of(college, "外辅导员").post(
        f"/desk/duty/facts/{fact.pk}/reply/", {"text": "x"}
    ).status_code == 404  # fmt: skip


def test_a_calendar_programme_reads_the_address_until_it_is_revoked(college: College) -> None:
    client = client_of(college, "值班员")
    client.post("/desk/duty/feeds/", {"unit": ""})
    page = client.get("/desk/duty/feeds/").content.decode()
    found = re.search(r"/duty/[^\"]+\.ics", page)
    assert found
    programme = Client()
    answer = programme.get(found.group())
    assert answer["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("DTSTART") == moment("02-01 00:00")
    by_another_name = Calendar.from_ical(
        programme.get(found.group(), HTTP_HOST="localhost").content
    )
    assert by_another_name.walk("VEVENT")[0]["UID"] == event["UID"]
    assert college["值班员"].phone not in answer.content.decode()
    client.post(f"/desk/duty/feeds/{FeedAddress.objects.get().pk}/revoke/")
    gone = programme.get(found.group())
    assert gone.status_code == 404
    assert b"BEGIN:VCALENDAR" not in gone.content


@pytest.mark.parametrize("part", ["", "unit", "check/", "facts/"])
def test_a_page_asks_as_often_for_one_row_as_for_many(college: College, part: str) -> None:
    fill(college)
    client = client_of(college, "组长")
    address = f"/desk/duty/{part}"
    if part == "unit":
        address = f"/desk/duty/unit/{college.unit('学院党委').pk}/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for day in range(2, 8):
        shift(college, "副主任", f"02-{day:02} 08:00", f"02-{day:02} 18:00", post="DOCTOR")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few)


# ---------------------------------------------------------------- how they look


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_readable_in_both_sizes_and_languages(
    college: College, open_page: OpenPage, picture: Callable[..., None], size: str, language: str
) -> None:
    fill(college)
    page = open_page(size=size)
    log_in(page, college, "组长", language=language)
    problems = []
    for number, address in enumerate(pages(college)):
        page.goto(address)
        picture(page, f"duty-{number:02}-{size}-{language}")
        problems += faults(page)
    assert problems == []


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_answer_of_a_drill_is_one_button(
    college: College, open_page: OpenPage, picture: Callable[..., None], size: str
) -> None:
    unit = college.unit("学院党委")
    drills.start(
        unit=unit, channel="SMS", minutes=10,
        posts=drills.candidates(unit=unit, who=drills.EVERYBODY, now=college.now),
        at_night=False, by=college["组长"], actor=OPERATOR, now=college.now,
    )  # fmt: skip
    page = open_page(size=size, javascript=False)
    page.goto(f"/d/{drill_token(DrillCall.objects.get(person=college['主任']))}/")
    picture(page, f"duty-drill-{size}")
    page.get_by_role("button").filter(has_text="我在").click()
    page.wait_for_load_state()
    picture(page, f"duty-drill-done-{size}")
    assert DrillCall.objects.get(person=college["主任"]).state == "ANSWERED"
    looked_at = open_page(size=size)  # axe is a script
    for address in (f"/d/{drill_token(DrillCall.objects.get(person=college['书记']))}/", "/d/"):
        looked_at.goto(address)
        picture(looked_at, f"duty-drill-{'code' if address == '/d/' else 'axe'}-{size}")
        assert axe_problems(looked_at) == []

"""Somebody does not report: each step of the ladder at its own minute, one number per receiver."""

from __future__ import annotations

import pytest

from lianfang.notifications.models import Message
from lianfang.reporting import operations as reporting
from lianfang.reporting.models import DueMoment
from lianfang.rulebook.operations import faults_of
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    college.appoint("小明", "网络1班", "CLASS_REPORTER")
    return college


def digests(college: College, minute: str) -> dict[str, str]:
    letters = Message.objects.filter(reference=f"chase:{college.today}:{minute}")
    return {one.recipient.name: one.body for one in letters if one.recipient}


def test_each_step_strikes_at_its_own_minute_around_the_cut_off(college: College) -> None:
    college.everybody_reports("小红", "小刚")
    college.fast_forward(to=college.at("10:59"))
    assert college.told(reference="reminder:") == []
    college.fast_forward(to=college.at("11:00"))
    assert sorted(college.told(reference="reminder:")) == sorted(["小红", "小刚"])
    college.fast_forward(to=college.at("11:30"))
    assert set(digests(college, "1130")) == {"小明"}
    college.fast_forward(to=college.at("12:05"))
    assert set(digests(college, "1205")) == {"辅导员"}
    college.fast_forward(to=college.at("13:00"))
    assert set(digests(college, "1300")) == {"主任"}
    college.fast_forward(to=college.at("14:30"))
    assert set(digests(college, "1430")) == {"组长"}


def test_it_stops_with_the_report(college: College) -> None:
    college.everybody_reports("小红", "小刚")
    college.fast_forward(to=college.at("12:05"))
    assert "2" in digests(college, "1205")["辅导员"]
    college.report("小红")
    college.fast_forward(to=college.at("13:00"))
    assert "1" in digests(college, "1300")["主任"]
    college.report("小刚")
    college.fast_forward(to=college.at("14:30"))
    assert digests(college, "1430") == {}


def test_a_receiver_gets_one_number_for_all_their_units_and_no_names(college: College) -> None:
    college.open_unit("网络2班", "CLASS", "网络专业", answers_to="信息系党总支")
    college.enrol("小兰", "网络2班")
    college.appoint("辅导员", "网络2班", "COUNSELOR")
    reporting.count_day(day=college.today, now=college.now)
    college.everybody_reports("小红", "小刚", "小兰", "外人")
    college.fast_forward(to=college.at("12:05"))
    told = digests(college, "1205")
    assert set(told) == {"辅导员", "外辅导员"}
    assert "3" in told["辅导员"]
    for name in college.people:
        assert name not in told["辅导员"]
    college.fast_forward(to=college.at("14:30"))
    assert "4" in digests(college, "1430")["组长"]


def test_a_moment_strikes_once(college: College) -> None:
    college.fast_forward(to=college.at("12:05"))
    before = len(college.told(reference="chase:"))
    DueMoment.objects.filter(action="LADDER").update(done_at=None)
    college.work()
    assert len(college.told(reference="chase:")) == before
    assert DueMoment.objects.filter(day=college.today, action="LADDER").count() == 5


def test_silence_is_not_chased_on_a_day_that_asks_for_nothing(college: College) -> None:
    reporting.set_intensity(
        kind="STOPPED", day_from=college.today, actor=college.actor("书记"), now=college.now
    )
    college.fast_forward(to=college.at("15:00"))
    assert college.told(reference="chase:") == []


def test_a_ladder_with_a_role_that_does_not_exist_is_not_published() -> None:
    steps = [{"role": "UNCLE", "reach": "MOON", "minutes": "soon"}]
    faults = faults_of({"settings": {"person_chase": steps}})
    assert [fault for fault in faults if fault.startswith("person_chase")] == [
        "person_chase: no such role: UNCLE",
        "person_chase: no such reach: MOON",
        "person_chase: no minutes for UNCLE",
    ]

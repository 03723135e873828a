"""The counselor's morning: who is missing, the phone, the call back, the report for somebody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lianfang.audit.models import Entry
from lianfang.kernel.actors import OPERATOR
from lianfang.reporting import operations as reporting
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.roster import operations as roster
from lianfang.screening.models import Finding
from tests.cast import FEVER, FINE, College
from tests.web.desk import client_of, looks_at, page, text_of
from tests.web.portal import FEVER_FORM, FINE_FORM

pytestmark = pytest.mark.django_db(transaction=True)
HOUSEHOLD_ILL = replace(FINE, household_ill=True)


def test_the_first_thing_said_is_who_is_missing_and_who_needs_a_call(college: College) -> None:
    college.report("小明", HOUSEHOLD_ILL)
    words = page(college, "辅导员", "/desk/", language="zh-hans")
    assert "2 人未报" in words
    assert "1 人需要回电" in words
    assert words.index("1 人需要回电") < words.index("需回电") < words.index("小刚")


def test_the_list_gives_nobody_away_and_the_reason_is_one_tap_deeper(college: College) -> None:
    report = college.report("小明", HOUSEHOLD_ILL)
    home = page(college, "辅导员", "/desk/")
    assert "小*" in home
    for told in ("小明", "household"):
        assert told not in home
    assert looks_at(college["小明"], "reporting.answers.seen") == []
    deeper = page(college, "辅导员", f"/desk/reports/{report.pk}/call-back/")
    assert "小明" in deeper
    assert "Somebody in the household has a fever or cough" in deeper
    assert looks_at(college["小明"], "reporting.answers.seen") == ["辅导员"]


def test_when_everybody_is_well_and_there_nothing_is_asked(college: College) -> None:
    for name in ("小明", "小红", "小刚"):
        college.report(name)
    words = page(college, "辅导员", "/desk/")
    assert "Everybody has reported (3); nothing to do" in words
    assert "Nothing is waiting for you" in words


def test_whoever_sees_figures_and_no_names_is_not_told_that_nobody_reports(
    college: College,
) -> None:
    words = page(college, "组长", "/desk/")
    assert "Nothing is waiting for you" in words
    assert "Look at the board" in words
    assert "Nobody is expected" not in words
    assert "No reports are expected" not in words


def test_a_number_is_shown_only_after_the_look_is_written_down(college: College) -> None:
    person = college["小明"]
    plain = person.phone.removeprefix("+86")
    assert plain not in page(college, "辅导员", f"/desk/people/{person.pk}/call/")
    client = client_of(college, "辅导员")
    shown = client.post(f"/desk/people/{person.pk}/phone/", {"reason": "missing"})
    assert f"tel:{person.phone}" in shown.content.decode()
    entry = Entry.objects.get(verb="roster.phone.revealed")
    assert (entry.concerns, entry.actor_label, entry.detail) == (
        person.pk,
        "辅导员",
        {"reason": "missing"},
    )
    assert plain not in str(entry.detail)


def test_a_number_is_never_shown_by_a_link(college: College) -> None:
    client = client_of(college, "辅导员")
    assert client.get(f"/desk/people/{college['小明'].pk}/phone/").status_code == 405


def test_one_click_records_the_call_and_brings_the_next_in_line(college: College) -> None:
    client = client_of(college, "辅导员")
    order = ["小刚", "小红", "小明"]  # by pinyin: gang, hong, ming
    first, second, third = (college[name].pk for name in order)
    unit = college.unit("网络1班").pk
    answer = client.post(
        f"/desk/people/{first}/call/record/", {"outcome": "NO_ANSWER", "unit": unit}
    )
    assert answer["Location"] == f"/desk/people/{second}/call/?unit={unit}"
    answer = client.post(
        f"/desk/people/{second}/call/record/", {"outcome": "CONFIRMED", "unit": unit}
    )
    assert answer["Location"] == f"/desk/people/{third}/call/?unit={unit}"
    answer = client.post(f"/desk/people/{third}/call/record/", {"outcome": "TOLD", "unit": unit})
    # Everybody was rung once: whoever was not reached comes again.
    assert answer["Location"] == f"/desk/people/{first}/call/?unit={unit}"
    calls = CallRecord.objects.order_by("id").values_list("person__name", "outcome")
    assert list(calls) == [("小刚", "NO_ANSWER"), ("小红", "CONFIRMED"), ("小明", "TOLD")]
    for name in order:
        assert looks_at(college[name], "reporting.call.recorded") == ["辅导员"]


def test_after_the_last_call_the_list_comes_back(college: College) -> None:
    for name in ("小红", "小刚"):
        college.report(name)
    client = client_of(college, "辅导员")
    answer = client.post(
        f"/desk/people/{college['小明'].pk}/call/record/", {"outcome": "CONFIRMED"}
    )
    assert answer["Location"] == "/desk/"


def test_a_call_that_ended_in_no_known_way_is_asked_back_and_the_note_stays(
    college: College,
) -> None:
    client = client_of(college, "辅导员")
    answer = client.post(
        f"/desk/people/{college['小明'].pk}/call/record/",
        {"outcome": "FELL ASLEEP", "note": "mother will ring"},
    )
    assert answer.status_code == 422
    assert "mother will ring" in answer.content.decode()
    assert not CallRecord.objects.exists()


def test_a_note_of_two_thousand_words_is_refused_in_words(college: College) -> None:
    client = client_of(college, "辅导员")
    answer = client.post(
        f"/desk/people/{college['小明'].pk}/call/record/",
        {"outcome": "TOLD", "note": "x" * 20_000},
    )
    assert answer.status_code == 422
    assert not CallRecord.objects.exists()


def test_whoever_was_not_reached_stands_in_a_list_of_their_own(college: College) -> None:
    client = client_of(college, "辅导员")
    client.post(f"/desk/people/{college['小明'].pk}/call/record/", {"outcome": "NO_ANSWER"})
    words = page(college, "辅导员", "/desk/")
    missing, lost = words.split("Rung, and not reached")
    assert "小明" not in missing.split("Not reported")[1]
    assert "小明" in lost
    assert "08:00 no answer" in lost


def test_a_late_report_is_thanked(college: College, it_is: Callable[[datetime], None]) -> None:
    college.now = college.at("12:30")
    it_is(college.now)
    college.report("小明")
    assert "1 reported after the deadline. Thank them" in page(college, "辅导员", "/desk/")


def test_a_call_back_settles_every_rule_of_the_report_at_once(college: College) -> None:
    report = college.report("小明", replace(FEVER, household_ill=True))
    assert Finding.objects.count() > 1
    client = client_of(college, "辅导员")
    answer = client.post(
        f"/desk/reports/{report.pk}/call-back/settle/", {"verdict": "TRUE", "note": "38.4 now"}
    )
    assert answer["Location"] == "/desk/"
    assert set(Finding.objects.values_list("verdict", "verified_by__name")) == {("TRUE", "辅导员")}
    assert CallRecord.objects.get().outcome == "CONFIRMED"
    assert "call back" not in page(college, "辅导员", "/desk/")


def test_the_second_colleague_is_told_that_somebody_called_back(college: College) -> None:
    report = college.report("小明", HOUSEHOLD_ILL)
    url = f"/desk/reports/{report.pk}/call-back/"
    client_of(college, "主任").post(f"{url}settle/", {"verdict": "TRUE"})
    assert "Somebody has called back already" in page(college, "辅导员", url)
    client_of(college, "辅导员").post(f"{url}settle/", {"verdict": "MISTAKE"})
    assert Finding.objects.get().verdict == "TRUE"


def test_nobody_answers_the_call_back_and_it_stays_on_the_list(college: College) -> None:
    college.report("小明", HOUSEHOLD_ILL)
    client = client_of(college, "辅导员")
    answer = client.post(
        f"/desk/people/{college['小明'].pk}/call/record/",
        {"outcome": "NO_ANSWER", "from": "call-back"},
    )
    assert answer["Location"] == "/desk/"
    assert "1 need a call back" in page(college, "辅导员", "/desk/")


def test_a_report_for_somebody_else_says_who_told_and_why(college: College) -> None:
    person = college["小明"]
    client = client_of(college, "辅导员")
    form = FINE_FORM | {"proxy_reason": "PHONE", "told_by": "小明的母亲"}
    answer = client.post(f"/desk/people/{person.pk}/report/", form)
    assert answer["Location"] == "/desk/"
    report = DailyReport.objects.get()
    assert (report.person, report.submitted_by, report.source) == (
        person,
        college["辅导员"],
        "PROXY",
    )
    assert (report.proxy_reason, report.told_by) == ("PHONE", "小明的母亲")
    shown = page(college, "辅导员", f"/desk/people/{person.pk}/")
    assert "by 辅导员: told by phone (小明的母亲)" in shown


def test_a_proxy_without_reason_or_source_is_asked_back_and_nothing_is_lost(
    college: College,
) -> None:
    client = client_of(college, "辅导员")
    answer = client.post(f"/desk/people/{college['小明'].pk}/report/", FINE_FORM)
    words = text_of(answer)
    assert answer.status_code == 422
    assert "请选择代报的原因" in words
    assert 'value="36.5"' in answer.content.decode()
    assert not DailyReport.objects.exists()


def test_a_proxy_with_contradictions_is_asked_back_like_ones_own(college: College) -> None:
    client = client_of(college, "辅导员")
    form = FINE_FORM | {"temperature": "45", "proxy_reason": "PHONE", "told_by": "本人"}
    answer = client.post(f"/desk/people/{college['小明'].pk}/report/", form)
    assert answer.status_code == 422
    assert not DailyReport.objects.exists()


def test_a_fever_told_by_phone_opens_the_incident_and_shows_what_comes_now(
    college: College,
) -> None:
    client = client_of(college, "辅导员")
    form = FEVER_FORM | {"proxy_reason": "PARENT", "told_by": "父亲"}
    answer = client.post(f"/desk/people/{college['小明'].pk}/report/", form)
    report = DailyReport.objects.get()
    assert answer["Location"] == f"/desk/reports/{report.pk}/call-back/"
    assert college.told() == ["辅导员", "主任", "值班员"]


def test_the_same_proxy_sent_twice_is_one_report(college: College) -> None:
    client = client_of(college, "辅导员")
    form = FINE_FORM | {"proxy_reason": "PAPER", "told_by": "纸质表"}
    for _time in range(2):
        client.post(f"/desk/people/{college['小明'].pk}/report/", form)
    assert DailyReport.objects.count() == 1


def test_answers_open_behind_one_look_that_the_person_can_see(college: College) -> None:
    college.report("小明")
    college.report("小明", FEVER)
    person = college["小明"]
    assert "38.2" not in page(college, "辅导员", f"/desk/people/{person.pk}/")
    assert looks_at(person, "reporting.answers.seen") == []
    shown = page(college, "辅导员", f"/desk/people/{person.pk}/answers/")
    assert "38.2 ℃ armpit" in shown
    assert "revision 1" in shown
    assert "revision 2 · counts" in shown
    assert looks_at(person, "reporting.answers.seen") == ["辅导员"]


def test_a_head_reads_the_reports_with_something_to_follow_up_only(college: College) -> None:
    college.report("小明")
    college.report("小明", FEVER)
    shown = page(college, "主任", f"/desk/people/{college['小明'].pk}/answers/")
    assert "38.2" in shown
    assert "36.5" not in shown
    college.report("小红")
    other = page(college, "主任", f"/desk/people/{college['小红'].pk}/answers/")
    assert "No answers that your post opens" in other


def test_an_answer_on_the_desk_stops_the_climb(college: College) -> None:
    college.report("小明", FEVER)
    client = client_of(college, "辅导员")
    assert "1 waiting for your answer" in page(college, "辅导员", "/desk/")
    summons = college["辅导员"].summonses.get()
    answer = client.post(f"/desk/summonses/{summons.pk}/answer/", {"answer": "MINE"})
    assert answer["Location"].startswith("/desk/incidents/")
    college.fast_forward(minutes=60)
    assert college.told() == ["辅导员", "主任", "值班员"]


def test_somebody_elses_summons_cannot_be_answered(college: College) -> None:
    college.report("小明", FEVER)
    summons = college["主任"].summonses.get()
    client = client_of(college, "辅导员")
    answer = client.post(f"/desk/summonses/{summons.pk}/answer/", {"answer": "MINE"})
    assert answer.status_code == 404


def test_the_living_block_says_when_the_list_has_changed(college: College) -> None:
    assert "The list has changed" not in page(college, "辅导员", "/desk/live/?missing=3")
    college.report("小明")
    assert "The list has changed" in page(college, "辅导员", "/desk/live/?missing=3")


def test_yesterday_is_counted_against_yesterdays_roster(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    yesterday = college.today
    college.report("小明")
    college.now += timedelta(days=1)
    it_is(college.now)
    college.work()
    roster.move_person(
        person=college["外人"],
        unit=college.unit("网络1班"),
        kind="REPORTING",
        day=college.today,
        actor=OPERATOR,
        now=college.now,
    )
    reporting.count_day(day=college.today, now=college.now)
    url = f"/desk/units/{college.unit('网络1班').pk}/"
    then = page(college, "辅导员", f"{url}?day={yesterday}")
    assert "2 of 3 have not reported" in then
    assert "外人" not in then
    now = page(college, "辅导员", url)
    assert "4 of 4 have not reported" in now
    assert "外人" in now


@pytest.mark.parametrize("day", ["2020-99-99", "yesterday", "2031-01-01", ""])
def test_a_day_that_is_none_is_today(college: College, day: str) -> None:
    url = f"/desk/units/{college.unit('网络1班').pk}/"
    assert page(college, "辅导员", f"{url}?day={day}") == page(college, "辅导员", url)


def test_whoever_is_exempt_is_not_said_to_have_reported(college: College) -> None:
    roster.exempt(
        person=college["小刚"],
        reason="ARMY",
        held_from=college.today,
        held_until=None,
        granted_by=None,
        actor=OPERATOR,
        now=college.now,
    )
    reporting.count_day(day=college.today, now=college.now)
    college.report("小明")
    college.report("小红")
    assert "Everybody has reported (2); nothing to do" in page(college, "辅导员", "/desk/")
    unit = college.unit("网络1班").pk
    assert "Everybody has reported (2)" in page(college, "辅导员", f"/desk/units/{unit}/")

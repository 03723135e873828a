"""“Wenzhou, from 12 January”, added on 30 January, finds everybody who passed through lately."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from lianfang.audit.models import Entry
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import parse_moment
from lianfang.kernel.refusals import Invalid
from lianfang.monitoring.models import MonitoringFile
from lianfang.notifications.models import Message
from lianfang.places.models import AreaImport, RiskArea
from lianfang.places.operations import OlderThanInForce
from lianfang.screening import queries
from lianfang.screening.exposures import AlreadySettled, NotAboutOneself
from lianfang.screening.models import ExposureHit, Reevaluation
from lianfang.surveys.models import SurveyResponse, Trip
from lianfang.usecases import exposures, take_in_lists
from lianfang.usecases.take_in_lists import AreaChanges
from tests.cast import FINE, College
from tests.survey_cast import NOTHING, WENZHOU, WENZHOU_CITY, answer, been, meeting, met, trip

pytestmark = pytest.mark.django_db(transaction=True)

THAT_DAY = parse_moment("2020-01-30T09:00+08:00")


@pytest.fixture
def college() -> College:
    return College.found(now=THAT_DAY)


def publish(college: College, *rows: str, apply: bool = True, **more: Any) -> AreaChanges:
    body = "\n".join(("area_code,area,from,until,level", *rows))
    return take_in_lists.areas(
        body.encode(), rule="", source="浙江省通报", skip_unknown=False, apply=apply,
        actor=OPERATOR, now=college.now, **more,
    )  # fmt: skip


def hit_of(college: College, name: str) -> ExposureHit:
    return ExposureHit.objects.get(person=college[name])


def verify(
    college: College, name: str, verdict: str = "TRUE", reason: str = "", by: str = "辅导员",
    last: date | None = None,
) -> MonitoringFile | None:  # fmt: skip
    return exposures.verify(
        hit=ExposureHit.objects.filter(person=college[name]).order_by("-pk")[0], verdict=verdict,
        reason=reason, last_exposed_on=last, by=college[by], actor=college.actor(by),
        now=college.now,
    )  # fmt: skip


def test_everybody_who_passed_through_in_the_last_fourteen_days_is_found(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-18", "01-20")))
    answer(college, "小红", been(trip(WENZHOU, "01-14", "01-16", kind="PASSING")))  # day 14
    answer(college, "小刚", been(trip(WENZHOU, "01-12", "01-15")))  # a day too long ago
    college.report("外人", replace(FINE, county_code="330382"), day=date(2020, 1, 29))
    assert not ExposureHit.objects.exists()
    publish(college, "330300,温州市,2020-01-12,,high")
    found = {hit.person.name: hit for hit in ExposureHit.objects.select_related("person")}
    assert set(found) == {"小明", "小红", "外人"}
    assert found["小明"].last_exposed_on == date(2020, 1, 20)
    assert found["小红"].last_exposed_on == date(2020, 1, 16)
    assert {hit.area_code for hit in found.values()} == {WENZHOU_CITY}
    assert {hit.list_number for hit in found.values()} == {AreaImport.objects.get().number}
    assert found["小明"].listing == RiskArea.objects.get()
    run = Reevaluation.objects.get()
    assert (run.found, run.done_at, run.next_due_at) == (3, college.now, None)


def test_carers_are_told_a_number_and_nothing_else(college: College) -> None:
    for name in ("小明", "小红"):
        answer(college, name, been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    letter = Message.objects.get(reference__startswith="exposures:list:")
    assert letter.recipient == college["辅导员"]
    assert "2" in letter.body
    for word in ("小明", "小红", "温州", "武汉", "发热", "高发"):
        assert word not in letter.body + letter.subject
    assert list(queries.people_with_open_hits([college.unit("网络1班").pk])) == sorted(
        (college["小明"], college["小红"]), key=lambda one: one.name_key
    )


def test_what_a_list_would_do_is_shown_first_and_nothing_is_stored(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    changes = publish(college, "330300,温州市,2020-01-12,,high", apply=False)
    planned = take_in_lists.whom_it_catches(changes, now=college.now)
    (match,) = planned.found
    assert (match.person, match.area_code) == (college["小明"].pk, WENZHOU_CITY)
    assert planned.units == {college["小明"].pk: college.unit("网络1班").pk}
    for model in (AreaImport, RiskArea, Reevaluation, ExposureHit, Message):
        assert not model.objects.exists()


def test_the_same_list_again_finds_nobody_twice(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    publish(college, "330300,温州市,2020-01-12,,high")
    college.now += timedelta(hours=1)
    publish(college, "330300,温州市,2020-01-12,,high", "420100,武汉市,2020-01-01,,high")
    assert ExposureHit.objects.count() == 1
    assert Reevaluation.objects.count() == 2  # nothing was new the second time


def test_two_moments_are_kept_of_everything(college: College) -> None:
    """When it holds: the day in Wenzhou. When we knew: the answer, and later the list."""
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    college.fast_forward(hours=2)
    publish(college, "330300,温州市,2020-01-12,,high")
    hit = hit_of(college, "小明")
    assert (hit.last_exposed_on, hit.found_at) == (date(2020, 1, 20), college.now)
    assert hit.listing is not None
    assert (hit.listing.listed_on, hit.listing.known_from_at) == (date(2020, 1, 12), college.now)
    fact = hit.facts.get()
    assert (fact.kind, fact.at, fact.last_exposed_on) == ("FOUND", college.now, date(2020, 1, 20))


def test_true_opens_the_file_with_the_last_exposure(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-18", "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    file = verify(college, "小明", last=date(2020, 1, 21))
    assert file is not None
    assert (file.person, file.last_exposure_on) == (college["小明"], date(2020, 1, 21))
    assert file.source == f"exposure:{hit_of(college, '小明').pk}"
    assert file.category == MonitoringFile.Category.LIVED_AREA
    assert "温州" in file.reason
    with pytest.raises(AlreadySettled):
        verify(college, "小明")


def test_a_dismissed_hit_needs_a_reason_and_opens_nothing(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    with pytest.raises(Invalid) as refused:
        verify(college, "小明", verdict="NOT_TRUE")
    assert set(refused.value.problems) == {"reason"}
    assert verify(college, "小明", verdict="NOT_TRUE", reason="车票已退,未出行") is None
    assert not MonitoringFile.objects.exists()
    hit = hit_of(college, "小明")
    assert (hit.verdict, hit.verdict_reason) == ("NOT_TRUE", "车票已退,未出行")
    college.now += timedelta(hours=1)
    publish(college, "330300,温州市,2020-01-12,,high", "420100,武汉市,2020-01-01,,high")
    assert ExposureHit.objects.count() == 1  # the same days are not asked about again


def test_nobody_verifies_what_concerns_themself(college: College) -> None:
    answer(college, "辅导员", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    assert college.told(reference="exposures:list:") == ["主任"]
    with pytest.raises(NotAboutOneself):
        verify(college, "辅导员", by="辅导员")


def test_a_new_exposure_extends_the_open_hit_with_its_history(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    college.fast_forward(hours=1)
    answer(college, "小明", been(trip(WENZHOU, "01-20"), trip("330382", "01-22")), page="again")
    hit = hit_of(college, "小明")
    assert hit.last_exposed_on == date(2020, 1, 22)
    facts = list(hit.facts.order_by("id").values_list("kind", "last_exposed_on"))
    assert facts == [("FOUND", date(2020, 1, 20)), ("EXTENDED", date(2020, 1, 22))]


def test_a_true_exposure_that_goes_on_begins_the_days_anew(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    verify(college, "小明")
    answer(college, "小明", been(trip(WENZHOU, "01-20"), trip(WENZHOU, "01-23")), page="again")
    assert MonitoringFile.objects.get().last_exposure_on == date(2020, 1, 23)
    assert hit_of(college, "小明").last_exposed_on == date(2020, 1, 23)


def test_a_changed_answer_deletes_no_hit_but_sends_it_to_verification(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    verify(college, "小明")
    college.fast_forward(hours=1)
    answer(college, "小明", NOTHING, page="changed")
    hit = hit_of(college, "小明")
    assert (hit.doubted_at, hit.verdict, hit.waits) == (college.now, "TRUE", True)
    assert hit.facts.filter(kind="CHANGED").count() == 1
    assert queries.hits_to_verify([college.unit("网络1班").pk]).get() == hit
    assert Trip.objects.count() == 1  # what was said first is still there
    assert SurveyResponse.objects.get(revision=1).trips.count() == 1
    verify(college, "小明", verdict="NOT_TRUE", reason="记错了日期")
    assert not hit_of(college, "小明").waits


def test_taking_an_area_off_the_list_closes_nothing(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    college.fast_forward(hours=2)
    publish(college, "330300,温州市,2020-01-12,2020-01-25,high")
    hit = hit_of(college, "小明")
    assert hit.waits
    assert hit.doubted_at is None
    assert queries.no_longer_listed([hit], day=college.today) == {hit.pk}


def test_an_area_that_was_listed_by_mistake_leaves_its_hits_to_a_person(college: College) -> None:
    """The list now begins after the journey: the record still says it, so nothing changes."""
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    body = b"date,area_code,area\n2020-01-30,420100,x\n"
    planned = take_in_lists.whom_it_catches(
        take_in_lists.areas(
            body, rule="", source="", skip_unknown=False, apply=False, actor=OPERATOR,
            now=college.now,
        ),
        now=college.now,
    )  # fmt: skip
    assert planned.found == ()
    assert planned.changed == ()


def test_an_older_list_is_refused_unless_it_is_meant(college: College) -> None:
    def by_day(day: str, **more: Any) -> AreaChanges:
        return take_in_lists.areas(
            f"date,area_code,area\n{day},420100,武汉市\n".encode(), rule="", source="",
            skip_unknown=False, apply=True, actor=OPERATOR, now=college.now, **more,
        )  # fmt: skip

    by_day("2020-01-30")
    with pytest.raises(OlderThanInForce):
        by_day("2020-01-28")
    assert AreaImport.objects.count() == 1
    assert by_day("2020-01-28", allow_older=True).number == 2


def test_meetings_count_by_where_the_other_came_from(college: College) -> None:
    answer(college, "小明", met(meeting("01-22", from_code="420100")))
    answer(college, "小红", met(meeting("01-22", from_code="510100")))
    answer(college, "小刚", met(meeting("01-22", kind="CONFIRMED")))
    kinds = {hit.person.name: hit.kind for hit in ExposureHit.objects.select_related("person")}
    assert kinds == {"小刚": "MET_CASE"}  # a patient counts whatever is listed
    publish(college, "420000,湖北省,2020-01-01,,high")
    kinds = {hit.person.name: hit.kind for hit in ExposureHit.objects.select_related("person")}
    assert kinds == {"小刚": "MET_CASE", "小明": "FROM_AREA"}
    file = verify(college, "小明")
    assert file is not None
    assert file.category == MonitoringFile.Category.MET_FROM_AREA


def test_a_place_is_followed_through_two_division_tables(college: College) -> None:
    """长垣县 became 长垣市: who wrote the one code is caught by a list with the other."""
    answer(college, "小明", been(trip("410783", "01-20")))
    publish(college, "410728,长垣县,2020-01-12,,high")
    assert hit_of(college, "小明").area_code == "410700"


def test_calls_that_nobody_makes_are_told_to_the_head(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    college.fast_forward(hours=11)
    assert college.told(reference="exposures:overdue") == []
    college.fast_forward(hours=1)
    assert college.told(reference="exposures:overdue") == ["主任"]
    college.fast_forward(hours=30)
    assert college.told(reference="exposures:overdue") == ["主任"]
    assert hit_of(college, "小明").waits


def test_a_large_college_is_compared_by_the_workers_and_nothing_is_lost(
    college: College, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = exposures.policy_at
    monkeypatch.setattr(exposures, "policy_at", lambda now: replace(real(now), at_once_people=2))
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    run = Reevaluation.objects.get()
    assert (run.done_at, run.next_due_at) == (None, college.now)
    assert not ExposureHit.objects.exists()
    # a worker takes it and dies: after its lease the row is due again
    Reevaluation.objects.update(next_due_at=college.now + exposures.LEASE)
    assert not exposures.strike_next(now=college.now)
    college.fast_forward(minutes=10)
    assert ExposureHit.objects.count() == 1
    assert college.told(reference="exposures:list:") == ["辅导员"]
    assert Reevaluation.objects.get().done_at == college.now


def test_every_step_leaves_its_trace(college: College) -> None:
    answer(college, "小明", been(trip(WENZHOU, "01-20")))
    publish(college, "330300,温州市,2020-01-12,,high")
    verify(college, "小明")
    verbs = set(Entry.objects.filter(concerns=college["小明"].pk).values_list("verb", flat=True))
    assert {
        "surveys.response.received", "screening.exposure.found", "screening.exposure.verified",
        "monitoring.file.opened",
    } <= verbs  # fmt: skip


def test_a_report_from_a_listed_area_brings_its_person_up_at_once(college: College) -> None:
    publish(college, "330300,温州市,2020-01-12,,high")
    college.report("小明", replace(FINE, county_code="330382"))
    hit = hit_of(college, "小明")
    assert (hit.last_exposed_on, hit.found_at) == (college.today, college.now)
    assert college.told(reference="exposures:report:") == ["辅导员"]
    college.report("小红")
    assert ExposureHit.objects.count() == 1


def test_one_call_settles_the_report_and_the_exposure(college: College) -> None:
    publish(college, "330300,温州市,2020-01-12,,high")
    college.report("小明", replace(FINE, county_code="330382"))
    unit = college.unit("网络1班").pk
    assert queries.waiting_for_call([unit], day=college.today).count() == 1
    verify(college, "小明")
    assert queries.waiting_for_call([unit], day=college.today).count() == 0
    assert MonitoringFile.objects.get().last_exposure_on == college.today


def test_a_corrected_report_sends_its_hit_to_verification(college: College) -> None:
    publish(college, "330300,温州市,2020-01-12,,high")
    college.report("小明", replace(FINE, county_code="330382"))
    college.fast_forward(minutes=5)
    college.report("小明")  # it was a slip of the finger
    hit = hit_of(college, "小明")
    assert hit.doubted_at == college.now
    assert [fact.kind for fact in hit.facts.order_by("id")] == ["FOUND", "CHANGED"]


def test_a_day_in_the_area_after_the_verdict_is_no_second_call(college: College) -> None:
    publish(college, "330300,温州市,2020-01-12,,high")
    college.report("小明", replace(FINE, county_code="330382"))
    verify(college, "小明")
    college.fast_forward(hours=24)
    college.report("小明", replace(FINE, county_code="330382"))
    hit = hit_of(college, "小明")
    assert not hit.waits
    assert hit.last_exposed_on == college.today
    assert MonitoringFile.objects.get().last_exposure_on == college.today

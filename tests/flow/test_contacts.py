"""Whom a case met: proposed by the campus with reasons, confirmed by people, determined by the CDC."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lianfang.audit.models import Entry
from lianfang.contacts import deciding, operations
from lianfang.contacts.candidates import Span, encounters_of
from lianfang.contacts.deciding import Authority
from lianfang.contacts.models import Contact, Fact, Investigation
from lianfang.contacts.queries import reasons_of
from lianfang.groups.models import Attendance, Group, GroupMember, Session
from lianfang.kernel.clock import at_local
from lianfang.kernel.refusals import Invalid
from lianfang.monitoring.models import MonitoringFile
from lianfang.roster.models import Lodging, Person
from lianfang.surveys.models import SurveyResponse, Trip
from lianfang.usecases import contact_chains, contact_tracing
from tests.cast import FIRST_DAY, College

pytestmark = pytest.mark.django_db(transaction=True)
CDC = Authority(document="达疾控函〔2020〕7号", document_on=date(2020, 2, 1))


def opened(college: College, **more: Any) -> Investigation:
    values: dict[str, Any] = {
        "person": college["小明"], "incident": None, "anchor_on": date(2020, 1, 31),
        "by": college["值班员"], "actor": college.actor("值班员"), "now": college.now,
    } | more  # fmt: skip
    return contact_tracing.open_for(**values)


def of(investigation: Investigation, person: Person) -> Contact:
    return investigation.contacts.get(person=person)


@pytest.fixture
def college(college: College) -> College:
    college.lodge(小明="101", 小红="101", 小刚="102", 外人="301")
    return college


def kinds(contact: Contact) -> list[str]:
    return [reason.kind for reason in reasons_of(contact)]


def test_the_campus_proposes_the_room_first_then_the_floor_and_the_class(college: College) -> None:
    found = opened(college)
    ranked = list(found.contacts.order_by("-score").values_list("person__name", flat=True))
    assert ranked == ["小红", "小刚"]
    assert kinds(of(found, college["小红"])) == ["ROOM", "CLASS"]
    assert kinds(of(found, college["小刚"])) == ["CLASS", "FLOOR"]
    assert all(contact.state == "PROPOSED" for contact in found.contacts.all())
    assert not found.contacts.filter(person=college["小明"]).exists()


def test_the_window_is_that_of_the_text_in_force_on_the_day_of_onset(college: College) -> None:
    """Before February 2020 contacts count from the onset on, later from two days before it."""
    early = opened(college)
    assert (early.window_from, "第二、三版" in early.window_source) == (date(2020, 1, 31), True)
    college.now += timedelta(days=10)
    late = opened(college, person=college["外人"], anchor_on=date(2020, 2, 10))
    assert (late.window_from, "前2天" in late.window_source) == (date(2020, 2, 8), True)


def test_who_moved_in_after_the_isolation_is_no_candidate(college: College) -> None:
    Lodging.objects.create(
        person=college["外辅导员"], building="6栋", room="101", held_from=date(2020, 2, 1)
    )
    apart = opened(college, isolated_on=date(2020, 1, 31))
    assert not apart.contacts.filter(person=college["外辅导员"]).exists()
    contact_tracing.change_window(
        investigation=apart, anchor_on=date(2020, 1, 31), isolated_on=None, by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    assert kinds(of(apart, college["外辅导员"])) == ["ROOM"]


def course(college: College, **seats: str) -> Session:
    group = Group.objects.create(kind="COURSE", code="GS1", name="高等数学")
    for name, seat in seats.items():
        GroupMember.objects.create(
            person=college[name], group=group, seat=seat, held_from=FIRST_DAY
        )
    begins = at_local(date(2020, 1, 31), time(8))
    return Session.objects.create(
        group=group, begins_at=begins, ends_at=begins + timedelta(minutes=95), place="教1"
    )


def test_a_seat_beside_the_case_counts_more_than_a_seat_behind_the_room(college: College) -> None:
    course(college, 小明="3-5", 外人="3-6", 外辅导员="9-1")
    found = opened(college)
    near, far = of(found, college["外人"]), of(found, college["外辅导员"])
    assert near.score > far.score > 0
    reason = reasons_of(near)[0]
    assert (reason.name, reason.times, reason.minutes, reason.apart) == ("高等数学", 1, 95, 1)


def test_where_people_signed_in_only_those_who_did_were_there(college: College) -> None:
    session = course(college, 小明="3-5", 外人="3-6", 外辅导员="9-1")
    for name in ("小明", "外辅导员"):
        Attendance.objects.create(session=session, person=college[name])
    found = opened(college)
    assert not found.contacts.filter(person=college["外人"]).exists()
    assert kinds(of(found, college["外辅导员"])) == ["COURSE"]
    Attendance.objects.filter(person=college["小明"]).delete()  # the case was not there
    contact_tracing.propose_again(
        investigation=found, by=college["值班员"], actor=college.actor("值班员"), now=college.now
    )
    assert not found.contacts.filter(person=college["外辅导员"]).exists()


def travelled(
    college: College, name: str, number: str, seat: str, day: date, *, since: date | None = None
) -> None:
    response = SurveyResponse.objects.create(
        person=college[name], unit=college.unit("学院"), revision=1, is_current=True,
        answered_at=college.now, confirmed_at=college.now, since_on=day, has_trips=True,
        has_meetings=False, community_told=False, source="SELF", submission_key=name,
    )  # fmt: skip
    if since is not None:  # where the journey began
        Trip.objects.create(
            response=response, position=1, arrived_on=since, left_on=since, kind="STAY", words={}
        )
    Trip.objects.create(
        response=response, position=0, arrived_on=day, left_on=day, kind="PASSING", way="TRAIN",
        words={"number": number, "seat": seat},
    )  # fmt: skip


def test_a_night_train_is_one_journey_for_who_leaves_it_before_midnight(college: College) -> None:
    morning, evening = date(2020, 1, 31), date(2020, 1, 30)
    travelled(college, "小明", "K1257", "03车12F", morning, since=evening)
    travelled(college, "外人", "K1257", "03车12D", evening)
    travelled(college, "外辅导员", "K1257", "03车12E", evening - timedelta(days=1))
    found = opened(college, anchor_on=evening)
    [way] = reasons_of(of(found, college["外人"]))
    assert (way.kind, way.last_on) == ("JOURNEY", evening)
    assert not found.contacts.filter(person=college["外辅导员"]).exists()


def test_fellow_travellers_are_found_by_number_and_day(college: College) -> None:
    day = date(2020, 1, 31)
    travelled(college, "小明", "G8501", "03车12F", day)
    travelled(college, "外人", "g8501次", "03车12D", day)
    travelled(college, "外辅导员", "G8501", "03车12E", day - timedelta(days=1))
    travelled(college, "组长", "G8502", "03车12E", day)
    found = opened(college)
    assert kinds(of(found, college["外人"])) == ["JOURNEY"]
    people = set(found.contacts.values_list("person__name", flat=True))
    assert people == {"小红", "小刚", "外人"}


def test_one_household_is_found_by_its_sealed_address(college: College) -> None:
    for name, address in (("小明", "通川区龙泉路12号3栋502"), ("外人", "通川区 龙泉路12号3栋502")):
        person = Person.objects.get(pk=college[name].pk)
        person.address = address
        person.save(update_fields=["address"])
        college.people[name] = person
    assert kinds(of(opened(college), college["外人"])) == ["HOME"]


# ---------------------------------------------------------------- people decide


def decide(college: College, found: Investigation, state: str, *names: str, text: str = "") -> int:
    contacts = [of(found, college[name]) for name in names]
    return contact_tracing.decide(
        investigation=found, contacts=contacts, state=state, text=text, by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def determine(
    college: College, found: Investigation, *names: str, authority: Authority = CDC
) -> list[Contact]:
    return contact_tracing.determine(
        investigation=found, contacts=[of(found, college[name]) for name in names],
        authority=authority, by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def test_several_are_decided_on_at_once_and_a_dismissal_needs_its_reason(college: College) -> None:
    found = opened(college)
    decide(college, found, "CONFIRMED", "小红", "小刚")
    with pytest.raises(Invalid):
        decide(college, found, "DISMISSED", "小刚")
    decide(college, found, "DISMISSED", "小刚", text="整周在家,室友证实")
    decide(college, found, "CASUAL", "小红")
    states = dict(found.contacts.values_list("person__name", "state"))
    assert states == {"小红": "CASUAL", "小刚": "DISMISSED"}
    history = list(
        found.facts.filter(contact__person=college["小刚"]).values_list("kind", flat=True)
    )
    assert history == ["CONFIRMED", "DISMISSED"]


def test_what_people_decided_stays_when_candidates_are_proposed_anew(college: College) -> None:
    found = opened(college)
    decide(college, found, "DISMISSED", "小刚", text="整周在家")
    contact_tracing.propose_again(
        investigation=found, by=college["值班员"], actor=college.actor("值班员"), now=college.now
    )
    assert of(found, college["小刚"]).state == "DISMISSED"
    assert found.contacts.count() == 2


@pytest.mark.parametrize(
    "authority",
    [
        Authority(),
        Authority(officer=" "),
        Authority(document="7号"),
        Authority(document_on=date(2020, 2, 1)),
    ],
)
def test_a_close_contact_needs_a_named_officer_or_a_document_with_number_and_date(
    college: College, authority: Authority
) -> None:
    found = opened(college)
    with pytest.raises(deciding.OnlyTheCdcDetermines):
        determine(college, found, "小红", authority=authority)
    assert of(found, college["小红"]).state == "PROPOSED"


def test_the_database_itself_refuses_a_determination_by_nobody(college: College) -> None:
    contact = of(opened(college), college["小红"])
    with pytest.raises(DatabaseError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(state="DETERMINED")


def test_a_document_of_tomorrow_is_refused(college: College) -> None:
    with pytest.raises(Invalid):
        determine(college, opened(college), "小红",
                  authority=Authority(document="7号", document_on=date(2020, 2, 2)))  # fmt: skip


def test_who_is_determined_comes_under_key_monitoring_once(college: College) -> None:
    found = opened(college)
    decide(college, found, "CONFIRMED", "小红")
    assert [one.person for one in determine(college, found, "小红")] == [college["小红"]]
    file = MonitoringFile.objects.get()
    assert (file.person, file.category, file.state) == (college["小红"], "MET_CASE", "WATCHED")
    assert file.last_exposure_on == of(found, college["小红"]).last_on
    assert "小明" not in file.reason + file.evidence  # the case is a code
    assert found.code in file.evidence
    assert determine(college, found, "小红", authority=Authority(officer="王医生")) == []
    assert MonitoringFile.objects.count() == 1


def test_what_the_cdc_said_only_the_cdc_takes_back(college: College) -> None:
    found = opened(college)
    determine(college, found, "小红")
    with pytest.raises(deciding.DecidedMeanwhile):
        decide(college, found, "DISMISSED", "小红", text="说错了")
    contact_tracing.withdraw(
        contact=of(found, college["小红"]), authority=Authority(officer="王医生"), to="CASUAL",
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    assert of(found, college["小红"]).state == "CASUAL"


def test_the_history_is_added_to_and_never_changed(college: College) -> None:
    opened(college)
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.update(text="")


def test_a_close_contact_is_released_on_paper_only(college: College) -> None:
    found = opened(college)
    determine(college, found, "小红")

    def end(paper: str) -> Contact:
        return contact_tracing.end_observation(
            contact=of(found, college["小红"]), outcome="RELEASED", release_paper=paper, text="",
            by=college["值班员"], actor=college.actor("值班员"), now=college.now,
        )  # fmt: skip

    with pytest.raises(operations.StillToDecide):
        contact_tracing.close(
            investigation=found, text="", by=college["值班员"], actor=college.actor("值班员"),
            now=college.now,
        )  # fmt: skip
    with pytest.raises(Invalid):
        end("")
    assert end("解除单12号").outcome == "RELEASED"
    with pytest.raises(deciding.DecidedMeanwhile):
        end("解除单12号")
    closed = contact_tracing.close(
        investigation=found, text="", by=college["值班员"], actor=college.actor("值班员"),
        now=college.now,
    )  # fmt: skip
    assert closed.state == "CLOSED"
    with pytest.raises(operations.InvestigationIsClosed):
        decide(college, found, "CASUAL", "小刚")


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"anchor_on": None}, "anchor_on"),
        ({"anchor_on": date(2020, 2, 2)}, "anchor_on"),
        ({"anchor_on": date(2019, 2, 1)}, "anchor_on"),
        ({"isolated_on": date(2020, 1, 30)}, "isolated_on"),
        ({"isolated_on": date(2020, 2, 2)}, "isolated_on"),
        ({"person": None}, "outside_code"),
    ],
)
def test_days_that_cannot_be_so_are_refused(
    college: College, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        opened(college, **wrong)
    assert list(refused.value.problems) == [field]
    assert not Investigation.objects.exists()


def name(college: College, found: Investigation, who: str, **more: Any) -> Contact:
    values: dict[str, Any] = {
        "person": college[who], "outsider": None, "last_on": date(2020, 2, 1),
        "mode": "SHARED_MEAL", "protection": "NONE", "text": "一起吃了晚饭",
    } | more  # fmt: skip
    return contact_tracing.name_contact(
        investigation=found, by=college["值班员"], actor=college.actor("值班员"), now=college.now,
        **values,
    )  # fmt: skip


def test_somebody_named_by_hand_is_confirmed_and_nobody_meets_oneself(college: College) -> None:
    found = opened(college)
    assert name(college, found, "外人").state == "CONFIRMED"
    assert name(college, found, "小红").state == "CONFIRMED"  # a candidate whom somebody names
    with pytest.raises(operations.ContactWithOneself):
        name(college, found, "小明")
    for wrong in (None, date(2020, 2, 2), date(2020, 1, 1)):
        with pytest.raises(Invalid):
            name(college, found, "外人", last_on=wrong)
    with pytest.raises(Invalid):
        name(college, found, "外人", mode="KISSED")


def test_one_case_has_one_open_investigation(college: College) -> None:
    found = opened(college)
    with pytest.raises(operations.AlreadyInvestigated) as refused:
        opened(college)
    assert refused.value.context["code"] == found.code


def test_a_chain_closes_in_no_ring(college: College) -> None:
    cases = [opened(college, person=college[name]) for name in ("小明", "小红", "小刚")]

    def link(one: Investigation, source: Investigation | None, text: str = "同住") -> None:
        contact_tracing.link(
            investigation=one, source=source, text=text, by=college["值班员"],
            actor=college.actor("值班员"), now=college.now,
        )  # fmt: skip

    link(cases[1], cases[0])
    link(cases[2], cases[1])
    for one, source in ((cases[0], cases[2]), (cases[0], cases[0])):
        with pytest.raises(operations.ChainWouldClose):
            link(one, source)
    with pytest.raises(Invalid):
        link(cases[2], None, text=" ")
    link(cases[2], None, text="时间对不上")
    assert cases[2].infected_by is None


def test_the_likeliest_source_stands_first_and_nothing_is_chosen(college: College) -> None:
    """Whose contact the case was, then how the days fit the serial interval; never who fell ill later."""
    cases = {
        name: opened(college, person=college[name], anchor_on=date(2020, 1, day))
        for name, day in (("小明", 20), ("小红", 22), ("外人", 21), ("外辅导员", 29))
    }
    ill = opened(college, person=college["小刚"], anchor_on=date(2020, 1, 27))
    operations.name_contact(
        investigation=cases["小红"], person=college["小刚"], outsider=None, last_on=date(2020, 1, 23),
        mode="", protection="", text="一起吃饭", by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    found = contact_chains.likely_sources(ill, Investigation.objects.all(), now=college.now)
    assert [(one.code, one.days, one.met) for one in found] == [
        (cases["小红"].code, 5, True),
        (cases["小明"].code, 7, False),
        (cases["外人"].code, 6, False),
        (cases["外辅导员"].code, -2, False),
    ]
    ill.refresh_from_db()
    assert ill.infected_by is None


def test_each_step_has_its_audit_entry_and_none_names_the_case(college: College) -> None:
    found = opened(college)
    decide(college, found, "CONFIRMED", "小红")
    determine(college, found, "小红")
    entries = Entry.objects.filter(verb__startswith="contacts.")
    assert {entry.verb for entry in entries} == {
        "contacts.investigation.opened", "contacts.candidates.proposed",
        "contacts.contact.confirmed", "contacts.contact.determined",
    }  # fmt: skip
    assert not [entry for entry in entries if "小明" in str(entry.detail)]


def test_the_number_of_statements_does_not_grow_with_the_number_of_people(college: College) -> None:
    span = Span(date(2020, 1, 31), date(2020, 2, 2))

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            encounters_of(college["小明"], span=span)
        return len(asked)

    few = statements()
    for n in range(60):
        college.enrol(f"同学{n}", "网络1班")
        college.lodge(**{f"同学{n}": "101"})
    assert statements() == few

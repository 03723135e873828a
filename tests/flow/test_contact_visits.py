"""Calls and visits: shared out evenly, the same voice every day, a missed one said, a fever urgent."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lianfang.contacts import visiting
from lianfang.contacts.models import Investigation, Visit
from lianfang.contacts.visiting import Heard
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Message
from lianfang.usecases import contact_tracing, contact_visits
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    for n in range(5):
        college.enrol(f"同学{n}", "网络1班")
    college.lodge(小明="101")
    found = contact_tracing.open_for(
        person=college["小明"], incident=None, anchor_on=date(2020, 1, 31), by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    contact_tracing.decide(
        investigation=found, contacts=list(found.contacts.all()), state="CONFIRMED", text="",
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    return college


def join(college: College, name: str) -> None:
    contact_visits.join_team(
        investigation=Investigation.objects.get(), person=college[name],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def owners(college: College) -> Counter[str]:
    rows = Visit.objects.filter(day=college.today).values_list("owner__name", flat=True)
    return Counter(name or "nobody" for name in rows)


def settle(college: College, visit: Visit, outcome: str = "WELL", **more: Any) -> Visit:
    return contact_visits.settle(
        visit=visit, heard=Heard(outcome=outcome, **more), by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip


def test_seven_contacts_are_shared_out_among_two_and_three(college: College) -> None:
    for name in ("辅导员", "主任"):
        join(college, name)
    assert sorted(owners(college).values()) == [3, 4]
    before = dict(Visit.objects.values_list("contact_id", "owner__name"))
    join(college, "副主任")
    assert sorted(owners(college).values()) == [2, 2, 3]
    after = dict(Visit.objects.values_list("contact_id", "owner__name"))
    moved = [pk for pk in after if after[pk] != before[pk]]
    assert all(after[pk] == "副主任" for pk in moved)  # nobody else changes hands


def test_the_next_morning_the_same_voice_calls(college: College) -> None:
    for name in ("辅导员", "主任"):
        join(college, name)
    for visit in Visit.objects.all():
        settle(college, visit)
    before = dict(Visit.objects.values_list("contact_id", "owner_id"))
    college.fast_forward(to=college.at("06:00") + timedelta(days=1))
    today = Visit.objects.filter(day=college.today)
    assert dict(today.values_list("contact_id", "owner_id")) == before


def test_a_visit_nobody_made_is_missed_told_and_can_be_made_good(college: College) -> None:
    join(college, "辅导员")
    first, *rest = Visit.objects.order_by("id")
    for visit in rest:
        settle(college, visit)
    college.fast_forward(to=college.at("18:00"))
    first.refresh_from_db()
    assert (first.outcome, first.is_missed) == ("MISSED", True)
    assert set(college.told(reference="contact-visit:")) == {"辅导员", "值班员"}
    letter = Message.objects.filter(reference__startswith="contact-visit:").first()
    assert letter is not None
    assert not any(name in letter.body for name in college.people)
    settle(college, first)
    with pytest.raises(visiting.VisitIsSettled):
        settle(college, first)


def test_a_fever_found_at_a_visit_goes_the_way_of_every_fever(college: College) -> None:
    college.report("同学0")
    join(college, "辅导员")
    visit = Visit.objects.get(contact__person=college["同学0"])
    settle(
        college, visit, "SYMPTOMS", temperature=Decimal("38.4"), site="axilla",
        symptoms=("fever", "dry_cough"),
    )  # fmt: skip
    incident = Incident.objects.get()
    assert (incident.person, incident.first_report.source) == (college["同学0"], "PROXY")
    college.work()
    assert set(college.told()) >= {"辅导员", "主任", "值班员"}


def test_a_fever_of_somebody_nobody_knows_the_place_of_stores_nothing(college: College) -> None:
    join(college, "辅导员")
    visit = Visit.objects.get(contact__person=college["同学0"])
    with pytest.raises(contact_visits.NobodyKnowsWhere):
        settle(college, visit, "SYMPTOMS", symptoms=("fever",))
    visit.refresh_from_db()
    assert visit.is_open


@pytest.mark.parametrize("outcome", ["", "MISSED", "DEAD", "SYMPTOMS"])
def test_an_odd_outcome_is_refused(college: College, outcome: str) -> None:
    join(college, "辅导员")
    first = Visit.objects.first()
    assert first is not None
    with pytest.raises(Invalid):
        settle(college, first, outcome)


def test_a_contact_visits_nobody_and_nobody_is_in_a_team_twice(college: College) -> None:
    for name in ("小明", "小红"):
        with pytest.raises(Invalid):
            join(college, name)
    join(college, "辅导员")
    with pytest.raises(visiting.AlreadyInTheTeam):
        join(college, "辅导员")


def test_who_leaves_the_team_leaves_their_open_visits_to_the_others(college: College) -> None:
    for name in ("辅导员", "主任"):
        join(college, name)
    member = Investigation.objects.get().team.get(person=college["主任"])
    contact_visits.leave_team(member=member, actor=college.actor("值班员"), now=college.now)
    assert set(owners(college)) == {"辅导员"}


def test_fourteen_days_after_the_last_contact_nobody_is_called_any_more(college: College) -> None:
    join(college, "辅导员")
    college.fast_forward(days=16)
    last = Visit.objects.order_by("-day").first()
    assert last is not None
    assert last.day == date(2020, 2, 15)
    assert Visit.objects.filter(outcome="MISSED").count() == 7 * 15

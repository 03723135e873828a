"""A list from outside: tried, with everything that is wrong at once, then all of it or nothing."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from lianfang.contacts.deciding import Authority
from lianfang.contacts.models import (
    Contact,
    ContactList,
    Investigation,
    ListEntry,
    Outsider,
    PersonKey,
)
from lianfang.contacts.taking import ListPlan
from lianfang.kernel.refusals import Invalid
from lianfang.monitoring.models import MonitoringFile
from lianfang.roster.imports.sheets import NamedFile
from lianfang.usecases import contact_lists, contact_tracing
from lianfang.usecases.contact_lists import ListProblems, ListTakenBefore
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "姓名,身份证号,手机号,备用电话,学号,末次接触时间,备注"
ID, ID2 = "11010519491231002X", "110101199003071313"
WORD = Authority(document="达疾控函〔2020〕7号", document_on=date(2020, 2, 1))


@pytest.fixture
def case(college: College) -> Investigation:
    return contact_tracing.open_for(
        person=None, incident=None, outside_code="DZ-017", anchor_on=date(2020, 1, 20),
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def sheet(*rows: str) -> NamedFile:
    return NamedFile("密接名单.csv", "\n".join([HEAD, *rows]).encode())


def taken(
    college: College, case: Investigation, *rows: str, authority: Authority = WORD
) -> ListPlan:
    return contact_lists.take_in(
        investigation=case, file=sheet(*rows), organisation="达州市疾控中心", authority=authority,
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def test_people_of_the_college_are_found_by_number_or_phone_and_determined(
    college: College, case: Investigation
) -> None:
    phone = college["小红"].phone.removeprefix("+86")
    plan = taken(
        college, case,
        f"小明,{ID},,,{college['小明'].number},2020-01-25,同车",
        f"小红,,{phone},,,2020-01-26,",
        "某路人,,14200099999,,,2020-01-24,",
    )  # fmt: skip
    assert plan.counts == {
        "rows": 3, "of_college": 2, "known": 2, "new": 1, "already_contacts": 0,
    }  # fmt: skip
    states = set(case.contacts.values_list("state", "document"))
    assert states == {("DETERMINED", WORD.document)}
    watched = set(MonitoringFile.objects.values_list("person__name", flat=True))
    assert watched == {"小明", "小红"}
    assert Outsider.objects.get().name == "某路人"


def test_without_the_word_of_the_cdc_nobody_is_determined(
    college: College, case: Investigation
) -> None:
    taken(college, case, f"小明,,,,{college['小明'].number},,", authority=Authority())
    assert case.contacts.get().state == "CONFIRMED"
    assert not MonitoringFile.objects.exists()
    with pytest.raises(Invalid):
        contact_lists.take_in(
            investigation=case, file=sheet("甲,,14200099999,,,,"), organisation=" ",
            authority=WORD, by=college["值班员"], actor=college.actor("值班员"), now=college.now,
        )  # fmt: skip


def test_no_identity_number_is_stored_in_clear(college: College, case: Investigation) -> None:
    taken(college, case, f"某路人,{ID},14200099999,,,,")
    from django.db import connection

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert ID not in str(cursor.fetchall()), table
    assert PersonKey.objects.filter(kind="IDENTITY").count() == 1


@pytest.mark.parametrize(
    "again",
    [f"某路人,{ID},,,,,", "某路人,,14200099999,,,,", "某路人,,,14200099999,,,",
     f"某路人,{ID},14200099998,,,2020-01-28,"],
    ids=["identity", "phone", "other-phone", "identity-new-phone"],
)  # fmt: skip
def test_somebody_on_a_second_list_is_the_same_person_by_any_key_with_the_last_check(
    college: College, case: Investigation, again: str
) -> None:
    taken(college, case, f"某路人,{ID},14200099999,,,2020-01-25,")
    first = college.now
    college.now += timedelta(hours=3)
    plan = contact_lists.try_list(investigation=case, file=sheet(again), now=college.now)
    [row] = plan.rows
    assert row.subject is not None
    check = contact_lists.last_checks(plan.rows)[row.subject]
    assert check.at == first
    taken(college, case, again)
    assert (Outsider.objects.count(), Contact.objects.count()) == (1, 1)
    assert ListEntry.objects.count() == 2


def test_one_phone_of_a_family_is_not_one_person(college: College, case: Investigation) -> None:
    taken(college, case, "甲,,14200099999,,,,", "乙,,14200099999,,,,")
    assert Outsider.objects.count() == 2


def test_somebody_twice_on_one_list_counts_once_with_the_later_contact(
    college: College, case: Investigation
) -> None:
    plan = taken(college, case, f"甲,{ID},,,,2020-01-22,", f"甲,{ID},14200099999,,,2020-01-24,")
    assert [p.row for p in plan.warnings] == [3]
    assert case.contacts.get().last_on == date(2020, 1, 24)


def test_the_very_same_list_is_taken_in_once(college: College, case: Investigation) -> None:
    taken(college, case, f"甲,{ID},,,,,")
    with pytest.raises(ListTakenBefore):
        taken(college, case, f"甲,{ID},,,,,")
    assert ContactList.objects.count() == 1


def test_the_last_contact_of_a_known_person_moves_and_their_days_begin_anew(
    college: College, case: Investigation
) -> None:
    number = college["小明"].number
    taken(college, case, f"小明,,,,{number},2020-01-25,")
    taken(college, case, f"小明,,,,{number},2020-01-28,")
    assert case.contacts.get().last_on == date(2020, 1, 28)


def test_everything_that_is_wrong_is_said_at_once_and_identity_numbers_are_not_quoted(
    college: College, case: Investigation
) -> None:
    other = college["小红"].number
    rows = [
        ",,14200099999,,,,",
        "甲,,,,,,",
        "乙,110105194912310021,,,,,",
        "丙,1101051949,,,,,",
        "丁,,1420,,,,",
        "戊,,,,19990001,,",
        f"己,,,,{other},,",
        "庚,,14200099998,,,2020-02-02,",
        "辛,,14200099997,,,2019-01-01,",
        "壬,,14200099996,,,2563-01-25,",
        "癸,,14200099995,,,2020-02-30,",
    ]  # fmt: skip
    with pytest.raises(ListProblems) as refused:
        taken(college, case, *rows)
    found = refused.value.plan.problems
    assert [(p.row, p.column) for p in found] == [
        (2, "姓名"), (3, "手机号"), (4, "身份证号"), (5, "身份证号"), (6, "手机号"), (7, "学号"),
        (8, "学号"), (9, "末次接触时间"), (10, "末次接触时间"), (11, "末次接触时间"),
        (12, "末次接触时间"),
    ]  # fmt: skip
    assert all(p.text and p.cure for p in found)
    assert "110105194912310021" not in str(found)
    assert found[9].context == {"year": 2020}
    assert not Contact.objects.exists()


def test_the_case_itself_cannot_stand_on_its_list(college: College) -> None:
    own = contact_tracing.open_for(
        person=college["小明"], incident=None, anchor_on=date(2020, 1, 20), by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    with pytest.raises(ListProblems):
        taken(college, own, f"小明,,,,{college['小明'].number},,")


def test_ten_thousand_rows_with_one_broken_are_refused_whole_and_quickly(
    college: College, case: Investigation
) -> None:
    rows = [f"路人{n},,142{n:08},,,2020-01-25," for n in range(10_000)]
    rows[6_999] = "路人甲,,142123,,,2020-01-25,"
    began = time.monotonic()
    with pytest.raises(ListProblems) as refused:
        taken(college, case, *rows)
    assert [(p.row, p.column, p.value) for p in refused.value.plan.problems] == [
        (7001, "手机号", "142123")
    ]
    assert not Contact.objects.exists()
    assert time.monotonic() - began < 60  # a hang, not a figure

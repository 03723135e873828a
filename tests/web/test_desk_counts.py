"""A page asks the database as often for three rows as for one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.reporting import operations as reporting
from lianfang.reporting.models import CallRecord
from tests.cast import FEVER, FINE, College
from tests.web.desk import client_of, operator

pytestmark = pytest.mark.django_db(transaction=True)
HOUSEHOLD_ILL = replace(FINE, household_ill=True)


@pytest.fixture
def college(college: College) -> College:
    """One of everything: a missing person, a call, a call back, an incident, a class."""
    _one_more(college, 1)
    return college


def _one_more(college: College, number: int) -> None:
    """Another class with its own missing, called, ill and worried, and somebody in charge."""
    name = f"增{number}班"
    college.open_unit(name, "CLASS", "网络专业", answers_to="信息系党总支")
    college.appoint("辅导员", name, "COUNSELOR")
    for what in ("未报", "打过", "发热", "家人"):
        college.enrol(f"{what}{number}", name)
    college.report(f"发热{number}", FEVER)
    college.report(f"家人{number}", HOUSEHOLD_ILL)
    reporting.record_call(
        person=college[f"打过{number}"],
        day=college.today,
        outcome=CallRecord.Outcome.NO_ANSWER,
        note="",
        called_by=college["辅导员"],
        actor=college.actor("辅导员"),
        now=college.now,
    )
    reporting.count_day(day=college.today, now=college.now)


PAGES = {
    "home": ("辅导员", "/desk/"),
    "live": ("辅导员", "/desk/live/"),
    "units": ("辅导员", "/desk/units/"),
    "unit with its people": ("主任", "/desk/units/{信息系}/?state=all"),
    "the missing": ("主任", "/desk/units/{信息系}/?state=missing"),
    "call": ("辅导员", "/desk/people/{小明}/call/"),
    "sign": ("主任", "/desk/units/{信息系}/sign/"),
    "board": ("书记", "/desk/board/"),
    "board, living part": ("书记", "/desk/board/live/"),
    "branch": ("书记", "/desk/units/{网络专业}/branch/"),
    "map": ("书记", "/desk/board/where/"),
    "incidents": ("书记", "/desk/incidents/"),
    "gateways": ("书记", "/desk/gateways/"),
    "posts": ("admin", "/desk/posts/"),
    "codes": ("辅导员", "/desk/codes/"),
    "codes of a unit": ("辅导员", "/desk/units/{增1班}/codes/"),
    "downloads": ("书记", "/desk/downloads/"),
    "Party units": ("组长", "/desk/units/{学院党委}/"),
}


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_asks_as_often_for_three_as_for_one(college: College, name: str) -> None:
    who, pattern = PAGES[name]
    places = {key: unit.pk for key, unit in college.units.items()}
    places |= {key: person.pk for key, person in college.people.items()}
    url = pattern.format(**places)
    client = operator(college) if who == "admin" else client_of(college, who)
    first = _queries(client, url)
    _one_more(college, 2)
    _one_more(college, 3)
    third = _queries(client, url)
    assert third <= first, f"{first} queries, then {third}"
    assert third < 70


def _queries(client: Any, url: str) -> int:
    client.get(url)  # what a process remembers, it remembers now
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)

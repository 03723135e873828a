"""What people say in the survey, for the tests: short ways to a trip and a meeting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from lianfang.kernel.actors import OPERATOR
from lianfang.surveys.models import Source, SurveyResponse
from lianfang.surveys.rules import Meeting, Said, Trip
from lianfang.usecases import surveys, take_in_lists
from tests.cast import College

DAZHOU, WENZHOU, WENZHOU_CITY = "511702", "330302", "330300"
NOTHING = Said(
    county_code=DAZHOU,
    since_on=date(2020, 1, 24),
    has_trips=False,
    has_meetings=False,
    community_told=False,
)


def trip(code: str, arrived: str, left: str = "", **more: Any) -> Trip:
    """`trip("330302", "01-19", "01-20")`, in 2020."""
    return Trip(
        county_code=code,
        arrived_on=date.fromisoformat(f"2020-{arrived}"),
        left_on=date.fromisoformat(f"2020-{left or arrived}"),
        kind=more.pop("kind", "VISIT"),
        **more,
    )


def meeting(met: str, kind: str = "FROM_AREA", **more: Any) -> Meeting:
    facts: dict[str, Any] = {
        "met_on": date.fromisoformat(f"2020-{met}"),
        "who": "表哥",
        "closeness": "SAME_ROOM",
        "still_in_contact": False,
    }
    return Meeting(kind=kind, **(facts | more))


def been(*trips: Trip, **more: Any) -> Said:
    facts: dict[str, Any] = {"has_trips": bool(trips), "trips": trips}
    return replace(NOTHING, **(facts | more))


def met(*meetings: Meeting, **more: Any) -> Said:
    facts: dict[str, Any] = {"has_meetings": bool(meetings), "meetings": meetings}
    return replace(NOTHING, **(facts | more))


def answer(college: College, name: str, said: Said = NOTHING, page: str = "page") -> SurveyResponse:
    """The person answers for themself, now."""
    return surveys.answer(
        person=college[name],
        said=said,
        source=Source.SELF,
        entered_by=college[name],
        actor=college.actor(name),
        page=page,
        now=college.now,
    )


def caught(college: College, name: str) -> SurveyResponse:
    """The person was in Wenzhou, by a train that nobody else needs to know, and it is listed."""
    day = college.today - timedelta(9)
    journey = replace(
        trip(WENZHOU, "01-20", number="G7531", seat="3车12A"), arrived_on=day, left_on=day
    )
    response = answer(college, name, been(journey, since_on=college.today - timedelta(8)))
    take_in_lists.areas(
        "area_code,area,from,until,level\n330300,温州市,2020-01-12,,high\n".encode(), rule="",
        source="浙江省通报", skip_unknown=False, apply=True, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    return response

"""A round of the survey that half of the college has answered, and what two answers brought up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from lianfang.demo.hands import actor_of
from lianfang.demo.people import Cast
from lianfang.kernel.clock import reporting_day
from lianfang.monitoring.models import MonitoringFile
from lianfang.quarantine.models import Order
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person
from lianfang.surveys import operations
from lianfang.surveys.models import Attempt, Source
from lianfang.surveys.operations import Answer
from lianfang.surveys.rules import Meeting, Said, Trip
from lianfang.usecases import surveys

_WENZHOU = "330302"
_WUHAN = "420100"


def ask_around(cast: Cast, *, now: datetime) -> None:
    """Opened yesterday. Every second person has nothing to declare, two have; one was not reached."""
    officer = cast.roles["officer"]
    opened_at = now - timedelta(hours=25)
    today = reporting_day(now)
    surveys.open_survey(
        period_from=today - timedelta(days=21), asks_anew=False, by=officer,
        actor=actor_of(officer), now=opened_at,
    )  # fmt: skip
    story = _quiet_people(cast, now)
    told = {person.pk for person in story}
    asked = [person for person in cast.people if person.pk not in told]
    _nothing_to_declare(cast, asked[::2], opened_at, now)
    for person, said in zip(story, (_trip(now), _meeting(now)), strict=False):
        surveys.answer(
            person=person, said=replace(said, county_code=cast.home_of[person.pk]),
            source=Source.SELF, entered_by=person, actor=actor_of(person), page="demo", now=now,
        )  # fmt: skip
    carer = cast.counselor_of.get(cast.unit_of[asked[-1].pk].pk)
    if len(asked) % 2 == 0 and carer is not None:
        surveys.record_attempt(
            person=asked[-1], outcome=Attempt.Outcome.UNREACHABLE, note="三次未接（演练）",
            by=carer, actor=actor_of(carer), now=now - timedelta(hours=1),
        )  # fmt: skip


@transaction.atomic
def _nothing_to_declare(
    cast: Cast, people: list[Person], opened_at: datetime, now: datetime
) -> None:
    """No list can find anything in these: they are stored without being compared one by one."""
    span = (now - opened_at) / max(len(people), 1)
    since = reporting_day(now) - timedelta(days=30)
    for n, person in enumerate(people):
        said = Said(
            county_code=cast.home_of[person.pk], since_on=since, has_trips=False,
            has_meetings=False, community_told=False,
        )  # fmt: skip
        operations.receive(
            Answer(
                person=person, said=said, source=Source.SELF, actor=actor_of(person),
                entered_by=person, key=f"demo:{person.pk}",
            ),
            now=opened_at + span * n,
        )  # fmt: skip


def _quiet_people(cast: Cast, now: datetime) -> list[Person]:
    """Two students in no other story, first those of the counselor whose account people try."""
    busy = set(MonitoringFile.objects.values_list("person_id", flat=True))
    busy |= set(Order.objects.values_list("person_id", flat=True))
    busy |= set(DailyReport.objects.filter(has_events=True).values_list("person_id", flat=True))
    busy.add(cast.roles["student"].pk)
    reported = (
        set(
            DailyReport.objects.filter(
                day=reporting_day(now), is_current=True, presence="AT_HOME"
            ).values_list("person_id", flat=True)
        )
        - busy
    )
    shown = cast.roles["counselor"]
    quiet = [
        person for person in cast.people if person.category == "STUDENT" and person.pk in reported
    ]
    quiet.sort(key=lambda one: cast.counselor_of.get(cast.unit_of[one.pk].pk) != shown)
    return quiet[:2]


def _trip(now: datetime) -> Said:
    today = reporting_day(now)
    trip = Trip(
        county_code=_WENZHOU, arrived_on=today - timedelta(days=9),
        left_on=today - timedelta(days=7), kind="VISIT",
    )  # fmt: skip
    return Said(
        since_on=today - timedelta(days=7), has_trips=True, trips=(trip,), has_meetings=False,
        community_told=True, community="社区（演练）",
    )  # fmt: skip


def _meeting(now: datetime) -> Said:
    today = reporting_day(now)
    meeting = Meeting(
        met_on=today - timedelta(days=6), kind="FROM_AREA", from_code=_WUHAN, who="表哥（演练）",
        closeness="SAME_ROOM", still_in_contact=False,
    )  # fmt: skip
    return Said(
        since_on=today - timedelta(days=30), has_trips=False, has_meetings=True,
        meetings=(meeting,), community_told=False,
    )  # fmt: skip

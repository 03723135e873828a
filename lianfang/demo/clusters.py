"""Three room-mates with the same illness this morning: one alert, taken over, its clock running."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from lianfang.clusters.models import Alert
from lianfang.demo.days import FINE
from lianfang.demo.hands import actor_of
from lianfang.demo.people import Cast
from lianfang.kernel.clock import reporting_day
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Lodging, Person
from lianfang.usecases import cluster_detection, clusters, daily_report

_ILL = 3


def fall_ill(cast: Cast, *, now: datetime) -> None:
    """Through the product's own doors; the detectors have judged yesterday already."""
    today = reporting_day(now)
    cluster_detection.detect(day=today - timedelta(days=1), now=now)
    cluster_detection.ensure_day(day=today, now=now)
    for n, person in enumerate(_room_mates(cast)):
        at = now - timedelta(minutes=50 - 12 * n)
        _report(cast, person, at)
        while clusters.weigh_next(now=at):
            pass
    alert = Alert.objects.order_by("id").last()
    officer = cast.roles.get("officer")
    if alert is not None and officer is not None:
        clusters.take_over(
            alert=alert, by=officer, actor=actor_of(officer),
            now=now - timedelta(minutes=20),
        )  # fmt: skip


def _room_mates(cast: Cast) -> list[Person]:
    """The first full room whose people are not in another story."""
    people = {person.pk: person for person in cast.people}
    rooms: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person, building, room in Lodging.objects.order_by("building", "room", "id").values_list(
        "person_id", "building", "room"
    ):
        if person in people:
            rooms[building, room].append(people[person])
    busy = set(DailyReport.objects.filter(has_events=True).values_list("person_id", flat=True))
    return next(
        (
            inside[:_ILL]
            for inside in rooms.values()
            if len(inside) > _ILL and not busy & {p.pk for p in inside}
        ),
        [],
    )


def _report(cast: Cast, person: Person, at: datetime) -> None:
    day = reporting_day(at)
    answers = replace(
        FINE, unwell=True, symptoms=("vomiting", "diarrhoea"), onset_on=day,
        county_code=cast.home_of[person.pk], temperature=Decimal("36.8"), presence="ON_CAMPUS",
    )  # fmt: skip
    filing = daily_report.Filing(
        person=person, day=day, answers=answers, source=DailyReport.Source.WEB,
        actor=actor_of(person), submitted_by=person,
        key=uuid.UUID(int=cast.random.getrandbits(128)).hex, unit=cast.unit_of[person.pk],
    )  # fmt: skip
    daily_report.submit_daily_report(filing, now=at)

"""Early warning with 30,000 people: a busy day of 600 ill, counted as they report; the hourly count.

python -m tools.bench clusters
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tools.bench_support import CLASS_SIZE, DAY, NOW, Row, fill, median_ms, new_home, row, set_up

PEOPLE = 30_000
ILL = 600  # two in a hundred on one day
DAYS_BEFORE = 13
ILL_BEFORE = 60  # a day


def run() -> Iterator[Row]:
    new_home()
    set_up()
    college = fill(PEOPLE)
    _lodge(college["people"])
    for back in range(DAYS_BEFORE, 0, -1):
        _signs(college, ILL_BEFORE, back)
    yield from _reports(college)
    yield from _counts(college)
    yield _detectors()


def _lodge(people: list[Any]) -> None:
    from lianfang.roster.models import Lodging

    Lodging.objects.bulk_create(
        [
            Lodging(
                person=person, building=f"{n // 1200}栋", room=f"{n % 1200 // 240 + 1}{n % 240 // 6:02}",
                held_from=DAY - timedelta(days=100),
            )
            for n, person in enumerate(people)
        ],
        batch_size=2000,
    )  # fmt: skip


def _signs(college: dict[str, Any], number: int, back: int) -> None:
    """Ill people of an earlier day, spread over the college."""
    from lianfang.clusters import waiting
    from lianfang.clusters.models import Sign

    day = DAY - timedelta(days=back)
    chosen = range(back * 37, PEOPLE, PEOPLE // number)
    made = Sign.objects.bulk_create(
        Sign(
            person=college["people"][n], unit=college["classes"][n // CLASS_SIZE],
            syndrome="FEVER_RESPIRATORY", onset_on=day, known_on=day, seen_on=day,
            source="REPORT", made_at=NOW,
        )
        for n in chosen
    )  # fmt: skip
    waiting.place_in_groups(made)


def _filing(college: dict[str, Any], n: int, *, symptoms: tuple[str, ...]) -> Any:
    from lianfang.kernel.actors import Actor
    from lianfang.reporting.models import DailyReport
    from lianfang.reporting.rules import Answers
    from lianfang.usecases.daily_report import Filing

    person = college["people"][n]
    answers = Answers(
        unwell=bool(symptoms), symptoms=symptoms, onset_on=DAY if symptoms else None,
        temperature=Decimal("36.6"), site="axilla", county_code="511702", presence="ON_CAMPUS",
        visited=False, met=False, truth=True,
    )  # fmt: skip
    return Filing(
        person=person, day=DAY, answers=answers, source=DailyReport.Source.WEB,
        actor=Actor("PERSON", person.pk, person.name), submitted_by=person,
        key=f"bench-{n}-{len(symptoms)}", unit=college["classes"][n // CLASS_SIZE],
    )  # fmt: skip


def _reports(college: dict[str, Any]) -> Iterator[Row]:
    """What the noting costs a report: of somebody well, and of somebody ill of no urgent sign."""
    from lianfang.usecases import clusters, daily_report

    numbers = iter(range(5, PEOPLE, 7))

    def send(*symptoms: str) -> None:
        filing = _filing(college, next(numbers), symptoms=symptoms)
        daily_report.submit_daily_report(filing, now=NOW)

    noted = clusters.note_report
    for name, symptoms in (("of somebody well", ()), ("with vomiting", ("vomiting",))):
        with_it: list[float] = []
        without: list[float] = []
        try:
            for turn in range(160):  # in turn, so that a busy machine weighs on both alike
                clusters.note_report = noted if turn % 2 else lambda **_all: None
                begun = time.perf_counter()
                send(*symptoms)
                (with_it if turn % 2 else without).append((time.perf_counter() - begun) * 1000)
        finally:
            clusters.note_report = noted
        both = (sorted(taken)[len(taken) // 2] for taken in (with_it, without))
        yield row(f"report {name} (baseline: without noting)", next(both), "ms", next(both))


def _counts(college: dict[str, Any]) -> Iterator[Row]:
    from lianfang.clusters.models import Alert, Sign
    from lianfang.usecases import clusters

    while clusters.weigh_next(now=NOW):
        pass
    waits = Sign.objects.filter(known_on=DAY - timedelta(days=1))
    one = waits[0]

    def weigh_one() -> None:
        Sign.objects.filter(pk=one.pk).update(next_due_at=NOW)
        clusters.weigh_next(now=NOW)

    yield row("one more ill person counted in every circle", median_ms(weigh_one), "ms")
    _busy_day(college)
    whole, longest = _weigh_all()
    yield row(f"{ILL} ill at once counted, alerts opened and told", whole, "s")
    yield row("… longest of its transactions", longest, "ms")
    yield row("alerts after that", float(Alert.objects.count()), "")
    clusters.recount(now=NOW)
    whole, longest = _weigh_all()
    yield row("the hourly count of everything", whole, "s")
    yield row("… longest of its transactions", longest, "ms")


def _weigh_all() -> tuple[float, float]:
    """Seconds of all portions, and milliseconds of the longest."""
    from lianfang.usecases import clusters

    taken, busy = [], True
    while busy:
        begun = time.perf_counter()
        busy = bool(clusters.weigh_next(now=NOW))
        taken.append(time.perf_counter() - begun)
    return sum(taken), max(taken) * 1000


def _busy_day(college: dict[str, Any]) -> None:
    from lianfang.clusters.models import Sign

    step = PEOPLE // ILL
    taken = set(Sign.objects.filter(known_on=DAY).values_list("person_id", flat=True))
    Sign.objects.bulk_create(
        Sign(
            person=college["people"][n], unit=college["classes"][n // CLASS_SIZE],
            syndrome="FEVER_RESPIRATORY", onset_on=DAY, known_on=DAY, seen_on=DAY,
            source="REPORT", made_at=NOW, next_due_at=NOW,
        )
        for n in range(3, PEOPLE, step)
        if college["people"][n].pk not in taken
    )  # fmt: skip


def _detectors() -> Row:
    from lianfang.reporting import operations as reporting
    from lianfang.usecases import cluster_detection

    for back in range(DAYS_BEFORE, -1, -1):
        reporting.count_day(day=DAY - timedelta(days=back), now=NOW)
    return row(
        "the detectors' day, college and 30 departments",
        median_ms(lambda: cluster_detection.detect(day=DAY, now=NOW), times=3),
        "ms",
    )

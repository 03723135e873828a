"""How fast the desk's large pages are: a college of many people, made in a database of its own.

    python tools/measure_board.py [people]     30,000 unless told otherwise

The rows are made by bulk_create and hold what the pages read: units, rolls, reports of today
with a few fevers, counters of fourteen days, open incidents, signed reports. Each page is asked
several times by Django's test client; the best and the median are printed, with the number of
queries. The first answer of a process is printed beside them: it reads the rulebook.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
CLASS_SIZE, TRIES = 42, 7
COUNTIES = ("511702", "511703", "511722", "510107", "420106", "440305", "330106")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lianfang-board-") as home:
        os.environ["LIANFANG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ["LIANFANG_HOSTS"] = "testserver"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        started = time.monotonic()
        addresses = make_college()
        print(f"{PEOPLE:,} people made in {time.monotonic() - started:.0f} s")
        measure(addresses)


def make_college() -> dict[str, str]:
    """The pages to ask, by name."""
    from lianfang.kernel import clock
    from tests.cast import FEVER, MORNING, College

    noon = MORNING + timedelta(hours=3)
    clock.follow(lambda: noon)
    college = College.found(MORNING)
    classes = open_classes(college)
    enrol(classes, college.today)
    report(college.today)
    count(college.today, noon)
    for name in ("小明", "小红", "小刚"):
        college.report(name, FEVER)
    unit = {name: one.pk for name, one in college.units.items()}
    return {
        "board (head of the college)": "/desk/board/",
        "board, living part": "/desk/board/live/",
        "map, provinces": "/desk/board/where/",
        "map, one province": "/desk/board/where/510000/",
        "to do (head of the college)": "/desk/",
        "units": "/desk/units/",
        "one department": f"/desk/units/{unit['系0']}/",
        "the college to sign": f"/desk/units/{unit['学院']}/sign/",
        "posts": "/desk/posts/",
    }


def open_classes(college: Any) -> list[Any]:
    from lianfang.roster.models import Unit, UnitLink

    day = date(2019, 9, 1)
    made = []
    for n in range(10):
        college.open_unit(f"系{n}", "DEPARTMENT", "学院", answers_to="学院党委")
    departments = [college.unit(f"系{n}") for n in range(10)]
    root = college.unit("学院")
    classes = Unit.objects.bulk_create(
        Unit(
            tree="ADMINISTRATIVE",
            kind="CLASS",
            code=f"K{n:05}",
            name=f"{n}班",
            parent=departments[n % 10],
            position=1000 + n,
            opened_on=day,
        )
        for n in range(PEOPLE // CLASS_SIZE)
    )
    for one in classes:
        for above, depth in ((one, 0), (one.parent, 1), (root, 2)):
            made.append(UnitLink(ancestor=above, descendant=one, depth=depth, held_from=day))
    UnitLink.objects.bulk_create(made)
    return classes


def enrol(classes: list[Any], today: date) -> None:
    from lianfang.roster.models import Membership, Person, Post

    people = Person.objects.bulk_create(
        [
            Person(
                number=f"L{n:07}",
                name=f"学生{n}",
                name_key=f"xue sheng {n:07}",
                category="STUDENT",
            )
            for n in range(PEOPLE)
        ],
        batch_size=2000,
    )
    day = date(2019, 9, 1)
    Membership.objects.bulk_create(
        [
            Membership(person=one, unit=classes[n % len(classes)], kind="REPORTING", held_from=day)
            for n, one in enumerate(people)
        ],
        batch_size=2000,
    )
    Post.objects.bulk_create(
        Post(person=people[n], unit=one, role="COUNSELOR", held_from=day)
        for n, one in enumerate(classes)
    )


def report(today: date) -> None:
    """Three of four have reported; one in three hundred has something to follow up."""
    from lianfang.reporting.models import DailyReport
    from lianfang.roster.models import Membership
    from lianfang.rulebook.models import Edition
    from tests.cast import FEVER, FINE, MORNING

    edition = Edition.objects.get()
    fine, fever = FINE.to_plain(), FEVER.to_plain()
    members = Membership.objects.filter(kind="REPORTING", person__number__startswith="L")
    pairs = members.order_by("person_id").values_list("person_id", "unit_id")
    DailyReport.objects.bulk_create(
        [
            DailyReport(
                person_id=person,
                unit_id=unit,
                day=today,
                revision=1,
                is_current=True,
                edition=edition,
                received_at=MORNING,
                first_received_at=MORNING,
                is_late=False,
                has_events=n % 300 == 0,
                county_code=COUNTIES[n % len(COUNTIES)],
                presence="AT_HOME",
                answers=fever if n % 300 == 0 else fine,
                source="WEB",
                submitted_by_id=person,
                receipt=f"0201-{n}",
                submission_key=f"{n:064}",
                submission_digest=f"{n:064}",
            )
            for n, (person, unit) in enumerate(pairs)
            if n % 4
        ],
        batch_size=1000,
    )


def count(today: date, now: Any) -> None:
    from lianfang.reporting import operations as reporting

    for back in range(14):
        reporting.count_day(day=today - timedelta(days=back), now=now)


def measure(addresses: dict[str, str]) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from lianfang.accounts.models import Account
    from lianfang.kernel.clock import now
    from lianfang.roster.models import Person

    person = Person.objects.get(name="书记")
    account = Account.objects.create(login="head", person=person, created_at=now())
    client = Client()
    client.force_login(account, backend="lianfang.accounts.backends.NumberBackend")
    print(f"{'page':<30}{'first':>9}{'best':>9}{'median':>9}{'queries':>9}{'KB':>7}")
    for name, url in addresses.items():
        times = []
        for _attempt in range(TRIES + 1):
            started = time.perf_counter()
            answer = client.get(url)
            times.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, f"{url} answered {answer.status_code}"
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        again = times[1:]
        print(
            f"{name:<30}{times[0]:>6.0f} ms{min(again):>6.0f} ms"
            f"{statistics.median(again):>6.0f} ms{len(asked):>9}{len(answer.content) // 1024:>7}"
        )


if __name__ == "__main__":
    main()

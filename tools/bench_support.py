"""What the benchmarks share: throw-away homes, many made-up people, and rows of the table.

Every figure is measured beside a plain baseline in the same run; the ratio is what counts.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypedDict

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2020, 2, 14)
NOW = datetime(2020, 2, 14, 1, 0, tzinfo=UTC)
CLASS_SIZE = 40


class Row(TypedDict):
    """One line of the table. `ratio` is value over baseline, or None without a baseline."""

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None


def row(name: str, value: float, unit: str, baseline: float | None = None) -> Row:
    ratio = value / baseline if baseline else None
    return Row(name=name, value=value, unit=unit, baseline=baseline, ratio=ratio)


def new_home(database_url: str = "") -> Path:
    """A home of its own for this process; must be called before Django is set up."""
    home = Path(tempfile.mkdtemp(prefix="lianfang-bench-"))
    os.environ["LIANFANG_HOME"] = str(home)
    os.environ.pop("LIANFANG_CLOCK", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    if database_url:
        os.environ["LIANFANG_DATABASE_URL"] = database_url
    else:
        os.environ.pop("LIANFANG_DATABASE_URL", None)
    sys.path.insert(0, str(ROOT))
    return home


def set_up() -> None:
    """Django, an empty founded database, the shipped rules."""
    import django

    import config  # noqa: F401  (its SQLite)

    django.setup()
    from lianfang.commands.ready import prepare_database
    from lianfang.installation import operations as installation
    from lianfang.usecases.founding import load_shipped

    prepare_database()
    installation.found(name="基准学院", is_exercise=True, now=NOW)
    load_shipped(now=NOW)


def fill(number: int) -> dict[str, Any]:
    """A college of `number` students in classes of 40, departments of 25 classes."""
    from lianfang.kernel.actors import OPERATOR
    from lianfang.roster import operations as roster
    from lianfang.roster.models import Membership, Person, Unit, UnitLink

    first = date(2019, 9, 1)

    def open_unit(kind: str, name: str, parent: Unit | None, to: Unit | None, tree: str) -> Unit:
        return roster.open_unit(
            tree=tree, kind=kind, code=name, name=name, parent=parent, answers_to=to,
            day=first, actor=OPERATOR, now=NOW,
        )  # fmt: skip

    committee = open_unit("COMMITTEE", "党委", None, None, "PARTY")
    college = open_unit("COLLEGE", "学院", None, committee, "ADMINISTRATIVE")
    classes = -(-number // CLASS_SIZE)
    departments = [
        open_unit("DEPARTMENT", f"系{n}", college, committee, "ADMINISTRATIVE")
        for n in range(-(-classes // 25))
    ]
    units = Unit.objects.bulk_create(
        [
            Unit(
                tree="ADMINISTRATIVE", kind="CLASS", code=f"C{n:06}", name=f"班{n}",
                parent=departments[n // 25], answers_to=committee, position=n, opened_on=first,
            )
            for n in range(classes)
        ],
        batch_size=2000,
    )  # fmt: skip
    links = []
    for unit in units:
        for depth, above in enumerate((unit.pk, departments[unit.position // 25].pk, college.pk)):
            links.append(UnitLink(ancestor_id=above, descendant=unit, depth=depth, held_from=first))
    UnitLink.objects.bulk_create(links, batch_size=2000)
    people = Person.objects.bulk_create(
        [
            Person(
                number=f"S{n:07}", name=f"学生{n}", name_key=f"xue sheng {n:07}",
                category="STUDENT",
            )
            for n in range(number)
        ],
        batch_size=2000,
    )  # fmt: skip
    Membership.objects.bulk_create(
        [
            Membership(
                person=person, unit=units[n // CLASS_SIZE], kind="REPORTING", held_from=first
            )
            for n, person in enumerate(people)
        ],
        batch_size=2000,
    )
    return {"college": college, "classes": units, "people": people}


def reports_for(people: list[Any], units: list[Any], *, share: float, day: date) -> None:
    """Received reports for a share of the people, written straight into the table."""
    from lianfang.reporting import operations as reporting
    from lianfang.reporting.models import DailyReport
    from lianfang.rulebook.queries import rules_in_force

    edition = rules_in_force(NOW).edition_id
    rows = []
    for n, person in enumerate(people):
        if n % 100 < share * 100:
            rows.append(
                DailyReport(
                    person=person, day=day, revision=1, is_current=True,
                    unit=units[n // CLASS_SIZE], edition_id=edition, received_at=NOW,
                    first_received_at=NOW, is_late=False, has_events=n % 500 == 0,
                    county_code="511702", presence="AT_HOME", answers={}, source="WEB",
                    receipt=f"0214-{n}", submission_key=f"{day}{n}", submission_digest="x",
                )
            )  # fmt: skip
    DailyReport.objects.bulk_create(rows, batch_size=2000)
    reporting.count_day(day=day, now=NOW)


def median_ms(action: Callable[[], object], *, times: int = 15) -> float:
    """The median of several calls, in milliseconds; the first call warms up and is not counted."""
    action()
    taken = []
    for _each in range(times):
        begun = time.perf_counter()
        action()
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)[len(taken) // 2]


def memory_mib(pid: int) -> float:
    """Peak resident memory of a process (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0

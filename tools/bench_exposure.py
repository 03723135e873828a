"""A list that reaches back: everybody's fourteen days of places and trips compared with it.

What is measured is the product's own path: the list is stored, everybody compared, hits, facts,
audit entries and letters written (30,000 people in one transaction; 1,000,000 by the worker's
move, in portions). The people, their reports (one a day for 15 days), answers and trips are made
by plain SQL. Of the people, 1 in 10 made a trip; 1 in 50 was where the new list looks, by a trip
or for three days by reports. The baseline is one plain `count(*)` of reports in the listed
counties in these days, over the same table.

For the million only the indexes stay that the comparison may use: filling the others would take
longer than everything that is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tools.bench_support import DAY, NOW, Row, memory_mib, new_home, row, set_up

DAYS = 15
FIRST = DAY - timedelta(days=DAYS - 1)
LIST = "area_code,area,from,until,level\n330300,温州市,2020-01-12,,high\n"
ROOM_FOR_A_MILLION = 12 * 1024**3


def run() -> list[Row]:
    """Each size in a process and a database of its own."""
    sizes = [30_000, 1_000_000]
    rows: list[Row] = []
    for people in sizes:
        if people > 100_000 and shutil.disk_usage(tempfile.gettempdir()).free < ROOM_FOR_A_MILLION:
            print("no room for a million people on this disk", file=sys.stderr)
            continue
        answer = subprocess.run(
            [sys.executable, "-m", "tools.bench_exposure", str(people)],
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        rows += json.loads(answer.stdout.splitlines()[-1])
    return rows


def _in_this_process(people: int) -> list[Row]:
    home = new_home()
    try:
        set_up()
        begun = time.perf_counter()
        _fill(people)
        filled = time.perf_counter() - begun
        return [*_measure(people), row(f"{people:,} people: filling the tables", filled, "s")]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(people: int) -> list[Row]:
    from lianfang.kernel.actors import OPERATOR
    from lianfang.screening.models import ExposureHit
    from lianfang.usecases import exposures, take_in_lists

    def publish(apply: bool) -> Any:
        return take_in_lists.areas(
            LIST.encode(), rule="", source="基准", skip_unknown=False, apply=apply,
            actor=OPERATOR, now=NOW,
        )  # fmt: skip

    before = memory_mib(os.getpid())
    plain = _seconds(_plain_count)
    changes = publish(apply=False)
    preview = _seconds(lambda: take_in_lists.whom_it_catches(changes, now=NOW))
    whole = _seconds(lambda: (publish(apply=True), exposures.compare_next(now=NOW)))
    hits = ExposureHit.objects.count()
    again = _seconds(lambda: exposures.preview(changes, now=NOW))
    assert hits > people // 100, "the list found too few to prove much"
    name = f"{people:,} people"
    return [
        row(f"{name}: a preview of the list", preview, "s", plain),
        row(f"{name}: the list stored, everybody compared", whole, "s", plain),
        row(f"{name}: compared again, all known", again, "s", plain),
        row(f"{name}: hits written", float(hits), "rows"),
        row(f"{name}: peak memory on top", memory_mib(os.getpid()) - before, "MiB"),
    ]


def _seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _plain_count() -> None:
    from django.db import connection

    from lianfang.places import divisions

    codes = ", ".join(f"'{code}'" for code in divisions.county_codes("330300"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM reporting_dailyreport WHERE is_current"
            f" AND day BETWEEN %s AND %s AND county_code IN ({codes})",
            [FIRST, DAY],
        )
        cursor.fetchone()


# ---------------------------------------------------------------- made by plain SQL


def _fill(people: int) -> None:
    from django.db import connection

    from tools.bench_support import CLASS_SIZE, fill

    made = fill(CLASS_SIZE)  # the units of one class; the others beside it
    units = _classes(people, made)
    lean = people > 100_000
    with connection.cursor() as cursor:
        if lean:
            _drop_indexes(cursor)
        cursor.execute("DELETE FROM roster_membership")
        cursor.execute("DELETE FROM roster_person")
        count = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {people - 1})"
        _insert(cursor, "roster_person", count, "n", {
            "id": "i + 1", "number": "printf('S%%07d', i)", "name": "'学生' || i",
            "name_key": "printf('xue sheng %%07d', i)", "category": "'STUDENT'",
        })  # fmt: skip
        _insert(cursor, "roster_membership", count, "n", {
            "person_id": "i + 1", "kind": "'REPORTING'", "held_from": "'2019-09-01'",
            "unit_id": f"{units} + i / {CLASS_SIZE}",
        })  # fmt: skip
        _insert(cursor, "roster_post", count, f"n WHERE i %% {CLASS_SIZE} = 0", {
            "person_id": "i + 1", "unit_id": f"{units} + i / {CLASS_SIZE}",
            "role": "'COUNSELOR'", "held_from": "'2019-09-01'",
        })  # fmt: skip
        for number in range(DAYS):
            _insert(cursor, "reporting_dailyreport", count, "n", {
                "person_id": "i + 1", "day": f"'{FIRST + timedelta(days=number)}'",
                "revision": "1", "is_current": "1", "unit_id": f"{units} + i / {CLASS_SIZE}",
                "edition_id": "1", "received_at": "'2020-02-14 01:00:00'",
                "first_received_at": "'2020-02-14 01:00:00'", "presence": "'AT_HOME'",
                "source": "'WEB'", "receipt": "'0214-' || i",
                "submission_key": f"printf('{number:02}%%08d', i)", "submission_digest": "'x'",
                "county_code": _county(number),
            })  # fmt: skip
        _insert(cursor, "surveys_surveyresponse", count, "n WHERE i %% 10 = 3", {
            "id": "i + 1", "person_id": "i + 1", "unit_id": f"{units} + i / {CLASS_SIZE}",
            "revision": "1", "is_current": "1", "answered_at": "'2020-02-13 01:00:00'",
            "confirmed_at": "'2020-02-13 01:00:00'", "county_code": "'511702'",
            "since_on": "'2020-02-10'", "has_trips": "1", "source": "'SELF'",
            "submission_key": "printf('k%%08d', i)",
        })  # fmt: skip
        _insert(cursor, "surveys_trip", count, "n WHERE i %% 10 = 3", {
            "response_id": "i + 1", "position": "0", "arrived_on": "'2020-02-05'",
            "left_on": "'2020-02-08'", "kind": "'VISIT'", "way": "'TRAIN'",
            "county_code": "CASE WHEN i %% 100 = 3 THEN '330302' ELSE '500103' END",
        })  # fmt: skip
        cursor.execute("ANALYZE")


def _county(number: int) -> str:
    """1 in 100 is in Wenzhou on three days of the fifteen; the others are at home or elsewhere."""
    away = "i %% 100 = 7" if 4 <= number <= 6 else "0"
    return f"CASE WHEN {away} THEN '330382' WHEN i %% 20 = 1 THEN '500103' ELSE '511702' END"


def _classes(people: int, made: dict[str, Any]) -> int:
    """Enough classes below one department; the key of the first."""
    from lianfang.roster.models import Unit, UnitLink

    first: Unit = made["classes"][0]
    number = -(-people // 40)
    start = (Unit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    units = Unit.objects.bulk_create(
        [
            Unit(
                pk=start + n, tree="ADMINISTRATIVE", kind="CLASS", code=f"X{n:06}", name=f"新班{n}",
                parent_id=first.parent_id, answers_to_id=first.answers_to_id, position=n,
                opened_on=date(2019, 9, 1),
            )
            for n in range(number)
        ],
        batch_size=2000,
    )  # fmt: skip
    above = {link.depth: link.ancestor_id for link in UnitLink.objects.filter(descendant=first)}
    UnitLink.objects.bulk_create(
        [
            UnitLink(
                ancestor_id=unit.pk if depth == 0 else ancestor, descendant=unit, depth=depth,
                held_from=date(2019, 9, 1),
            )
            for unit in units
            for depth, ancestor in above.items()
        ],
        batch_size=2000,
    )  # fmt: skip
    return start


def _insert(cursor: Any, table: str, count: str, rows: str, values: dict[str, str]) -> None:
    """A row for each number; columns that nobody names are empty, zero or null."""
    cursor.execute(f"PRAGMA table_info({table})")
    columns, expressions = [], []
    for _id, name, kind, is_required, default, is_key in cursor.fetchall():
        if name in values:
            columns.append(name)
            expressions.append(values[name])
        elif is_required and not is_key and default is None:
            columns.append(name)
            expressions.append("''" if kind.lower().startswith(("varchar", "text")) else "0")
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) {count}"
        f" SELECT {', '.join(expressions)} FROM {rows}",
        [],
    )


def _drop_indexes(cursor: Any) -> None:
    kept = ("reporting_one_current_report", "reporting_one_revision_per_person_day")
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name = 'reporting_dailyreport'"
    )
    for (name,) in cursor.fetchall():
        if name not in kept:
            cursor.execute(f"DROP INDEX {name}")


if __name__ == "__main__":
    print(json.dumps(_in_this_process(int(sys.argv[1]))))

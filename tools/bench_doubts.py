"""The nightly comparison at 30,000 people: traces of a day, signs of fourteen, contradictions.

The baseline of the traces is the same rows counted and not opened; that of the signs is the same
rows read and not compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tools.bench_support import DAY, NOW, Row, fill, new_home, reports_for, row, set_up

PEOPLE = 30_000
_WINDOW = 14


def run() -> list[Row]:
    new_home()
    set_up()
    from lianfang.campus.models import Batch, GatePassage
    from lianfang.doubts import queries
    from lianfang.doubts.models import Trace
    from lianfang.reporting.models import DailyReport
    from lianfang.usecases import doubts

    made = fill(PEOPLE)
    reports_for(made["people"], made["classes"], share=0.95, day=DAY)
    _seal_answers()
    counted = _seconds(lambda: DailyReport.objects.filter(day=DAY, is_current=True).count())
    traced = _seconds(lambda: doubts.take_traces(day=DAY, now=NOW))
    rows = [row(f"traces of one day, {PEOPLE:,} people", traced, "s", counted)]
    for back in range(1, _WINDOW):
        day = DAY - timedelta(days=back)
        Trace.objects.bulk_create(
            [
                Trace(
                    person=person, unit=made["classes"][n // 40], day=day,
                    second=(n * 7919 + back * 104_729) % 43_200, mark=f"{(n * back) % 97:016x}",
                )
                for n, person in enumerate(made["people"])
            ],
            batch_size=2000,
        )  # fmt: skip
    read = _seconds(lambda: queries.reports_until(DAY, days=_WINDOW))
    signs = _seconds(lambda: doubts.look_for_copies(day=DAY, now=NOW))
    rows.append(row(f"signs of {_WINDOW} days, {PEOPLE:,} people", signs, "s", read))
    batch = Batch.objects.create(kind="GATE", file_name="x", digest="x", rows=1, imported_at=NOW)
    GatePassage.objects.bulk_create(
        [
            GatePassage(person=person, day=DAY, at=NOW, direction="OUT", batch=batch)
            for person in made["people"]
        ],
        batch_size=2000,
    )
    compared = _seconds(lambda: doubts.look_for_contradictions(day=DAY, now=NOW))
    rows.append(row(f"records of a day compared, {PEOPLE:,} people", compared, "s"))
    return rows


def _seal_answers() -> None:
    """What people really send: opening it is most of the work."""
    from lianfang.reporting.models import DailyReport

    rows = list(DailyReport.objects.filter(day=DAY).defer("answers"))
    for n, one in enumerate(rows):
        one.answers = {
            "unwell": False, "temperature": f"36.{n % 10}", "site": "axilla", "visited": False,
            "met": False, "county_code": "511702", "presence": "AT_HOME", "truth": True,
        }  # fmt: skip
    DailyReport.objects.bulk_update(rows, ["answers"], batch_size=500)


def _seconds(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started

"""The ledger of one unit and of the whole college, at 3,000, 30,000 and 300,000 people.

The baseline is one `SELECT count(*)` over the same day's reports: what a database must do
at the least to count them without counters.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tools.bench_support import DAY, NOW, Row, fill, median_ms, new_home, reports_for, row, set_up

SIZES = (3_000, 30_000, 300_000)


def run(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """One process and one database per size."""
    rows: list[Row] = []
    for size in sizes:
        rows += _measure(size)
    return rows


def _measure(size: int) -> list[Row]:
    answer = subprocess.run(
        [sys.executable, "-m", "tools.bench_ledger", str(size)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    rows: list[Row] = json.loads(answer.stdout.splitlines()[-1])
    return rows


def _in_this_process(size: int) -> list[Row]:
    new_home()
    set_up()
    made = fill(size)
    reports_for(made["people"], made["classes"], share=0.9, day=DAY)
    from lianfang.reporting import queries
    from lianfang.reporting.models import DailyReport
    from lianfang.reporting.operations import count_day

    plain = median_ms(lambda: DailyReport.objects.filter(day=DAY, is_current=True).count())
    tree = median_ms(lambda: queries.ledgers(day=DAY))
    whole = median_ms(lambda: queries.ledger(made["college"], day=DAY))
    one = median_ms(lambda: queries.ledger(made["classes"][7], day=DAY))
    again = median_ms(lambda: count_day(day=DAY, now=NOW), times=1)
    name = f"{size:,} people"
    return [
        row(f"ledger of every unit, {name}", tree, "ms", plain),
        row(f"ledger of the college, {name}", whole, "ms", plain),
        row(f"ledger of one class, {name}", one, "ms", plain),
        row(f"counting the day anew, {name}", again, "ms", plain),
    ]


if __name__ == "__main__":
    print(json.dumps(_in_this_process(int(sys.argv[1]))))

"""Detectors and tracing, each beside a plain way to the same answer.

    python -m tools.bench_surveillance             the rows of `make bench`
    python -m tools.bench_surveillance --sqlite    the tracing asked of SQLite too (a few minutes)

Where R with the package `surveillance` is installed, its detectors are timed in the same run.
"""

from __future__ import annotations

import math
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lianfang.surveillance import (
    ContactIndex,
    FarringtonParameters,
    PresenceIndex,
    cusum,
    ears,
    farrington_flexible,
)
from tools.bench_support import Row, row

Counts = npt.NDArray[np.int64]
Columns = tuple[npt.NDArray[np.int64], ...]

SERIES, DAYS = 2_000, 365
PLAIN_SERIES = 20
RECORDS, PEOPLE = 10_000_000, 30_000
PRESENCES, OCCASIONS, PRESENT = 8_100_000, 558_676, 1_000_000
FORTNIGHT = 14 * 86_400
TEN_PERIODS = FarringtonParameters(b=4, no_periods=10, past_not_included=26, method="nbPlugin")


def run() -> list[Row]:
    return [*_detectors(), *_contacts(), *_presence(), *_against_r()]


def _seconds(work: Callable[[], Any], times: int = 3) -> float:
    """The median of a few runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


# ---------------------------------------------------------------- detectors


def _detectors() -> list[Row]:
    counts = np.random.default_rng(1).poisson(3, size=(SERIES, DAYS))
    weekly = np.random.default_rng(2).poisson(6, size=(40, 312))
    plain_ears = _seconds(lambda: _plain_ears(counts[:PLAIN_SERIES]), 1) * SERIES / PLAIN_SERIES
    plain_cusum = _seconds(lambda: _plain_cusum(counts[:PLAIN_SERIES]), 1) * SERIES / PLAIN_SERIES
    size = f"{SERIES:,} series x {DAYS} days"
    return [
        row(f"EARS C1 to C3, {size}", _seconds(lambda: _ears(counts)), "s", plain_ears),
        row(f"CUSUM, {size}", _seconds(lambda: cusum(counts, training=14)), "s", plain_cusum),
        row(
            "Farrington, 10 levels, 40 series x 101 weeks",
            _seconds(lambda: farrington_flexible(weekly, TEN_PERIODS, freq=52)),
            "s",
            _seconds(lambda: _one_by_one(weekly[:1]), 1) * len(weekly),
        ),
    ]


def _ears(counts: Counts) -> None:
    methods: tuple[Literal["C1", "C2", "C3"], ...] = ("C1", "C2", "C3")
    for method in methods:
        ears(counts, method=method, min_sigma=0.5)


def _plain_ears(counts: Counts) -> None:
    """The same three methods, a day at a time."""
    for series in counts.tolist():
        scores = [0.0] * len(series)
        for t in range(9, len(series)):
            for gap in (0, 2):
                window = series[t - gap - 7 : t - gap]
                mean, sd = statistics.fmean(window), max(0.5, statistics.stdev(window))
                _ = series[t] > mean + 3.09 * sd
            scores[t] = max(0.0, (series[t] - mean) / sd - 1)
            _ = series[t] > series[t] + sd * (1.96 - scores[t - 1] - scores[t - 2])


def _plain_cusum(counts: Counts) -> None:
    for series in counts.tolist():
        mean = statistics.fmean(series[:14])
        total = 0.0
        for count in series[14:]:
            _ = math.ceil(math.sqrt(mean) * (3.3 - total) + mean)
            total = max(0.0, total + (count - mean) / math.sqrt(mean) - 1.04)


def _one_by_one(counts: Counts) -> None:
    """The same fits, one moment at a time."""
    for t in range(211, counts.shape[1]):
        farrington_flexible(counts, TEN_PERIODS, freq=52, first=t, last=t)


# ---------------------------------------------------------------- contact records


def _school() -> Columns:
    """Ten million records of a minute: nine in ten within a class of forty, a fortnight."""
    rng = np.random.default_rng(3)
    one = rng.integers(0, PEOPLE, RECORDS)
    classmate = one // 40 * 40 + rng.integers(0, 40, RECORDS)
    other = np.where(rng.random(RECORDS) < 0.9, classmate, rng.integers(0, PEOPLE, RECORDS))
    other = np.where(one == other, (other + 1) % PEOPLE, other)
    moment = np.sort(rng.integers(0, FORTNIGHT, RECORDS))
    return one, other, moment


def _contacts() -> list[Row]:
    school = _school()
    start = time.perf_counter()
    index = ContactIndex(*school, seconds=60)
    built = time.perf_counter() - start
    cases = np.random.default_rng(4).integers(0, PEOPLE, 200).tolist()
    taken = [_seconds(partial(index.trace, case, since=0, until=FORTNIGHT), 1) for case in cases]
    scan = _seconds(lambda: _scan(school, cases[0]), 1)
    size = f"{RECORDS:,} records"
    return [
        row(f"Contacts: index of {size}", built, "s", _seconds(lambda: np.lexsort(school), 1)),
        row(
            f"Contacts of 15 min and theirs, {size}",
            statistics.median(taken) * 1e3,
            "ms",
            scan * 1e3,
        ),
        row("  the slowest of 200 cases", max(taken) * 1e3, "ms", scan * 1e3),
    ]


def _scan(school: Columns, case: int) -> set[int]:
    """The same answer from the columns as they are."""
    one, other, _ = school

    def met(person: int) -> set[int]:
        found = np.concatenate([other[one == person], one[other == person]])
        who, records = np.unique(found, return_counts=True)
        return {int(p) for p in who[records * 60 >= 900]}

    first = met(case)
    return {p for contact in first for p in met(contact)} - first - {case}


def _presence() -> list[Row]:
    rng = np.random.default_rng(5)
    person = rng.integers(0, PRESENT, PRESENCES)
    occasion = (person // 15 + rng.integers(0, 9, PRESENCES) * 66_667) % OCCASIONS
    moment = rng.integers(0, FORTNIGHT, OCCASIONS)
    lasting = rng.integers(1, 5, OCCASIONS) * 2_700
    start = time.perf_counter()
    index = PresenceIndex(person, occasion, moment=moment, seconds=lasting)
    built = time.perf_counter() - start
    taken = [
        _seconds(partial(index.trace, case, since=0, until=FORTNIGHT), 1)
        for case in rng.integers(0, PRESENT, 200).tolist()
    ]
    size = f"{PRESENCES:,} rows"
    return [
        row(f"Presence: index of {size}", built, "s"),
        row(f"Presence: contacts and theirs, {size}", statistics.median(taken) * 1e3, "ms"),
    ]


# ---------------------------------------------------------------- R, where it is installed

_R = """
suppressMessages(library(surveillance))
took <- function(work) { start <- proc.time()[["elapsed"]]; work; proc.time()[["elapsed"]] - start }
set.seed(1)
daily <- sts(matrix(rpois(40 * 365, 3), 365), frequency = 365, start = c(2020, 1))
ears <- 0
for (m in c("C1", "C2", "C3")) ears <- ears + took(earsC(daily, list(method = m, minSigma = 0.5)))
weekly <- sts(matrix(rpois(4 * 312, 6), 312), frequency = 52, start = c(2015, 1))
far <- took(farringtonFlexible(weekly, list(range = 212:312, b = 4, w = 3, noPeriods = 10,
  pastWeeksNotIncluded = 26, trend = TRUE, pThresholdTrend = 1, thresholdMethod = "nbPlugin",
  glmWarnings = FALSE)))
cat("\\n", ears, far, "\\n")
"""


def _against_r() -> list[Row]:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return []
    answer = subprocess.run([rscript, "-e", _R], capture_output=True, text=True, check=False)
    if answer.returncode:
        return []
    r_ears, r_farrington = map(float, answer.stdout.split()[-2:])
    daily = np.random.default_rng(1).poisson(3, size=(SERIES, DAYS))
    weekly = np.random.default_rng(2).poisson(6, size=(40, 312))
    return [
        row("EARS beside R surveillance", _seconds(lambda: _ears(daily)), "s", r_ears * 50),
        row(
            "Farrington beside R surveillance",
            _seconds(lambda: farrington_flexible(weekly, TEN_PERIODS, freq=52)),
            "s",
            r_farrington * 10,
        ),
    ]


# ---------------------------------------------------------------- SQLite, when asked for

_TRACE_SQL = """
WITH met(who, whom, seconds) AS MATERIALIZED (
    SELECT :case, other, seconds FROM contact WHERE one = :case AND moment < :until
    UNION ALL SELECT :case, one, seconds FROM contact WHERE other = :case AND moment < :until),
first(person) AS MATERIALIZED (SELECT whom FROM met GROUP BY whom HAVING sum(seconds) >= 900),
again(who, whom, seconds) AS (
    SELECT person, other, seconds FROM first JOIN contact ON one = person AND moment < :until
    UNION ALL SELECT person, one, seconds FROM first JOIN contact ON other = person
    AND moment < :until)
SELECT DISTINCT whom FROM (SELECT who, whom FROM again GROUP BY who, whom
    HAVING sum(seconds) >= 900)
WHERE whom != :case AND whom NOT IN (SELECT person FROM first)
"""


def sqlite_rows() -> list[Row]:
    """The same question in one statement over two covering indexes."""
    school = _school()
    index = ContactIndex(*school, seconds=60)
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "contacts.sqlite3")
        database.execute("CREATE TABLE contact (one INT, other INT, moment INT, seconds INT)")
        for part in range(0, RECORDS, 500_000):
            chunk = [column[part : part + 500_000].tolist() for column in school]
            database.executemany(
                "INSERT INTO contact VALUES (?, ?, ?, 60)", zip(*chunk, strict=True)
            )
        database.commit()
        database.execute("CREATE INDEX by_one ON contact (one, moment, other, seconds)")
        database.execute("CREATE INDEX by_other ON contact (other, moment, one, seconds)")
        database.execute("ANALYZE")
        in_memory, in_sql = [], []
        for case in np.random.default_rng(4).integers(0, PEOPLE, 50).tolist():
            start = time.perf_counter()
            ours = index.trace(case, since=0, until=FORTNIGHT)
            middle = time.perf_counter()
            given = {"case": case, "until": FORTNIGHT}
            theirs = {person for (person,) in database.execute(_TRACE_SQL, given)}
            in_memory.append(middle - start)
            in_sql.append(time.perf_counter() - middle)
            if theirs != set(ours.second.person.tolist()):
                raise SystemExit(f"SQLite and the index disagree about person {case}")
        database.close()
    in_ms, sql_ms = statistics.median(in_memory) * 1e3, statistics.median(in_sql) * 1e3
    return [row("Contacts and theirs, beside SQLite", in_ms, "ms", sql_ms)]


def main() -> None:
    for line in sqlite_rows() if "--sqlite" in sys.argv else run():
        beside = f"{line['baseline']:12.4g} {line['unit']:3}" if line["baseline"] else " " * 16
        ratio = f"{1 / line['ratio']:8.0f} x" if line["ratio"] else ""
        print(f"{line['name']:52} {line['value']:10.4g} {line['unit']:3} {beside} {ratio}")


if __name__ == "__main__":
    main()

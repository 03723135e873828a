"""The detectors and the tracing on files of one's own: no college, no database needed.

detect_csv reads a table of series and a file of parameter sets and writes every bound and alarm.
trace_csv reads contact records and writes who met how many, how long, on which day.
Whatever is wrong with a file is said at once, with row, column, value and what would be right;
then nothing is written.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lianfang.surveillance.contact_table import read_contacts
from lianfang.surveillance.detection import BadParameter, Floats, SeriesTooShort
from lianfang.surveillance.faults import Collector, FileFaults
from lianfang.surveillance.person_days import person_days
from lianfang.surveillance.series_table import Table, read_series
from lianfang.surveillance.sets import Judged, ParameterSet, load_set
from lianfang.surveillance.tables import refuse_overwriting, write


@dataclass(frozen=True, slots=True)
class NotRun:
    """A series that the set could not judge, and why."""

    series_id: str
    param_set: str
    reason: SeriesTooShort


@dataclass(frozen=True, slots=True)
class DetectSummary:
    """series: judged; rows, alarms: written; not_judged: rows of them without an answer (NA);
    not_run: the series that had too little history and are not in the file."""

    series: int
    rows: int
    alarms: int
    not_judged: int
    not_run: tuple[NotRun, ...]


def detect_csv(
    series_path: str | Path, params_path: str | Path, set_name: str, out_path: str | Path
) -> DetectSummary:
    """Judge every series of a table with one parameter set.

    series_path: CSV with the columns series_id, freq (moments per year), t (1, 2, 3, ... without a
    gap), observed (count; empty = missing); others are left alone.  params_path: see `sets`.
    out_path: CSV with series_id, param_set, t, observed, upperbound, alarm (1, 0, NA) for every t
    that can be judged; CUSUM adds m and cusum, farringtonFlexible adds expected, score, pvalue,
    mu0, phi and trend.  Numbers are written with 17 significant digits, so nothing is lost.

    Raises FileFaults.  A series that is too short for the set is no fault: see DetectSummary.
    """
    source, params, out = Path(series_path), Path(params_path), Path(out_path)
    refuse_overwriting(out, source, params)
    table, chosen = _read_both(source, params, set_name)
    judged, not_run = _judge(table, chosen, Collector(str(params)))
    lines = list(_lines(table, judged, chosen))
    write(out, ("series_id", "param_set", "t", "observed", *chosen.columns), lines)
    return DetectSummary(
        series=len(judged),
        rows=len(lines),
        alarms=sum(_alarms(answer).count("1") for answer in judged.values()),
        not_judged=sum(_without_answer(answer) for answer in judged.values()),
        not_run=tuple(not_run),
    )


def _read_both(source: Path, params: Path, set_name: str) -> tuple[Table, ParameterSet]:
    """Where both files are wrong, the faults of both are said."""
    try:
        table = read_series(source)
    except FileFaults as refusal:
        try:
            load_set(params, set_name)
        except FileFaults as other:
            faults = refusal.faults + other.faults
            raise FileFaults(faults, stopped=refusal.stopped) from refusal
        raise
    return table, load_set(params, set_name)


def _judge(
    table: Table, chosen: ParameterSet, faults: Collector
) -> tuple[dict[str, Judged], list[NotRun]]:
    """Series of one length and frequency are judged together."""
    alike: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, (freq, counts) in table.items():
        alike[freq, len(counts)].append(name)
    judged: dict[str, Judged] = {}
    not_run: dict[str, NotRun] = {}
    for (freq, _), names in alike.items():
        try:
            answer = chosen.judge(np.array([table[name][1] for name in names]), freq)
        except SeriesTooShort as error:
            not_run.update({name: NotRun(name, chosen.name, error) for name in names})
            continue
        except BadParameter as error:
            column = f"{chosen.family}.{chosen.name}.{error.name}"
            faults.stop(None, column, error.value, error.expected, **error.details)
        judged.update({name: _one(answer, i) for i, name in enumerate(names)})
    return judged, [not_run[name] for name in table if name in not_run]


def _one(answer: Judged, i: int) -> Judged:
    columns = {heading: values[i] for heading, values in answer.columns.items()}
    return Judged(answer.first, columns, answer.alarm[i], answer.missing)


def _lines(
    table: Table, judged: dict[str, Judged], chosen: ParameterSet
) -> Iterator[Sequence[str]]:
    for name, (_, counts) in table.items():
        if name not in judged:
            continue
        answer = judged[name]
        part = slice(answer.first, None)
        cells = [
            _alarms(answer)
            if heading == "alarm"
            else _numbers(answer.columns[heading][part], answer.missing)
            for heading in chosen.columns
        ]
        seen = _numbers(counts[part], "NA")
        for i, (observed, *rest) in enumerate(zip(seen, *cells, strict=True), answer.first + 1):
            yield (name, chosen.name, str(i), observed, *rest)


def _numbers(values: Floats, missing: str) -> list[str]:
    return [_number(value, missing) for value in values.tolist()]


def _number(value: float, missing: str) -> str:
    """As R writes it with %.17g; adding 0 makes a 0 of -0."""
    if math.isnan(value):
        return missing
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return f"{value + 0.0:.17g}"


def _alarms(answer: Judged) -> list[str]:
    return ["NA" if alarm < 0 else str(alarm) for alarm in answer.alarm[answer.first :].tolist()]


def _without_answer(answer: Judged) -> int:
    unknown = np.isnan(answer.columns["upperbound"]) | (answer.alarm < 0)
    return int(unknown[answer.first :].sum())


# ---------------------------------------------------------------- tracing


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """records: contact rows read; people; person_days: rows written; long_contacts: pairs and days
    of at least the asked minutes, each counted for both people."""

    records: int
    people: int
    person_days: int
    long_contacts: int


def trace_csv(
    contacts_path: str | Path,
    out_path: str | Path,
    *,
    interval: int = 20,
    minutes: int = 15,
) -> TraceSummary:
    """Who met how many, how long, on which day.

    contacts_path: CSV with t_seconds (end of a contact interval, whole seconds), day (whole
    number), id1, id2 (two different people), group1, group2 (their groups); in any order.
    interval: seconds that each row stands for.  minutes: from how long on a contact is a long one.
    out_path: CSV with day, id, group, n_contacts, n_contacts_ge_15min (or the minutes asked for),
    total_contact_s, max_pair_s, n_groups_met, ordered by day and id.

    Raises FileFaults, and BadParameter for an interval below 1 or negative minutes.
    """
    source, out = Path(contacts_path), Path(out_path)
    refuse_overwriting(out, source)
    table = read_contacts(source, interval=interval)
    found = person_days(
        table.moment,
        table.day,
        table.one,
        table.other,
        group=table.group_of,
        interval=interval,
        minutes=minutes,
    )
    group_names = [table.groups[group] for group in table.group_of.tolist()]
    numbers = (found.contacts, found.long_contacts, found.seconds, found.longest, found.groups)
    write(
        out,
        (
            *("day", "id", "group", "n_contacts", f"n_contacts_ge_{minutes}min"),
            *("total_contact_s", "max_pair_s", "n_groups_met"),
        ),
        (
            (day, table.people[person], group_names[person], *row)
            for day, person, *row in zip(
                found.day.tolist(),
                found.person.tolist(),
                *(column.tolist() for column in numbers),
                strict=True,
            )
        ),
    )
    return TraceSummary(
        records=len(table.moment),
        people=len(table.people),
        person_days=len(found.day),
        long_contacts=int(found.long_contacts.sum()),
    )

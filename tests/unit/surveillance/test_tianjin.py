"""Tianjin, January and February 2020: 135 cases with sources in free text (Tindale et al. 2020).

eLife 9:e57149 gives a mean serial interval of 4.31 days, from a model that allows for cases in
between that nobody found. Straight from onset to onset the named pairs lie further apart.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lianfang.surveillance.chains import ChainFaults, ChainMeasures, chain_measures

PUBLISHED_MEAN = 4.31
Onsets = dict[str, date | None]


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[tuple[str, str, str]]:
    """Case, onset as written, source as written."""
    path = shared / "outbreaks" / "covid19_tianjin_2020_cases.csv"
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return [
            (row["case_id"].strip(), row["symptom_onset"].strip(), row["Infection_source"])
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def onsets(rows: list[tuple[str, str, str]]) -> Onsets:
    return {case: _day(written) for case, written, _source in rows}


def _day(written: str) -> date | None:
    found = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", written)
    return date(int(found[3]), int(found[2]), int(found[1])) if found else None


def _named(case: str, source: str, onsets: Onsets) -> list[str]:
    """The cases that a source names, whoever fell ill first standing first."""
    numbers = re.findall(r"(?:TJ|case )(\d+)", source)
    found = {f"TJ{number}" for number in numbers} - {case}
    known = [(day, one) for one in found if (day := onsets.get(one)) is not None]
    return [one for _day, one in sorted(known, key=lambda pair: (pair[0], int(pair[1][2:])))]


def _measured(
    rows: list[tuple[str, str, str]], onsets: Onsets, *, earlier: bool
) -> tuple[ChainMeasures, dict[str, str | None]]:
    infectors: dict[str, str | None] = {}
    for case, _written, source in rows:
        named = _named(case, source, onsets)
        own = onsets[case]
        if earlier and own is not None:
            named = [one for one in named if (day := onsets[one]) is not None and day < own]
        infectors[case] = named[0] if named else None
    cases = list(infectors)
    measures = chain_measures(cases, [infectors[c] for c in cases], [onsets[c] for c in cases])
    return measures, infectors


def test_a_mother_and_a_daughter_who_name_each_other_are_found(
    rows: list[tuple[str, str, str]], onsets: Onsets
) -> None:
    with pytest.raises(ChainFaults) as told:
        _measured(rows, onsets, earlier=False)
    assert any("TJ114" in fault and "TJ115" in fault for fault in told.value.faults)


def test_named_pairs_lie_further_apart_than_the_model_that_allows_for_missed_cases(
    rows: list[tuple[str, str, str]], onsets: Onsets
) -> None:
    measures, _infectors = _measured(rows, onsets, earlier=True)
    assert measures.cases == 135
    assert not measures.serial.reversed
    low, high = measures.serial.interval
    assert PUBLISHED_MEAN < low < measures.serial.mean < high < 2 * PUBLISHED_MEAN


def test_the_department_store_is_by_far_the_largest_cluster(
    rows: list[tuple[str, str, str]], onsets: Onsets
) -> None:
    _measures, infectors = _measured(rows, onsets, earlier=True)
    cluster = {
        case: "store" if re.search("mall|superstore", source, re.IGNORECASE) else case
        for case, _written, source in rows
    }

    def of(case: str) -> str:
        source = infectors[case]
        return of(source) if cluster[case] == case and source is not None else cluster[case]

    sizes = Counter(of(case) for case in infectors).most_common()
    assert sizes[0][0] == "store"
    assert sizes[0][1] > 5 * sizes[1][1]

"""When two records of a person and a day contradict, as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from lianfang.doubts.rules import KINDS, Leave, PersonDay, Report, Stay, conflicts_of
from lianfang.kernel.clock import SHANGHAI

DAY = date(2020, 2, 10)
FIRST = date(2020, 2, 1)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2020, 2, 10, hour, minute, tzinfo=SHANGHAI)


def report(presence: str, county: str = "511702", *, events: bool = False) -> Report:
    return Report(presence, county, at(8), events)


NOBODY = PersonDay(day=DAY, is_student=True)
FACILITY = Stay("FACILITY", "511702", FIRST)


@pytest.mark.parametrize(
    "one, kinds",
    [
        (NOBODY, []),
        # at home, and the gate
        (replace(NOBODY, report=report("AT_HOME"), passages=(("IN", at(9)),)), ["AWAY_BUT_GATE"]),
        (replace(NOBODY, report=report("AT_HOME"), passages=(("OUT", at(9)),)), []),
        (replace(NOBODY, report=report("ON_CAMPUS"), passages=(("IN", at(9)),)), []),
        (replace(NOBODY, is_student=False, report=report("AT_HOME"), passages=(("IN", at(9)),)), []),
        # the dormitory
        (replace(NOBODY, report=report("AT_HOME"), evening=(True, at(22))), ["AWAY_BUT_DORM"]),
        (replace(NOBODY, report=report("AT_HOME"), evening=(False, at(22))), []),
        (replace(NOBODY, report=report("ON_CAMPUS"), evening=(False, at(22))), ["CAMPUS_BUT_NO_DORM"]),
        (replace(NOBODY, report=report("ON_CAMPUS"), evening=(False, at(22)), passages=(("OUT", at(18)),)), []),
        (
            replace(NOBODY, report=report("ON_CAMPUS"), evening=(False, at(22)),
                    passages=(("OUT", at(18)), ("IN", at(20)))),
            ["CAMPUS_BUT_NO_DORM"],
        ),
        (replace(NOBODY, evening=(False, at(22))), []),
        # leave
        (replace(NOBODY, leaves=(Leave("LEAVE", FIRST),), passages=(("IN", at(9)),)), ["LEAVE_BUT_CAMPUS"]),
        (replace(NOBODY, leaves=(Leave("LEAVE", DAY),), passages=(("OUT", at(9)),)), []),
        (replace(NOBODY, leaves=(Leave("LEAVE", FIRST),), evening=(True, at(22))), ["LEAVE_BUT_CAMPUS"]),
        (replace(NOBODY, leaves=(Leave("LEAVE", FIRST),), report=report("ON_CAMPUS")), ["LEAVE_BUT_CAMPUS"]),
        (replace(NOBODY, leaves=(Leave("OTHER", FIRST),), passages=(("IN", at(9)),)), []),
        # hospital
        (replace(NOBODY, leaves=(Leave("HOSPITAL", FIRST),), report=report("AT_HOME")), ["HOSPITAL_BUT_WELL"]),
        (replace(NOBODY, leaves=(Leave("HOSPITAL", FIRST),), report=report("HOSPITAL")), []),
        (replace(NOBODY, leaves=(Leave("HOSPITAL", FIRST),), report=report("AT_HOME", events=True)), []),
        # quarantine
        (replace(NOBODY, stay=FACILITY, passages=(("OUT", at(9)),)), ["QUARANTINE_BUT_GATE"]),
        (replace(NOBODY, stay=replace(FACILITY, first=DAY), passages=(("OUT", at(9)),)), []),
        (replace(NOBODY, stay=replace(FACILITY, kind="CAMPUS"), passages=(("IN", at(9)),)), []),
        (replace(NOBODY, stay=replace(FACILITY, kind="SELF"), passages=(("OUT", at(9)),)), []),
        (replace(NOBODY, stay=FACILITY, report=report("QUARANTINE", "420106")), ["QUARANTINE_ELSEWHERE"]),
        (replace(NOBODY, stay=FACILITY, report=report("QUARANTINE", "511703")), []),  # same city
        (replace(NOBODY, stay=FACILITY, report=report("ON_CAMPUS")), ["QUARANTINE_ELSEWHERE"]),
        (replace(NOBODY, stay=replace(FACILITY, county_code=""), report=report("QUARANTINE", "420106")), []),
        (replace(NOBODY, report=report("QUARANTINE")), ["QUARANTINE_UNKNOWN"]),
        (replace(NOBODY, stay=FACILITY, report=report("QUARANTINE")), []),
    ],
)  # fmt: skip
def test_what_contradicts(one: PersonDay, kinds: list[str]) -> None:
    found = conflicts_of(one)
    assert [conflict.kind for conflict in found] == kinds
    for conflict in found:
        assert conflict.left.what != conflict.right.what
        assert conflict.kind in KINDS

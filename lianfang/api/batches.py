"""Many reports at once: each with its own answer, stored together where that is possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pydantic
from django.db import IntegrityError

from lianfang.api import filings, problems
from lianfang.api.access import Caller
from lianfang.api.schemas import ProblemOut
from lianfang.api.shapes.reports import BatchItemIn, BatchOut, BatchResultOut
from lianfang.installation.turns import write_turn
from lianfang.kernel.refusals import Invalid, NotYours, Refused
from lianfang.places import queries as places
from lianfang.portal.middleware import in_words
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import Rules, rules_in_force
from lianfang.usecases import daily_report
from lianfang.usecases.daily_report import Checked, Filing

MOST = 500
_TOGETHER = 100


@dataclass(slots=True)
class Item:
    """One entry of the batch on its way: refused, or checked, or stored."""

    index: int
    given: BatchItemIn | None = None
    person: Person | None = None
    unit: Unit | None = None
    checked: Checked | None = None
    report: DailyReport | None = None
    refusal: Refused | None = None


def store_batch(raw: Sequence[Any], *, caller: Caller) -> BatchOut:
    """Check everything, store what can be stored, say of each what became of it."""
    rules = rules_in_force(caller.now)
    items = [_read(index, entry) for index, entry in enumerate(raw)]
    _identify(items, caller)
    listed: dict[date, frozenset[str]] = {}
    for item in items:
        if item.refusal is None:
            _check(item, rules, listed, caller)
    for chunk in _chunks([item for item in items if item.checked is not None]):
        _store(chunk, rules, caller)
    results = [_result(item) for item in items]
    stored = sum(1 for item in items if item.report is not None)
    return BatchOut(stored=stored, refused=len(items) - stored, results=results)


def _read(index: int, entry: Any) -> Item:
    try:
        return Item(index, given=BatchItemIn.model_validate(entry))
    except pydantic.ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return Item(index, refusal=Invalid(dict(problems.sentences(found))))


def _identify(items: Sequence[Item], caller: Caller) -> None:
    """People and their units by a query each, however many there are."""
    given = [item.given for item in items if item.given is not None]
    people = filings.people_of({one.person for one in given})
    units: dict[date, dict[int, Unit]] = {}
    for day in {one.day or caller.today for one in given}:
        units[day] = filings.units_of(people.values(), day=day)
    for item in items:
        if item.given is None:
            continue
        person = people.get(item.given.person)
        item.person = person
        if person is not None:
            item.unit = units[item.given.day or caller.today].get(person.pk)
        if person is None or not caller.covers(item.unit):
            item.refusal = NotYours()


def _check(item: Item, rules: Rules, listed: dict[date, frozenset[str]], caller: Caller) -> None:
    """`listed` remembers the areas of each day, asked for once."""
    given, person = item.given, item.person
    assert given is not None
    assert person is not None
    filing = Filing(
        person=person,
        day=given.day or caller.today,
        answers=filings.answers_of(given.answers),
        source=DailyReport.Source.API,
        actor=caller.actor,
        submitted_by=None,
        key=given.key,
        client_skew_s=filings.skew_of(given.client_time, caller.now),
        unit=item.unit,
    )
    if filing.day not in listed:
        listed[filing.day] = places.risk_areas_on(filing.day)
    try:
        with filings.places_named_in_full():
            found = daily_report.check_or_recall(
                filing, rules=rules, now=caller.now, listed=listed[filing.day]
            )
    except Refused as refusal:
        item.refusal = refusal
        return
    if isinstance(found, DailyReport):
        item.report = found
    else:
        item.checked = found


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    """At most so many together, in their order, a person-day and a key once in each."""
    chunk: list[Item] = []
    seen: set[object] = set()
    for item in items:
        assert item.checked is not None
        submission = item.checked.submission
        marks = {(submission.person.pk, submission.day), submission.key}
        if len(chunk) == _TOGETHER or seen & marks:
            yield chunk
            chunk, seen = [], set()
        chunk.append(item)
        seen |= marks
    if chunk:
        yield chunk


def _store(chunk: Sequence[Item], rules: Rules, caller: Caller) -> None:
    """One transaction; where one report cannot be stored, each by itself."""
    batch = [item.checked for item in chunk if item.checked is not None]
    try:
        with write_turn():
            reports = daily_report.store(batch, rules=rules, now=caller.now)
    except (Refused, IntegrityError):
        for item in chunk:
            _store_alone(item, rules, caller)
        return
    for item, report in zip(chunk, reports, strict=True):
        item.report = report


def _store_alone(item: Item, rules: Rules, caller: Caller) -> None:
    assert item.checked is not None
    try:
        item.report = daily_report.store_alone(item.checked, rules=rules, now=caller.now)
    except Refused as refusal:
        item.refusal = refusal


def _result(item: Item) -> BatchResultOut:
    if item.report is not None:
        assert item.person is not None
        receipt = filings.receipt_of(item.report, number=item.person.number)
        return BatchResultOut(index=item.index, status=201, report=receipt)
    refusal = item.refusal
    assert refusal is not None
    problem = ProblemOut(
        code=refusal.code, message=in_words(refusal), fields=problems.fields_of(refusal)
    )
    return BatchResultOut(index=item.index, status=refusal.status, problem=problem)

"""The rounds of a class on campus; a fever in a round goes the way of every report, by proxy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import rounds
from lianfang.monitoring.models import RoundCheck
from lianfang.monitoring.rounds import Entry, set_rounds
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers, Limits
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases.daily_report import Filing, check_filing, limits_of, store_alone
from lianfang.usecases.noted_symptoms import answers_on, last_report_of

__all__ = ["Entry", "set_rounds", "take_round"]

NOT_ASKED = _("Taken in a round: where they were and whom they met was not asked.")
SITE = "forehead"  # a round measures at the forehead


def take_round(
    *,
    unit: Unit,
    code: str,
    entries: Sequence[Entry],
    by: Person,
    actor: Actor,
    now: datetime,
) -> list[RoundCheck]:
    """Everything, or nothing. Raises `Invalid` naming the row, `NoSuchRound`."""
    rules = rules_in_force(now)
    limits = limits_of(rules)
    codes = {symptom.code for symptom in rules.symptoms}
    problems = {
        f"person-{entry.person.pk}": sentence
        for entry in entries
        if (sentence := _problem(entry, limits, codes))
    }
    if problems:
        raise Invalid(problems)
    told = [_with_fever(entry, limits) for entry in entries]
    day = reporting_day(now)
    county = str(rules.settings.get("campus_county_code", ""))
    with transaction.atomic():
        known = _found_before(unit, code, day)
        kept = rounds.keep(unit=unit, code=code, entries=told, by=by, actor=actor, now=now)
        written = {row.person_id for row in kept}
        for entry in told:
            news = known.get(entry.person.pk) != _found(entry)
            if entry.symptoms and news and entry.person.pk in written:
                key = f"round:{code}:{day}:{entry.person.pk}:{now.isoformat()}"
                filing = _filing(entry, day, limits, by, actor, key, county)
                store_alone(check_filing(filing, rules=rules, now=now), rules=rules, now=now)
    return kept


def _found(entry: Entry) -> tuple[str, tuple[str, ...]]:
    return str(entry.temperature or ""), entry.symptoms


def _found_before(unit: Unit, code: str, day: date) -> dict[int, tuple[str, tuple[str, ...]]]:
    """What this round said already: the same line sent again is no second report."""
    return {
        row.person_id: (row.temperature, tuple((row.symptoms or {}).get("codes", ())))
        for row in RoundCheck.objects.filter(unit=unit, day=day, code=code)
    }


def _problem(entry: Entry, limits: Limits, codes: set[str]) -> str:
    degrees = entry.temperature
    if degrees is not None and not limits.temperature_min <= degrees <= limits.temperature_max:
        return _("A temperature lies between 34.0 and 42.9. Please look again.")
    if not entry.is_present and (degrees is not None or entry.symptoms):
        return _("Somebody who was not there has no temperature.")
    if not set(entry.symptoms) <= codes:
        return _("This is not on the list of symptoms.")
    return ""


def _with_fever(entry: Entry, limits: Limits) -> Entry:
    """A measured fever is a symptom, whether or not somebody ticked it."""
    limit = limits.fever.get(SITE, limits.fever.get("axilla", 99.0))
    hot = entry.temperature is not None and float(entry.temperature) >= limit
    if not hot or "fever" in entry.symptoms:
        return entry
    return replace(entry, symptoms=("fever", *entry.symptoms))


def _filing(
    entry: Entry, day: date, limits: Limits, by: Person, actor: Actor, key: str, county: str
) -> Filing:
    """Whoever is in a round is on campus; whom they met is what they said last."""
    last = last_report_of(entry.person, day=day)
    known = (
        answers_on(last, day=day, lookback_days=limits.lookback_days)
        if last
        else Answers(visited=False, met=False)
    )
    measured = entry.temperature is not None
    return Filing(
        person=entry.person,
        day=day,
        answers=replace(
            known,
            unwell=True,
            symptoms=entry.symptoms,
            onset_on=day,
            temperature=entry.temperature,
            site=SITE if measured else "",
            not_measured="" if measured else "CANNOT_NOW",
            county_code=county or known.county_code,
            presence="ON_CAMPUS",
            note=gettext(NOT_ASKED) if last is None else "",
            truth=True,
        ),
        source=DailyReport.Source.PROXY,
        actor=actor,
        submitted_by=by,
        key=key,
        proxy_reason=DailyReport.ProxyReason.NO_PHONE,
        told_by=by.name,
    )

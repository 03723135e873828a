"""Screening a report under the edition in force, and keeping what was found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.places import queries as places
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.roster.models import Person
from lianfang.rulebook.queries import Rule, Rules
from lianfang.rulebook.rules import Facts, matches
from lianfang.screening.models import Finding


class AlreadyVerified(Refused):
    code = "screening.already-verified"
    message = _("Somebody has called back already.")
    status = 409


def facts_of(answers: Answers, *, day: date, listed: frozenset[str]) -> Facts:
    """What the answers tell the rules. Being in a listed area today is a visit that lasts."""
    visited_on = answers.left_on if answers.visited else None
    if answers.county_code and places.is_within(answers.county_code, listed, on=day):
        visited_on = day
    return Facts(
        day=day,
        symptoms=frozenset(answers.symptoms),
        temperature=float(answers.temperature) if answers.temperature is not None else None,
        site=answers.site,
        visited_listed_area_on=visited_on,
        met_from_listed_area_on=answers.met_on if answers.met else None,
        met_case=answers.met_case,
        told_close_contact=answers.told_close_contact,
        household_ill=answers.household_ill,
    )


def hits(answers: Answers, *, day: date, rules: Rules, listed: frozenset[str]) -> tuple[Rule, ...]:
    """Every rule of the edition that holds for the answers; nothing is written.

    `listed` holds the codes of the high-incidence areas of that day.
    """
    facts = facts_of(answers, day=day, listed=listed)
    return tuple(rule for rule in rules.screening if matches(rule.criterion, facts))


def keep(*, report: DailyReport, rules_hit: Iterable[Rule], now: datetime) -> list[Finding]:
    """Store what screening found; the caller holds the transaction of the report."""
    findings = [Finding(report=report, rule_id=rule.id, found_at=now) for rule in rules_hit]
    return Finding.objects.bulk_create(findings)


@transaction.atomic
def verify(
    *, finding: Finding, verdict: Finding.Verdict, by: Person, actor: Actor, now: datetime
) -> None:
    """The call back was made: what the person said on the phone is the verdict."""
    changed = Finding.objects.filter(pk=finding.pk, verified_at__isnull=True).update(
        verdict=verdict, verified_at=now, verified_by=by
    )
    if changed != 1:
        raise AlreadyVerified
    audit.record(
        verb="screening.finding.verified",
        actor=actor,
        subject=finding,
        now=now,
        concerns=finding.report.person_id,
        verdict=str(verdict),
    )

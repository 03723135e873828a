"""`rules_in_force(at)` is the only reader of editions.

An edition never changes after it was published, so each process keeps it once read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from lianfang.kernel.clock import at_local
from lianfang.kernel.memory import remembered
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.rulebook.models import Edition, ScreeningRule
from lianfang.rulebook.rules import CHINESE, ENGLISH, Criterion, Words, describe


class NoEditionInForce(Refused):
    code = "rulebook.no-edition-in-force"
    message = _("No edition of the rulebook is in force at this moment.")
    status = 503


@dataclass(frozen=True, slots=True)
class Named:
    code: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


@dataclass(frozen=True, slots=True)
class Rule:
    id: int
    label: Named
    severity: ScreeningRule.Severity
    criterion: Criterion
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline of one level."""

    level: str
    unit_kinds: tuple[str, ...]
    remind_at: time | None
    due_at: time
    grace: timedelta

    def moment(self, day: date) -> datetime:
        return at_local(day, self.due_at)

    def reminder(self, day: date) -> datetime | None:
        return at_local(day, self.remind_at) if self.remind_at else None


@dataclass(frozen=True, slots=True)
class Rung:
    id: int
    position: int
    reach: str
    role: str
    wait: timedelta


@dataclass(frozen=True, slots=True)
class ChaseStep:
    """Who is told that people have not reported, and how long after the cut-off (or before it)."""

    position: int
    role: str  # PERSON is whoever has not reported
    reach: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Rules:
    """One edition, whole, in memory."""

    edition_id: int
    number: str
    directive: str
    symptoms: tuple[Named, ...]
    screening: tuple[Rule, ...]
    deadlines: Mapping[str, Due]
    ladders: Mapping[str, tuple[Rung, ...]]
    texts: Mapping[tuple[str, str], str]
    settings: Mapping[str, Any]

    @property
    def person_chase(self) -> tuple[ChaseStep, ...]:
        """The ladder under a missing report of a person; empty where the edition has none."""
        rows = self.settings.get("person_chase", [])
        return tuple(
            ChaseStep(n, row["role"], row["reach"], timedelta(minutes=int(row["minutes"])))
            for n, row in enumerate(rows)
        )

    def rule(self, rule_id: int) -> Rule:
        return next(rule for rule in self.screening if rule.id == rule_id)

    def deadline_of(self, unit_kind: str) -> Due | None:
        """The deadline by which a unit of this kind signs; None when it does not sign."""
        return next((d for d in self.deadlines.values() if unit_kind in d.unit_kinds), None)

    def symptom_name(self, code: str) -> str:
        return next((s.name for s in self.symptoms if s.code == code), code)

    def in_words(self, rule: Rule) -> str:
        """What the rule says, in the language of the page."""
        words: Words = ENGLISH if (get_language() or "").startswith("en") else CHINESE
        return describe(rule.criterion, {s.code: s.name for s in self.symptoms}, words)

    def text(self, code: str, /, **values: Any) -> str:
        language = "en" if (get_language() or "").startswith("en") else "zh-hans"
        return self.texts[code, language].format(**values)


def rules_in_force(at: datetime) -> Rules:
    """The edition in force at a moment. Raises `NoEditionInForce`."""
    for edition_id, begins, ends in editions():
        if begins <= at and (ends is None or ends > at):
            return rules_of(edition_id)
    raise NoEditionInForce


@remembered(seconds=2)
def editions() -> list[tuple[int, datetime, datetime | None]]:
    """Every edition with its half-open period, the newest first."""
    rows = Edition.objects.order_by("-in_force_from")
    return list(rows.values_list("id", "in_force_from", "in_force_until"))


@lru_cache(maxsize=32)
def rules_of(edition_id: int) -> Rules:
    """A published edition by its key, read once per process."""
    edition = Edition.objects.get(pk=edition_id)
    ladders: dict[str, list[Rung]] = {}
    for step in edition.ladder_steps.order_by("ladder", "position"):
        ladders.setdefault(step.ladder, []).append(
            Rung(
                step.pk, step.position, step.reach, step.role, timedelta(minutes=step.wait_minutes)
            )
        )
    return Rules(
        edition_id=edition.pk,
        number=edition.number,
        directive=edition.directive,
        symptoms=tuple(
            Named(s.code, s.name_zh, s.name_en) for s in edition.symptoms.order_by("position")
        ),
        screening=tuple(
            Rule(
                r.pk,
                Named(r.code, r.name_zh, r.name_en),
                ScreeningRule.Severity(r.severity),
                r.criterion,
                r.source,
            )
            for r in edition.screening_rules.order_by("position")
        ),
        deadlines={
            d.level: Due(
                d.level,
                tuple(d.unit_kinds),
                d.remind_at,
                d.due_at,
                timedelta(minutes=d.grace_minutes),
            )
            for d in edition.deadlines.all()
        },
        ladders={code: tuple(rungs) for code, rungs in ladders.items()},
        texts={(t.code, t.language): t.body for t in edition.texts.all()},
        settings=edition.settings,
    )

"""Exposures: writing down what a comparison brings up, the verdict, calls that stay out.

Nothing is deleted and nothing closes by itself: an area taken off the list stays behind its
hit, an answer that no longer says what it said sends the hit to verification.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.rulebook.exposure_policy import ExposurePolicy
from lianfang.screening.comparison import PORTION, Key, Plan, evidence_of
from lianfang.screening.exposure_rules import Evidence, Match
from lianfang.screening.models import ExposureFact, ExposureHit

Kind = ExposureFact.Kind
Verdict = ExposureHit.Verdict


class AlreadySettled(Refused):
    code = "screening.hit-already-settled"
    message = _("Somebody has rung about this already.")
    status = 409


class NotAboutOneself(Refused):
    code = "screening.own-hit"
    message = _("Somebody else has to verify what concerns you yourself.")
    status = 403


@dataclass(frozen=True, slots=True)
class Written:
    """The hits that were made, extended, extended after their verdict, and sent to be verified."""

    found: tuple[ExposureHit, ...] = ()
    extended: tuple[ExposureHit, ...] = ()
    again: tuple[ExposureHit, ...] = ()
    changed: tuple[ExposureHit, ...] = ()


# ---------------------------------------------------------------- writing down


def write_down(
    planned: Plan, *, policy: ExposurePolicy, now: datetime, actor: Actor = SYSTEM
) -> Written:
    """Make and extend hits, each step with its fact and its entry, in the caller's transaction.

    A hit that another worker has made meanwhile is left as it is.
    """
    made = _make(planned.found, planned.units, policy, now)
    extended = [hit for hit, match in planned.extended if _extend(hit, match)]
    again = [hit for hit, match in planned.again if _extend(hit, match)]
    changed = [hit for hit in planned.changed if _doubt(hit, policy, now)]
    facts = [
        *(_fact(hit, Kind.FOUND, now) for hit in made),
        *(_fact(hit, Kind.EXTENDED, now) for hit in (*extended, *again)),
        *(_fact(hit, Kind.ANSWER_CHANGED, now) for hit in changed),
    ]
    ExposureFact.objects.bulk_create(facts, batch_size=PORTION)
    audit.record_many(
        audit.entry(
            verb=f"screening.exposure.{verb}",
            actor=actor,
            subject=hit,
            now=now,
            concerns=hit.person_id,
            list=hit.list_number,
        )
        for verb, hits in (
            ("found", made), ("extended", (*extended, *again)), ("answer-changed", changed),
        )
        for hit in hits
    )  # fmt: skip
    return Written(tuple(made), tuple(extended), tuple(again), tuple(changed))


def _make(
    found: Sequence[Match], units: dict[int, int], policy: ExposurePolicy, now: datetime
) -> list[ExposureHit]:
    people = sorted({match.person for match in found})
    taken: set[Key] = set()
    for start in range(0, len(people), PORTION):
        rows = ExposureHit.objects.filter(verdict="", person_id__in=people[start : start + PORTION])
        taken |= set(rows.values_list("person_id", "kind", "area_code"))
    return ExposureHit.objects.bulk_create(
        [
            ExposureHit(
                person_id=match.person,
                unit_id=units[match.person],
                kind=match.kind,
                area_code=match.area_code,
                listing_id=match.listing.ref if match.listing else None,
                list_number=match.listing.number if match.listing else None,
                found_at=now,
                last_exposed_on=match.last_on,
                seen_until_on=match.last_on,
                evidence=_plain(match.evidence),
                next_due_at=policy.due(now),
            )
            for match in found
            if match.key not in taken
        ],
        batch_size=PORTION,
    )


def _plain(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    return [
        asdict(one) | {"first": one.first.isoformat(), "last": one.last.isoformat()}
        for one in sorted(evidence, key=lambda one: (one.first, one.last, one.source, one.ref))
    ]


def _extend(hit: ExposureHit, match: Match) -> bool:
    """The new days beside the old ones; another worker in the same moment was first."""
    kept = [one for one in evidence_of(hit) if one not in match.evidence]
    evidence = _plain([*kept, *match.evidence])
    new = {
        "seen_until_on": max(hit.seen_until_on, match.last_on),
        "last_exposed_on": max(hit.last_exposed_on, match.last_on),
        "evidence": evidence,
    }
    changed = ExposureHit.objects.filter(
        pk=hit.pk, seen_until_on=hit.seen_until_on, verdict=hit.verdict
    ).update(**new)
    for name, value in new.items():
        setattr(hit, name, value)
    return changed == 1


def _doubt(hit: ExposureHit, policy: ExposurePolicy, now: datetime) -> bool:
    hit.doubted_at, hit.next_due_at = now, policy.due(now)
    return (
        ExposureHit.objects.filter(pk=hit.pk, doubted_at__isnull=True).update(
            doubted_at=now, next_due_at=hit.next_due_at
        )
        == 1
    )


def _fact(
    hit: ExposureHit, kind: ExposureFact.Kind, now: datetime, by: Person | None = None
) -> ExposureFact:
    return ExposureFact(
        hit=hit,
        kind=kind,
        at=now,
        by=by,
        last_exposed_on=hit.last_exposed_on,
        list_number=hit.list_number,
        verdict=hit.verdict,
    )


# ---------------------------------------------------------------- the call


@transaction.atomic
def verify(
    *,
    hit: ExposureHit,
    verdict: str,
    reason: str,
    last_exposed_on: date | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ExposureHit:
    """What the person said on the phone. Whatever is not simply true needs its reason.

    `last_exposed_on` corrects the last day, None leaves it. Raises `Invalid`, `AlreadySettled`.
    """
    if hit.person_id == by.pk:
        raise NotAboutOneself
    problems = _problems(verdict, reason, last_exposed_on, reporting_day(now))
    if problems:
        raise Invalid(problems)
    if not hit.waits:
        raise AlreadySettled
    changed = ExposureHit.objects.filter(
        pk=hit.pk, verdict=hit.verdict, doubted_at=hit.doubted_at
    ).update(
        verdict=verdict,
        verdict_reason=reason.strip()[:2000],
        last_exposed_on=last_exposed_on or hit.last_exposed_on,
        verified_at=now,
        verified_by=by,
        doubted_at=None,
        next_due_at=None,
    )
    if changed != 1:
        raise AlreadySettled
    hit.refresh_from_db()
    _fact(hit, Kind.VERIFIED, now, by).save(force_insert=True)
    audit.record(
        verb="screening.exposure.verified",
        actor=actor,
        subject=hit,
        now=now,
        concerns=hit.person_id,
        verdict=verdict,
    )
    return hit


def _problems(
    verdict: str, reason: str, last_exposed_on: date | None, today: date
) -> dict[str, str]:
    problems = {}
    if verdict not in Verdict.values:
        problems["verdict"] = _("Please choose what the person said.")
    elif verdict != Verdict.TRUE and not reason.strip():
        problems["reason"] = _(
            "Please write why this is no exposure: a hit is never dropped silently."
        )
    if last_exposed_on is not None and last_exposed_on > today:
        problems["last_exposed_on"] = _("An exposure cannot lie in the future.")
    return problems


# ---------------------------------------------------------------- calls that stay out


def claim_overdue(*, now: datetime) -> list[ExposureHit]:
    """The worker's poll: hits of one unit about which nobody has rung in time, told once."""
    due = ExposureHit.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    first = due.first()
    if first is None:
        return []
    claimed = []
    for hit in due.filter(unit_id=first.unit_id).select_related("unit", "person"):
        same = ExposureHit.objects.filter(pk=hit.pk, next_due_at=hit.next_due_at)
        if same.update(next_due_at=None) == 1:
            claimed.append(hit)
    ExposureFact.objects.bulk_create(_fact(hit, Kind.OVERDUE, now) for hit in claimed)
    return claimed


def postpone_overdue(*, now: datetime, to: datetime) -> None:
    """What cannot be told is put off, so that it stops nobody else."""
    due = ExposureHit.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    ExposureHit.objects.filter(pk__in=due.values("pk")[:1]).update(next_due_at=to)

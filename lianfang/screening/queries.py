"""Questions about findings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from lianfang.places import divisions
from lianfang.places import queries as places
from lianfang.roster.models import Person
from lianfang.screening.models import ExposureFact, ExposureHit, Finding


def waiting_for_call(unit_ids: Iterable[int], *, day: date) -> QuerySet[Finding]:
    """Findings of the day's current reports that nobody has called back yet, urgent first."""
    return (
        Finding.objects.filter(
            report__day=day,
            report__is_current=True,
            report__unit_id__in=list(unit_ids),
            verified_at__isnull=True,
        )
        .select_related("report__person", "report__unit", "rule")
        .order_by("rule__severity", "report__received_at", "rule__position")
    )


def open_findings_of(person: Person) -> QuerySet[Finding]:
    """Findings of a person's current reports that nobody has called back about."""
    return Finding.objects.filter(
        report__person=person, report__is_current=True, verified_at__isnull=True
    )


# ---------------------------------------------------------------- exposures

TO_VERIFY = Q(verdict="") | Q(doubted_at__isnull=False)


def hits_to_verify(unit_ids: Iterable[int]) -> QuerySet[ExposureHit]:
    """Hits of these units that somebody has to ring about, the longest waiting first.

    Nobody has rung yet, or the answer that led to it has changed since.
    """
    return (
        ExposureHit.objects.filter(TO_VERIFY, unit_id__in=list(unit_ids))
        .select_related("person", "unit", "listing")
        .order_by("found_at", "id")
    )


def settled_hits(unit_ids: Iterable[int]) -> QuerySet[ExposureHit]:
    """Hits of these units with a verdict that stands, the newest first."""
    return (
        ExposureHit.objects.filter(unit_id__in=list(unit_ids))
        .exclude(TO_VERIFY)
        .select_related("person", "unit", "listing", "verified_by")
        .order_by("-verified_at", "-id")
    )


def hits_of(person: Person) -> QuerySet[ExposureHit]:
    """Everything that was ever found about one person, newest first."""
    return ExposureHit.objects.filter(person=person).select_related("listing").order_by("-found_at")


def is_known(person_id: int) -> bool:
    """Whether anything was ever found about this person: then a correction may matter."""
    return ExposureHit.objects.filter(person_id=person_id).exists()


def has_open_hits(person: Person) -> bool:
    return ExposureHit.objects.filter(TO_VERIFY, person=person).exists()


def people_with_open_hits(unit_ids: Iterable[int]) -> QuerySet[Person]:
    """The people of these units about whom somebody has to ring."""
    hits = ExposureHit.objects.filter(TO_VERIFY, unit_id__in=list(unit_ids))
    return Person.objects.filter(pk__in=hits.values("person_id")).order_by("name_key", "number")


def facts_of(hit: ExposureHit) -> QuerySet[ExposureFact]:
    return ExposureFact.objects.filter(hit=hit).select_related("by").order_by("at", "id")


def no_longer_listed(hits: Iterable[ExposureHit], *, day: date) -> set[int]:
    """Keys of hits whose area is not on the list of a day any more. It closes nothing."""
    listed = places.listed_now(day)
    return {hit.pk for hit in hits if _codes(hit) and not _is_on(hit, listed, day)}


def off_the_list_since(hit: ExposureHit, *, day: date) -> date | None:
    """The first day on which no area of the hit was listed any more; None while one still is,
    and where no list ever had one (a list that was corrected)."""
    if hit.pk not in no_longer_listed([hit], day=day):
        return None
    listed = Q(area_code__in=frozenset().union(*(_within(code, day) for code in _codes(hit))))
    for code in _codes(hit):
        if code.endswith("00"):
            listed |= Q(area_code__startswith=code.rstrip("0"))
    last = places.listings().filter(listed, delisted_on__lte=day).order_by("-delisted_on")
    return last.values_list("delisted_on", flat=True).first()


def _codes(hit: ExposureHit) -> list[str]:
    codes = [row["code"] for row in hit.evidence if row["code"]]
    return [] if hit.kind == ExposureHit.Kind.MET_CASE else codes


def _is_on(hit: ExposureHit, listed: frozenset[str], day: date) -> bool:
    return any(
        not listed.isdisjoint(_within(code, day))
        or (code.endswith("00") and any(one.startswith(code.rstrip("0")) for one in listed))
        for code in _codes(hit)
    )


def _within(code: str, day: date) -> frozenset[str]:
    try:
        return divisions.containing(code, on=day)
    except divisions.UnknownDivision:
        return frozenset({code})

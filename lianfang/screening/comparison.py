"""What a list or a changed answer would bring up: looked for, nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from lianfang.kernel.clock import reporting_day
from lianfang.roster.models import Membership
from lianfang.roster.queries import held_on
from lianfang.rulebook.exposure_policy import ExposurePolicy
from lianfang.screening import exposure_reading as reading
from lianfang.screening.exposure_rules import Evidence, Listed, Match, days_of
from lianfang.screening.models import ExposureHit

Verdict = ExposureHit.Verdict
Key = tuple[int, str, str]
PORTION = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What a comparison brings up; nothing is written yet.

    `found`: nobody has rung about this. `extended`: an open hit with new days. `again`: a hit
    that was true, exposed once more. `changed`: the record no longer says what led to the hit.
    `unlisted`: open hits whose places the list does not name any more.
    """

    found: tuple[Match, ...]
    extended: tuple[tuple[ExposureHit, Match], ...]
    again: tuple[tuple[ExposureHit, Match], ...]
    changed: tuple[ExposureHit, ...]
    unlisted: tuple[ExposureHit, ...]
    units: dict[int, int]  # person -> reporting unit of the day


NOTHING = Plan((), (), (), (), (), {})


def plan(
    *,
    policy: ExposurePolicy,
    now: datetime,
    people: Sequence[int] | None = None,
    listings: Sequence[Listed] | None = None,
) -> Plan:
    """Compare everybody (or these people) with the list as it is known now.

    `listings` are the entries of a list that is not in force yet: so a preview looks.
    """
    today = reporting_day(now)
    first = policy.first_day(today)
    known_now = reading.listed_now() if listings is None else listings
    lists = reading.lists_of(tuple(known_now), first, today)
    matches = {one.key: one for one in reading.find(lists, people=people)}
    known = _known_hits(first, people)
    units = _units_of(sorted({one.person for one in matches.values()}), today)
    found: list[Match] = []
    extended: list[tuple[ExposureHit, Match]] = []
    again: list[tuple[ExposureHit, Match]] = []
    for key, match in matches.items():
        if match.person not in units:
            continue  # no unit answers for them any more
        kind, hit = _what_is_new(match, known.get(key, []), policy)
        if kind == "found":
            found.append(match)
        elif hit is not None:
            (extended if kind == "extended" else again).append((hit, match))
    changed, unlisted = _no_longer(known, matches, first=first, today=today)
    return Plan(tuple(found), tuple(extended), tuple(again), tuple(changed), tuple(unlisted), units)


def _known_hits(first: date, people: Sequence[int] | None) -> dict[Key, list[ExposureHit]]:
    """Open hits, and settled ones whose days lie within the look-back; oldest first."""
    hits = ExposureHit.objects.filter(Q(verdict="") | Q(seen_until_on__gte=first))
    if people is not None:
        hits = hits.filter(person_id__in=people)
    known: dict[Key, list[ExposureHit]] = defaultdict(list)
    for hit in hits.defer("verdict_reason").order_by("id").iterator(chunk_size=2000):
        known[hit.person_id, hit.kind, hit.area_code].append(hit)
    return known


def _units_of(people: Sequence[int], day: date) -> dict[int, int]:
    units: dict[int, int] = {}
    for start in range(0, len(people), PORTION):
        members = Membership.objects.filter(
            held_on(day),
            kind=Membership.Kind.REPORTING,
            person_id__in=people[start : start + PORTION],
        )
        units |= dict(members.values_list("person_id", "unit_id"))
    return units


def _what_is_new(
    match: Match, hits: list[ExposureHit], policy: ExposurePolicy
) -> tuple[str, ExposureHit | None]:
    """Days that nobody has looked at: on a hit of their own, on the open one, on a true one."""
    days = days_of(match.evidence)
    unseen = days - days_of(one for hit in hits for one in evidence_of(hit))
    if not unseen:
        return "", None
    last = hits[-1] if hits else None
    if last is not None and not last.verdict:
        return "extended", last
    if last is not None and last.verdict == Verdict.TRUE:
        gap = date.fromordinal(min(unseen)) - last.seen_until_on
        if gap <= policy.lookback:
            return "again", last
    return "found", None


def _no_longer(
    known: dict[Key, list[ExposureHit]], matches: dict[Key, Match], *, first: date, today: date
) -> tuple[list[ExposureHit], list[ExposureHit]]:
    """Hits that nothing supports any more, told apart: by the record, or by the list alone."""
    loose = [
        hit
        for key, hits in known.items()
        for hit in hits[-1:]
        if hit.verdict in ("", Verdict.TRUE)
        and hit.seen_until_on >= first
        and hit.doubted_at is None
        and not _covers(matches.get(key), hit)
    ]
    if not loose:
        return [], []
    people = sorted({hit.person_id for hit in loose})
    said: dict[Key, Match] = {}
    for start in range(0, len(people), PORTION):
        portion = people[start : start + PORTION]
        said |= {one.key: one for one in reading.still_said(portion, first=first, last=today)}
    changed, unlisted = [], []
    for hit in loose:
        key = hit.person_id, hit.kind, hit.area_code
        if not _covers(said.get(key), hit):
            changed.append(hit)
        elif not hit.verdict and key not in matches:
            unlisted.append(hit)
    return changed, unlisted


def _covers(match: Match | None, hit: ExposureHit) -> bool:
    return match is not None and any(
        one.first <= hit.seen_until_on <= one.last for one in match.evidence
    )


def evidence_of(hit: ExposureHit) -> list[Evidence]:
    return [
        Evidence(
            row["source"], row["ref"], row["code"], date.fromisoformat(row["first"]),
            date.fromisoformat(row["last"]),
        )
        for row in hit.evidence
    ]  # fmt: skip

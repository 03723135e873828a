"""A campaign is written over days, by all who may send it; seen before it goes; sent once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Length

from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.outlets import configured_groups, provider_for, usable
from lianfang.outreach import drafts, queries
from lianfang.outreach.drafts import (
    DraftChangedMeanwhile,
    DraftContent,
    DraftIsDiscarded,
    DraftIsSent,
)
from lianfang.outreach.models import Campaign, CampaignDraft
from lianfang.outreach.rules import Rule, steps_of
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.usecases import campaign_audience, campaigns


def keep(
    *,
    unit: Unit,
    units: Collection[Unit],
    content: DraftContent,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> CampaignDraft:
    return drafts.keep(unit=unit, units=units, content=content, by=by, actor=actor, now=now)


def change(
    *,
    draft: CampaignDraft,
    edition: int,
    content: DraftContent,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> None:
    drafts.change(draft=draft, edition=edition, content=content, by=by, actor=actor, now=now)


def discard(
    *, draft: CampaignDraft, edition: int, by: Person | None, actor: Actor, now: datetime
) -> None:
    drafts.discard(draft=draft, edition=edition, by=by, actor=actor, now=now)


@transaction.atomic
def send(
    *, draft: CampaignDraft, edition: int, by: Person | None, actor: Actor, now: datetime
) -> Campaign:
    """The draft as it was read becomes a campaign: its article in the version in force today,
    its audience as the rule means it now.

    Raises what `campaigns.start` raises, `Invalid` without an article that holds, and
    `DraftIsSent`, `DraftIsDiscarded` or `DraftChangedMeanwhile`.
    """
    version = queries.newest_versions(day=reporting_day(now)).filter(article=draft.article_id)
    newest = version.first()
    if newest is None:
        raise Invalid({"article": _("Which article, please?")})
    campaign = campaigns.start(
        version=newest,
        subject=draft.subject,
        words=draft.words,
        unit=draft.unit,
        rule=Rule.from_plain(draft.audience),
        within=units_within(draft, now=now),
        asks_question=draft.asks_question,
        steps=steps_of(draft.steps),
        by=by,
        actor=actor,
        now=now,
    )
    drafts.became(
        draft=draft, edition=edition, campaign=campaign, by=by, actor=actor, now=now
    )  # fmt: skip
    return campaign


def units_within(draft: CampaignDraft, *, now: datetime) -> set[int]:
    """Whoever sends it, the draft reaches the same people."""
    day = reporting_day(now)
    found: set[int] = set()
    for unit in draft.units.all():
        found |= set(roster.subtree_ids(unit, day=day))
    return found


# ---------------------------------------------------------------- before it goes


@dataclass(frozen=True, slots=True)
class Way:
    """How many of the audience one way can reach. `is_off`: this college has no such gateway."""

    reached: int
    without: int
    is_off: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One QQ group that would hear it, once. `read_by` are units without one of their own."""

    unit: int
    by_robot: bool
    read_by: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """Who is meant, how many, and by which ways they can be reached; nobody is told anything."""

    people: int
    by_unit: dict[int, int]
    by_category: dict[str, int]
    ways: dict[str, Way]
    groups: tuple[Group, ...]


def preview(rule: Rule, *, within: Collection[int], now: datetime) -> Preview:
    members = campaign_audience.members_of(rule, within=within, now=now)
    rows = (
        members.order_by()
        .annotate(mail=Length("person__email"))
        .values("unit_id", "person__category")
        .annotate(
            people=Count("person_id"),
            phones=Count("person_id", filter=~Q(person__phone_index="")),
            mails=Count("person_id", filter=Q(mail__gt=0)),
        )
    )
    by_unit: Counter[int] = Counter()
    by_category: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for row in rows:
        by_unit[row["unit_id"]] += row["people"]
        by_category[row["person__category"]] += row["people"]
        totals.update({name: row[name] for name in ("people", "phones", "mails")})
    return Preview(
        people=totals["people"],
        by_unit=dict(by_unit),
        by_category=dict(by_category),
        ways=_ways(totals),
        groups=_groups(by_unit, now),
    )


def _ways(totals: Counter[str]) -> dict[str, Way]:
    channels = usable().channels
    people, phones, mails = totals["people"], totals["phones"], totals["mails"]
    robots = len(configured_groups())
    return {
        "in_app": Way(people, 0, is_off=False),
        "robot": Way(robots, 0, is_off=not robots),
        "group_text": Way(people, 0, is_off=False),
        "sms": Way(
            phones,
            people - phones,
            is_off=provider_for("sms", attempt=1, channels=channels) is None,
        ),
        "voice": Way(phones, people - phones, is_off=not usable().can_ring),
        "email": Way(mails, people - mails, is_off="email" not in channels),
        "callers": Way(phones, people - phones, is_off=False),
    }


def _groups(units: Collection[int], now: datetime) -> tuple[Group, ...]:
    carriers = queries.carriers_of(units, day=reporting_day(now))
    by_robot = "onebot" in usable().channels
    read_by: dict[int, list[int]] = {}
    for unit in units:
        carrier = carriers.get(unit)
        place = carrier.unit_id if carrier else unit
        others = read_by.setdefault(place, [])
        if place != unit:
            others.append(unit)
    noted = {one.unit_id for one in carriers.values()}
    return tuple(
        Group(place, by_robot and place in noted, tuple(others))
        for place, others in read_by.items()
    )


__all__ = [
    "DraftChangedMeanwhile", "DraftContent", "DraftIsDiscarded", "DraftIsSent", "Group",
    "Preview", "Way", "change", "discard", "keep", "preview", "send", "units_within",
]  # fmt: skip

"""Campaigns: whom a rule means, starting one, and where each person stands by each way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api import outreaching
from lianfang.api.access import Caller
from lianfang.api.once import once
from lianfang.api.outreaching import (
    posting_out,
    reader,
    told_units,
    writer,
)
from lianfang.api.papers import name_of
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.outreach import (
    AudienceIn,
    CampaignIn,
    CampaignOut,
    CampaignRowOut,
    CampaignsOut,
    CampaignStepOut,
    GroupReachOut,
    PreviewOut,
    StepIn,
    UnitShareOut,
    WayReachOut,
)
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.outreach import queries
from lianfang.outreach.models import ArticleVersion, Campaign
from lianfang.outreach.rules import Rule, Step, has_line_break
from lianfang.places import divisions
from lianfang.roster.models import Person, Unit
from lianfang.usecases import campaign_drafts, campaigns

router = Router(tags=["outreach"])


@router.get("/campaigns", response=answers(200, CampaignsOut), url_name="campaigns")
def list_campaigns(request: HttpRequest, limit: Limit = 20, offset: Offset = 0) -> CampaignsOut:
    """Campaigns of one's units, and those that reach their people. Token: `outreach:read`."""
    caller = reader(request)
    found = outreaching.campaigns(caller)
    page = found[offset : offset + limit]
    return CampaignsOut(total=found.count(), campaigns=[_row(one, caller) for one in page])


@router.post("/campaigns/preview", response=answers(200, PreviewOut), url_name="campaign_preview")
def preview_audience(request: HttpRequest, body: AudienceIn) -> PreviewOut:
    """How many people a rule means, by unit and by way; nobody is told anything.

    Token: `outreach:read`.
    """
    caller = reader(request)
    return preview_out(rule_of(body, caller), within(caller), caller)


def preview_out(rule: Rule, units: Collection[int], caller: Caller) -> PreviewOut:
    found = campaign_drafts.preview(rule, within=units, now=caller.now)
    codes = Unit.objects.in_bulk({*found.by_unit, *(group.unit for group in found.groups)})
    return PreviewOut(
        people=found.people,
        by_unit={codes[unit].code: n for unit, n in sorted(found.by_unit.items())},
        by_category=found.by_category,
        ways={
            way: WayReachOut(reached=one.reached, without=one.without, set_up=not one.is_off)
            for way, one in found.ways.items()
        },
        groups=[
            GroupReachOut(
                unit=codes[one.unit].code,
                robot=one.by_robot,
                read_by=[codes[unit].code for unit in one.read_by],
            )
            for one in found.groups
        ],
    )


@router.post("/campaigns", response=answers(201, CampaignOut), url_name="campaigns")
@once
def start_campaign(request: HttpRequest, body: CampaignIn) -> Status[CampaignOut]:
    """Begin a campaign from an article; the first step is taken within seconds.

    Token: `outreach:write`. Everybody is reached only with `everybody`.
    """
    caller = writer(request)
    reach = within(caller)
    version = queries.newest_versions(day=caller.today).filter(article_id=body.article).first()
    problems = {}
    if version is None:
        problems["article"] = _("Which article, please?")
    if has_line_break(body.subject):
        problems["subject"] = _("A subject has one line only.")
    if problems or version is None:
        raise Invalid(problems)
    begun = campaigns.start(
        version=version,
        subject=body.subject,
        words=body.words,
        unit=home_of(reach),
        rule=rule_of(body.audience, caller, place="audience."),
        within=reach,
        asks_question=body.asks_question,
        steps=steps_in(body.steps),
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, shown(begun, caller))


def within(caller: Caller) -> frozenset[int]:
    reach = told_units(caller)
    if not reach:
        raise Forbidden
    return reach


def steps_in(rows: Collection[StepIn]) -> list[Step]:
    return [Step(tuple(row.ways), timedelta(minutes=row.wait_minutes)) for row in rows]


def home_of(reach: frozenset[int]) -> Unit:
    """The unit in whose name it is sent: the highest of those whose people may be told."""
    return tops_of(reach)[0]


def tops_of(reach: frozenset[int]) -> list[Unit]:
    units = Unit.objects.filter(
        pk__in=reach, tree=Unit.Tree.ADMINISTRATIVE, closed_on__isnull=True
    ).order_by("position", "code")
    found = [unit for unit in units if unit.parent_id not in reach]
    if not found:
        raise NotYours
    return found


def rule_of(body: AudienceIn, caller: Caller, *, place: str = "") -> Rule:
    units = {unit.code: unit.pk for unit in Unit.objects.filter(code__in=body.units)}
    problems = {
        f"{place}units.{n}": _("There is no unit with this code.")
        for n, code in enumerate(body.units)
        if units.get(code) not in caller.figure_units
    }
    for n, word in enumerate(body.categories):
        if word not in Person.Category.values:
            problems[f"{place}categories.{n}"] = _(
                "This is none of the values that are possible here."
            )
    for n, code in enumerate(body.places):
        if len(code) != 6 or divisions.find(code) is None:
            problems[f"{place}places.{n}"] = _("There is no county or district with this code.")
    if body.silent_of and not outreaching.campaigns(caller).filter(pk=body.silent_of).exists():
        problems[f"{place}silent_of"] = _("There is no such campaign.")
    if problems:
        raise Invalid(problems)
    return Rule(
        units=tuple(units[code] for code in body.units),
        categories=tuple(body.categories),
        places=tuple(_beginning(code) for code in body.places),
        roles=tuple(body.roles),
        silent_of=body.silent_of,
        monitored=body.monitored,
        everybody=body.everybody,
    )


def _beginning(code: str) -> str:
    """510000 is everything that begins with 51; 511700 with 5117."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


@router.get("/campaigns/{campaign_id}", response=answers(200, CampaignOut), url_name="campaign")
def one_campaign(request: HttpRequest, campaign_id: str) -> CampaignOut:
    """The numbers of all steps and ways. Token: `outreach:read`."""
    caller = reader(request)
    return shown(outreaching.campaign(campaign_id, caller), caller)


@router.post(
    "/campaigns/{campaign_id}/end", response=answers(200, CampaignOut), url_name="end_campaign"
)
@once
def end_campaign(request: HttpRequest, campaign_id: str) -> CampaignOut:
    """No more letters, no more calls; what was confirmed stays. Token: `outreach:write`."""
    caller = writer(request)
    one = outreaching.campaign(campaign_id, caller)
    if one.unit_id not in told_units(caller):
        raise Forbidden
    campaigns.end(campaign=one, actor=caller.actor, now=caller.now)
    one.refresh_from_db()
    return shown(one, caller)


def _row(one: Campaign, caller: Caller) -> CampaignRowOut:
    shares = queries.counts_by_unit(one)
    version: ArticleVersion = one.version
    return CampaignRowOut(
        id=one.pk,
        subject=one.subject,
        article=version.article_id,
        version=version.number,
        unit=one.unit.code,
        started_at=one.started_at,
        started_by=name_of(one.started_by, caller),
        ended_at=one.ended_at,
        people=sum(n for _unit, n, _done in shares),
        settled=sum(done for _unit, _n, done in shares),
    )


def shown(one: Campaign, caller: Caller) -> CampaignOut:
    sight = caller.figure_units
    shares = [row for row in queries.counts_by_unit(one) if row[0] in sight]
    codes = Unit.objects.in_bulk([unit for unit, _n, _done in shares])
    counts = queries.counts(one)
    postings = one.postings.filter(unit_id__in=sight).select_related("unit", "through")
    return CampaignOut(
        **_row(one, caller).model_dump(),
        words=one.words,
        audience=one.audience,
        asks_question=one.asks_question,
        standings={standing.value: counts[standing] for standing in queries.Standing},
        steps=[
            CampaignStepOut(
                position=step.position,
                ways=list(step.ways),
                due_at=step.due_at,
                struck_at=step.struck_at,
            )
            for step in one.steps.order_by("position")
        ],
        units=[
            UnitShareOut(unit=codes[unit].code, people=n, settled=done) for unit, n, done in shares
        ],
        postings=[
            posting_out(posting)
            for posting in postings.order_by("posted_at", "unit__position", "id")
        ],
        text=campaigns.group_text(one),
    )

"""Campaigns: whom a rule means, starting one, and where each person stands by each way."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api import outreaching
from lianfang.api.access import Caller, number_in_address
from lianfang.api.once import once
from lianfang.api.outreaching import person_out, reader, told_units, writer
from lianfang.api.papers import name_of
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.outreach import (
    AudienceIn,
    CampaignIn,
    CampaignOut,
    CampaignRowOut,
    CampaignsOut,
    CampaignStepOut,
    GroupIn,
    GroupOut,
    LetterStateOut,
    PostingOut,
    PreviewOut,
    RecipientOut,
    RecipientsOut,
    UnitShareOut,
)
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.models import Delivery
from lianfang.outreach import access, queries
from lianfang.outreach.models import ArticleVersion, Campaign
from lianfang.outreach.rules import Rule, Step, has_line_break
from lianfang.places import divisions
from lianfang.roster.models import Person, Unit
from lianfang.usecases import campaigns

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
    """How many people a rule means, by unit; nobody is told anything. Token: `outreach:read`."""
    caller = reader(request)
    within = _within(caller)
    meant = campaigns.audience_of(_rule(body, caller), within=within, now=caller.now)
    counts = Counter(unit for _person, unit in meant)
    codes = Unit.objects.in_bulk(list(counts))
    return PreviewOut(
        people=len(meant), by_unit={codes[unit].code: n for unit, n in sorted(counts.items())}
    )


@router.post("/campaigns", response=answers(201, CampaignOut), url_name="campaigns")
@once
def start_campaign(request: HttpRequest, body: CampaignIn) -> Status[CampaignOut]:
    """Begin a campaign from an article; the first step is taken within seconds.

    Token: `outreach:write`. Everybody is reached only with `everybody`.
    """
    caller = writer(request)
    within = _within(caller)
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
        unit=_home(within),
        rule=_rule(body.audience, caller, place="audience."),
        within=within,
        asks_question=body.asks_question,
        steps=[Step(tuple(s.ways), timedelta(minutes=s.wait_minutes)) for s in body.steps],
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _shown(begun, caller))


def _within(caller: Caller) -> frozenset[int]:
    within = told_units(caller)
    if not within:
        raise Forbidden
    return within


def _home(within: frozenset[int]) -> Unit:
    """The unit in whose name it is sent: the highest of those whose people may be told."""
    units = Unit.objects.filter(
        pk__in=within, tree=Unit.Tree.ADMINISTRATIVE, closed_on__isnull=True
    ).order_by("position", "code")
    home = next((unit for unit in units if unit.parent_id not in within), None)
    if home is None:
        raise NotYours
    return home


def _rule(body: AudienceIn, caller: Caller, *, place: str = "") -> Rule:
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
    return _shown(outreaching.campaign(campaign_id, caller), caller)


@router.get(
    "/campaigns/{campaign_id}/people",
    response=answers(200, RecipientsOut),
    url_name="campaign_people",
)
def campaign_people(
    request: HttpRequest,
    campaign_id: str,
    silent: bool = True,
    limit: Limit = 50,
    offset: Offset = 0,
) -> RecipientsOut:
    """Where each person stands, with the state of each way: of the units whose names are open.

    `silent=false` adds those who confirmed or were told. Token: `outreach:read`; names need
    `people:read`.
    """
    caller = reader(request)
    one = outreaching.campaign(campaign_id, caller)
    found = queries.silent_people(one.pk) if silent else one.recipients.all()
    found = found.filter(unit_id__in=caller.sight.name_units).select_related("person", "unit")
    rows = found.order_by("unit__position", "person__name_key", "id")
    page = list(rows[offset : offset + limit])
    letters = _letters(one, [row.person_id for row in page])
    return RecipientsOut(
        campaign=one.pk,
        total=found.count(),
        people=[
            RecipientOut(
                person=person_out(row.recipient.person, row.recipient.unit_id, one, caller),
                unit=row.recipient.unit.code,
                standing=row.standing.value,
                at=row.at,
                confirmed_at=row.recipient.confirmed_at,
                how=row.recipient.how,
                first_choice_right=row.recipient.is_right,
                letters=letters[row.recipient.person_id],
            )
            for row in queries.progress(page, campaign=one)
        ],
    )


def _letters(one: Campaign, people: list[int]) -> defaultdict[int, list[LetterStateOut]]:
    found: defaultdict[int, list[LetterStateOut]] = defaultdict(list)
    turns = Delivery.objects.filter(
        message__topic=one.topic, message__recipient_id__in=people
    ).select_related("message")
    for turn in turns.order_by("message_id", "position"):
        found[turn.message.recipient_id or 0].append(
            LetterStateOut(
                channel=turn.channel,
                state=turn.state,
                attempts=turn.attempts,
                sent_at=turn.sent_at,
                delivered_at=turn.delivered_at,
                code=turn.code,
            )
        )
    return found


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
    return _shown(one, caller)


@router.post("/postings/{posting_id}/posted", response=answers(200, PostingOut), url_name="posted")
@once
def mark_posted(request: HttpRequest, posting_id: str) -> PostingOut:
    """I have posted the text in the group of the unit. Token: `outreach:write`, for a person."""
    caller = writer(request)
    by = caller.doer
    posting = access.posting(number_in_address(posting_id), sight=caller.sight)
    campaigns.mark_posted(posting=posting, by=by, actor=caller.actor, now=caller.now)
    posting.refresh_from_db()
    return PostingOut(
        id=posting.pk,
        unit=posting.unit.code,
        robot=bool(posting.robot),
        asked_at=posting.asked_at,
        posted_at=posting.posted_at,
    )


@router.post("/units/{code}/group", response=answers(200, GroupOut), url_name="unit_group")
@once
def set_group(request: HttpRequest, code: str, body: GroupIn) -> GroupOut:
    """The QQ group of a unit in which a robot posts; empty ends it. Token: `outreach:write`."""
    caller = writer(request)
    unit = caller.unit(code)
    if unit.pk not in told_units(caller):
        raise Forbidden
    made = campaigns.set_group(
        unit=unit, number=body.number, by=caller.person, actor=caller.actor, now=caller.now
    )
    return GroupOut(unit=unit.code, number=made.number if made else "")


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


def _shown(one: Campaign, caller: Caller) -> CampaignOut:
    sight = caller.figure_units
    shares = [row for row in queries.counts_by_unit(one) if row[0] in sight]
    codes = Unit.objects.in_bulk([unit for unit, _n, _done in shares])
    counts = queries.counts(one)
    postings = one.postings.filter(unit_id__in=sight).select_related("unit")
    return CampaignOut(
        **_row(one, caller).model_dump(),
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
            PostingOut(
                id=posting.pk,
                unit=posting.unit.code,
                robot=bool(posting.robot),
                asked_at=posting.asked_at,
                posted_at=posting.posted_at,
            )
            for posting in postings.order_by("posted_at", "unit__position", "id")
        ],
        text=campaigns.group_text(one),
    )

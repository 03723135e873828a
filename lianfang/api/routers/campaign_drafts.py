"""A campaign that is still written: kept, changed, seen before it goes, sent, discarded."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api.access import Caller, number_in_address
from lianfang.api.once import once
from lianfang.api.outreaching import reader, told_units, writer
from lianfang.api.papers import name_of
from lianfang.api.routers.campaigns import (
    home_of,
    preview_out,
    rule_of,
    shown,
    steps_in,
    tops_of,
    within,
)
from lianfang.api.routers.common import answers
from lianfang.api.shapes.outreach import (
    CampaignDraftChangeIn,
    CampaignDraftIn,
    CampaignDraftOut,
    CampaignDraftsOut,
    CampaignOut,
    EditionIn,
    PreviewOut,
    StepIn,
)
from lianfang.kernel.refusals import Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.outreach import access, queries
from lianfang.outreach.models import Article, CampaignDraft
from lianfang.outreach.rules import Rule
from lianfang.usecases import campaign_drafts
from lianfang.usecases.campaign_drafts import DraftContent

router = Router(tags=["outreach"])


@router.get(
    "/campaigns/drafts", response=answers(200, CampaignDraftsOut), url_name="campaign_drafts"
)
def list_drafts(
    request: HttpRequest, state: Literal["open", "discarded"] = "open"
) -> CampaignDraftsOut:
    """Drafts neither sent nor discarded, the last changed first; or the last that were
    discarded. Token: `outreach:read`."""
    caller = reader(request)
    told = told_units(caller)
    found = access.open_drafts(told) if state == "open" else access.discarded_drafts(told)
    return CampaignDraftsOut(total=found.count(), drafts=[_out(one, caller) for one in found[:100]])


@router.post(
    "/campaigns/drafts", response=answers(201, CampaignDraftOut), url_name="campaign_drafts"
)
@once
def draft_campaign(request: HttpRequest, body: CampaignDraftIn) -> Status[CampaignDraftOut]:
    """Keep what a campaign shall be; it may still lack things. Token: `outreach:write`.

    Seen, changed, sent and discarded by everybody who may write to the same units.
    """
    caller = writer(request)
    reach = within(caller)
    made = campaign_drafts.keep(
        unit=home_of(reach),
        units=tops_of(reach),
        content=_content(body, caller),
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _out(_draft(str(made.pk), caller), caller))


@router.get(
    "/campaigns/drafts/{draft_id}",
    response=answers(200, CampaignDraftOut),
    url_name="campaign_draft",
)
def one_draft(request: HttpRequest, draft_id: str) -> CampaignDraftOut:
    """A draft, also one that was sent or discarded. Token: `outreach:read`."""
    caller = reader(request)
    return _out(_draft(draft_id, caller), caller)


@router.post(
    "/campaigns/drafts/{draft_id}",
    response=answers(200, CampaignDraftOut),
    url_name="campaign_draft",
)
@once
def change_draft(
    request: HttpRequest, draft_id: str, body: CampaignDraftChangeIn
) -> CampaignDraftOut:
    """Replace what the draft holds. Token: `outreach:write`.

    `edition` is the one that was read: 409 when somebody changed it since.
    """
    caller = writer(request)
    found = _draft(draft_id, caller)
    campaign_drafts.change(
        draft=found,
        edition=body.edition,
        content=_content(body, caller),
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return _out(found, caller)


@router.get(
    "/campaigns/drafts/{draft_id}/preview",
    response=answers(200, PreviewOut),
    url_name="campaign_draft_preview",
)
def preview_draft(request: HttpRequest, draft_id: str) -> PreviewOut:
    """Who would be told, and by which ways they can be reached. Token: `outreach:read`."""
    caller = reader(request)
    found = _draft(draft_id, caller)
    units = campaign_drafts.units_within(found, now=caller.now)
    return preview_out(Rule.from_plain(found.audience), units, caller)


@router.post(
    "/campaigns/drafts/{draft_id}/send",
    response=answers(201, CampaignOut),
    url_name="send_campaign_draft",
)
@once
def send_draft(request: HttpRequest, draft_id: str, body: EditionIn) -> Status[CampaignOut]:
    """Send the draft as it was read; it is frozen from then on. Token: `outreach:write`."""
    caller = writer(request)
    begun = campaign_drafts.send(
        draft=_draft(draft_id, caller),
        edition=body.edition,
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, shown(begun, caller))


@router.post(
    "/campaigns/drafts/{draft_id}/discard",
    response=answers(200, CampaignDraftOut),
    url_name="discard_campaign_draft",
)
@once
def discard_draft(request: HttpRequest, draft_id: str, body: EditionIn) -> CampaignDraftOut:
    """It is not sent any more; it can still be read. Token: `outreach:write`."""
    caller = writer(request)
    found = _draft(draft_id, caller)
    campaign_drafts.discard(
        draft=found,
        edition=body.edition,
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return _out(found, caller)


def _draft(draft_id: str, caller: Caller) -> CampaignDraft:
    found = access.drafts(told_units(caller)).filter(pk=number_in_address(draft_id)).first()
    if found is None:
        raise NotYours
    return found


def _content(body: CampaignDraftIn, caller: Caller) -> DraftContent:
    return DraftContent(
        article=_article(body.article, caller),
        subject=body.subject,
        words=body.words,
        rule=rule_of(body.audience, caller, place="audience."),
        steps=steps_in(body.steps),
        asks_question=body.asks_question,
    )


def _article(pk: int | None, caller: Caller) -> Article | None:
    if pk is None:
        return None
    version = queries.newest_versions(day=caller.today).filter(article_id=pk).first()
    if version is None:
        raise Invalid({"article": _("Which article, please?")})
    return version.article


def _out(one: CampaignDraft, caller: Caller) -> CampaignDraftOut:
    return CampaignDraftOut(
        id=one.pk,
        edition=one.edition,
        unit=one.unit.code,
        article=one.article_id,
        subject=one.subject,
        words=one.words,
        audience=one.audience,
        steps=[StepIn(**row) for row in one.steps],
        asks_question=one.asks_question,
        drafted_at=one.drafted_at,
        drafted_by=name_of(one.drafted_by, caller),
        changed_at=one.changed_at,
        changed_by=name_of(one.changed_by, caller),
        sent_at=one.sent_at,
        campaign=one.campaign_id,
        discarded_at=one.discarded_at,
        closed_by=name_of(one.closed_by, caller),
    )

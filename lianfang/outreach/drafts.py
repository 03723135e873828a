"""Drafts of campaigns: kept, changed, sent, discarded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.outreach.models import Article, Campaign, CampaignDraft
from lianfang.outreach.rules import Rule, Step, faults_of_steps, has_line_break, plain_steps
from lianfang.roster.models import Person, Unit


class DraftIsSent(Refused):
    code = "outreach.draft-is-sent"
    message = _("This draft was sent already; what was sent is not changed any more.")
    status = 409


class DraftIsDiscarded(Refused):
    code = "outreach.draft-is-discarded"
    message = _("This draft was discarded. What was in it can still be read.")
    status = 409


class DraftChangedMeanwhile(Refused):
    code = "outreach.draft-changed-meanwhile"
    message = _("%(name)s changed this draft at %(at)s. Please read it again before you go on.")
    status = 409


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What a draft holds. Anything may still be missing; what is there has to be right."""

    article: Article | None = None
    subject: str = ""
    words: str = ""
    rule: Rule = field(default_factory=Rule)
    steps: Sequence[Step] = ()
    asks_question: bool = False

    def to_columns(self) -> dict[str, Any]:
        return {
            "article": self.article,
            "subject": tidy(self.subject)[:100],
            "words": tidy(self.words)[:300],
            "audience": self.rule.to_plain(),
            "steps": plain_steps(self.steps),
            "asks_question": self.asks_question,
        }


@transaction.atomic
def keep(
    *,
    unit: Unit,
    units: Collection[Unit],
    content: DraftContent,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> CampaignDraft:
    """A new draft in the name of `unit`, for people below `units`. Raises `Invalid`."""
    _check(content)
    draft = CampaignDraft.objects.create(
        unit=unit, drafted_by=by, drafted_at=now, changed_by=by, changed_at=now,
        **content.to_columns(),
    )  # fmt: skip
    draft.units.set(units)
    audit.record(verb="outreach.draft.kept", actor=actor, subject=draft, now=now)
    return draft


@transaction.atomic
def change(
    *,
    draft: CampaignDraft,
    edition: int,
    content: DraftContent,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Replace what the draft holds. `edition` is the one that was read. Raises `Invalid`,
    `DraftIsSent`, `DraftIsDiscarded`, `DraftChangedMeanwhile`."""
    _check(content)
    _claim(
        draft, edition, edition=F("edition") + 1, changed_by=by, changed_at=now,
        **content.to_columns(),
    )  # fmt: skip
    audit.record(
        verb="outreach.draft.changed", actor=actor, subject=draft, now=now, edition=draft.edition
    )


@transaction.atomic
def became(
    *,
    draft: CampaignDraft,
    edition: int,
    campaign: Campaign,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> None:
    """The draft was sent as this campaign. Of two who send it, the second is refused."""
    _claim(draft, edition, campaign=campaign, sent_at=now, closed_by=by)
    audit.record(
        verb="outreach.draft.sent", actor=actor, subject=draft, now=now, campaign=campaign.pk
    )


@transaction.atomic
def discard(
    *, draft: CampaignDraft, edition: int, by: Person | None, actor: Actor, now: datetime
) -> None:
    _claim(draft, edition, discarded_at=now, closed_by=by)
    audit.record(verb="outreach.draft.discarded", actor=actor, subject=draft, now=now)


def _check(content: DraftContent) -> None:
    problems = {}
    if has_line_break(content.subject):
        problems["subject"] = _("A subject has one line only.")
    if content.steps and (faults := faults_of_steps(content.steps)):
        problems["steps"] = faults[0]
    if problems:
        raise Invalid(problems)


def _claim(draft: CampaignDraft, read: int, /, **columns: Any) -> None:
    """The write asks for the edition that was read: of two at once the second finds none."""
    unchanged = CampaignDraft.objects.filter(
        pk=draft.pk, edition=read, sent_at__isnull=True, discarded_at__isnull=True
    )
    changed = unchanged.update(**columns)
    draft.refresh_from_db()
    if changed == 1:
        return
    if draft.sent_at is not None:
        raise DraftIsSent
    if draft.discarded_at is not None:
        raise DraftIsDiscarded
    at = draft.changed_at.astimezone(SHANGHAI)
    raise DraftChangedMeanwhile(
        name=draft.changed_by.name if draft.changed_by else "–", at=f"{at:%m-%d %H:%M}"
    )

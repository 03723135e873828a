"""Starting campaigns, taking their steps, ending them. What else people do stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from lianfang.audit import operations as audit
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.notifications import operations as notifications
from lianfang.outreach.models import ArticleVersion, CallTask, Campaign, CampaignStep, Recipient
from lianfang.outreach.queries import version_in_force
from lianfang.outreach.rules import Rule, Step, faults_of_steps, has_line_break, moments
from lianfang.roster.models import Person, Unit


class EmptyAudience(Refused):
    code = "outreach.empty-audience"
    message = _("Nobody is meant by this choice; please look at units, categories and places.")


class EverybodyNotChosen(Refused):
    code = "outreach.everybody-not-chosen"
    message = _(
        "This reaches all %(people)s people of the college. "
        "If that is meant, please tick “everybody”."
    )


class ArticleIsOver(Refused):
    code = "outreach.article-is-over"
    message = _("This article held until %(day)s. Please write a new version of it first.")
    status = 409


class NotTheNewestVersion(Refused):
    code = "outreach.not-the-newest-version"
    message = _("This article has a newer version, or was withdrawn; please send that one.")
    status = 409


class CampaignIsOver(Refused):
    code = "outreach.campaign-is-over"
    message = _("This campaign has ended.")
    status = 409


@transaction.atomic
def start(
    *,
    version: ArticleVersion,
    subject: str,
    unit: Unit,
    rule: Rule,
    members: Sequence[tuple[int, int]],
    is_everybody: bool,
    steps: Sequence[Step],
    asks_question: bool,
    by: Person | None,
    actor: Actor,
    now: datetime,
    words: str = "",
) -> Campaign:
    """The audience as rows, the steps as rows with their moments; no letter is written yet.

    `members` are people and their units. Whoever calls has resolved the rule; here everybody
    is refused unless the rule says so.
    """
    _check(version, subject, now)
    if not rule or not members:
        raise EmptyAudience
    if is_everybody and not rule.everybody:
        raise EverybodyNotChosen(people=len(members))
    if faults := faults_of_steps(steps):
        raise Invalid({"steps": faults[0]})
    campaign = Campaign.objects.create(
        version=version,
        unit=unit,
        subject=tidy(subject)[:100] or version.title_zh,
        words=tidy(words)[:300],
        audience=rule.to_plain(),
        asks_question=asks_question and bool(version.question_zh),
        started_by=by,
        started_at=now,
    )
    Recipient.objects.bulk_create(
        [
            Recipient(campaign=campaign, person_id=person, unit_id=unit_id)
            for person, unit_id in members
        ],
        batch_size=2000,
    )
    CampaignStep.objects.bulk_create(
        [
            CampaignStep(campaign=campaign, position=position, ways=list(step.ways), due_at=due_at)
            for position, (step, due_at) in enumerate(
                zip(steps, moments(steps, start=now), strict=True)
            )
        ]
    )
    audit.record(
        verb="outreach.campaign.started", actor=actor, subject=campaign, now=now,
        people=len(members), everybody=rule.everybody,
    )  # fmt: skip
    return campaign


def _check(version: ArticleVersion, subject: str, now: datetime) -> None:
    if has_line_break(subject):
        raise Invalid({"subject": _("A subject has one line only.")})
    newest = version_in_force(version.article)
    if newest != version or version.article.withdrawn_at is not None:
        raise NotTheNewestVersion
    if version.valid_until < reporting_day(now):
        raise ArticleIsOver(day=version.valid_until.isoformat())


@transaction.atomic
def end(*, campaign: Campaign, actor: Actor, now: datetime) -> None:
    """No more letters and no more calls; what was confirmed stays."""
    if Campaign.objects.filter(pk=campaign.pk, ended_at__isnull=True).update(ended_at=now) != 1:
        raise CampaignIsOver
    campaign.ended_at = now
    campaign.steps.filter(struck_at__isnull=True).update(struck_at=now)
    CallTask.objects.filter(recipient__campaign=campaign, next_try_at__isnull=False).update(
        next_try_at=None, closed_at=now, closing=CallTask.Closing.ENDED
    )
    notifications.cancel(reference_prefix=f"{campaign.topic}:", now=now)
    audit.record(verb="outreach.campaign.ended", actor=actor, subject=campaign, now=now)


def claim_step(*, now: datetime) -> CampaignStep | None:
    """The worker's poll: the first step that is due. The caller holds the transaction.

    Two workers at the same moment: the row is locked by the first, and the second finds it
    claimed, and tries again later.
    """
    step = (
        CampaignStep.objects.filter(struck_at__isnull=True, due_at__lte=now)
        .order_by("due_at", "id")
        .select_related("campaign__version", "campaign__unit")
        .first()
    )
    if step is None:
        return None
    claimed = CampaignStep.objects.filter(
        pk=step.pk, claims=step.claims, struck_at__isnull=True
    ).update(claims=F("claims") + 1)
    return step if claimed == 1 else None


def next_portion(step: CampaignStep, *, most: int) -> list[Recipient]:
    """The next people whom this step has not taken yet and who have not confirmed."""
    waiting = Recipient.objects.filter(
        campaign=step.campaign_id,
        reached__lt=step.position,
        confirmed_at__isnull=True,
        told_at__isnull=True,
    )
    return list(waiting.select_related("person").order_by("pk")[:most])


def took(step: CampaignStep, recipients: Iterable[Recipient]) -> None:
    """These people had their letter, or their row on a caller's list, of this step."""
    Recipient.objects.filter(pk__in=[one.pk for one in recipients]).update(reached=step.position)


def finish_step(step: CampaignStep, *, now: datetime) -> None:
    CampaignStep.objects.filter(pk=step.pk).update(struck_at=now)
    audit.record(
        verb="outreach.step.struck", actor=SYSTEM, subject=step, now=now, position=step.position
    )


def leave_out_step(step: CampaignStep, *, now: datetime) -> None:
    """A step whose only way this college does not have: the next one comes at its moment."""
    CampaignStep.objects.filter(pk=step.pk).update(struck_at=now)
    audit.record(
        verb="outreach.step.left-out", actor=SYSTEM, subject=step, now=now, position=step.position
    )


def postpone_step(*, now: datetime, to: datetime) -> None:
    """A step that cannot be taken is put off, so that it stops nobody else."""
    due = CampaignStep.objects.filter(struck_at__isnull=True, due_at__lte=now)
    CampaignStep.objects.filter(pk__in=due.order_by("due_at", "id").values("pk")[:1]).update(
        due_at=to
    )

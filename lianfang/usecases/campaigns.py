"""Everybody is told, provably: whom a rule means, step after step, until they have confirmed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from lianfang.installation.due import when_due
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.models import Message
from lianfang.notifications.operations import Draft
from lianfang.notifications.outlets import configured_groups, usable
from lianfang.outreach import articles, confirming, groups, queries
from lianfang.outreach import operations as outreach
from lianfang.outreach.articles import ArticleWording
from lianfang.outreach.confirming import AnswerTheQuestion, ConfirmLinkNotValid, ReadOnceMore
from lianfang.outreach.models import (
    Article,
    ArticleVersion,
    Campaign,
    CampaignStep,
    GroupPosting,
    Recipient,
    UnitGroup,
)
from lianfang.outreach.operations import (
    ArticleIsOver,
    CampaignIsOver,
    EmptyAudience,
    EverybodyNotChosen,
)
from lianfang.outreach.rules import GATEWAYS, Rule, Step, steps_from
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import callers
from lianfang.usecases.campaign_audience import audience_of, on_the_roll
from lianfang.usecases.letters import in_language_of, languages_of

PORTION = 250  # people of one transaction: a report never waits behind a whole college


# ---------------------------------------------------------------- articles


def write_article(
    *,
    article: Article | None,
    wording: ArticleWording,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> ArticleVersion:
    return articles.write_article(article=article, wording=wording, by=by, actor=actor, now=now)


# ---------------------------------------------------------------- begun and ended


@transaction.atomic
def start(
    *,
    version: ArticleVersion,
    subject: str,
    unit: Unit,
    rule: Rule,
    within: Collection[int],
    asks_question: bool,
    by: Person | None,
    actor: Actor,
    now: datetime,
    steps: Sequence[Step] = (),
    words: str = "",
) -> Campaign:
    """Begin a campaign; its first step is due at once and a worker takes it.

    `within` are the units whose people the starter may write to. Without `steps` those of the
    edition in force are taken. Raises `EmptyAudience`, `EverybodyNotChosen`, `ArticleIsOver`.
    """
    members = audience_of(rule, within=within, now=now)
    everybody = on_the_roll(reporting_day(now)).count()
    return outreach.start(
        version=version,
        subject=subject,
        words=words,
        unit=unit,
        rule=rule,
        members=members,
        is_everybody=len(members) >= everybody,
        steps=list(steps) or steps_from(rules_in_force(now).settings),
        asks_question=asks_question,
        by=by,
        actor=actor,
        now=now,
    )


def end(*, campaign: Campaign, actor: Actor, now: datetime) -> None:
    outreach.end(campaign=campaign, actor=actor, now=now)


# ---------------------------------------------------------------- the worker's move


@when_due(lambda now: CampaignStep.objects.filter(struck_at__isnull=True, due_at__lte=now))
@transaction.atomic
def strike_next(*, now: datetime) -> CampaignStep | None:
    """One portion of the step that is due: letters, or rows on the callers' lists.

    The claim, the letters and the mark are one transaction: a worker killed in the middle
    leaves the portion untold, and nobody told twice. An article past its date is told nobody.
    """
    step = outreach.claim_step(now=now)
    if step is None:
        return None
    campaign = step.campaign
    if campaign.version.valid_until < reporting_day(now):
        outreach.end(campaign=campaign, actor=SYSTEM, now=now)
        return step
    missing = set() if usable().can_ring else {"voice"}
    if set(step.ways) <= missing:
        outreach.leave_out_step(step, now=now)
        return step
    portion = outreach.next_portion(step, most=PORTION)
    channels = tuple(way for way in GATEWAYS if way in step.ways and way not in missing)
    if "in_app" in step.ways or channels:
        notifications.queue(_letters(step, portion, channels), now=now)
    if "callers" in step.ways:
        callers.hand_out(campaign=campaign, recipients=portion, now=now)
    if "group_text" in step.ways:
        _to_the_groups_of_units(step, {one.unit_id for one in portion}, now)
    outreach.took(step, portion)
    if len(portion) < PORTION:
        if "robot" in step.ways:
            notifications.queue(_to_groups(step), now=now)
        outreach.finish_step(step, now=now)
    return step


def postpone_next(*, now: datetime, to: datetime) -> None:
    outreach.postpone_step(now=now, to=to)


def _letters(
    step: CampaignStep, recipients: Sequence[Recipient], channels: tuple[str, ...]
) -> list[Draft]:
    """One letter each, in the language of its reader; texts are written once per language."""
    campaign = step.campaign
    languages = languages_of(one.person for one in recipients)
    bodies: dict[str, str] = {}
    drafts = []
    for one in recipients:
        language = languages.get(one.person_id, settings.LANGUAGE_CODE)
        if language not in bodies:
            with translation.override(language):
                bodies[language] = _short(campaign) if channels else full_text(campaign)
        drafts.append(
            Draft(
                reference=f"{one.reference}step:{step.position}",
                person=one.person,
                subject=campaign.subject,
                body=bodies[language],
                link=f"/k/{confirming.link_token(one)}/",
                channels=channels,
                wants_answer=bool({"sms", "voice"} & set(channels)) and not campaign.asks_question,
            )
        )
    return drafts


def full_text(campaign: Campaign) -> str:
    """The words of the sender, title, text, source and date: for the account and for groups."""
    version = campaign.version
    words = [campaign.words] if campaign.words else []
    return "\n".join([*words, version.title, version.text, _origin(version)])


def group_text(campaign: Campaign) -> str:
    """What somebody copies into a QQ group: in the language of the college."""
    with in_language_of(None):
        return full_text(campaign)


def _short(campaign: Campaign) -> str:
    version = campaign.version
    head = _("“%(title)s”: please open the link, read it and confirm.") % {"title": version.title}
    return f"{head} {_origin(version)}"


def _origin(version: ArticleVersion) -> str:
    return _("Source: %(source)s. Valid until %(day)s.") % {
        "source": version.source,
        "day": version.valid_until.isoformat(),
    }


def _to_groups(step: CampaignStep) -> list[Draft]:
    """A robot speaks to everybody in a group: there people read it in their own account."""
    campaign = step.campaign
    with in_language_of(None):
        return [
            Draft(
                reference=f"{campaign.topic}:group:{step.position}",
                person=None,
                group=group,
                subject=campaign.subject,
                body=full_text(campaign) + "\n" + _("Please confirm it in your own messages."),
                link="/messages/",
            )
            for group in configured_groups()
        ]


def _to_the_groups_of_units(step: CampaignStep, units: Collection[int], now: datetime) -> None:
    """A robot posts in the QQ group of a unit, or in the nearest one above it where the unit
    has none, once in each group. Where there is no robot, somebody copies the text.

    What people confirm they confirm in their own account: a link in a group proves nobody.
    """
    campaign = step.campaign
    carriers = queries.carriers_of(units, day=reporting_day(now))
    by_robot = "onebot" in usable().channels
    groups.ask_for_posting(
        campaign=campaign, unit_ids=units, carriers=carriers, by_robot=by_robot, now=now
    )
    if not by_robot:
        return
    with in_language_of(None):
        body = full_text(campaign) + "\n" + _("Please confirm it in your own messages.")
    notifications.queue(
        [
            Draft(
                reference=f"{campaign.topic}:qq:{number}",
                person=None,
                group=f"{queries.QQ}{number}",
                subject=campaign.subject,
                body=body,
                link="/messages/",
            )
            for number in sorted({one.number for one in carriers.values()})
        ],
        now=now,
    )


def set_group(
    *, unit: Unit, number: str, by: Person | None, actor: Actor, now: datetime
) -> UnitGroup | None:
    return groups.set_group(unit=unit, number=number, by=by, actor=actor, now=now)


# ---------------------------------------------------------------- confirming


def recipient_of_link(token: str, *, now: datetime) -> Recipient:
    return confirming.recipient_of_token(token, now=now)


def confirm_by_link(*, token: str, choice: int | None, now: datetime) -> Recipient:
    """Raises `ReadOnceMore` for a wrong answer, which is kept as the first one, and
    `AnswerTheQuestion` for none."""
    recipient = confirming.recipient_of_token(token, now=now)
    version = recipient.campaign.version
    if recipient.campaign.asks_question and choice is not None:
        if not 0 <= choice < len(version.choices):
            raise AnswerTheQuestion
        confirming.note_choice(recipient=recipient, choice=choice)
    confirming.confirm(
        recipient=recipient,
        how=Recipient.How.LINK,
        choice=choice,
        actor=Actor("PERSON", recipient.person_id, recipient.person.name),
        now=now,
    )
    return recipient


def confirm_by_text(*, message: Message, now: datetime) -> Recipient | None:
    """A text message with the code of this letter came back from the phone it went to.

    None when the letter is no campaign's. The post office has checked code and phone.
    """
    return _confirm_by_phone(message, Recipient.How.SMS, now)


def confirm_by_key(*, message: Message, now: datetime) -> Recipient | None:
    """Key 1 was pressed in the call of this letter. None when the letter is no campaign's."""
    return _confirm_by_phone(message, Recipient.How.KEY, now)


def _confirm_by_phone(message: Message, how: Recipient.How, now: datetime) -> Recipient | None:
    kind, _colon, rest = message.reference.partition(":")
    parts = rest.split(":")
    if kind != "campaign" or len(parts) < 2 or not parts[1].isdecimal() or not message.recipient:
        return None
    recipient = (
        Recipient.objects.filter(pk=int(parts[1]), person=message.recipient)
        .select_related("person", "campaign__version")
        .first()
    )
    if recipient is None or recipient.campaign.asks_question:
        return None
    confirming.confirm(
        recipient=recipient,
        how=how,
        choice=None,
        actor=Actor("PERSON", recipient.person_id, recipient.person.name),
        now=now,
    )
    return recipient


def mark_posted(*, posting: GroupPosting, by: Person, actor: Actor, now: datetime) -> None:
    groups.mark_posted(posting=posting, by=by, actor=actor, now=now)


__all__ = [
    "AnswerTheQuestion", "ArticleIsOver", "ArticleWording", "CampaignIsOver",
    "ConfirmLinkNotValid", "EmptyAudience", "EverybodyNotChosen", "ReadOnceMore", "Rule", "Step",
    "confirm_by_key", "confirm_by_link", "confirm_by_text", "end", "full_text",
    "group_text", "mark_posted",
    "postpone_next", "recipient_of_link", "set_group", "start", "strike_next", "write_article",
]  # fmt: skip

"""Writing articles, starting and ending campaigns, confirming, and what came of a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import F

from lianfang.audit import operations as audit
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.notifications import operations as notifications
from lianfang.outreach.models import (
    Article,
    ArticleVersion,
    CallTask,
    Campaign,
    CampaignStep,
    GroupPosting,
    PhoneCorrection,
    Recipient,
    UnitGroup,
)
from lianfang.outreach.queries import version_in_force
from lianfang.outreach.rules import (
    TOLD_CODES,
    CallPlan,
    Rule,
    Step,
    faults_of_steps,
    has_line_break,
    moments,
    next_try,
    qq_number,
)
from lianfang.roster.models import Person, Unit

LINK_LASTS = timedelta(days=30)
_SALT = "lianfang.outreach"


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


class ConfirmLinkNotValid(Refused):
    """The same words for a forged, an altered and an old link."""

    code = "outreach.link-not-valid"
    message = _("This link is not valid any more. You find the message in your account.")
    status = 404


class AnswerTheQuestion(Refused):
    code = "outreach.answer-the-question"
    message = _("Please choose an answer first.")


class ReadOnceMore(Refused):
    code = "outreach.read-once-more"
    message = _("Not quite. Please read the text once more and choose again.")


class CampaignIsOver(Refused):
    code = "outreach.campaign-is-over"
    message = _("This campaign has ended.")
    status = 409


class CallIsClosed(Refused):
    code = "outreach.call-is-closed"
    message = _("This call is no longer needed.")
    status = 409


class PostedAlready(Refused):
    code = "outreach.posted-already"
    message = _("%(name)s has posted this already.")
    status = 409


# ---------------------------------------------------------------- articles


@dataclass(frozen=True, slots=True)
class ArticleWording:
    """What an article says. `valid_until` is the last day on which it holds, as ISO text."""

    title_zh: str
    text_zh: str
    source: str
    valid_until: str
    title_en: str = ""
    text_en: str = ""
    what_changed: str = ""
    question_zh: str = ""
    question_en: str = ""
    choices: Sequence[tuple[str, str]] = ()
    right_choice: int | None = None


def _problems_of(wording: ArticleWording, *, is_new: bool, now: datetime) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not tidy(wording.title_zh):
        problems["title_zh"] = _("A title, please.")
    elif has_line_break(wording.title_zh) or has_line_break(wording.title_en):
        problems["title_zh"] = _("A title has one line only.")
    if not wording.text_zh.strip():
        problems["text_zh"] = _("The text itself is missing.")
    if not tidy(wording.source):
        problems["source"] = _("Please say where this comes from: who published it, and when.")
    day = reporting_day(now).isoformat()
    try:
        datetime.fromisoformat(wording.valid_until)
    except ValueError:
        problems["valid_until"] = _("A day such as 2020-02-29, please.")
    else:
        if wording.valid_until < day:
            problems["valid_until"] = _("This day is over already.")
    if not is_new and not tidy(wording.what_changed):
        problems["what_changed"] = _("A new version says what is new in it.")
    if wording.question_zh.strip():
        if len(wording.choices) < 2 or not all(zh.strip() for zh, _en in wording.choices):
            problems["choices"] = _("A question needs two answers at least, one a line.")
        elif wording.right_choice is None or not 0 <= wording.right_choice < len(wording.choices):
            problems["right_choice"] = _("Which of the answers is right?")
    return problems


@transaction.atomic
def write_article(
    *,
    article: Article | None,
    wording: ArticleWording,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> ArticleVersion:
    """A new article, or the next version of one. Raises `Invalid` with a sentence per field."""
    problems = _problems_of(wording, is_new=article is None, now=now)
    if problems:
        raise Invalid(problems)
    before = version_in_force(article) if article else None
    has_question = bool(wording.question_zh.strip())
    version = ArticleVersion.objects.create(
        article=article or Article.objects.create(created_at=now),
        number=before.number + 1 if before else 1,
        title_zh=tidy(wording.title_zh)[:100],
        title_en=tidy(wording.title_en)[:100],
        text_zh=wording.text_zh.strip()[:8000],
        text_en=wording.text_en.strip()[:8000],
        source=tidy(wording.source)[:300],
        valid_until=wording.valid_until,
        what_changed=tidy(wording.what_changed)[:300],
        question_zh=tidy(wording.question_zh)[:200],
        question_en=tidy(wording.question_en)[:200],
        choices=[[tidy(zh)[:100], tidy(en)[:100]] for zh, en in wording.choices]
        if has_question
        else [],
        right_choice=wording.right_choice if has_question else None,
        written_by=by,
        written_at=now,
    )
    version.refresh_from_db()
    audit.record(
        verb="outreach.article.written", actor=actor, subject=version, now=now,
        number=version.number,
    )  # fmt: skip
    return version


# ---------------------------------------------------------------- campaigns


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


def postpone_step(*, now: datetime, to: datetime) -> None:
    """A step that cannot be taken is put off, so that it stops nobody else."""
    due = CampaignStep.objects.filter(struck_at__isnull=True, due_at__lte=now)
    CampaignStep.objects.filter(pk__in=due.order_by("due_at", "id").values("pk")[:1]).update(
        due_at=to
    )


# ---------------------------------------------------------------- confirming


def link_token(recipient: Recipient) -> str:
    return signing.dumps(recipient.pk, salt=_SALT)


def recipient_of_token(token: str, *, now: datetime) -> Recipient:
    """Raises `ConfirmLinkNotValid` for a forged, altered or old link."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise ConfirmLinkNotValid from error
    found = (
        Recipient.objects.filter(pk=pk).select_related("person", "campaign__version__article")
    ).first()
    if found is None or now - found.campaign.started_at > LINK_LASTS:
        raise ConfirmLinkNotValid
    return found


@transaction.atomic
def confirm(
    *,
    recipient: Recipient,
    how: Recipient.How,
    choice: int | None,
    actor: Actor,
    now: datetime,
) -> bool:
    """“I know it now.” Closes the letters and the call. False when it was confirmed before.

    Where a question is asked, the first answer is kept, and only the right one confirms.
    """
    campaign = recipient.campaign
    if recipient.confirmed_at is not None:
        return False
    if campaign.asks_question and how != Recipient.How.CALL:
        _answer(recipient, choice)
    changed = Recipient.objects.filter(pk=recipient.pk, confirmed_at__isnull=True).update(
        confirmed_at=now, how=how
    )
    recipient.refresh_from_db(fields=["confirmed_at", "how"])
    if changed != 1:
        return False
    _no_more(recipient, CallTask.Closing.CONFIRMED, now)
    audit.record(
        verb="outreach.recipient.confirmed", actor=actor, subject=recipient, now=now,
        concerns=recipient.person_id, how=str(how),
    )  # fmt: skip
    return True


def note_choice(*, recipient: Recipient, choice: int) -> None:
    """The first answer to the question, right or wrong; later ones do not rewrite it."""
    is_right = choice == recipient.campaign.version.right_choice
    Recipient.objects.filter(pk=recipient.pk, first_choice__isnull=True).update(
        first_choice=choice, is_right=is_right
    )


def _answer(recipient: Recipient, choice: int | None) -> None:
    version = recipient.campaign.version
    if choice is None or not 0 <= choice < len(version.choices):
        raise AnswerTheQuestion
    if choice != version.right_choice:
        raise ReadOnceMore
    note_choice(recipient=recipient, choice=choice)


def _no_more(recipient: Recipient, closing: CallTask.Closing, now: datetime) -> None:
    CallTask.objects.filter(recipient=recipient, next_try_at__isnull=False).update(
        next_try_at=None, closed_at=now, closing=closing
    )
    notifications.cancel(
        reference_prefix=recipient.reference, now=now, recipient=recipient.person_id
    )


# ---------------------------------------------------------------- calls


def open_calls(
    *, recipients: Sequence[tuple[Recipient, int | None]], now: datetime
) -> list[CallTask]:
    """A row for each person who shall be rung, with whoever rings; once per person."""
    return CallTask.objects.bulk_create(
        [
            CallTask(recipient=one, assigned_to_id=caller, opened_at=now, next_try_at=now)
            for one, caller in recipients
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def note_call(
    *,
    task: CallTask,
    outcome: str,
    plan: CallPlan,
    by: Person,
    actor: Actor,
    now: datetime,
) -> CallTask:
    """What a call came to: told ends it, refused and enough end it, else there is a next try.

    Raises `CallIsClosed` when the person confirmed, or a colleague was first.
    """
    tries = task.tries + 1
    again = next_try(outcome, tries=tries, plan=plan, now=now)
    changed = CallTask.objects.filter(
        pk=task.pk, tries=task.tries, next_try_at__isnull=False
    ).update(
        tries=tries,
        last_outcome=outcome,
        last_try_at=now,
        next_try_at=again,
        closed_at=None if again else now,
        closing="" if again else _closing(outcome),
    )
    if changed != 1:
        raise CallIsClosed
    task.refresh_from_db()
    recipient = task.recipient
    if outcome == "CONFIRMED":
        confirm(recipient=recipient, how=Recipient.How.CALL, choice=None, actor=actor, now=now)
    elif outcome in TOLD_CODES:
        Recipient.objects.filter(pk=recipient.pk, told_at__isnull=True).update(
            told_at=now, how=Recipient.How.CALL
        )
    if again is None:
        _no_more(recipient, CallTask.Closing.TOLD, now)
    audit.record(
        verb="outreach.call.noted", actor=actor, subject=task, now=now,
        concerns=recipient.person_id, outcome=outcome, by=by.pk,
    )  # fmt: skip
    return task


def _closing(outcome: str) -> CallTask.Closing:
    if outcome in TOLD_CODES:
        return CallTask.Closing.TOLD
    if outcome == "REFUSED":
        return CallTask.Closing.REFUSED
    if outcome == "WRONG_NUMBER":
        return CallTask.Closing.WRONG_NUMBER
    return CallTask.Closing.NOT_REACHED


def note_wrong_number(
    *,
    person: Person,
    unit_id: int,
    found: PhoneCorrection.Found,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> PhoneCorrection | None:
    """A task for the unit, open until the roster has another number. None when it stands already."""
    correction, created = PhoneCorrection.objects.get_or_create(
        person=person,
        wrong_index=person.phone_index,
        withdrawn_at=None,
        defaults={"unit_id": unit_id, "found": found, "noted_at": now, "noted_by": by},
    )
    if not created:
        return None
    audit.record(
        verb="outreach.number.found-wrong", actor=actor, subject=correction, now=now,
        concerns=person.pk, found=str(found),
    )  # fmt: skip
    return correction


def withdraw_correction(*, correction: PhoneCorrection, actor: Actor, now: datetime) -> None:
    """The number was right after all: somebody reached the person with it."""
    PhoneCorrection.objects.filter(pk=correction.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )
    audit.record(
        verb="outreach.number.found-right", actor=actor, subject=correction, now=now,
        concerns=correction.person_id,
    )  # fmt: skip


# ---------------------------------------------------------------- groups without a robot


def ask_for_posting(
    *, campaign: Campaign, unit_ids: Iterable[int], robots: Mapping[int, str], now: datetime
) -> None:
    """One row for each unit; `robots` are the QQ groups in which nobody has to post by hand."""
    GroupPosting.objects.bulk_create(
        [
            GroupPosting(campaign=campaign, unit_id=pk, robot=robots.get(pk, ""), asked_at=now)
            for pk in sorted(unit_ids)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def mark_posted(*, posting: GroupPosting, by: Person, actor: Actor, now: datetime) -> None:
    """Who says that the text stands in the group; the first one counts."""
    changed = GroupPosting.objects.filter(pk=posting.pk, posted_at__isnull=True).update(
        posted_at=now, posted_by=by
    )
    posting.refresh_from_db()
    if changed != 1:
        raise PostedAlready(name=posting.posted_by.name if posting.posted_by else "")
    audit.record(verb="outreach.posting.made", actor=actor, subject=posting, now=now)


@transaction.atomic
def set_group(
    *, unit: Unit, number: str, by: Person | None, actor: Actor, now: datetime
) -> UnitGroup | None:
    """The QQ group of a unit from now on; an empty number ends it. Raises `Invalid`."""
    typed = tidy(number)
    plain = qq_number(typed) if typed else ""
    if plain is None:
        raise Invalid({"number": _("The number of a QQ group has 5 to 12 digits.")})
    before = UnitGroup.objects.filter(unit=unit, ended_at__isnull=True).first()
    if before is not None and before.number == plain:
        return before
    if before is not None:
        UnitGroup.objects.filter(pk=before.pk).update(ended_at=now)
        audit.record(verb="outreach.group.ended", actor=actor, subject=before, now=now)
    if not plain:
        return None
    made = UnitGroup.objects.create(unit=unit, number=plain, noted_by=by, noted_at=now)
    audit.record(verb="outreach.group.noted", actor=actor, subject=made, now=now)
    return made

"""A person confirms with a link or an answer, without an account; what they understood."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications import operations as notifications
from lianfang.outreach.models import CallTask, Recipient

LINK_LASTS = timedelta(days=30)
_SALT = "lianfang.outreach"


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
    no_more(recipient, CallTask.Closing.CONFIRMED, now)
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


def no_more(recipient: Recipient, closing: CallTask.Closing, now: datetime) -> None:
    CallTask.objects.filter(recipient=recipient, next_try_at__isnull=False).update(
        next_try_at=None, closed_at=now, closing=closing
    )
    notifications.cancel(
        reference_prefix=recipient.reference, now=now, recipient=recipient.person_id
    )

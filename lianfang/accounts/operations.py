"""Issuing activation codes and turning one into an account."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from lianfang.accounts.models import Account, ActivationCode
from lianfang.audit import operations as audit
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.models import Person
from lianfang.vault.fields import blind_index

CODE_LASTS = timedelta(days=3)
TRIES_PER_CODE = 6
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else


class CodeNotAccepted(Refused):
    """Said in the same words for an unknown number, a wrong, a used and an expired code."""

    code = "accounts.code-not-accepted"
    message = _(
        "This number and code do not fit, or the code has been used or is too old. "
        "Your counselor can give you a new one."
    )


def _index(person_id: int, code: str) -> str:
    return blind_index(f"{person_id}:{code}", place="accounts_activationcode.code")


def issue_code(*, person: Person, actor: Actor, by: Person | None, now: datetime) -> str:
    """A fresh one-time code; earlier unused codes of the person stop working."""
    code = "".join(secrets.choice(_ALPHABET) for _position in range(8))
    with transaction.atomic():
        ActivationCode.objects.filter(person=person, used_at__isnull=True).update(expires_at=now)
        row = ActivationCode.objects.create(
            person=person,
            code_index=_index(person.pk, code),
            issued_at=now,
            issued_by=by,
            expires_at=now + CODE_LASTS,
        )
        audit.record(
            verb="accounts.code.issued", actor=actor, subject=row, now=now, concerns=person.pk
        )
    return code


def as_issued(typed: str) -> str:
    """A code as people type it: in two groups as on the sheet, in small letters, full width."""
    return "".join(letter for letter in tidy(typed).upper() if letter.isalnum())


def activate(*, number: str, code: str, password: str, now: datetime) -> Account:
    """First visit: number and one-time code become an account with a password.

    A wrong try is counted outside the refusal, so that guessing ends after a few tries.
    """
    person = Person.objects.filter(number=tidy(number)).first()
    if person is None:
        raise CodeNotAccepted
    open_codes = ActivationCode.objects.filter(
        person=person, used_at__isnull=True, expires_at__gt=now, attempts__lt=TRIES_PER_CODE
    )
    row = open_codes.filter(code_index=_index(person.pk, as_issued(code))).first()
    if row is None:
        open_codes.update(attempts=F("attempts") + 1)
        raise CodeNotAccepted
    return _spend(row=row, person=person, password=password, now=now)


@transaction.atomic
def _spend(*, row: ActivationCode, person: Person, password: str, now: datetime) -> Account:
    account = Account.objects.filter(person=person).first() or Account(
        login=person.number, person=person, created_at=now
    )
    _check_password(password, account)
    # Two phones with one code: the conditional update lets one through.
    if ActivationCode.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=now) != 1:
        raise CodeNotAccepted
    account.set_password(password)
    account.save()
    if row.sent_by_channel:
        Person.objects.filter(pk=person.pk).update(phone_verified_at=now)
    audit.record(
        verb="accounts.account.activated",
        actor=account.actor,
        subject=account,
        now=now,
        concerns=person.pk,
    )
    return account


def _check_password(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from error


@transaction.atomic
def change_password(*, account: Account, old: str, new: str, now: datetime) -> None:
    """A new password of one's own. Raises `Invalid` beside the field that is wrong."""
    if not account.check_password(old):
        raise Invalid({"old": _("This is not your present password.")})
    _check_password(new, account)
    account.set_password(new)
    account.save(update_fields=["password"])
    audit.record(
        verb="accounts.password.changed",
        actor=account.actor,
        subject=account,
        now=now,
        concerns=account.person.pk if account.person else None,
    )


@transaction.atomic
def create_operator(*, login: str, password: str, now: datetime) -> Account:
    """An administrator who is not on the roster. Raises `Invalid` naming what is wrong."""
    if Account.objects.filter(login=login).exists():
        raise Invalid({"login": "This name is taken."})
    account = Account(login=login, is_operator=True, created_at=now)
    _check_password(password, account)
    account.set_password(password)
    account.save()
    audit.record(verb="accounts.operator.created", actor=OPERATOR, subject=account, now=now)
    return account

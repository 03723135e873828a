"""The language of whoever reads: their own choice, else the college's.

A worker speaks no language of its own, and what a page of one person writes is read by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

from lianfang.accounts.models import Account
from lianfang.roster.models import Person


def languages_of(people: Iterable[Person]) -> dict[int, str]:
    """Person to the language they chose; who chose none is left out. One query."""
    known = dict(settings.LANGUAGES)
    rows = Account.objects.filter(person__in=list(people)).values_list("person_id", "language")
    return {person: language for person, language in rows if language in known}


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """What is written inside is in this language; None is the college's."""
    with translation.override(language or settings.LANGUAGE_CODE):
        yield


@contextmanager
def in_language_of(person: Person | None) -> Iterator[None]:
    with speaking(languages_of([person]).get(person.pk) if person is not None else None):
        yield

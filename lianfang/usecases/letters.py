"""Letters in the language of whoever reads them: their own choice, else the college's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

from lianfang.accounts.models import Account
from lianfang.roster.models import Person


@contextmanager
def in_language_of(person: Person | None) -> Iterator[None]:
    """A worker speaks no language of its own: what it writes is for somebody."""
    chosen = ""
    if person is not None:
        chosen = (
            Account.objects.filter(person=person).values_list("language", flat=True).first() or ""
        )
    language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        yield

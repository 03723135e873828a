"""What the tests of the desk's pages share: who looks, and what a page says."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

from lianfang.accounts.models import Account
from lianfang.audit.models import Entry
from lianfang.roster.models import Person
from tests.cast import College
from tests.web.portal import client_of

__all__ = ["client_of", "looks_at", "operator", "page", "text_of"]


def operator(college: College) -> Client:
    """An administrator who is nobody on the roster."""
    account, _made = Account.objects.get_or_create(
        login="admin", defaults={"is_operator": True, "created_at": college.now}
    )
    client = Client()
    client.force_login(account, backend="lianfang.accounts.backends.NumberBackend")
    return client


def text_of(response: Any) -> str:
    """What a reader sees of a page: no tags, one space between words."""
    body = response.content.decode()
    body = re.sub(r"<script.*?</script>|<head>.*?</head>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def page(college: College, name: str, url: str, *, language: str = "en", status: int = 200) -> str:
    """The text of a page as this person sees it, in English unless told otherwise."""
    client = operator(college) if name == "admin" else client_of(college, name)
    client.cookies["language"] = language
    response = client.get(url)
    assert response.status_code == status, f"{name} {url}: {response.status_code}"
    return text_of(response)


def looks_at(person: Person, verb: str) -> list[str]:
    """Who looked at this person's data, by the audit trail."""
    entries = Entry.objects.filter(concerns=person.pk, verb=verb).order_by("id")
    return list(entries.values_list("actor_label", flat=True))

"""What was typed into a form that could not be taken, carried on in the person's own browser."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.request import UnreadablePostError

PREFIX = "kept-"
_NEVER = {"csrfmiddlewaretoken", "password", "again", "old", "code"}
_MOST = 64 * 1024

Fields = list[tuple[str, str]]


def kept_fields(request: HttpRequest) -> Fields:
    """The fields of this request; never a password, and nothing that is no form of ours."""
    try:
        pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    except UnreadablePostError:  # half a form arrived, and there is nobody to show it to
        return []
    fields = [
        (name, value) for name, value in pairs if name not in _NEVER and not name.startswith(PREFIX)
    ]
    return fields if sum(len(name) + len(value) for name, value in fields) <= _MOST else []


def unpack(request: HttpRequest) -> Fields:
    """The fields that a log-in page carried for the page before it."""
    return [
        (name.removeprefix(PREFIX), value)
        for name, values in request.POST.lists()
        if name.startswith(PREFIX)
        for value in values
    ]

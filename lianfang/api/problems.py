"""Every refusal in one shape: a code to quote, a sentence in the caller's language, the fields.

The shape is a problem of RFC 9457 (`application/problem+json`), with members of our own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.errors import Throttled as NinjaThrottled
from pydantic import Field

from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.portal.middleware import in_words
from lianfang.usecases import traces

logger = logging.getLogger(__name__)

# What any operation may answer instead of its own answer.
PROBLEM_STATUSES = frozenset({400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 503})


MEDIA_TYPE = "application/problem+json"
_KIND = "urn:problem-type:lianfang:"


class Problem(Schema):
    """What was not done, and why. Nothing was changed."""

    type: str = Field(description="The code as a URI.")
    title: str = Field(description="The phrase of the status, in English.")
    status: int
    detail: str = Field(description="The same as `message`.")
    code: str = Field(description="Stable, to be quoted and programmed against.")
    message: str = Field(description="For a person, in the language of Accept-Language.")
    fields: dict[str, str] = Field(
        description="The place in the request (such as answers.onset_on), and its sentence."
    )


class NotLoggedIn(Refused):
    code = "api.not-logged-in"
    message = _("Send the token of an integration (Authorization: Bearer …), or log in.")
    status = 401


class BadRequestBody(Refused):
    code = "api.bad-request"
    message = _("The request could not be read.")
    status = 400


class TooOften(Refused):
    code = "api.too-often"
    message = _("That was too often within a minute. Please wait a little.")
    status = 429


class TooLarge(Refused):
    code = "api.too-large"
    message = _("The body is larger than %(limit)s kB; nothing of it was read.")
    status = 413


class HalfSent(Refused):
    code = "api.half-sent"
    message = _("Only part of the body arrived; nothing was stored. Please send it again.")
    status = 400


class StorageUnavailable(Refused):
    """The database is locked, full, read-only or away: said as such, never as a success."""

    code = "api.storage-unavailable"
    message = _("Nothing could be stored just now. Please send it again in a few seconds.")
    status = 503


class SomebodyWasFirst(Refused):
    code = "api.somebody-was-first"
    message = _("Somebody else changed the same at this moment. Please look, and try again.")
    status = 409


class MethodNotAllowed(Refused):
    code = "api.method-not-allowed"
    message = _("This address does not know the method %(method)s.")
    status = 405


def answer(problem: Refused) -> HttpResponse:
    """The refusal as the one shape."""
    sentence = in_words(problem)
    plain = Problem(
        type=f"{_KIND}{problem.code}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=sentence,
        code=problem.code,
        message=sentence,
        fields=fields_of(problem),
    )
    response = JsonResponse(
        plain.model_dump(),
        status=problem.status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="lianfang"'
    if problem.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def fields_of(refusal: Refused) -> dict[str, str]:
    """Each culprit with its sentence, in the language of the moment."""
    if not isinstance(refusal, Invalid):
        return {}
    return {
        name: _filled(gettext(text), refusal.context) for name, text in refusal.problems.items()
    }


def _filled(sentence: str, context: Mapping[str, Any]) -> str:
    """With the values of the refusal; a sentence that was filled before stays as it is."""
    try:
        return sentence % context if "%(" in sentence else sentence
    except (KeyError, TypeError, ValueError):
        return sentence


def renamed(refusal: Invalid, name_of: Callable[[str], str]) -> Invalid:
    """The same refusal with the fields as this request calls them."""
    context = {name: value for name, value in refusal.context.items() if name != "problems"}
    fields = {name_of(name): sentence for name, sentence in refusal.problems.items()}
    return Invalid(fields, **context)


# What the outer world raises, and the refusal that says it.
_TRANSLATED: Mapping[type[Exception], type[Refused]] = {
    Http404: NotYours,
    RequestDataTooBig: BadRequestBody,
    SuspiciousOperation: BadRequestBody,
    BadRequest: BadRequestBody,
    MultiPartParserError: BadRequestBody,
    UnreadablePostError: HalfSent,
    NinjaThrottled: TooOften,
    IntegrityError: SomebodyWasFirst,
}
_NO_DATABASE = (OperationalError, InterfaceError, InternalError)
UNDERSTOOD: tuple[type[Exception], ...] = (
    Refused, ValidationError, HttpError, *_TRANSLATED, *_NO_DATABASE,
)  # fmt: skip


def refusal_of(error: Exception) -> Refused:
    """The refusal that an exception means; one that means none is raised again."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, ValidationError):
        return Invalid(dict(sentences(error.errors)))
    for kind, refused in _TRANSLATED.items():
        if isinstance(error, kind):
            return refused()
    if isinstance(error, _NO_DATABASE):
        logger.exception("The database refused")
        return StorageUnavailable()
    if isinstance(error, HttpError):
        return _of_http_error(error)
    raise error


def _of_http_error(error: HttpError) -> Refused:
    if isinstance(error.__cause__, Refused):  # ninja wraps what its parser raises
        return error.__cause__
    by_status = {401: NotLoggedIn, 403: Forbidden, 404: NotYours}
    return by_status.get(error.status_code, BadRequestBody)()


# ---------------------------------------------------------------- fields

_SENTENCES = {
    "missing": _("This field is missing."),
    "extra_forbidden": _("There is no such field here."),
    "string_too_long": _("At most %(max_length)s characters, please."),
    "string_too_short": _("At least %(min_length)s characters, please."),
    "too_long": _("At most %(max_length)s entries, please."),
    "too_short": _("At least %(min_length)s entries, please."),
    "literal_error": _("This is none of the values that are possible here."),
    "enum": _("This is none of the values that are possible here."),
    "greater_than_equal": _("Not less than %(ge)s, please."),
    "less_than_equal": _("Not more than %(le)s, please."),
    "string_type": _("Text is expected here."),
    "bool_type": _("true or false is expected here."),
    "list_type": _("A list is expected here."),
    "model_attributes_type": _("An object is expected here."),
    "dict_type": _("An object is expected here."),
}
_OTHERWISE = _("This value cannot be taken here.")
# Parts of a place that ninja adds: the kind of parameter and its name in our code.
_SOURCES = {"body", "query", "path", "header", "form", "file", "cookie"}


def sentences(errors: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """Place and sentence of each thing that the schema does not take."""
    for error in errors:
        place = [str(part) for part in error["loc"]]
        if place and place[0] in _SOURCES:
            place = place[2:] if place[0] == "body" and len(place) > 1 else place[1:]
        context = error.get("ctx") or {}
        yield ".".join(place) or "body", sentence_of(str(error["type"]), context)


def sentence_of(kind: str, context: Mapping[str, Any]) -> str:
    """In the language of the moment; `asked_back` brings its own words."""
    if kind == "asked_back":
        return str(gettext(context["sentence"]) % context["given"])
    return gettext(_SENTENCES.get(kind, _OTHERWISE)) % context


_KEY_REUSED = "reporting.key-reused"


def install(api: NinjaAPI) -> None:
    """Let every exception that means a refusal become one."""

    def handle(request: HttpRequest, error: Any) -> HttpResponse:
        refusal = refusal_of(error)
        _remember(request, refusal)
        return answer(refusal)

    for kind in UNDERSTOOD:
        api.add_exception_handler(kind, handle)


def _remember(request: HttpRequest, refusal: Refused) -> None:
    """Whoever asks for what is not theirs, or reuses a key, leaves a trace of it."""
    caller = getattr(request, "auth", None)
    told = refusal.status in {403, 404} or refusal.code == _KEY_REUSED
    if caller is not None and told:
        traces.leave(
            verb="api.request.refused",
            actor=caller.actor,
            now=caller.now,
            code=refusal.code,
            method=request.method,
            path=request.path[:200],
        )

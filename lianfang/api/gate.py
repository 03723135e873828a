"""The gate before every address of the API: what is too large, half sent or packed stays out.

Nothing is parsed before it has passed. Language by Accept-Language, Chinese where none is
named; a refusal of any kind leaves in the one shape of `problems`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.utils.translation.trans_real import parse_accept_lang_header

from lianfang.api import problems
from lianfang.api.problems import HalfSent, MethodNotAllowed, TooLarge
from lianfang.api.reading import NotJson
from lianfang.kernel.refusals import NotYours, Refused
from lianfang.kernel.texts import gettext_noop as _

_KB = 1024
LIMIT = 256 * _KB
LIMIT_OF = {
    "report_batch": 1024 * _KB,
    "roster_import": 24 * 1024 * _KB,
    "contact_list": 21 * 1024 * _KB,
    "records_import": 21 * 1024 * _KB,
    "groups_import": 21 * 1024 * _KB,
    "area_import": 5 * 1024 * _KB,
    "hospital_import": 5 * 1024 * _KB,
} | dict.fromkeys(
    ("directives", "redraft", "feed_back", "items", "report_item"),
    4 * 1024 * _KB,  # with files
)
# these take multipart/form-data
FILES = {
    "roster_import", "area_import", "hospital_import", "contact_list", "records_import",
    "groups_import",
}  # fmt: skip
_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
View = Callable[..., HttpResponse]


class WrongType(Refused):
    code = "api.wrong-type"
    message = _("The body has to be %(wanted)s, not packed, in UTF-8.")
    status = 415


class LengthNeeded(Refused):
    """A body in chunks has no length to be measured before it is read."""

    code = "api.length-needed"
    message = _("Send the length of the body (Content-Length); a body in chunks is not read.")
    status = 400


def guarded(patterns: Iterable[URLPattern]) -> list[URLPattern]:
    """The same addresses, each behind the gate."""
    made = []
    for one in patterns:
        view = _gate(one.callback, name=one.name or "")
        made.append(URLPattern(one.pattern, view, one.default_args, one.name))
    return made


def _gate(view: View, *, name: str) -> View:
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            try:
                _check(request, name)
                response = view(request, *args, **kwargs)
            except problems.UNDERSTOOD as error:
                response = problems.answer(problems.refusal_of(error))
            if response.status_code == 405:
                response = _not_allowed(request, response)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        return response

    gate.csrf_exempt = True  # type: ignore[attr-defined]  # a session is checked by `auth`
    gate.needs = "token-or-session"  # type: ignore[attr-defined]  # a mark for a test
    return gate


def language_of(request: HttpRequest) -> str:
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if tag.startswith("zh"):
            return "zh-hans"
        if tag.startswith("en"):
            return "en"
    return "zh-hans"


def _check(request: HttpRequest, name: str) -> None:
    request.get_host()  # a name that is not ours is refused before anything else
    if request.method not in _WITH_BODY:
        return
    limit = LIMIT_OF.get(name, LIMIT)
    length = _length(request)
    if length > limit:
        raise TooLarge(limit=limit // _KB)
    wanted = "multipart/form-data" if name in FILES else "application/json"
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongType(wanted=wanted)
    if not length:
        if "Transfer-Encoding" in request.headers:
            raise LengthNeeded
        return
    if request.content_type != wanted:
        raise WrongType(wanted=wanted)
    if name not in FILES:
        _check_json(request, length)


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _check_json(request: HttpRequest, length: int) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise NotJson(why=gettext("not UTF-8"))
    if len(request.body) < length:
        raise HalfSent


def _not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    answer = problems.answer(MethodNotAllowed(method=str(request.method)[:10]))
    answer.headers["Allow"] = response.headers.get("Allow", "")
    return answer


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address below /api/."""
    with translation.override(language_of(request)):
        response = problems.answer(NotYours())
    response.headers["Content-Language"] = language_of(request)
    return response


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]  # it changes nothing
nothing_here.needs = "everybody"  # type: ignore[attr-defined]  # a mark for a test

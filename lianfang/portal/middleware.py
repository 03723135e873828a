"""The edge of every page: language, refusals in words, nothing private in caches."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from lianfang.kernel.refusals import NotYours, Refused

LANGUAGE_COOKIE = "language"
Answer = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Chinese unless the person chose otherwise; the header of a cheap phone decides nothing."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # refuses (400) a host that is not ours, on pages that never ask for it
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def in_words(refusal: Refused) -> str:
    """The refusal in the language of the page."""
    return _(refusal.message) % refusal.context


class RefusalMiddleware:
    """A refusal that no view handled becomes a page that says what to do next."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        return render(
            request,
            "refused.html",
            {"words": in_words(error), "code": error.code, "gone": isinstance(error, NotYours)},
            status=error.status,
        )


class PrivateByDefaultMiddleware:
    """Personal pages are kept by no cache; static files say otherwise themselves."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(), camera=(), microphone=()"
        )
        return response

"""First visit, log-in, log-out, language; and the two answers of a form that came too late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianfang.kernel.clock import now as the_time
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import tidy
from lianfang.portal.edge import Visit, for_account, for_everybody
from lianfang.portal.kept import kept_fields, unpack
from lianfang.portal.middleware import LANGUAGE_COOKIE, in_words
from lianfang.rulebook.queries import NoEditionInForce, rules_in_force
from lianfang.usecases import own_account


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"


@for_everybody
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "portal/login.html", {"next": _safe_next(request)})
    number = tidy(request.POST.get("number", ""))[:32]
    account = authenticate(
        request, username=number, password=request.POST.get("password", "")[:128]
    )
    kept = unpack(request)
    if account is None:
        words = _("This number and password do not fit. Have you activated your account?")
        context = {
            "problem": words, "number": number, "next": _safe_next(request), "kept": kept,
        }  # fmt: skip
        return render(request, "portal/login.html", context, status=422)
    login(request, account)
    if kept:
        resend = {"kept": kept, "send_to": _safe_next(request), "after_login": True}
        return render(request, "portal/stale.html", resend)
    return redirect(_safe_next(request))


@for_everybody
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        first = {"number": request.GET.get("n", "")[:32], "notice": _notice(the_time())}
        return render(request, "portal/activate.html", first)
    number = tidy(request.POST.get("number", ""))[:32]
    password = request.POST.get("password", "")[:128]
    code = request.POST.get("code", "")[:20]
    context: dict[str, Any] = {"number": number, "code": code, "problems": {}}
    if password != request.POST.get("again", ""):
        context["problems"] = {"again": _("The two passwords are not the same.")}
        return render(request, "portal/activate.html", context, status=422)
    try:
        account = own_account.activate(
            number=number,
            code=code,
            password=password,
            now=the_time(),
        )
    except Invalid as error:
        context["problems"] = {name: _(text) for name, text in error.problems.items()}
    except Refused as error:
        context["problems"] = {"code": in_words(error)}
    else:
        login(request, account, backend="lianfang.accounts.backends.NumberBackend")
        return redirect("portal-report")
    return render(request, "portal/activate.html", context, status=422)


def _notice(now: datetime) -> str:
    """What is collected and why; empty in a database that has no rulebook yet."""
    try:
        return rules_in_force(now).text("notice")
    except NoEditionInForce:
        return ""


@for_account
@require_POST
def log_out(request: HttpRequest, visit: Visit) -> HttpResponse:
    logout(request)
    return redirect("portal-login")


@for_everybody
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_safe_next(request))
    wanted = request.POST.get("language", "")
    if wanted in {"zh-hans", "en"}:
        response.set_cookie(
            LANGUAGE_COOKIE, wanted, max_age=365 * 24 * 3600, httponly=True, samesite="Lax"
        )
    return response


@for_account
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Whoever answers for others begins at the desk, everybody else at their own report."""
    if visit.sight.sees_college:
        return redirect("desk-board")
    return redirect("desk-home" if visit.sight.has_desk else "portal-report")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened in another session: nothing was stored, and what was typed is here."""
    context = {"kept": kept_fields(request), "send_to": request.get_full_path()}
    return render(request, "portal/stale.html", context, status=403)


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords for this number from this place; the account itself is open."""
    context = {
        "problem": _("Too many tries. Please wait 15 minutes; your account is not locked."),
        "number": tidy(request.POST.get("number", ""))[:32],
        "next": _safe_next(request),
        "kept": unpack(request),
        "locked": True,
    }
    return render(request, "portal/login.html", context, status=429)

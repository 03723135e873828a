"""My record: what I reported, who looked at it, what was written to me, my password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.kernel.refusals import Invalid
from lianfang.monitoring.queries import open_file_of
from lianfang.notifications.queries import inbox
from lianfang.portal.edge import Visit, for_account, for_person
from lianfang.portal.looks_at_me import acts_about, in_words
from lianfang.quarantine.queries import running_order_of
from lianfang.reporting.queries import reports_of
from lianfang.roster import queries as roster
from lianfang.rulebook.queries import rules_in_force
from lianfang.surveys.queries import is_asked
from lianfang.usecases import own_account, read_messages, text_messages

_PAGE = 14


def _page(request: HttpRequest, rows: Any) -> Page[Any]:
    return Paginator(rows, _PAGE).get_page(request.GET.get("page"))


@for_account
@require_safe
def me(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything of one's own on one page; an operator without a person has only the account."""
    person = visit.account.person
    context: dict[str, Any] = {"section": "me", "person": person}
    if person is not None:
        context |= {
            "unit": roster.reporting_unit_of(person, day=visit.today),
            "carers": roster.carers_of(person, day=visit.today),
            "reports": _page(request, reports_of(person).select_related("submitted_by")),
            "acts": in_words(acts_about(person)[:5]),
            "monitored": open_file_of(person),
            "unread": inbox(person).filter(read_at__isnull=True).count(),
            "sms_stop": text_messages.stopped_for(person),
            "survey_asked": is_asked(person),
            "notice": rules_in_force(visit.now).text("notice"),
            "quarantine": running_order_of(person),
        }
    return render(request, "portal/me.html", context)


@for_person
@require_safe
def looks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything that others did with my record."""
    page = _page(request, acts_about(visit.person))
    context = {"section": "me", "page": page, "acts": in_words(page.object_list)}
    return render(request, "portal/looks.html", context)


@for_person
@require_safe
def letters(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What was written to me."""
    page = _page(request, inbox(visit.person))
    unread = any(letter.read_at is None for letter in page)
    context = {"section": "me", "page": page, "unread": unread}
    return render(request, "portal/messages.html", context)


@for_person
@require_POST
def letters_read(request: HttpRequest, visit: Visit) -> HttpResponse:
    read_messages.mark_all_read(person=visit.person, now=visit.now)
    return redirect("portal-messages")


@for_person
@require_POST
def want_texts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The phone once answered TD; its person wants text messages again."""
    if text_messages.resume(person=visit.person, by=visit.person, actor=visit.actor, now=visit.now):
        messages.success(request, _("You get text messages again."))
    return redirect("portal-me")


@for_account
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest, visit: Visit) -> HttpResponse:
    context: dict[str, Any] = {"section": "me", "problems": {}}
    if request.method == "GET":
        return render(request, "portal/password.html", context)
    new = request.POST.get("password", "")[:128]
    if new != request.POST.get("again", ""):
        context["problems"] = {"again": _("The two passwords are not the same.")}
        return render(request, "portal/password.html", context, status=422)
    try:
        own_account.change_password(
            account=visit.account,
            old=request.POST.get("old", "")[:128],
            new=new,
            now=visit.now,
        )
    except Invalid as error:
        context["problems"] = {name: _(text) for name, text in error.problems.items()}
        return render(request, "portal/password.html", context, status=422)
    update_session_auth_hash(request, visit.account)
    messages.success(request, _("Your password was changed. Other devices have to log in again."))
    return redirect("portal-me")

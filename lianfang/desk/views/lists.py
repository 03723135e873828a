"""Lists from outside: looked at first, stored when somebody says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.desk.forms import ListForm
from lianfang.desk.frame import answer, say
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.places import divisions
from lianfang.places import queries as places
from lianfang.places.models import AreaImport, DesignatedHospital
from lianfang.places.tables import FileProblems
from lianfang.places.words import in_words as problem_in_words
from lianfang.portal.edge import Visit, for_operator
from lianfang.portal.middleware import in_words
from lianfang.roster.models import Person
from lianfang.screening.words import name_of
from lianfang.usecases import list_upload, take_in_lists, uploads
from lianfang.usecases.list_upload import ListFile

MOST_SHOWN = 200
LARGEST = 4 * 1024 * 1024


@for_operator
@require_http_methods(["GET", "POST"])
def areas(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The list of areas of high incidence: what is stored, and a newer one tried or stored."""
    listed = places.risk_areas_on(visit.today)
    shown: dict[str, Any] = {
        "newest": places.latest_list_day(),
        "listed": sorted(divisions.full_name(code) for code in listed if divisions.is_known(code)),
        "imports": AreaImport.objects.order_by("-imported_at")[:10],
    }

    def take_in(data: bytes, form: ListForm, apply: bool) -> Any:
        return take_in_lists.areas(
            data,
            rule=form.cleaned_data["rule"],
            source=form.cleaned_data["source"],
            skip_unknown=form.cleaned_data["skip_unknown"],
            allow_older=form.cleaned_data["allow_older"],
            apply=apply,
            actor=visit.actor,
            now=visit.now,
        )

    return _list_page(request, visit, "areas", shown, take_in, _effect_of)


def _effect_of(changes: Any, data: bytes, visit: Visit) -> dict[str, Any]:
    """Whom the list would bring up: counts by unit, and names only where events are open."""
    effect = take_in_lists.effect_of(changes, now=visit.now)
    events = visit.sight.event_units
    named = [one for one in effect.found if one.unit in events]
    people = Person.objects.in_bulk([one.person for one in named[:MOST_SHOWN]])
    doubts = take_in_lists.doubts_about([("", data)])
    return {
        "effect": effect,
        "people_to_ring": len({one.person for one in effect.found}),
        "named": [
            (people[one.person], name_of(one.match.area_code), one.match.last_on)
            for one in named[:MOST_SHOWN]
        ],
        "doubts": [problem_in_words(one.problem) for one in doubts[:MOST_SHOWN]],
    }


@for_operator
@require_http_methods(["GET", "POST"])
def hospitals(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Designated hospitals: how many are known, and a list tried or stored."""
    current = DesignatedHospital.objects.filter(delisted_on__isnull=True)
    shown: dict[str, Any] = {
        "by_province": [
            (divisions.name(row["province_code"]), row["n"])
            for row in current.values("province_code")
            .annotate(n=Count("id"))
            .order_by("province_code")
        ],
        "without_phone": current.filter(phone="").count(),
    }

    def take_in(data: bytes, form: ListForm, apply: bool) -> Any:
        return take_in_lists.hospitals(data or None, apply=apply, actor=visit.actor, now=visit.now)

    return _list_page(request, visit, "hospitals", shown, take_in)


def _list_page(
    request: HttpRequest,
    visit: Visit,
    what: str,
    shown: dict[str, Any],
    take_in: Callable[[bytes, ListForm, bool], Any],
    effect: Callable[[Any, bytes, Visit], dict[str, Any]] | None = None,
) -> HttpResponse:
    """GET shows; POST tries the file, and stores it when the button said so.

    Between the two the file is kept for whoever uploaded it: it is chosen once.
    """
    context = shown | {"typed": request.POST}
    status = 200
    if request.method == "POST":
        form = ListForm(request.POST, request.FILES)
        apply = request.POST.get("act") == "store"
        try:
            file = _file_of(request, visit, form, what)
            context |= {"kept": file}
            changes = take_in(file.data, form, apply)
        except FileProblems as refused:
            found = [problem_in_words(one) for one in refused.problems]
            context |= {
                "refused": in_words(refused),
                "problems": found[:MOST_SHOWN],
                "more_problems": max(0, len(found) - MOST_SHOWN),
            }
            status = 422
        except Invalid as refused:
            context |= {"problem": " ".join(refused.problems.values())}
            status = refused.status
        except Refused as refused:
            context |= {"refused": in_words(refused)}
            status = refused.status
        else:
            if apply:
                uploads.drop(id=file.id, owner=visit.account.pk)
                say(request, _("Stored."))
                return redirect(f"desk-{what}")
            context |= {
                "changes": changes,
                "warnings": [problem_in_words(one) for one in changes.warnings[:MOST_SHOWN]],
            }
            if effect is not None:
                context |= effect(changes, file.data, visit)
    return answer(
        request, visit, f"desk/{what}.html", here=f"desk-{what}", status=status, **context
    )


def _file_of(request: HttpRequest, visit: Visit, form: ListForm, what: str) -> ListFile:
    """The file that was chosen now, else the one that was looked at before.

    Without either, hospitals are those that come with this product. Raises `Invalid` and
    `uploads.UploadIsGone`.
    """
    if not form.is_valid():
        raise Invalid(form.problems)
    owner, earlier = visit.account.pk, request.POST.get("kept", "")
    chosen = request.FILES.get("file")
    if chosen is None and earlier:
        return list_upload.fetch(id=earlier, what=what, owner=owner, now=visit.now)
    if chosen is None and what == "hospitals":
        return ListFile("", "", b"")
    if chosen is None:
        raise Invalid({"file": _("Please choose a file.")})
    data = chosen.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Invalid({"file": _("This file is larger than 4 MB.")})
    uploads.drop(id=earlier, owner=owner)
    name = (chosen.name or what)[:120]
    return list_upload.keep(what=what, name=name, data=data, owner=owner, now=visit.now)

"""Packages: a list of contacts that goes out, by two persons, with receipt and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import reader, reads_health, writer
from lianfang.api.contacting import package_out
from lianfang.api.downloads import CSV, XLSX, download, said_as_file
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.routers.contacts import router, who
from lianfang.api.shapes.packages import (
    PackageAskIn,
    PackageFactOut,
    PackageSeenOut,
    PackagesOut,
    PackageStepIn,
)
from lianfang.api.shifts import named
from lianfang.contacts import access
from lianfang.contacts.models import Package
from lianfang.kernel.refusals import Forbidden
from lianfang.usecases import contact_packages as usecase

_ONE = "/packages/{package_id}"
_OF_CASE = "/investigations/{investigation_id}/packages"
_KINDS = {Package.Layout.XLSX: XLSX, Package.Layout.CSV: f"{CSV}; charset=utf-8"}


@router.get(_OF_CASE, response=answers(200, PackagesOut), url_name="packages")
def contact_packages(
    request: HttpRequest, investigation_id: str, limit: Limit = 50, offset: Offset = 0
) -> PackagesOut:
    """Where each list stands that went to the CDC or the community; never what is in it.

    Token: `care:read`, for a person who leads the investigation.
    """
    caller = reader(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    packages = found.packages.defer("content").select_related("asked_by", "approved_by")
    page = packages.order_by("-asked_at", "-id")[offset : offset + limit]
    return PackagesOut(total=packages.count(), packages=[package_out(one, caller) for one in page])


@router.post(_OF_CASE, response=answers(200, PackageSeenOut), url_name="packages")
@once
def ask_package(request: HttpRequest, investigation_id: str, body: PackageAskIn) -> PackageSeenOut:
    """Ask for a package; somebody else has to approve it.

    Token: `care:write`, for a person who sees every contact.
    """
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    if not access.sees_all(caller.sight):
        raise Forbidden  # a package names everybody: only those who may see everybody make one
    made = usecase.ask(investigation=found, **body.model_dump(), **who(caller))
    return _shown(made, caller)


@router.get(_ONE, response=answers(200, PackageSeenOut), url_name="package")
def one_package(request: HttpRequest, package_id: str) -> PackageSeenOut:
    """What goes out, who approved it, what came back. Token: `care:read`, for a person."""
    caller = reader(request)
    return _shown(_package(package_id, caller), caller)


@router.post(f"{_ONE}/step", response=answers(200, PackageSeenOut), url_name="package_step")
@once
def step_of_package(request: HttpRequest, package_id: str, body: PackageStepIn) -> PackageSeenOut:
    """Approve (never one's own), refuse, handed over, receipt, answer; 409 when it moved on.

    Token: `care:write`, for a person.
    """
    caller = writer(request)
    one = _package(package_id, caller)
    given: dict[str, Any] = {"package": one, **who(caller)}
    steps: dict[str, Callable[[], object]] = {
        "approve": lambda: usecase.approve(**given),
        "refuse": lambda: usecase.refuse(text=body.text, **given),
        "hand-over": lambda: usecase.hand_over(text=body.text, **given),
        "receipt": lambda: usecase.receipt(text=body.text, **given),
        "answer": lambda: usecase.answered(text=body.text, **given),
    }
    steps[body.step]()
    one.refresh_from_db()
    return _shown(one, caller)


@router.get(
    f"{_ONE}/file",
    response=answers(200, None),
    url_name="package_file",
    openapi_extra=said_as_file("The frozen file.", XLSX, CSV),
)
def package_file(request: HttpRequest, package_id: str) -> HttpResponse:
    """The frozen file, for whoever asked for it alone, until it expires; written down.

    Token: `care:read`, `people:read` and `phones:read`, for a person.
    """
    caller = reader(request)
    caller.needs(Scope.PEOPLE_READ)
    caller.needs(Scope.PHONES_READ)
    one = access.package_of(number_in_address(package_id), sight=caller.sight)
    data = usecase.fetch(package=one, **who(caller))
    name = f"{one.investigation.code}-{one.pk}.{one.layout.lower()}"
    return download(data, name=name, kind=_KINDS[Package.Layout(one.layout)])


def _package(package_id: str, caller: Caller) -> Package:
    one = access.package_of(number_in_address(package_id), sight=caller.sight)
    if not access.may_approve(caller.sight) and caller.doer.pk != one.asked_by_id:
        raise Forbidden
    return one


def _shown(one: Package, caller: Caller) -> PackageSeenOut:
    facts = one.facts.select_related("by").order_by("at", "id")
    return PackageSeenOut(
        **package_out(one, caller).model_dump(),
        purpose=one.purpose,
        fields=list(one.fields),
        states=list(one.states),
        layout=one.layout,
        expires_at=one.expires_at,
        fetchable=one.is_fetchable(caller.now),
        facts=[
            PackageFactOut(
                kind=fact.kind,
                at=fact.at,
                by=named(fact.by, caller),
                text=fact.text if reads_health(caller) else "",
            )
            for fact in facts
        ],
    )

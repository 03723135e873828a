"""Contacts as the API shows them: by name where that may be seen, reasons for whoever leads."""

from __future__ import annotations

from django.utils.translation import gettext

from lianfang.api.access import Caller
from lianfang.api.caring import reads_health
from lianfang.api.models import Scope
from lianfang.api.schemas import FileProblemOut
from lianfang.api.shapes.contacts import ContactOut, ReasonOut
from lianfang.api.shapes.packages import PackageOut
from lianfang.api.shifts import named
from lianfang.contacts import queries
from lianfang.contacts.access import InvestigationSight
from lianfang.contacts.models import Contact, Package
from lianfang.contacts.words import reason_in_words
from lianfang.roster.imports.problems import Problem


def names_people(caller: Caller) -> bool:
    return caller.integration is None or caller.has(Scope.PEOPLE_READ)


def contact_out(one: Contact, sight: InvestigationSight, caller: Caller) -> ContactOut:
    seen = sight.names_contact(one)
    tells = seen and sight.leads and reads_health(caller)
    outsider = one.outsider if seen and names_people(caller) else None
    return ContactOut(
        id=one.pk,
        number=one.number,
        person=named(one.person, caller) if seen else None,
        name=outsider.name if outsider else None,
        unit=one.unit.code if one.unit else None,
        origin=one.origin,
        state=one.state,
        score=one.score,
        first_on=one.first_on,
        last_on=one.last_on,
        reasons=[
            ReasonOut(text=reason_in_words(reason), points=reason.points)
            for reason in queries.reasons_of(one)
        ]
        if tells
        else None,
        decided_at=one.decided_at,
        ended_at=one.ended_at,
        outcome=one.outcome,
    )


def package_out(one: Package, caller: Caller) -> PackageOut:
    plain = (
        "state", "organisation", "receiver", "request_number", "rows", "asked_at", "approved_at",
        "handed_over_at", "received_at", "answered_at",
    )  # fmt: skip
    return PackageOut(
        id=one.pk,
        asked_by=named(one.asked_by, caller),
        approved_by=named(one.approved_by, caller),
        **{name: getattr(one, name) for name in plain},
    )


def problem_out(problem: Problem) -> FileProblemOut:
    return FileProblemOut(
        sheet=problem.sheet,
        row=problem.row,
        column=problem.column,
        value=problem.value,
        problem=gettext(problem.text) % problem.context,
        cure=gettext(problem.cure) % problem.context,
        severity=problem.severity,
    )

"""Drafting a directive, signing it as a second person, superseding and withdrawing it.

On the router of `directives`: one address, one place.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Status

from lianfang.api import papers
from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.routers.directives import router, shown
from lianfang.api.shapes.directives import (
    AddresseeIn,
    DirectiveOut,
    DraftIn,
    ReasonIn,
    SignDraftIn,
    WordingIn,
)
from lianfang.directives import access
from lianfang.directives.audience import Asked, units_within_reach
from lianfang.directives.models import Directive
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit
from lianfang.usecases import directives as usecase
from lianfang.usecases.directives import Wording


@router.post("/directives", response=answers(201, DirectiveOut), url_name="directives")
@once
def draft_directive(request: HttpRequest, body: DraftIn) -> Status[DirectiveOut]:
    """A draft in the name of a unit; a second person has to sign. `directives:write`, for a person."""
    caller = _writer(request)
    issuer = access.issuing_units(caller.sight).filter(code=body.issuer).first()
    if issuer is None:
        raise Forbidden
    version = usecase.draft(issuer=issuer, number=body.number, **_words(body, issuer, caller))
    return Status(201, shown(version.directive, caller))


@router.post(
    "/directives/{directive_id}/draft", response=answers(200, DirectiveOut), url_name="redraft"
)
@once
def redraft_directive(request: HttpRequest, directive_id: str, body: WordingIn) -> DirectiveOut:
    """Change the draft, or begin the version that supersedes what is in force.

    Token: `directives:write`, for a person. Published, the new version asks everybody again.
    """
    caller = _writer(request)
    found = _directive(directive_id, caller)
    if not access.may_draft_for(found.issuer_id, caller.sight):
        raise Forbidden
    words = _words(body, found.issuer, caller)
    draft = access.draft_of(found, sight=caller.sight)
    if draft is not None:
        usecase.redraft(version=draft, **words)
    else:
        usecase.supersede(directive=found, **words)
    return shown(found, caller)


@router.post(
    "/directives/{directive_id}/sign",
    response=answers(200, DirectiveOut),
    url_name="sign_directive",
)
@once
def sign_directive(request: HttpRequest, directive_id: str, body: SignDraftIn) -> DirectiveOut:
    """Sign and send the draft that was read. Token: `directives:write`, for a person.

    Never by whoever drafted it.
    """
    caller = _writer(request)
    found = _directive_to_sign(directive_id, caller)
    draft = access.draft_of(found, sight=caller.sight)
    if draft is None or draft.drafted_at != body.drafted_at:
        raise usecase.NotADraft
    usecase.publish(version=draft, signer=caller.doer, actor=caller.actor, now=caller.now)
    return shown(found, caller)


@router.post(
    "/directives/{directive_id}/withdraw",
    response=answers(200, DirectiveOut),
    url_name="withdraw_directive",
)
@once
def withdraw_directive(request: HttpRequest, directive_id: str, body: ReasonIn) -> DirectiveOut:
    """Nobody is asked any more. Token: `directives:write`, for a person."""
    caller = _writer(request)
    found = _directive_to_sign(directive_id, caller)
    usecase.withdraw(
        directive=found, reason=body.reason, by=caller.doer, actor=caller.actor, now=caller.now
    )
    found.refresh_from_db()
    return shown(found, caller)


def _writer(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_WRITE)
    caller.needs_somebody()
    return caller


def _directive(directive_id: str, caller: Caller) -> Directive:
    return access.directive(number_in_address(directive_id), sight=caller.sight)


def _directive_to_sign(directive_id: str, caller: Caller) -> Directive:
    found = _directive(directive_id, caller)
    if not access.may_sign_for(found.issuer_id, caller.sight):
        raise Forbidden
    return found


def _words(body: WordingIn, issuer: Unit, caller: Caller) -> dict[str, Any]:
    """What the use cases of a draft share. Raises `Invalid` for addressees beyond reach."""
    wording = Wording(
        title=body.title,
        body=body.body,
        urgency=body.urgency,
        acknowledge_due_at=body.acknowledge_due_at,
        feedback_due_at=body.feedback_due_at,
        feedback_asks="\n".join(body.asks),
        to_everybody=body.everybody,
        audience=_audience(body, issuer, caller),
    )
    return {
        "wording": wording,
        "files": papers.uploads(body.files),
        "by": caller.doer,
        "actor": caller.actor,
        "now": caller.now,
    }


def _audience(body: WordingIn, issuer: Unit, caller: Caller) -> list[Asked]:
    reach = units_within_reach(issuer, day=caller.today)
    if caller.integration is not None and caller.integration.unit_id is not None:
        reach &= caller.reach
    units = {
        unit.code: unit
        for unit in Unit.objects.filter(
            code__in=[one.unit for one in body.audience if one.unit],
            pk__in=reach,
            closed_on__isnull=True,
        )
    }
    numbers = [one.person for one in body.audience if one.person]
    people = {one.number: one for one in Person.objects.filter(number__in=numbers)}
    problems: dict[str, str] = {}
    asked = [
        _asked(one, f"audience.{position}", units, people, problems)
        for position, one in enumerate(body.audience)
    ]
    if problems:
        raise Invalid(problems)
    if body.everybody and not asked:
        return [Asked(unit=issuer, with_below=True)]
    return asked


def _asked(
    one: AddresseeIn,
    place: str,
    units: dict[str, Unit],
    people: dict[str, Person],
    problems: dict[str, str],
) -> Asked:
    if bool(one.unit) == bool(one.person):
        problems[place] = _("Either a unit or a person, please.")
    elif one.unit and one.unit not in units:
        problems[f"{place}.unit"] = _("This unit does not exist, or is not yours to direct.")
    elif one.person and one.person not in people:
        problems[f"{place}.person"] = _("One of these numbers is not on the roster.")
    return Asked(
        unit=units.get(one.unit or ""),
        with_below=one.below,
        role=one.role,
        person=people.get(one.person or ""),
    )

"""Files of key monitoring: opened by hand, placed, given to a carer, decided on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import reader, writer
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.routers.monitoring import again, router, to_act, who
from lianfang.api.shapes.monitoring import (
    ChangedEndOut,
    EditionOut,
    FileAdoptIn,
    FileAgainIn,
    FileCarerIn,
    FileCorrectIn,
    FileExtendIn,
    FileIn,
    FileLostIn,
    FilePlaceIn,
    FileReasonIn,
    FileSeenOut,
    FileSettleIn,
    FileStateIn,
    PoliciesOut,
)
from lianfang.api.shifts import named
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import access, queries
from lianfang.monitoring.access import FileSight
from lianfang.monitoring.models import MonitoringFile, Need
from lianfang.rulebook.models import Edition
from lianfang.rulebook.monitor_policy import policy_from
from lianfang.rulebook.queries import rules_of
from lianfang.usecases import monitoring

_ONE = "/monitoring/{file_id}"
_SEEN = answers(200, FileSeenOut)


@router.post("/monitoring", response=_SEEN, url_name="monitoring")
@once
def open_file(request: HttpRequest, body: FileIn) -> FileSeenOut:
    """Watch over somebody from now on; the person sees it, and can contest it.

    Token: `care:write`, for a person who cares for them.
    """
    caller = writer(request)
    if not caller.sight.event_units:
        raise Forbidden
    people = caller.sight.people(caller.sight.event_units).exclude(pk=caller.doer.pk)
    person = people.filter(number=body.person).first()
    if person is None:
        raise Invalid({"person": _("Nobody of your units has this number.")})
    given = body.model_dump(exclude={"person"})
    made = monitoring.open_by_hand(person=person, **given, **who(caller))
    return again(made, access.sight_of_file(made, sight=caller.sight), caller)


@router.post(f"{_ONE}/again", response=_SEEN, url_name="file_again")
@once
def exposed_again(request: HttpRequest, file_id: str, body: FileAgainIn) -> FileSeenOut:
    """A later exposure: the days count from it. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    monitoring.open_by_hand(
        person=file.person,
        category=file.category,
        reason=body.reason,
        evidence="",
        last_exposure_on=body.last_exposure_on,
        **who(caller),
    )
    return again(file, seen, caller)


@router.post(f"{_ONE}/lost", response=_SEEN, url_name="file_lost")
@once
def person_is_lost(request: HttpRequest, file_id: str, body: FileLostIn) -> FileSeenOut:
    """Cannot be found: head and duty officer are told at once. `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    monitoring.cannot_be_found(file=file, text=body.text, **who(caller))
    return again(file, seen, caller)


@router.post(f"{_ONE}/place", response=_SEEN, url_name="file_place")
@once
def place_person(request: HttpRequest, file_id: str, body: FilePlaceIn) -> FileSeenOut:
    """Where the person keeps to themself. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    monitoring.place(file=file, **body.model_dump(), **who(caller))
    return again(file, seen, caller)


@router.post(f"{_ONE}/state", response=_SEEN, url_name="file_state")
@once
def put_into_state(request: HttpRequest, file_id: str, body: FileStateIn) -> FileSeenOut:
    """Watched, a close contact, in hospital; with words. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    monitoring.put_into(file=file, to=body.to, text=body.text, **who(caller))
    return again(file, seen, caller)


@router.post("/file-needs/{need_id}/settle", response=_SEEN, url_name="file_settle")
@once
def settle_file_need(request: HttpRequest, need_id: str, body: FileSettleIn) -> FileSeenOut:
    """What somebody watched over needed, answered; they read it. `care:write`, for a person."""
    caller = writer(request)
    need = Need.objects.filter(pk=number_in_address(need_id)).first()
    if need is None:
        raise NotYours
    caller, file, seen = to_act(request, str(need.file_id))
    monitoring.settle_need(need=need, answer=body.answer, **who(caller))
    return again(file, seen, caller)


# ---------------------------------------------------------------- decisions


@router.post(f"{_ONE}/carer", response=_SEEN, url_name="file_carer")
@once
def give_file(request: HttpRequest, file_id: str, body: FileCarerIn) -> FileSeenOut:
    """Who cares for the person, and who for them. `care:write`, for a person who decides there."""
    caller, file, seen = _to_decide(request, file_id)
    able = {one.number: one for one in queries.possible_carers(file, day=caller.today)}
    problems = {
        name: _("Nobody whose post cares for this unit has this number.")
        for name in ("carer", "deputy")
        if getattr(body, name) and getattr(body, name) not in able
    }
    if problems:
        raise Invalid(problems)
    monitoring.give_to(
        file=file, carer=able[body.carer], deputy=able.get(body.deputy), **who(caller)
    )
    return again(file, seen, caller)


@router.post(f"{_ONE}/refuse", response=_SEEN, url_name="file_refuse")
@once
def refuse_release(request: HttpRequest, file_id: str, body: FileReasonIn) -> FileSeenOut:
    """Not released yet, and why. Token: `care:write`, for a person who decides there."""
    return _decided(request, file_id, monitoring.refuse, reason=body.reason)


@router.post(f"{_ONE}/extend", response=_SEEN, url_name="file_extend")
@once
def extend_file(request: HttpRequest, file_id: str, body: FileExtendIn) -> FileSeenOut:
    """More days, and why. Token: `care:write`, for a person who decides there."""
    return _decided(request, file_id, monitoring.extend, **body.model_dump())


@router.post(f"{_ONE}/cancel", response=_SEEN, url_name="file_cancel")
@once
def cancel_file(request: HttpRequest, file_id: str, body: FileReasonIn) -> FileSeenOut:
    """It should never have been opened. Token: `care:write`, for a person who decides there."""
    return _decided(request, file_id, monitoring.cancel, reason=body.reason)


@router.post(f"{_ONE}/correct", response=_SEEN, url_name="file_correct")
@once
def correct_file(request: HttpRequest, file_id: str, body: FileCorrectIn) -> FileSeenOut:
    """Other words for why; the old ones stay in the history.

    Token: `care:write`, for a person who decides there.
    """
    return _decided(request, file_id, monitoring.correct, **body.model_dump())


@router.post(f"{_ONE}/adopt", response=_SEEN, url_name="file_adopt")
@once
def adopt_policy(request: HttpRequest, file_id: str, body: FileAdoptIn) -> FileSeenOut:
    """Count its end by another edition of the rules. `care:write`, for a person who decides there."""
    caller, file, seen = _to_decide(request, file_id)
    if not Edition.objects.filter(pk=body.edition).exists():
        raise Invalid({"edition": _("There is no such edition.")})
    monitoring.adopt_policy(file=file, edition_id=body.edition, reason=body.reason, **who(caller))
    return again(file, seen, caller)


@router.get("/policies", response=answers(200, PoliciesOut), url_name="policies")
def list_policies(request: HttpRequest, edition: int | None = None) -> PoliciesOut:
    """Whose end an edition of the rules would change, the newest if none is named.

    Old files keep theirs until it is adopted. Token: `care:read`, for a person who decides;
    names need `people:read` as well.
    """
    caller = reader(request)
    units = access.deciding_units(caller.sight)
    if not units:
        raise Forbidden
    editions = list(Edition.objects.order_by("-in_force_from"))
    chosen = next((one for one in editions if edition in (None, one.pk)), None)
    if chosen is None:
        raise NotYours
    policy = policy_from(rules_of(chosen.pk).settings)
    files = access.named_files(caller.sight).filter(unit_id__in=units).exclude(edition=chosen)
    changes = queries.preview(files.select_related("person", "unit", "edition"), policy=policy)
    return PoliciesOut(
        edition=chosen.pk,
        days=policy.days,
        editions=[
            EditionOut(id=one.pk, number=one.number, in_force_from=one.in_force_from)
            for one in editions
        ],
        changes=[_change(one, caller) for one in changes],
    )


def _change(one: queries.Change, caller: Caller) -> ChangedEndOut:
    file = one.file
    return ChangedEndOut(
        file=file.pk,
        number=file.number,
        unit=file.unit.code,
        person=named(file.person, caller),
        eligible_on=file.eligible_on,
        would_be_on=one.new_eligible_on,
    )


def _to_decide(request: HttpRequest, file_id: str) -> tuple[Caller, MonitoringFile, FileSight]:
    caller, file, seen = to_act(request, file_id)
    if not seen.may_decide:
        raise Forbidden
    return caller, file, seen


def _decided(
    request: HttpRequest, file_id: str, do: Callable[..., object], **given: Any
) -> FileSeenOut:
    caller, file, seen = _to_decide(request, file_id)
    do(file=file, **given, **who(caller))
    return again(file, seen, caller)

"""A list of contacts from outside: tried with the last check of everybody on it, then taken in."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import File, Form, UploadedFile

from lianfang.api.access import number_in_address
from lianfang.api.caring import writer
from lianfang.api.contacting import problem_out
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.routers.contacts import router, who
from lianfang.api.shapes.contacts import ContactListForm, ContactListOut, KnownOut
from lianfang.contacts import access
from lianfang.contacts.deciding import Authority
from lianfang.contacts.matching import ListPlan, PlannedRow
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.sheets import MAX_BYTES, NamedFile
from lianfang.usecases import contact_lists
from lianfang.usecases.contact_lists import LastCheck, ListProblems


@router.post(
    "/investigations/{investigation_id}/list",
    response=answers(200, ContactListOut),
    url_name="contact_list",
)
@once
def take_contact_list(
    request: HttpRequest,
    investigation_id: str,
    form: Form[ContactListForm],
    file: Annotated[UploadedFile | None, File()] = None,
) -> ContactListOut:
    """Try a list from outside, or take it in: all of it, or every problem with its row.

    Whom the CDC's word determines comes under key monitoring at once. Token: `care:write` of
    the whole college, for a person who sees every contact.
    """
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    if not access.sees_all(caller.sight):
        raise Forbidden
    if file is None or (file.size or 0) > MAX_BYTES:
        raise Invalid({"file": _("Please choose a file of at most 20 MB.")})
    sent = NamedFile((file.name or "list")[:120], file.read())
    try:
        if form.dry_run:
            plan = contact_lists.try_list(investigation=found, file=sent, now=caller.now)
        else:
            plan = contact_lists.take_in(
                investigation=found,
                file=sent,
                organisation=form.organisation,
                authority=Authority(form.officer, form.document, form.document_on),
                **who(caller),
            )
    except ListProblems as refused:
        return _told(refused.plan, applied=False)
    return _told(plan, applied=not form.dry_run)


def _told(plan: ListPlan, *, applied: bool) -> ContactListOut:
    tried = not (applied or plan.errors)
    checks = contact_lists.last_checks(plan.rows) if tried else {}
    known = [row for row in plan.rows if row.subject is not None] if tried else []
    return ContactListOut(
        applied=applied,
        counts=plan.counts,
        known=[_known(row, checks.get(row.subject) if row.subject else None) for row in known],
        problems=[problem_out(one) for one in plan.problems],
    )


def _known(row: PlannedRow, check: LastCheck | None) -> KnownOut:
    return KnownOut(
        row=row.told.row,
        of_college=row.person_id is not None,
        is_contact=row.contact is not None,
        checked_at=check.at if check else None,
        check=gettext(check.what) if check else "",
    )

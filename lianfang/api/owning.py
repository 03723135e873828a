"""One's own file and order, as the API shows them to their person."""

from __future__ import annotations

from django.utils.translation import gettext

from lianfang.api.access import Caller
from lianfang.api.routers.quarantine import need_out
from lianfang.api.shapes.own import OwnFileOut
from lianfang.api.shapes.quarantine import ItemOut, OrderCheckOut, OwnOrderOut
from lianfang.api.watching import file_contests, file_needs, slot_out
from lianfang.monitoring.models import MonitoringFile
from lianfang.quarantine.models import Order
from lianfang.quarantine.queries import Progress
from lianfang.usecases import monitoring_checks, quarantine, quarantine_checks


def own_file(file: MonitoringFile, caller: Caller) -> OwnFileOut:
    """`caller` is its person."""
    slot = monitoring_checks.open_slot_for(file.person, now=caller.now) if file.is_open else None
    return OwnFileOut(
        id=file.pk,
        number=file.number,
        state=file.state,
        category=file.category,
        reason=file.reason,
        day_number=file.day_number(caller.today),
        eligible_on=file.eligible_on,
        carer=file.carer.name if file.carer else None,
        closed_at=file.closed_at,
        open_slot=slot_out(slot, opened=True) if slot else None,
        slots=[slot_out(one, opened=True) for one in file.slots.order_by("-due_at", "-id")[:60]],
        needs=file_needs(file, caller, opened=True),
        contests=file_contests(file, opened=True),
    )


def items_out(done: Progress) -> list[ItemOut]:
    """The checklist of a release, in the words of the caller's language."""
    return [
        ItemOut(
            code=item.code,
            question=gettext(item.question),
            is_met=item.is_met,
            todo=gettext(item.todo),
        )
        for item in done.items
    ]


def own_order(order: Order, caller: Caller) -> OwnOrderOut:
    done = quarantine.progress(order=order, now=caller.now)
    needs = order.needs.select_related("order__unit", "owner").order_by("-asked_at")
    return OwnOrderOut(
        id=order.pk,
        kind=order.kind,
        place=order.place,
        reason=order.reason,
        authority_name=order.authority_name,
        document_no=order.document_no,
        held_from=order.held_from,
        held_until=order.held_until,
        day_number=done.day_number,
        is_ready=done.is_ready,
        proposed_at=order.proposed_at,
        items=items_out(done),
        checks=[
            OrderCheckOut(
                day=one.day,
                slot=one.slot,
                revision=one.revision,
                answer=quarantine_checks.needs_an_answer(one),
            )
            for one in done.checks[:60]
        ],
        needs=[need_out(one, caller) for one in needs[:20]],
    )

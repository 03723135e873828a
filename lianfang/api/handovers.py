"""A hand-over as the API shows it."""

from __future__ import annotations

from lianfang.api.access import Caller
from lianfang.api.shapes.duty import HandoverOut
from lianfang.api.shifts import named
from lianfang.duty.models import Handover


def handover_out(one: Handover, caller: Caller) -> HandoverOut:
    return HandoverOut(
        id=one.pk,
        unit=one.unit.code,
        post=one.post,
        gives=named(one.out_person, caller),
        takes=named(one.in_person, caller),
        items=list(one.items),
        remarks=one.remarks,
        opened_at=one.opened_at,
        out_signed_at=one.out_signed_at,
        in_signed_at=one.in_signed_at,
    )

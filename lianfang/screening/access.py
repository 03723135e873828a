"""Who may see an exposure. Deny by default: names where events are open, codes where figures are."""

from __future__ import annotations

from lianfang.kernel.refusals import NotYours
from lianfang.roster.access import View
from lianfang.screening.models import ExposureHit


def may_open(sight: View) -> bool:
    return sight.person is not None and bool(sight.event_figure_units)


def hit_to_ring(pk: int, *, sight: View) -> ExposureHit:
    """A hit that this viewer may open and verify; never one's own. Raises `NotYours`."""
    hit = (
        ExposureHit.objects.filter(pk=pk, unit_id__in=sight.event_units)
        .select_related("person", "unit", "listing", "verified_by")
        .first()
    )
    if hit is None or (sight.person is not None and hit.person_id == sight.person.pk):
        raise NotYours
    return hit

"""A monitoring file and the list that began it: the two rooms do not know each other."""

from __future__ import annotations

from datetime import date

from lianfang.monitoring.models import MonitoringFact, MonitoringFile
from lianfang.screening.models import ExposureHit
from lianfang.screening.queries import no_longer_listed, off_the_list_since


def off_the_list(file: MonitoringFile, *, day: date) -> list[tuple[ExposureHit, date | None]]:
    """The exposures of an open file whose area is not on the list of the day any more, and since
    when. It closes nothing: a person decides over the file, not a list."""
    if not file.is_open:
        return []
    again = file.facts.filter(kind=MonitoringFact.Kind.EXPOSED_AGAIN)
    sources = {file.source, *(fact.detail.get("source", "") for fact in again)}
    keys = [one.partition(":")[2] for one in sources if one.startswith("exposure:")]
    hits = ExposureHit.objects.filter(
        pk__in=[key for key in keys if key.isdecimal()], person_id=file.person_id
    )
    found = list(hits.select_related("listing").order_by("pk"))
    off = no_longer_listed(found, day=day)
    return [(hit, off_the_list_since(hit, day=day)) for hit in found if hit.pk in off]

"""Why somebody was found, in words: the place or the meeting, the day, and the list behind it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianfang.kernel.clock import reporting_day
from lianfang.kernel.days import day_in_words, days_in_words
from lianfang.places import divisions
from lianfang.screening.exposure_rules import MEETING, PLACE, REPORT, TRIP
from lianfang.screening.models import ExposureHit


def area_name(hit: ExposureHit) -> str:
    return name_of(hit.area_code)


def name_of(code: str) -> str:
    return divisions.full_name(code) if code and divisions.is_known(code) else code


def reason_in_words(hit: ExposureHit) -> str:
    """One sentence for the person and for whoever rings."""
    values = {"area": area_name(hit), "day": _day(hit.last_exposed_on, hit)}
    if hit.kind == ExposureHit.Kind.MET_CASE:
        return _("Met a patient; last contact %(day)s") % values
    if hit.kind == ExposureHit.Kind.FROM_AREA and not hit.area_code:
        return _("Met somebody from an area of high incidence; last contact %(day)s") % values
    if hit.kind == ExposureHit.Kind.FROM_AREA:
        return _("Met somebody from %(area)s; last contact %(day)s") % values
    return _("Was in %(area)s; last day there %(day)s") % values


def _day(day: date, hit: ExposureHit) -> str:
    return day_in_words(day, language=get_language(), beside=reporting_day(hit.found_at))


def _days(first: str, last: str, hit: ExposureHit) -> str:
    stretch = (date.fromisoformat(first), date.fromisoformat(last))
    return days_in_words(*stretch, language=get_language(), beside=reporting_day(hit.found_at))


def evidence_in_words(hit: ExposureHit) -> list[str]:
    """Each stretch of days with the source that says so."""
    sources = {
        REPORT: _("daily report"),
        TRIP: _("trip in the survey"),
        PLACE: _("place in the survey"),
        MEETING: _("meeting in the survey"),
    }
    return [
        " · ".join(
            part
            for part in (
                _days(row["first"], row["last"], hit),
                name_of(row["code"]),
                sources.get(row["source"], ""),
            )
            if part
        )
        for row in hit.evidence
    ]


def listing_in_words(hit: ExposureHit) -> str:
    """Which list said so, and from when on we knew it."""
    if hit.listing is None:
        return ""
    values = {
        "name": name_of(hit.listing.area_code),
        "since": _day(hit.listing.listed_on, hit),
        "number": hit.list_number or "",
    }
    return _("%(name)s, listed from %(since)s by list no. %(number)s") % values

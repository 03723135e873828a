"""An answer of the survey in words, for its person and for whoever may read it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianfang.kernel.clock import reporting_day
from lianfang.kernel.days import days_in_words
from lianfang.places import divisions
from lianfang.surveys.models import Meeting, SurveyResponse, Trip

Lines = list[tuple[str, str]]


def lines_of(response: SurveyResponse) -> Lines:
    """Label and value, in the order of the form; nothing to declare is said in words."""
    words = response.words
    where = _name(response.county_code) or words.get("place", "")
    said_on = reporting_day(response.answered_at)
    since = _days(response.since_on, response.since_on, said_on)
    lines = [
        (_("Now in"), where),
        (_("There since"), since),
    ]
    trips = sorted(response.trips.all(), key=lambda trip: (trip.arrived_on, trip.position))
    lines += [(_("Was in"), _trip(trip, said_on)) for trip in trips]
    if not trips:
        lines.append((_("Elsewhere"), _("nowhere else")))
    meetings = sorted(response.meetings.all(), key=lambda one: (one.met_on, one.position))
    lines += [(_("Met"), _meeting(one, said_on)) for one in meetings]
    if not meetings:
        lines.append((_("Met"), _("none of these people")))
    told = _("yes") if response.community_told else _("no")
    lines.append((_("Community told"), " · ".join(filter(None, (told, words.get("community"))))))
    return lines


def _trip(trip: Trip, said_on: date) -> str:
    words = trip.words
    companions = ""
    if trip.companions:
        companions = _("with %(n)s others") % {"n": trip.companions}
    parts = (
        _name(trip.county_code) or words.get("place", ""),
        _days(trip.arrived_on, trip.left_on, said_on),
        str(trip.get_kind_display()),
        str(trip.get_way_display()) if trip.way else "",
        words.get("number", ""),
        words.get("seat", ""),
        companions,
    )
    return " · ".join(part for part in parts if part)


def _meeting(one: Meeting, said_on: date) -> str:
    words = one.words
    closeness = dict(Meeting.Closeness.choices).get(words.get("closeness", ""), "")
    parts = (
        words.get("who", ""),
        str(one.get_kind_display()),
        _name(one.from_code),
        _days(one.met_on, one.last_met_on, said_on),
        str(closeness),
        words.get("place", ""),
        _("still in contact") if one.still_in_contact else "",
    )
    return " · ".join(part for part in parts if part)


def _days(first: date, last: date, said_on: date) -> str:
    return days_in_words(first, last, language=get_language(), beside=said_on)


def _name(code: str) -> str:
    return divisions.full_name(code) if code and divisions.is_known(code) else code

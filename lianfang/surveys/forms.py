"""The survey as a form sends it, read into an answer; whatever is unclear is asked back at once.

Nothing typed is lost: another block, an error, a log-in in between, and every field comes back.
Used by the person's own page and by whoever writes down what was told by phone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianfang.kernel.days import day_in_words
from lianfang.kernel.texts import tidy
from lianfang.places import divisions
from lianfang.places.divisions import UnknownDivision
from lianfang.places.search import places_named
from lianfang.places.tables import parse_day
from lianfang.surveys import models
from lianfang.surveys.rules import MOST_MEETINGS, MOST_TRIPS, Fault, Meeting, Said, Trip, faults_of

LONGEST = 200
TRIP_FIELDS = (
    "place", "code", "abroad", "arrived_on", "left_on", "kind", "way", "number", "seat",
    "companions",
)  # fmt: skip
MEETING_FIELDS = (
    "met_on", "last_met_on", "kind", "from", "from_code", "who", "closeness", "place", "still",
)  # fmt: skip
PLAIN_FIELDS = (
    "place_text", "county_code", "abroad", "since_on", "has_trips", "has_meetings",
    "community_told", "community",
)  # fmt: skip
_YES_NO = {"yes": True, "no": False}
_ACT = re.compile(r"(add|drop)-(trip|meeting)(?:-(\d{1,2}))?")
Typed = dict[str, str]
Choices = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class SurveyForm:
    """The form: empty, as somebody sent it, or as they answered the last time."""

    typed: Typed = field(default_factory=dict)
    trips: list[Typed] = field(default_factory=lambda: [{}])
    meetings: list[Typed] = field(default_factory=lambda: [{}])
    choices: dict[str, Choices] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    said: Said = field(default_factory=Said)
    anchor: str = ""

    def ask(self, where: str, sentence: str) -> None:
        self.problems.setdefault(where, sentence)


def another_block(posted: QueryDict) -> SurveyForm | None:
    """The same form with a block more or less, nothing checked; None when it was handed in."""
    act = _ACT.fullmatch(posted.get("act", ""))
    if act is None:
        return None
    form = _as_typed(posted, keeps_blank=True)
    blocks = form.trips if act[2] == "trip" else form.meetings
    if act[1] == "add":
        most = MOST_TRIPS if act[2] == "trip" else MOST_MEETINGS
        if _is_filled(blocks[-1]) and len(blocks) < most:
            blocks.append({})
        form.typed["has_trips" if act[2] == "trip" else "has_meetings"] = "yes"
        form.anchor = f"{act[2]}-{len(blocks) - 1}"
    elif act[3] and int(act[3]) < len(blocks):
        del blocks[int(act[3])]
        blocks += [] if blocks else [{}]
        form.anchor = f"ask-{act[2]}s"
    return form


def read_survey(posted: QueryDict, *, today: date, own_names: Sequence[str]) -> SurveyForm:
    """Read, and ask back everything at once; `said` may be stored when nothing is asked."""
    form = _as_typed(posted)
    typed = form.typed
    abroad = bool(typed.get("abroad"))
    code = "" if abroad else _place(form, typed, "place_text", "county_code", "place_text", today)
    form.said = Said(
        county_code=code,
        place=typed["place_text"] if abroad else "",
        is_abroad=abroad,
        since_on=_day(form, "since_on", typed["since_on"], today),
        has_trips=_YES_NO.get(typed["has_trips"]),
        trips=tuple(
            _trip(form, block, number, today)
            for number, block in enumerate(form.trips)
            if _is_filled(block)
        ),
        has_meetings=_YES_NO.get(typed["has_meetings"]),
        meetings=tuple(
            _meeting(form, block, number, today)
            for number, block in enumerate(form.meetings)
            if _is_filled(block)
        ),
        community_told=_YES_NO.get(typed["community_told"]),
        community=typed["community"],
    )
    for fault in faults_of(form.said, today=today, own_names=own_names):
        form.ask(fault.where, in_words(fault, today=today))
    form.problems = _in_order(form)
    return form


def in_words(fault: Fault, *, today: date) -> str:
    """A sentence of the page: its days as people say them."""
    said = {
        name: day_in_words(value, language=get_language(), beside=today)
        if isinstance(value, date)
        else value
        for name, value in fault.context.items()
    }
    return _(fault.text) % said


# ---------------------------------------------------------------- reading


def _as_typed(posted: QueryDict, *, keeps_blank: bool = False) -> SurveyForm:
    trips = _blocks(posted, "trip", TRIP_FIELDS, MOST_TRIPS)
    meetings = _blocks(posted, "meeting", MEETING_FIELDS, MOST_MEETINGS)
    if not keeps_blank:
        trips = [block for block in trips if _is_filled(block)]
        meetings = [block for block in meetings if _is_filled(block)]
    typed = {name: _line(posted.get(name)) for name in PLAIN_FIELDS}
    return SurveyForm(typed=typed, trips=trips or [{}], meetings=meetings or [{}])


def _blocks(posted: QueryDict, name: str, fields: Sequence[str], most: int) -> list[Typed]:
    """The blocks of the page in order, as they were numbered there."""
    count = posted.get(f"{name}s", "1")
    shown = int(count) if count.isascii() and count.isdecimal() and len(count) < 3 else 1
    return [
        {key: _line(posted.get(f"{name}-{number}-{key}")) for key in fields}
        for number in range(min(max(shown, 1), most))
    ]


def _is_filled(block: Mapping[str, str]) -> bool:
    return any(block.values())


def _line(value: str | None) -> str:
    return tidy((value or "")[:LONGEST])


def _day(form: SurveyForm, where: str, text: str, today: date) -> date | None:
    day = parse_day(text)
    if text and day is None:
        sentence = _("Please write the day like this: %(value)s.")
        form.ask(where, sentence % {"value": today.isoformat()})
    return day


def _place(
    form: SurveyForm,
    typed: Typed,
    text_name: str,
    code_name: str,
    where: str,
    on: date,
    *,
    may_be_wide: bool = False,
) -> str:
    """The code that was chosen or that the text means; "" when it has to be asked back."""
    text = typed.get(code_name) or typed.get(text_name, "")
    if re.fullmatch(r"\d{6}", text):
        return _code(form, text, where, on)
    try:
        found = places_named(text, on=on)
    except UnknownDivision as error:
        form.ask(where, _(error.message) % error.context)
        return ""
    if found.is_certain or (may_be_wide and found.within):
        code = found.codes[0] if found.is_certain else found.within
        typed[text_name], typed[code_name] = divisions.full_name(code), ""
        return code
    form.choices[where] = tuple((code, divisions.full_name(code)) for code in found.codes)
    if found.codes and not found.within:
        form.ask(where, _("There are several places of this name. Which one?"))
    elif found.codes:
        form.ask(where, _("Which county or district is it?"))
    elif found.within:
        name = {"name": divisions.full_name(found.within)}
        form.ask(where, _("Where in %(name)s? Please add the city and the county.") % name)
    elif text:
        form.ask(where, _("We do not know this place. Write it like this: 达州市通川区."))
    return ""


def _code(form: SurveyForm, code: str, where: str, on: date) -> str:
    """Six digits as they are: what is wrong with them is said, and what is right offered."""
    renamed = divisions.rename_of(code)
    if renamed is not None and (renamed.on_date is None or renamed.on_date <= on):
        form.choices[where] = tuple(
            (new, divisions.full_name(new)) for new in renamed.new_codes if divisions.is_known(new)
        )
    return code


def _trip(form: SurveyForm, block: Typed, number: int, today: date) -> Trip:
    where = f"trip-{number}"
    arrived = _day(form, f"{where}-arrived_on", block["arrived_on"], today)
    abroad = bool(block["abroad"])
    code = (
        "" if abroad else _place(form, block, "place", "code", f"{where}-place", arrived or today)
    )
    return Trip(
        county_code=code,
        place=block["place"] if abroad else "",
        arrived_on=arrived,
        left_on=_day(form, f"{where}-left_on", block["left_on"], today),
        kind=block["kind"],
        way=block["way"],
        number=block["number"],
        seat=block["seat"],
        companions=_number(form, f"{where}-companions", block["companions"]),
    )


def _number(form: SurveyForm, where: str, text: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) <= 3:
        return int(text)
    form.ask(where, _("Please write how many people, such as 2."))
    return None


def _meeting(form: SurveyForm, block: Typed, number: int, today: date) -> Meeting:
    where = f"meeting-{number}"
    met = _day(form, f"{where}-met_on", block["met_on"], today)
    code = ""
    if block["from"] or block["from_code"]:
        code = _place(
            form, block, "from", "from_code", f"{where}-from", met or today, may_be_wide=True
        )
    return Meeting(
        met_on=met,
        last_met_on=_day(form, f"{where}-last_met_on", block["last_met_on"], today),
        kind=block["kind"],
        from_code=code,
        who=block["who"],
        closeness=block["closeness"],
        place=block["place"],
        still_in_contact=_YES_NO.get(block["still"]),
    )


def _in_order(form: SurveyForm) -> dict[str, str]:
    """As the page shows them, from top to bottom."""
    order = ["place_text", "since_on", "has_trips"]
    for number in range(len(form.trips)):
        order += [f"trip-{number}-{name}" for name in TRIP_FIELDS]
    order.append("has_meetings")
    for number in range(len(form.meetings)):
        order += [f"meeting-{number}-{name}" for name in MEETING_FIELDS]
    order += ["community_told", "community"]
    known = {name: form.problems[name] for name in order if name in form.problems}
    return known | form.problems


# ---------------------------------------------------------------- showing


def filled_from(said: Said) -> SurveyForm:
    """The form as it was answered the last time, to be changed."""
    return SurveyForm(
        typed={
            "place_text": said.place if said.is_abroad else _name(said.county_code),
            "abroad": "1" if said.is_abroad else "",
            "since_on": _iso(said.since_on),
            "has_trips": _word(said.has_trips),
            "has_meetings": _word(said.has_meetings),
            "community_told": _word(said.community_told),
            "community": said.community,
        },
        trips=[_typed_trip(one) for one in said.trips] or [{}],
        meetings=[_typed_meeting(one) for one in said.meetings] or [{}],
    )


def _typed_trip(trip: Trip) -> Typed:
    return {
        "place": trip.place or _name(trip.county_code),
        "abroad": "" if trip.county_code else "1",
        "arrived_on": _iso(trip.arrived_on),
        "left_on": _iso(trip.left_on),
        "kind": trip.kind,
        "way": trip.way,
        "number": trip.number,
        "seat": trip.seat,
        "companions": "" if trip.companions is None else str(trip.companions),
    }


def _typed_meeting(one: Meeting) -> Typed:
    return {
        "met_on": _iso(one.met_on),
        "last_met_on": _iso(one.last_met_on),
        "kind": one.kind,
        "from": _name(one.from_code),
        "who": one.who,
        "closeness": one.closeness,
        "place": one.place,
        "still": _word(one.still_in_contact),
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _word(answer: bool | None) -> str:
    return "" if answer is None else ("yes" if answer else "no")


def _name(code: str) -> str:
    return divisions.full_name(code) if code and divisions.is_known(code) else code


def fields_of(form: SurveyForm, *, today: date) -> dict[str, Any]:
    """The context of components/survey_fields.html."""
    return {
        "form": form,
        "typed": dict.fromkeys(PLAIN_FIELDS, "") | form.typed,
        "problems": form.problems,
        "choices": form.choices.get("place_text", ()),
        "trips": [_shown(form, "trip", n, block) for n, block in enumerate(form.trips)],
        "meetings": [_shown(form, "meeting", n, block) for n, block in enumerate(form.meetings)],
        "trip_kinds": models.Trip.Kind.choices,
        "ways": models.Trip.Way.choices,
        "meeting_kinds": models.Meeting.Kind.choices,
        "closenesses": models.Meeting.Closeness.choices,
        "day_last": today.isoformat(),
        "most_trips": MOST_TRIPS,
        "most_meetings": MOST_MEETINGS,
    }


def _shown(form: SurveyForm, name: str, number: int, block: Typed) -> dict[str, Any]:
    """One block with the names, values and sentences of its fields."""
    prefix = f"{name}-{number}"
    start = len(prefix) + 1
    return {
        "prefix": prefix,
        "number": number + 1,
        "typed": dict.fromkeys(TRIP_FIELDS + MEETING_FIELDS, "") | block,
        "problems": {
            where[start:]: text
            for where, text in form.problems.items()
            if where.startswith(f"{prefix}-")
        },
        "choices": form.choices.get(f"{prefix}-place") or form.choices.get(f"{prefix}-from") or (),
    }

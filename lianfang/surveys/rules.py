"""What somebody says of their trips and meetings, and everything that cannot be so. Pure.

A trip is a place that was left again: from the day of arrival to the day of leaving, both
included. The place where somebody is now stands apart, with the day since when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from lianfang.kernel.texts import gettext_noop as _
from lianfang.places import divisions
from lianfang.places.divisions import RenamedDivision, UnknownDivision

TRIP_KINDS = ("STAY", "VISIT", "PASSING", "CHANGE")
WAYS = ("TRAIN", "COACH", "PLANE", "CAR", "SHIP", "OTHER")
MEETING_KINDS = ("FROM_AREA", "SUSPECTED", "CONFIRMED")
CLOSENESS = ("LIVED", "CARED", "ONE_METRE", "SAME_ROOM", "SAME_VEHICLE", "BRIEFLY")
MOST_TRIPS, MOST_MEETINGS, MOST_COMPANIONS = 30, 30, 999
EARLIEST = date(2019, 1, 1)  # a day before it is a slip of the pen


@dataclass(frozen=True, slots=True)
class Trip:
    """`county_code` is empty abroad; then `place` names the country. Empty answers are empty."""

    county_code: str = ""
    place: str = ""
    arrived_on: date | None = None
    left_on: date | None = None
    kind: str = ""
    way: str = ""
    number: str = ""
    seat: str = ""
    companions: int | None = None

    @property
    def is_short(self) -> bool:
        """There and on within one day: may lie inside a stay elsewhere."""
        return self.kind != "STAY" and self.arrived_on == self.left_on


@dataclass(frozen=True, slots=True)
class Meeting:
    """`from_code` is the area that the other person came from, where it is known."""

    met_on: date | None = None
    last_met_on: date | None = None
    kind: str = ""
    from_code: str = ""
    who: str = ""
    closeness: str = ""
    place: str = ""
    still_in_contact: bool | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """All that one person says. `has_trips` and `has_meetings` are None where not answered:
    having nothing to declare is an answer of its own, never a blank."""

    county_code: str = ""
    place: str = ""
    is_abroad: bool = False
    since_on: date | None = None
    has_trips: bool | None = None
    trips: tuple[Trip, ...] = ()
    has_meetings: bool | None = None
    meetings: tuple[Meeting, ...] = ()
    community_told: bool | None = None
    community: str = ""

    @property
    def is_nothing(self) -> bool:
        return not (self.has_trips or self.has_meetings)

    def to_plain(self) -> dict[str, Any]:
        """JSON-ready: what the digest of a submission is made of."""
        plain = asdict(self)
        return {name: _plain(value) for name, value in plain.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that cannot be so: the field (`trip-0-left_on`) and a sentence (a msgid)."""

    where: str
    text: str
    context: dict[str, object] = field(default_factory=dict)


def faults_of(said: Said, *, today: date, own_names: Sequence[str] = ()) -> list[Fault]:
    """Everything at once. `own_names` are the name and number of whoever the answer is about."""
    found = [*_faults_of_place(said, today), *_faults_of_lists(said)]
    if said.has_trips:
        for number, trip in enumerate(said.trips):
            found += _faults_of_trip(f"trip-{number}", trip, today)
        found += _overlaps(said)
    if said.has_meetings:
        for number, meeting in enumerate(said.meetings):
            found += _faults_of_meeting(f"meeting-{number}", meeting, today, own_names)
    if said.community_told is None:
        found.append(Fault("community_told", _("Please say whether the community was told.")))
    return found


# ---------------------------------------------------------------- where and since when


def _faults_of_place(said: Said, today: date) -> Iterator[Fault]:
    if said.is_abroad:
        if not said.place:
            yield Fault("place_text", _("Which country, please?"))
    else:
        yield from code_faults("place_text", said.county_code, on=today)
    yield from _faults_of_day("since_on", said.since_on, today, _("Since which day are you there?"))


def code_faults(where: str, code: str, *, on: date, must_be_place: bool = True) -> Iterator[Fault]:
    """What is wrong with a code on a day: unknown, abolished, or not in use (any more, or yet)."""
    if not code:
        yield Fault(where, _("Which county or district is it?"))
        return
    try:
        now = divisions.resolve(code, on=on)
    except RenamedDivision as error:
        yield Fault(where, error.message, error.context)
        return
    except UnknownDivision as error:
        yield Fault(where, error.message, error.context)
        return
    if now.code != code:
        renamed = divisions.rename_of(code)
        context: dict[str, object] = {
            "code": code,
            "name": renamed.old_name if renamed else "",
            "new": now.code,
            "now": divisions.full_name(now.code),
        }
        yield Fault(
            where, _("%(code)s %(name)s is out of use; it is now %(new)s %(now)s."), context
        )
    elif must_be_place and not divisions.is_place(code):
        name: dict[str, object] = {"name": divisions.full_name(code)}
        yield Fault(where, _("%(name)s has several counties. Which one is it?"), name)


def _faults_of_day(where: str, day: date | None, today: date, asked: str) -> Iterator[Fault]:
    if day is None:
        yield Fault(where, asked)
    elif day > today:
        yield Fault(where, _("%(day)s has not come yet; plans are not asked for."), _day(day))
    elif day < EARLIEST:
        yield Fault(where, _("%(day)s is too long ago. Please look at the year."), _day(day))


def _day(day: date) -> dict[str, object]:
    return {"day": day}


def _faults_of_lists(said: Said) -> Iterator[Fault]:
    """Yes needs an entry, no allows none, and silence is asked back."""
    yes = _("You chose “yes” and wrote nothing below. Please add an entry, or choose “no”.")
    no = _("You chose “no” and wrote something below. Which of the two is right?")
    for where, answer, entries, most, ask in (
        ("has_trips", said.has_trips, said.trips, MOST_TRIPS,
         _("Please say whether you were anywhere else.")),
        ("has_meetings", said.has_meetings, said.meetings, MOST_MEETINGS,
         _("Please say whether you met anybody of these.")),
    ):  # fmt: skip
        if answer is None:
            yield Fault(where, ask)
        elif answer and not entries:
            yield Fault(where, yes)
        elif not answer and entries:
            yield Fault(where, no)
        if len(entries) > most:
            yield Fault(where, _("At most %(most)s entries, please."), {"most": most})


# ---------------------------------------------------------------- one trip


def _faults_of_trip(where: str, trip: Trip, today: date) -> Iterator[Fault]:
    if trip.county_code or not trip.place:
        yield from code_faults(f"{where}-place", trip.county_code, on=trip.arrived_on or today)
    yield from _faults_of_day(
        f"{where}-arrived_on", trip.arrived_on, today, _("On which day did you arrive?")
    )
    yield from _faults_of_day(
        f"{where}-left_on", trip.left_on, today, _("On which day did you leave?")
    )
    if trip.arrived_on and trip.left_on and trip.left_on < trip.arrived_on:
        context: dict[str, object] = {"left": trip.left_on}
        context["arrived"] = trip.arrived_on
        yield Fault(
            f"{where}-left_on",
            _("You left on %(left)s, before you arrived on %(arrived)s. Which day is right?"),
            context,
        )
    if trip.kind not in TRIP_KINDS:
        yield Fault(f"{where}-kind", _("Did you stay, visit, pass through or change there?"))
    if trip.way and trip.way not in WAYS:
        yield Fault(f"{where}-way", _("Please choose how you travelled."))
    if trip.companions is not None and not 0 <= trip.companions <= MOST_COMPANIONS:
        yield Fault(f"{where}-companions", _("Please write how many people, such as 2."))


def _overlaps(said: Said) -> Iterator[Fault]:
    """Nobody is in two places for days; whoever comes and goes within a day may touch a stay."""
    known = [
        (number, trip, trip.arrived_on, trip.left_on)
        for number, trip in enumerate(said.trips)
        if trip.arrived_on and trip.left_on and trip.arrived_on <= trip.left_on
    ]
    for position, (number, trip, arrived, left) in enumerate(known):
        for earlier, other, began, ended in known[:position]:
            if trip.is_short or other.is_short:
                continue
            same_days = (arrived, left) == (began, ended)
            if same_days or (arrived < ended and began < left):
                yield Fault(
                    f"trip-{number}-arrived_on",
                    _(
                        "On these days you were also at place %(other)s, from %(from)s to"
                        " %(to)s. Please end one before the other begins."
                    ),
                    {"other": earlier + 1, "from": began, "to": ended},
                )
        if said.since_on and left > said.since_on and not trip.is_short:
            yield Fault(
                f"trip-{number}-left_on",
                _("You wrote that you have been where you are now since %(since)s."),
                {"since": said.since_on},
            )


# ---------------------------------------------------------------- one meeting


def _faults_of_meeting(
    where: str, meeting: Meeting, today: date, own_names: Sequence[str]
) -> Iterator[Fault]:
    yield from _faults_of_day(
        f"{where}-met_on", meeting.met_on, today, _("On which day did you meet?")
    )
    last = meeting.last_met_on
    if last is not None:
        yield from _faults_of_day(f"{where}-last_met_on", last, today, "")
        if meeting.met_on and last < meeting.met_on:
            context = {"last": last, "met": meeting.met_on}
            yield Fault(
                f"{where}-last_met_on",
                _("The last contact (%(last)s) lies before the meeting (%(met)s)."),
                dict(context),
            )
    if meeting.kind not in MEETING_KINDS:
        yield Fault(f"{where}-kind", _("Was it somebody from such an area, or a patient?"))
    if meeting.from_code:
        yield from code_faults(
            f"{where}-from",
            meeting.from_code,
            on=meeting.met_on or today,
            must_be_place=False,
        )
    if not meeting.who:
        yield Fault(f"{where}-who", _("Who was it: a name or what you are to each other?"))
    elif meeting.who in own_names:
        yield Fault(f"{where}-who", _("This is you yourself. Whom did you meet?"))
    if meeting.closeness not in CLOSENESS:
        yield Fault(f"{where}-closeness", _("How close were you?"))
    if meeting.still_in_contact is None:
        yield Fault(f"{where}-still", _("Are you still in contact?"))

"""What people type about duty, made clean. Plain fields: it works on a phone without script."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lianfang.duty.models import Days, Drill, DutyPost, LogEntry, Rotation
from lianfang.duty.plan import BadTimes, Slot, read_slots
from lianfang.kernel.clock import at_local
from lianfang.kernel.texts import tidy
from lianfang.roster.models import Person

NO_DAY = _("A day such as 2020-02-29, please.")
NO_TIME = _("A time such as 22:00, please.")


class Plain(forms.Form):
    """Problems as the components want them: field to sentence."""

    @property
    def problems(self) -> dict[str, str]:
        return {name: " ".join(map(str, texts)) for name, texts in self.errors.items()}


class TidyField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


def somebody(text: str) -> Person | None:
    """By number, or by a full name that only one member of staff has."""
    words = tidy(text)
    if not words:
        return None
    found = list(Person.objects.filter(number=words)[:2]) or list(
        Person.objects.filter(~Q(category=Person.Category.STUDENT), name=words)[:2]
    )
    return found[0] if len(found) == 1 else None


class PersonField(TidyField):
    """One person, by number or full name; None only where the field may be empty."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        person = somebody(text)
        if person is None:
            raise forms.ValidationError(
                _now("No one, or more than one person, has this number or name.")
            )
        return person


def day_field(**more: Any) -> forms.DateField:
    return forms.DateField(
        input_formats=["%Y-%m-%d"], error_messages={"invalid": NO_DAY, "required": NO_DAY}, **more
    )


class ClockField(forms.TimeField):
    """A time as people write it: 22:00, ２２：００, 2200, or 8 for eight o'clock."""

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str):
            value = _clock_of(unicodedata.normalize("NFKC", value).strip())
        return super().to_python(value)


def _clock_of(written: str) -> str:
    if not (written.isascii() and written.isdecimal() and len(written) <= 4):
        return written
    hour, minute = (written, "00") if len(written) <= 2 else (written[:-2], written[-2:])
    return f"{hour}:{minute}"


def time_field(**more: Any) -> ClockField:
    return ClockField(
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": NO_TIME, "required": NO_TIME},
        **more,
    )


class TimesForm(Plain):
    """From a time of a day to a time of a day; the end may lie on the next one."""

    starts_on = day_field()
    starts = time_field()
    ends_on = day_field(required=False)
    ends = time_field()

    @property
    def starts_at(self) -> datetime:
        return at_local(self.cleaned_data["starts_on"], self.cleaned_data["starts"])

    @property
    def ends_at(self) -> datetime:
        """Without a day of its own, the next time that this hour strikes: 24 hours for the same."""
        first: date = self.cleaned_data["starts_on"]
        begins: time = self.cleaned_data["starts"]
        ends: time = self.cleaned_data["ends"]
        day: date | None = self.cleaned_data["ends_on"]
        if day is None:
            day = first + timedelta(days=1) if ends <= begins else first
        return at_local(day, ends)


class ShiftForm(TimesForm):
    post = forms.ChoiceField(choices=DutyPost.choices)
    person = PersonField(
        max_length=60,
        error_messages={"required": _("Please give the number or the full name of a person.")},
    )
    deputy = PersonField(max_length=60, required=False)


class StandInForm(TimesForm):
    person = PersonField(
        max_length=60,
        error_messages={"required": _("Please give the number or the full name of a person.")},
    )
    reason = TidyField(max_length=200, required=False)


class MoveForm(TimesForm):
    reason = TidyField(max_length=200, required=False)


class SwapForm(Plain):
    asked_of = PersonField(
        max_length=60,
        error_messages={"required": _("Whom do you want to ask? Number or full name, please.")},
    )
    in_return = forms.IntegerField(required=False)
    reason = TidyField(max_length=200, required=False)


class CoverForm(Plain):
    post = forms.ChoiceField(choices=DutyPost.choices)
    times = TidyField(max_length=20, required=False)
    days = forms.ChoiceField(choices=Days.choices)
    keeps_book = forms.BooleanField(required=False)

    def clean_times(self) -> Slot | None:
        """Empty is around the clock."""
        text = self.cleaned_data["times"]
        if not text:
            return None
        slots = _slots_of(text)
        if len(slots) != 1:
            raise forms.ValidationError(_now("One time from - to, please, such as 08:00-18:00."))
        return slots[0]

    @property
    def slot(self) -> Slot | None:
        slot: Slot | None = self.cleaned_data["times"]
        return slot

    @property
    def ends(self) -> time | None:
        slot = self.slot
        if slot is None:
            return None
        minutes = slot.begins.hour * 60 + slot.begins.minute + slot.minutes
        return time(minutes // 60 % 24, minutes % 60)


def _slots_of(text: str) -> list[Slot]:
    try:
        return read_slots(text)
    except BadTimes as error:
        raise forms.ValidationError(
            _now("“%(part)s” is no time from - to. Write it like 22:00-06:00.")
            % {"part": error.part or text}
        ) from error


class RotationForm(Plain):
    """People one a line, `name` or `name / deputy`; times such as 22:00-06:00, 06:00-14:00."""

    post = forms.ChoiceField(choices=DutyPost.choices)
    people = forms.CharField(
        max_length=4000, error_messages={"required": _("Who takes turns? One person a line.")}
    )
    times = TidyField(
        max_length=200, error_messages={"required": _("At what times? Such as 22:00-06:00.")}
    )
    turn = forms.ChoiceField(choices=Rotation.Turn.choices)
    days = forms.ChoiceField(choices=Days.choices)
    held_from = day_field()
    last_on = day_field(required=False)

    def clean_people(self) -> list[tuple[Person, Person | None]]:
        members, unknown = [], []
        for line in filter(None, map(tidy, self.cleaned_data["people"].splitlines())):
            name, _slash, stand_in = line.partition("/")
            person = somebody(name)
            deputy = somebody(stand_in) if stand_in.strip() else None
            if person is None or (stand_in.strip() and deputy in {None, person}):
                unknown.append(line)
            else:
                members.append((person, deputy))
        if unknown:
            raise forms.ValidationError(
                _now("No one, or more than one person, has this number or name: %(names)s")
                % {"names": ", ".join(unknown[:10])}
            )
        return members

    def clean_times(self) -> list[Slot]:
        return _slots_of(self.cleaned_data["times"])

    def clean_last_on(self) -> date | None:
        last: date | None = self.cleaned_data["last_on"]
        first = self.cleaned_data.get("held_from")
        if last is not None and first is not None and last < first:
            raise forms.ValidationError(_now("The last day lies before the first."))
        return last

    @property
    def held_until(self) -> date | None:
        last: date | None = self.cleaned_data["last_on"]
        return last + timedelta(days=1) if last else None


class LogForm(Plain):
    on = day_field()
    at_time = time_field()
    source = forms.ChoiceField(choices=LogEntry.Source.choices)
    caller = TidyField(max_length=120, required=False)
    content = TidyField(max_length=2000, required=False)
    handling = TidyField(max_length=2000, required=False)
    incident_number = forms.IntegerField(min_value=1, max_value=2**53, required=False)
    is_settled = forms.BooleanField(required=False)

    @property
    def at(self) -> datetime:
        return at_local(self.cleaned_data["on"], self.cleaned_data["at_time"])


class DrillForm(Plain):
    unit = forms.IntegerField()
    channel = forms.ChoiceField(choices=Drill.Channel.choices)
    who = forms.MultipleChoiceField(
        choices=[("HEADS", ""), ("DEPUTIES", ""), ("DUTY", "")],
        error_messages={"required": _("Whom do you want to ring?")},
    )
    minutes = forms.IntegerField(
        min_value=1,
        max_value=240,
        error_messages={
            "required": _("How many minutes?"),
            "invalid": _("A whole number of minutes, please."),
            "min_value": _("The time for an answer is from 1 to 240 minutes."),
            "max_value": _("The time for an answer is from 1 to 240 minutes."),
        },
    )
    count = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100000,
        error_messages={
            "invalid": _("A whole number of people, or nothing for all of them."),
            "min_value": _("A whole number of people, or nothing for all of them."),
        },
    )
    at_night = forms.BooleanField(required=False)

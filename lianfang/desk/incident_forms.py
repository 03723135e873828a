"""What is typed on the page of an incident, made clean: one form for each thing to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.desk.forms import Plain, ProseField, TidyField
from lianfang.incidents.kinds import Illness, Organisation, Source, Transport, Way
from lianfang.kernel.clock import SHANGHAI


class MomentField(forms.Field):
    """What a field for date and time sends, in Shanghai; empty means now."""

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=SHANGHAI)
        except ValueError as error:
            raise forms.ValidationError(
                _("A day and a time such as 2020-02-01 10:30, please.")
            ) from error


def _moment() -> MomentField:
    return MomentField(required=False)


class VerifyForm(Plain):
    verdict = TidyField(required=False, max_length=16)
    method = TidyField(required=False, max_length=10)
    history = forms.ChoiceField(
        required=False, choices=[("yes", ""), ("no", ""), ("", "")]
    )  # "": not known yet
    text = ProseField(required=False, max_length=2000)
    at = _moment()


class ClassifyForm(Plain):
    kind = forms.ChoiceField(
        choices=Illness.choices,
        error_messages={"required": _("Please choose how it was classified.")},
    )
    source = forms.ChoiceField(
        choices=Source.choices, error_messages={"required": _("Please say who classified it.")}
    )
    said_by = TidyField(required=False, max_length=200)
    document = TidyField(required=False, max_length=100)
    document_follows = forms.BooleanField(required=False)
    text = ProseField(required=False, max_length=2000)
    at = _moment()
    replaces = forms.IntegerField(required=False)


class TellForm(Plain):
    organisation = forms.ChoiceField(
        choices=Organisation.choices, error_messages={"required": _("Who was told?")}
    )
    organisation_name = TidyField(required=False, max_length=100)
    spoke_with = TidyField(required=False, max_length=100)
    phone = TidyField(required=False, max_length=40)
    method = forms.ChoiceField(
        choices=Way.choices, error_messages={"required": _("How were they told?")}
    )
    given = ProseField(required=False, max_length=2000)
    at = _moment()
    replaces = forms.IntegerField(required=False)
    reason = ProseField(required=False, max_length=500)


class EndClockForm(Plain):
    clock = forms.IntegerField()
    reason = ProseField(required=False, max_length=500)


class ReachForm(Plain):
    ring = TidyField(required=False, max_length=10)
    answer = TidyField(required=False, max_length=8)
    text = ProseField(required=False, max_length=1000)
    at = _moment()


class ReferForm(Plain):
    hospital = TidyField(required=False, max_length=200)
    transport = forms.ChoiceField(required=False, choices=[("", ""), *Transport.choices])
    companion = TidyField(required=False, max_length=200)


class CheckForm(Plain):
    what = ProseField(required=False, max_length=200)
    due_at = _moment()
    found = ProseField(required=False, max_length=1000)


class OutcomeForm(Plain):
    closing = TidyField(required=False, max_length=16)
    text = ProseField(required=False, max_length=2000)


class ClearForm(Plain):
    paper = TidyField(required=False, max_length=16)
    document = TidyField(required=False, max_length=100)
    issued_by = TidyField(required=False, max_length=200)
    checked_by = forms.IntegerField(required=False)
    returns_on = forms.DateField(
        required=False, error_messages={"invalid": _("A day such as 2020-02-15, please.")}
    )


class ReportForm(Plain):
    kind = TidyField(required=False, max_length=8)
    words = ProseField(required=False, max_length=2000)


class CampusForm(Plain):
    """One of: a room, the end of waiting there, companions, a place to disinfect, done."""

    room = TidyField(required=False, max_length=60)
    leaves_room = forms.BooleanField(required=False)
    names = TidyField(required=False, max_length=2000)
    note = ProseField(required=False, max_length=500)
    place = TidyField(required=False, max_length=200)
    task = forms.IntegerField(required=False)
    done_by = TidyField(required=False, max_length=100)

"""Who told it and how: the part beside the questions when an answer is written for somebody."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.desk.forms import Plain, TidyField
from lianfang.surveys.models import Source


class SurveyTeller(Plain):
    source = forms.ChoiceField(
        choices=[(Source.PHONE, Source.PHONE.label), (Source.PROXY, Source.PROXY.label)],
        error_messages={"required": _("Please say how you know it.")},
    )
    told_by = TidyField(
        max_length=60,
        error_messages={
            "required": _("Please say who told you: the person, the mother, a room-mate …")
        },
    )
